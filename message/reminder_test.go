package message_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store"
)

// call returns a text in the group with a mention.
func call(from, mention string) message.Draft {
	return post(from, func(d *message.Draft) {
		d.Payload = []byte(`{"type":1,"content":"look","mention":` + mention + `}`)
	})
}

func TestMentions(t *testing.T) {
	for payload, want := range map[string]string{
		`{"mention":{"all":1}}`:                                           "{true []}",
		`{"mention":{"all":true,"uids":["b","a","b"]}}`:                   "{true [a b]}",
		`{"mention":{"all":0,"uids":["a"]}}`:                              "{false [a]}",
		`{"mention":{"all":false}}`:                                       "{false []}",
		`{"mention":{"all":"1"}}`:                                         "{false []}",
		`{"mention":{"all":2}}`:                                           "{false []}",
		`{"mention":{"uids":["a",1,null,"","b\u0000","` + "\xff" + `"]}}`: "{false [a \uFFFD]}",
		`{"mention":{"uids":"a"}}`:                                        "{false []}",
		`{"mention":["a"]}`:                                               "{false []}",
		`{"mention":null}`:                                                "{false []}",
		`{"type":1}`:                                                      "{false []}",
		`{`:                                                               "{false []}",
		``:                                                                "{false []}",
	} {
		d := post("alice", func(d *message.Draft) { d.Payload = []byte(payload) })
		if got := fmt.Sprint(d.Mentions()); got != want {
			t.Errorf("%s mentions %s, want %s", payload, got, want)
		}
	}
	const all = `{"mention":{"all":1,"uids":["a"]}}`
	for what, change := range map[string]func(*message.Draft){
		"a person":  func(d *message.Draft) { d.Channel = message.PersonChannel("a", "b") },
		"nowhere":   func(d *message.Draft) { d.Channel = message.Channel{} },
		"a command": command,
		"not kept":  func(d *message.Draft) { d.Header.NoPersist = true },
	} {
		d := post("alice", func(d *message.Draft) { d.Payload = []byte(all) }, change)
		if got := fmt.Sprint(d.Mentions()); got != "{false []}" {
			t.Errorf("%s: mentions %s", what, got)
		}
	}
}

// reminders describes what uid is reminded of after version.
func (w *talk) reminders(uid string, version int64, limit int) string {
	w.t.Helper()
	list, err := w.Reminders(w.t.Context(), uid, version, limit)
	must(w.t, err)
	s := ""
	for _, r := range list {
		if r.UID != uid || r.Channel != team || r.Text != "[有人@我]" || r.Publisher != "alice" || r.Type != 1 {
			w.t.Errorf("reminder %+v", r)
		}
		s += fmt.Sprintf("%d:%d/%t ", r.Version, r.Seq, r.Done)
	}
	return s
}

func (w *talk) wantReminders(what, uid string, version int64, want string) {
	w.t.Helper()
	if got := w.reminders(uid, version, 0); got != want {
		w.t.Errorf("%s: %s has %q, want %q", what, uid, got, want)
	}
}

func TestWhoIsReminded(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := startTalk(t, db)
		w.emit(call("alice", `{"uids":["bob","alice","eve"]}`))
		w.wantReminders("mentioned", "bob", 0, "1:1/false ")
		for _, uid := range []string{"alice", "carol", "eve"} {
			w.wantReminders("not mentioned, the sender or outside", uid, 0, "")
		}
		w.emit(call("alice", `{"all":1}`), call("alice", `{"all":1,"uids":["bob"]}`))
		w.wantReminders("everybody", "bob", 1, "2:2/false 3:3/false ")
		w.wantReminders("everybody", "carol", 0, "2:2/false 3:3/false ")
		w.wantReminders("everybody but the sender", "alice", 0, "")
		hidden := call("alice", `{"all":1}`)
		hidden.Visibles = []string{"carol"}
		w.emit(hidden)
		w.wantReminders("may not see it", "bob", 3, "")
		w.wantReminders("may see it", "carol", 3, "4:4/false ")
		w.unsubscribe("bob")
		w.emit(call("alice", `{"uids":["bob"]}`), call("alice", `{"all":1}`))
		w.wantReminders("has left", "bob", 3, "")
		elsewhere := call("alice", `{"uids":["carol"]}`)
		elsewhere.Recipients = []string{"alice"}
		w.emit(elsewhere)
		w.wantReminders("has no copy", "carol", 6, "7:7/false ")
		if told := w.commands("carol", 6); told != `{"cmd":"syncReminders","type":99}` {
			t.Errorf("told %s", told)
		}
	})
}

