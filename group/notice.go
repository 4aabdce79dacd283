package group

import (
	"strconv"
	"strings"
	"time"

	"github.com/ruyi-im/ruyi/message"
)

// Person is somebody named in a notice.
type Person struct {
	UID  string `json:"uid"`
	Name string `json:"name"`
}

// notice returns a grey text in the chat of a group: an event of the given type
// (contract, section 3.3), whose content holds {0}, {1} … for people.
func notice(now time.Time, no string, typ int, content string, people []Person, more map[string]any) message.Draft {
	body := map[string]any{"type": typ, "content": content, "extra": people}
	for k, v := range more {
		body[k] = v
	}
	d := message.Notice(now, body)
	d.Channel, d.Header = Channel(no), message.Header{RedDot: true}
	d.Setting = 0
	return d
}

// plain returns a name as it may stand in the content of a notice, where no part
// of it must be taken for a place.
func plain(name string) string { return strings.NewReplacer("{", "｛", "}", "｝").Replace(name) }

// places returns "{from},{from+1}…" for n people.
func places(from, n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = "{" + strconv.Itoa(from+i) + "}"
	}
	return strings.Join(list, ",")
}

// command returns a command to all clients of a group.
func command(now time.Time, no, cmd string, param map[string]any) message.Draft {
	d := message.Command(now, cmd, param)
	d.Channel = Channel(no)
	return d
}

// changed tells clients to read a group's card again.
func changed(now time.Time, no string) message.Draft {
	d := changedFor(now, no)
	d.Channel = Channel(no)
	return d
}

// changedFor tells the clients of some alone to do so.
func changedFor(now time.Time, no string, uids ...string) message.Draft {
	return message.Command(now, "channelUpdate", map[string]any{"channel_id": no, "channel_type": message.Group}, uids...)
}

// membersChanged tells clients to sync the members of a group; uid is who changed
// where it is one.
func membersChanged(now time.Time, no, uid string) message.Draft {
	param := map[string]any{"group_no": no}
	if uid != "" {
		param["uid"] = uid
	}
	return command(now, no, "memberUpdate", param)
}
