package message_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store"
)

func TestSendKeepsEverythingAsItCame(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		h := enter(t, db, message.Options{}, "alice", "bob")
		payload := []byte(" {\"type\":1,\n \"content\":\"hi \\u0000 <&> 😀\", \"mention\":{\"all\":1,\"uids\":[\"bob\"]}, \"reply\":{\"message_id\":9007199254740993} } ")
		got, err := h.Send(t.Context(), "alice", message.Outgoing{
			Channel: to("bob"), ClientMsgNo: "no-1 😀", Payload: payload, Header: message.Header{RedDot: true},
			Setting: 0xff, Expire: message.MaxExpire,
		})
		must(t, err)
		want := message.Message{
			ID: got.ID, Seq: 1, Channel: message.PersonChannel("alice", "bob"), From: "alice", ClientMsgNo: "no-1 😀",
			Header: message.Header{RedDot: true}, Setting: 0xff, Expire: message.MaxExpire, Payload: payload, SentAt: t0,
		}
		if !reflect.DeepEqual(got, want) || got.ID <= 0 {
			t.Errorf("answer %+v\nwant %+v", got, want)
		}
		for _, uid := range []string{"alice", "bob"} {
			queue, err := h.Queue(t.Context(), uid, 0, 0)
			must(t, err)
			if len(queue) == 1 {
				queue[0].Extra = message.Extra{} // all bits of the setting are there, the one for receipts too
			}
			if len(queue) != 1 || !reflect.DeepEqual(queue[0].Message, want) {
				t.Errorf("queue of %s: %+v", uid, queue)
			}
		}
	})
}

func TestProgramNeedsNoNumber(t *testing.T) {
	h := enter(t, openSQLite(t), message.Options{}, "alice", "bob")
	must(t, h.send("alice", to("bob"), "one"))
	must(t, h.send("alice", to("bob"), "one"))
	if got := h.heard("bob"); strings.Count(got, "one") != 2 {
		t.Errorf("bob heard %s", got)
	}
}

func TestToOneselfOnce(t *testing.T) {
	h := enter(t, openSQLite(t), message.Options{RequireFriends: true}, "alice")
	must(t, h.send("alice", to("alice"), "note"))
	if got := h.heard("alice"); strings.Count(got, "note") != 1 {
		t.Errorf("alice heard %s", got)
	}
	if n := h.number("SELECT count(*) FROM ruyi_conversation"); n != 1 {
		t.Errorf("%d conversations", n)
	}
}

// outgoing is a message with a number, which a test changes.
func outgoing(change func(*message.Outgoing)) message.Outgoing {
	o := message.Outgoing{
		Channel: to("bob"), ClientMsgNo: "n", Payload: words("hi"), Header: message.Header{RedDot: true}, Expire: 9,
	}
	if change != nil {
		change(&o)
	}
	return o
}

func TestRetryIsAnsweredAsTheFirstTime(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		h := enter(t, db, message.Options{}, "alice", "bob", "carol")
		h.found("g", "alice", "bob")
		h.now = t0.Add(5 * time.Nanosecond)
		first, err := h.Send(t.Context(), "alice", outgoing(nil))
		must(t, err)
		h.now = t0.Add(time.Hour)
		for name, change := range map[string]func(*message.Outgoing){
			"person":   func(o *message.Outgoing) { o.Channel = to("carol") },
			"group":    func(o *message.Outgoing) { o.Channel = in("g") },
			"payload":  func(o *message.Outgoing) { o.Payload = append(o.Payload, ' ') },
			"red dot":  func(o *message.Outgoing) { o.Header.RedDot = false },
			"command":  func(o *message.Outgoing) { o.Header.SyncOnce = true },
			"setting":  func(o *message.Outgoing) { o.Setting = 1 },
			"lifetime": func(o *message.Outgoing) { o.Expire = 8 },
		} {
			_, err := h.Send(t.Context(), "alice", outgoing(change))
			wantErr(t, "another "+name, err, message.ErrClientMsgNo)
		}
		// Not even a block makes undone what was answered.
		for _, undo := range []func() error{func() error { return nil }, func() error { return h.block("bob", "alice") }} {
			must(t, undo())
			again, err := h.Send(t.Context(), "alice", outgoing(nil))
			must(t, err)
			if !reflect.DeepEqual(again, first) {
				t.Errorf("again %+v\nfirst %+v", again, first)
			}
		}
		_, err = h.Send(t.Context(), "alice", outgoing(func(o *message.Outgoing) { o.Payload = words("other") }))
		wantErr(t, "another message to who has blocked", err, friend.ErrUnwritable)
		_, err = h.Send(t.Context(), "carol", outgoing(nil))
		must(t, err) // the number of somebody else
		if n := h.number("SELECT count(*) FROM ruyi_message"); n != 2 {
			t.Errorf("%d messages", n)
		}
		if n := h.number("SELECT sum(seq) FROM ruyi_chat"); n != 2 {
			t.Errorf("channels have counted to %d", n)
		}
	})
}

