package message_test

import (
	"encoding/json"
	"fmt"
	"hash/crc32"
	"reflect"
	"regexp"
	"testing"

	"github.com/ruyi-im/ruyi/message"
)

func TestPersonChannelIsOneForBothAndNobodyElse(t *testing.T) {
	uids := []string{"u_10000", "fileHelper", "plumless", "buckeroo"} // the last two have one CRC-32
	if crc32.ChecksumIEEE([]byte("plumless")) != crc32.ChecksumIEEE([]byte("buckeroo")) {
		t.Fatal("the pair proves nothing")
	}
	for i := range 20 {
		uids = append(uids, fmt.Sprintf("%032x", i))
	}
	pairs := map[message.Channel]string{}
	for i, a := range uids {
		for _, b := range uids[i:] {
			ch := message.PersonChannel(a, b)
			if back := message.PersonChannel(b, a); back != ch || ch.Type != message.Person {
				t.Errorf("channel of %s and %s is %v, the other way %v", a, b, ch, back)
			}
			if other, taken := pairs[ch]; taken {
				t.Errorf("%s+%s has the channel of %s", a, b, other)
			}
			pairs[ch] = a + "+" + b
		}
	}
}

// TestPersonChannelIsThatOfTheClients compares with ids computed elsewhere: the
// larger CRC-32 comes first.
func TestPersonChannelIsThatOfTheClients(t *testing.T) {
	for _, c := range []struct{ a, b, want string }{
		{"a", "b", "a@b"}, // e8b7be43 and 71beeff9
		{"b", "c", "b@c"}, // 71beeff9 and 06b9df6f
		{"u_10000", "fileHelper", "fileHelper@u_10000"},
	} {
		if got := message.PersonChannel(c.a, c.b); got.ID != c.want {
			t.Errorf("channel of %s and %s: %s, want %s", c.a, c.b, got.ID, c.want)
		}
	}
}

func TestEverybodySeesTheChannelFromTheirSide(t *testing.T) {
	person := message.Message{From: "alice", Channel: message.PersonChannel("alice", "bob")}
	group := message.Message{From: "alice", Channel: message.Channel{ID: "g1", Type: message.Group}}
	command := message.Message{From: message.System}
	self := message.Message{From: "alice", Channel: message.PersonChannel("alice", "alice")}
	for _, c := range []struct {
		what       string
		m          message.Message
		viewer, id string
		typ        message.ChannelType
		to         string
	}{
		{"sender", person, "alice", "bob", message.Person, "bob"},
		{"receiver", person, "bob", "alice", message.Person, "bob"},
		{"member", group, "bob", "g1", message.Group, ""},
		{"recipient of a command", command, "bob", message.System, message.Person, "bob"},
		{"alone", self, "alice", "alice", message.Person, "alice"},
	} {
		id, typ := c.m.ChannelFor(c.viewer)
		if to := c.m.To(c.viewer); id != c.id || typ != c.typ || to != c.to {
			t.Errorf("%s sees channel %s of type %d, to %q", c.what, id, typ, to)
		}
	}
}

func TestDrafts(t *testing.T) {
	command := message.Command(t0, "refresh", nil, "alice", "bob")
	for _, c := range []struct {
		what    string
		got     message.Draft
		want    message.Draft
		payload string
	}{
		{"command", command, message.Draft{
			From: message.System, Recipients: []string{"alice", "bob"},
			Header: message.Header{SyncOnce: true}, Setting: message.SettingNoConversation,
		}, `{"cmd":"refresh","type":99}`},
		{"command with parameters", message.Command(t0, "refresh", map[string]int{"n": 1}), message.Draft{
			From: message.System, Header: message.Header{SyncOnce: true}, Setting: message.SettingNoConversation,
		}, `{"cmd":"refresh","param":{"n":1},"type":99}`},
		{"text", say("alice", "bob", "hi"), message.Draft{
			Channel: message.PersonChannel("alice", "bob"), From: "alice", Recipients: []string{"alice", "bob"},
			Header: message.Header{RedDot: true},
		}, `{"content":"hi","type":1}`},
	} {
		c.want.SentAt, c.want.ClientMsgNo, c.want.Payload = t0, c.got.ClientMsgNo, []byte(c.payload)
		if !reflect.DeepEqual(c.got, c.want) || !json.Valid(c.got.Payload) {
			t.Errorf("%s: %+v\nwant %+v", c.what, c.got, c.want)
		}
		if !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(c.got.ClientMsgNo) {
			t.Errorf("%s: number %q", c.what, c.got.ClientMsgNo)
		}
	}
	if again := message.Command(t0, "refresh", nil); again.ClientMsgNo == command.ClientMsgNo {
		t.Error("two messages have one number")
	}
}

func TestDraftToOneselfArrivesOnce(t *testing.T) {
	if d := say("alice", "alice", "note"); !reflect.DeepEqual(d.Recipients, []string{"alice"}) {
		t.Errorf("recipients %q", d.Recipients)
	}
}
