package friend_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/message"
)

func TestNotices(t *testing.T) {
	for notices, c := range map[friend.Notices]struct{ commands, typed bool }{
		friend.NoticeCommands: {commands: true}, friend.NoticeTyped: {typed: true},
		friend.NoticeBoth: {commands: true, typed: true}, 77: {commands: true},
	} {
		t.Run(fmt.Sprint(notices), func(t *testing.T) {
			w := start(t, openSQLite(t))
			w.Service = friend.New(w.db.Friends(), w.people, friend.Options{Notices: notices, Greeting: "welcome"})
			w.apply("alice", "bob")
			r, err := w.db.Friends().Request(t.Context(), "bob", "alice")
			must(t, err)
			asked, applied, facts := []string{}, []string{}, `"apply_name":"Alice","apply_uid":"alice","remark":"hi","to_uid":"bob","token":"`+r.Token+`"`
			if c.commands {
				asked = append(asked, `u_10000 to bob: {"cmd":"friendRequest","param":{`+facts+`},"type":99}`)
			}
			if c.typed {
				asked = append(asked, `u_10000 to bob: {`+facts+`,"type":1000}`)
			}
			w.wantQueue("bob", asked...)
			w.wantQueue("alice")

			must(t, w.Sure(t.Context(), "bob", r.Token))
			if c.commands {
				both := `u_10000 to %s: {"cmd":"friendAccept","param":{"from_name":"Bob","from_uid":"bob","to_uid":"alice"},"type":99}`
				asked, applied = append(asked, fmt.Sprintf(both, "bob")), append(applied, fmt.Sprintf(both, "alice"))
			}
			if c.typed {
				applied = append(applied, `u_10000 to alice: {"content":"welcome","sure_name":"Bob","sure_uid":"bob","to_uid":"alice","type":1004}`)
			}
			talk := []string{`bob to alice: {"content":"welcome","type":2000}`, `alice to bob: {"content":"hi","type":1}`}
			w.wantQueue("bob", append(asked, talk...)...)
			w.wantQueue("alice", append(applied, talk...)...)
			w.wantClientNotices(r.Token)
		})
	}
}

// wantClientNotices checks that what is for clients only leaves no trace in a
// conversation, and that nobody but bob reads the token.
func (w *world) wantClientNotices(token string) {
	w.t.Helper()
	for _, uid := range []string{"alice", "bob", "carol"} {
		queue, err := w.db.Messages().Queue(w.t.Context(), uid, 0, 100)
		must(w.t, err)
		for _, m := range queue {
			var p struct{ Type int }
			must(w.t, json.Unmarshal(m.Payload, &p))
			chat := p.Type == message.TypeTip || p.Type == message.TypeText
			if m.Header != (message.Header{RedDot: chat, SyncOnce: !chat}) || (m.Seq > 0) != chat {
				w.t.Errorf("%s has %+v at position %d: %s", uid, m.Header, m.Seq, m.Payload)
			}
			if uid != "bob" && strings.Contains(string(m.Payload), token) {
				w.t.Errorf("%s reads the token in %s", uid, m.Payload)
			}
		}
	}
}