// TestManyRetriesAtOnce sends one number many times, into two channels.
func TestManyRetriesAtOnce(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		h := enter(t, db, message.Options{}, "alice", "bob", "carol")
		const callers = 100
		ids := make([]int64, callers)
		refused := together(callers, func(i int) error {
			m, err := h.Send(t.Context(), "alice", outgoing(func(o *message.Outgoing) {
				if i%2 == 1 {
					o.Channel = to("carol")
				}
			}))
			ids[i] = m.ID
			return err
		})
		winner := 0
		if refused[0] != nil {
			winner = 1
		}
		for i, err := range refused {
			switch {
			case i%2 == winner:
				must(t, err)
				if ids[i] != ids[winner] || ids[i] == 0 {
					t.Errorf("id %d, the other is %d", ids[i], ids[winner])
				}
			case !errors.Is(err, message.ErrClientMsgNo):
				t.Errorf("the other channel: %v", err)
			}
		}
		for _, query := range []string{
			"SELECT count(*) FROM ruyi_message", "SELECT sum(seq) FROM ruyi_chat",
			"SELECT sum(seq) FROM ruyi_queue_head WHERE uid = 'alice'", "SELECT sum(seq) FROM ruyi_queue_head WHERE uid <> 'alice'",
		} {
			if n := h.number(query); n != 1 {
				t.Errorf("%s: %d", query, n)
			}
		}
	})
}

func TestNoPersistIsStoredNowhere(t *testing.T) {
	h := enter(t, openSQLite(t), message.Options{}, "alice", "bob")
	live := func(o *message.Outgoing) { o.Header = message.Header{NoPersist: true, RedDot: true} }
	first, err := h.Send(t.Context(), "alice", outgoing(live))
	must(t, err)
	second, err := h.Send(t.Context(), "alice", outgoing(live))
	must(t, err)
	if first.Seq != 0 || first.ID <= 0 || second.ID <= first.ID || first.Header != (message.Header{NoPersist: true, RedDot: true}) {
		t.Errorf("messages %+v and %+v", first, second)
	}
	for _, table := range []string{"message", "queue", "queue_head", "chat", "conversation"} {
		if n := h.number("SELECT count(*) FROM ruyi_" + table); n != 0 {
			t.Errorf("%d rows in %s", n, table)
		}
	}
	must(t, h.block("bob", "alice"))
	_, err = h.Send(t.Context(), "alice", outgoing(live))
	wantErr(t, "to who has blocked", err, friend.ErrUnwritable)
}

func TestSyncOnceIsInQueuesAlone(t *testing.T) {
	h := enter(t, openSQLite(t), message.Options{}, "alice", "bob")
	m, err := h.Send(t.Context(), "alice", outgoing(func(o *message.Outgoing) { o.Header.SyncOnce = true }))
	must(t, err)
	if m.Seq != 0 || h.heard("bob") != string(words("hi")) {
		t.Errorf("place %d, bob heard %s", m.Seq, h.heard("bob"))
	}
	if n := h.number("SELECT count(*) FROM ruyi_conversation"); n != 0 {
		t.Errorf("%d conversations", n)
	}
}

func TestVisiblesSeeIt(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		h := enter(t, db, message.Options{}, "alice", "bob", "carol", "dave")
		h.found("g", "alice", "bob", "carol", "dave")
		send := func(payload string) {
			_, err := h.Send(t.Context(), "alice", message.Outgoing{
				Channel: in("g"), Payload: []byte(payload), Header: message.Header{RedDot: true},
			})
			must(t, err)
		}
		send(`{"type":1,"visibles":["dave","bob","bob","stranger","alice"]}`)
		send(`{"type":2,"visibles":[]}`)
		send(`{"type":3,"visibles":null}`)
		for uid, sees := range map[string]bool{"alice": true, "bob": true, "carol": false, "dave": true} {
			if got := strings.Contains(h.heard(uid), `"type":1`); got != sees {
				t.Errorf("%s hears it: %v", uid, got)
			}
			if got := strings.Count(h.heard(uid), `"type":`); got != map[bool]int{true: 3, false: 2}[sees] {
				t.Errorf("%s hears %d messages", uid, got)
			}
			history, err := h.db.Messages().History(t.Context(), uid, in("g"), 0, 10)
			must(t, err)
			if len(history) != 3 || history[0].Hidden == sees || history[1].Hidden {
				t.Errorf("%s reads %+v", uid, history)
			}
			unread := map[string]int64{"alice": 0, "bob": 3, "carol": 2, "dave": 3}[uid]
			if n := h.number("SELECT c.dots - v.read_dots FROM ruyi_conversation v JOIN ruyi_chat c ON c.num = v.chat WHERE v.uid = '" + uid + "'"); n != unread {
				t.Errorf("%s has %d unread, want %d", uid, n, unread)
			}
		}
	})
}

// TestFewStatements keeps the price of a message from growing with the group.
func TestFewStatements(t *testing.T) {
	h := enter(t, openSQLite(t), message.Options{}, "alice", "bob")
	members := []string{"alice", "bob"}
	for i := range 98 {
		members = append(members, strings.Repeat("m", i+1))
	}
	h.found("g", members...)
	for what, c := range map[string]struct {
		to    message.Channel
		first int
		later int
	}{
		"person": {to("bob"), 8, 7},
		"group":  {in("g"), 8, 8},
	} {
		for i, want := range []int{c.first, c.later} {
			if got := h.statements(func(s message.Service) {
				_, err := s.Send(t.Context(), "alice", message.Outgoing{Channel: c.to, Payload: words("x"), Header: message.Header{RedDot: true}})
				must(t, err)
			}); got != want {
				t.Errorf("%s, message %d: %d statements, want %d", what, i+1, got, want)
			}
		}
	}
}