func TestReminding(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := startTalk(t, db)
		ctx := t.Context()
		w.emit(call("alice", `{"all":1}`), call("alice", `{"all":1}`), call("alice", `{"all":1}`))
		list, err := w.Reminders(ctx, "bob", 0, 0)
		must(t, err)
		ids := []int64{list[0].ID, list[1].ID, list[1].ID}
		must(t, w.DoneReminders(ctx, "carol", ids))
		must(t, w.DoneReminders(ctx, "eve", ids))
		must(t, w.DoneReminders(ctx, "bob", nil))
		must(t, w.DoneReminders(ctx, "bob", []int64{1 << 60}))
		w.wantReminders("other people's", "bob", 0, "1:1/false 2:2/false 3:3/false ")
		for uid, want := range map[string]string{"carol": "", "eve": "", "bob": ""} {
			if told := w.commands(uid, 3); told != want {
				t.Errorf("%s was told %s", uid, told)
			}
		}
		must(t, w.DoneReminders(ctx, "bob", ids))
		must(t, w.DoneReminders(ctx, "bob", ids))
		w.wantReminders("done", "bob", 0, "3:3/false 4:1/true 4:2/true ")
		w.wantReminders("not hers", "carol", 0, "1:1/false 2:2/false 3:3/false ")
		if told := w.commands("bob", 3); told != `{"cmd":"syncReminders","type":99}` {
			t.Errorf("told %s", told)
		}
		for _, page := range []struct {
			after int64
			limit int
			want  string
		}{{0, 1, "3:3/false "}, {3, 1, "4:1/true 4:2/true "}, {4, 1, ""}, {0, -1, "3:3/false 4:1/true 4:2/true "}} {
			if got := w.reminders("bob", page.after, page.limit); got != page.want {
				t.Errorf("%d after %d: %s, want %s", page.limit, page.after, got, page.want)
			}
		}
		_, err = w.Reminders(ctx, "bob", -1, 0)
		wantErr(t, "negative version", err, message.ErrVersion)
		wantErr(t, "no id", w.DoneReminders(ctx, "bob", []int64{list[2].ID, 0}), message.ErrReminders)
		many := make([]int64, message.MaxDone+1)
		for i := range many {
			many[i] = list[2].ID + int64(i)
		}
		wantErr(t, "too many", w.DoneReminders(ctx, "bob", many), message.ErrReminders)
		w.wantReminders("after refusals", "bob", 4, "")
		must(t, w.DoneReminders(ctx, "bob", many[1:]))
		must(t, w.DoneReminders(ctx, "bob", many[:message.MaxDone]))
		w.wantReminders("as many as may be", "bob", 4, "5:3/true ")
	})
}

func TestCancelledRemindersAreDone(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := startTalk(t, db)
		ctx := t.Context()
		w.emit(call("alice", `{"all":1}`), call("alice", `{"all":1}`))
		list, err := w.Reminders(ctx, "bob", 0, 0)
		must(t, err)
		hers, err := w.Reminders(ctx, "carol", 0, 0)
		must(t, err)
		must(t, w.DoneReminders(ctx, "carol", []int64{hers[0].ID}))
		cancel := func(id int64) {
			t.Helper()
			must(t, db.Messages().Update(ctx, func(tx message.Tx) error {
				return tx.CancelReminders(ctx, t0, id, message.Command(t0, "messageRevoke", nil, "alice", "bob", "carol"))
			}))
		}
		cancel(list[0].MessageID)
		w.wantReminders("cancelled", "bob", 2, "4:1/true ")
		w.wantReminders("done before", "carol", 0, "2:2/false 3:1/true ")
		cancel(1)
		if told := w.commands("bob", 4); told != `{"cmd":"messageRevoke","type":99}` {
			t.Errorf("a message that reminds nobody: told %s", told)
		}
	})
}

// TestReminderLimits holds the size of pages, of which a store is asked.
func TestReminderLimits(t *testing.T) {
	for limit, want := range map[int]int{
		-1: message.DefaultReminders, 0: message.DefaultReminders, 1: 1,
		message.MaxReminders: message.MaxReminders, message.MaxReminders + 1: message.MaxReminders, 1 << 40: message.MaxReminders,
	} {
		a := &asked{}
		if _, err := message.New(a, message.Options{}).Reminders(t.Context(), "alice", 1, limit); err != nil || a.limit != want {
			t.Errorf("limit %d became %d, %v", limit, a.limit, err)
		}
	}
}

func (a *asked) Reminders(_ context.Context, _ string, after int64, limit int) ([]message.Reminder, error) {
	a.after, a.limit = after, limit
	return nil, nil
}
