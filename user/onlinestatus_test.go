package user_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/user"
)

// pushes returns what is pushed from now on, as "recipients: payload".
func (w *world) pushes() func() []string {
	var lines []string
	w.db.OnCommit(func(_ context.Context, deliveries []message.Delivery) {
		for _, d := range deliveries {
			var to []string
			for _, r := range d.To {
				to = append(to, r.UID)
				if r.QueueSeq != 0 {
					w.t.Errorf("%s is stored", d.Message.Payload)
				}
			}
			slices.Sort(to)
			lines = append(lines, strings.Join(to, " ")+": "+string(d.Message.Payload))
		}
	})
	return func() []string {
		defer func() { lines = nil }()
		return lines
	}
}

func TestPresenceIsTold(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := startDev(t, db)
		for _, uid := range []string{"me", "pal", "friend", "fan"} {
			w.add(user.User{UID: uid})
		}
		for _, uid := range []string{"pal", "friend"} {
			w.relate(friend.Relation{Owner: "me", Peer: uid}, friend.Relation{Owner: uid, Peer: "me"})
		}
		w.relate(friend.Relation{Owner: "fan", Peer: "me", Alone: true})
		pushed := w.pushes()
		told := func(to string, flag user.Flag, main user.Flag, online int) string {
			all := ""
			if main == 9 {
				main, all = flag, `"all_offline":1,`
			}
			return fmt.Sprintf(`%s: {"cmd":"onlineStatus","param":{%s"device_flag":%d,"main_device_flag":%d,"online":%d,"uid":"me"},"type":99}`,
				to, all, flag, main, online)
		}
		const none = 9
		for _, c := range []struct {
			what   string
			report user.PresenceReport
			want   []string
		}{
			{"the computer comes", came("me", user.FlagPC, 0), []string{told("me", user.FlagPC, user.FlagPC, 1), told("friend pal", user.FlagPC, user.FlagPC, 1)}},
			{"again", came("me", user.FlagPC, time.Second), nil},
			{"the app comes too", came("me", user.FlagApp, 2*time.Second), []string{told("friend pal", user.FlagApp, user.FlagApp, 1)}},
			{"a browser comes", came("me", user.FlagWeb, 3*time.Second), []string{told("me", user.FlagWeb, user.FlagApp, 1)}},
			{"the browser goes", went("me", user.FlagWeb, 4*time.Second), []string{told("me", user.FlagWeb, user.FlagApp, 0)}},
			{"too old to count", went("me", user.FlagApp, time.Second), nil},
			{"the app goes", went("me", user.FlagApp, 5*time.Second), []string{told("friend pal", user.FlagPC, user.FlagPC, 1)}},
			{"the computer goes", went("me", user.FlagPC, 6*time.Second), []string{told("me", user.FlagPC, none, 0), told("friend pal", user.FlagPC, none, 0)}},
			{"who has no friends", came("fan", user.FlagApp, 0), nil},
			{"nobody", came("nobody", user.FlagApp, 0), nil},
		} {
			w.saw(c.report)
			if got := pushed(); !slices.Equal(got, c.want) {
				t.Errorf("%s: told\n%s, want\n%s", c.what, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		}
	})
}

func TestSignedOutComputersAreTold(t *testing.T) {
	w := startDev(t, openSQLite(t))
	w.add(user.User{UID: "me"})
	pushed := w.pushes()
	must(t, w.SignOutComputers(t.Context(), "me"))
	if got := pushed(); !slices.Equal(got, []string{`me: {"cmd":"pcQuit","type":99}`}) {
		t.Errorf("told %q", got)
	}
}
