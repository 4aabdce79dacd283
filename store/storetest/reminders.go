package storetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/ruyi-im/ruyi/message"
)

// calling returns a text in a group that mentions people.
func calling(ch message.Channel, from string, all bool, uids ...string) message.Draft {
	d := post(ch, from, "")
	d.Payload = message.Between(t0, from, from, map[string]any{
		"type": message.TypeText, "content": "look", "mention": map[string]any{"all": all, "uids": uids},
	}).Payload
	return d
}

// described lists reminders by what their owner sees.
func described(list []message.Reminder) string {
	s := ""
	for _, r := range list {
		s += fmt.Sprintf("%d: %d by %s done %t\n", r.Version, r.Seq, r.Publisher, r.Done)
	}
	return s
}

func wantReminders(t *testing.T, s Stores, what, uid string, after int64, limit int, want string) []message.Reminder {
	t.Helper()
	list, err := s.Messages().Reminders(t.Context(), uid, after, limit)
	must(t, err)
	equal(t, what, described(list), want)
	return list
}

func testReminders(t *testing.T, s Stores) {
	ctx := t.Context()
	a, b, c, eve := newUser("a").UID, newUser("b").UID, newUser("c").UID, newUser("e").UID
	g := team(t, s, a, b, c)
	must(t, emit(ctx, s, calling(g, a, false, b, eve, a), post(g, a, "nothing"), calling(g, a, true)))
	got := wantReminders(t, s, "mentioned twice", b, 0, 10, fmt.Sprintf("1: 1 by %s done false\n3: 3 by %s done false\n", a, a))
	wantReminders(t, s, "mentioned with all", c, 0, 10, fmt.Sprintf("3: 3 by %s done false\n", a))
	wantReminders(t, s, "the sender", a, 0, 10, "")
	wantReminders(t, s, "somebody outside", eve, 0, 10, "")
	r := got[0]
	equal(t, "reminder", fmt.Sprint(r.UID, r.Channel, r.Type, r.Text), fmt.Sprint(b, g, message.ReminderMention, message.MentionText))
	queue, err := s.Messages().Queue(ctx, b, 0, 10)
	must(t, err)
	equal(t, "message of the reminder", r.MessageID, queue[0].ID)

	limited := calling(g, a, true)
	limited.Visibles = []string{c}
	must(t, emit(ctx, s, limited))
	wantReminders(t, s, "may see it", c, 3, 10, fmt.Sprintf("4: 4 by %s done false\n", a))
	wantReminders(t, s, "may not see it", b, 3, 10, "")

	large := team(t, s, a, b, c)
	must(t, inMessages(ctx, s, func(tx message.Tx) error { return tx.SetLarge(ctx, large, true) }))
	must(t, emit(ctx, s, calling(large, a, true, b, eve)))
	wantReminders(t, s, "in a large group", b, 3, 10, fmt.Sprintf("4: 1 by %s done false\n", a))
	wantReminders(t, s, "all of a large group", c, 4, 10, "")
	queue, err = s.Messages().Queue(ctx, b, 3, 10)
	must(t, err)
	if len(queue) != 1 || string(queue[0].Payload) != `{"cmd":"syncReminders","type":99}` {
		t.Errorf("told by %v", queue)
	}
	testFinished(t, s, a, b, c)
}

// testFinished goes on with b, who has reminders at 1, 3 and 4, and c with 3 and 4.
func testFinished(t *testing.T, s Stores, a, b, c string) {
	ctx := t.Context()
	all, err := s.Messages().Reminders(ctx, b, 0, 10)
	must(t, err)
	ids := []int64{all[0].ID, all[1].ID}
	finish := func(uid string, ids ...int64) {
		t.Helper()
		must(t, inMessages(ctx, s, func(tx message.Tx) error {
			if err := tx.Emit(ctx, message.RemindersChanged(t0, uid)); err != nil {
				return err
			}
			return tx.FinishReminders(ctx, uid, ids)
		}))
	}
	open, err := s.Messages().OpenReminders(ctx, b, append([]int64{1 << 40}, ids...))
	must(t, err)
	equal(t, "open", fmt.Sprint(open), fmt.Sprint(ids))
	open, err = s.Messages().OpenReminders(ctx, c, ids)
	must(t, err)
	equal(t, "open of somebody else", len(open), 0)
	finish(c, ids...)
	wantReminders(t, s, "finished by somebody else", b, 4, 10, "")
	finish(b, ids...)
	both := fmt.Sprintf("5: 1 by %s done true\n5: 3 by %s done true\n", a, a)
	wantReminders(t, s, "finished", b, 4, 10, both)
	wantReminders(t, s, "a page between two of one version", b, 4, 1, both)
	finish(b, ids...)
	wantReminders(t, s, "finished twice", b, 4, 10, both)

	must(t, inMessages(ctx, s, func(tx message.Tx) error {
		return tx.CancelReminders(ctx, t0, all[1].MessageID, message.Command(t0, "messageRevoke", nil, b, c))
	}))
	wantReminders(t, s, "cancelled after it was finished", b, 5, 10, "")
	wantReminders(t, s, "cancelled", c, 4, 10, fmt.Sprintf("7: 3 by %s done true\n", a))
	for uid, want := range map[string]int{b: 7, c: 7} {
		queue, err := s.Messages().Queue(ctx, uid, 0, 100)
		must(t, err)
		equal(t, "queue of "+uid, len(queue), want)
	}
}

// inMessages runs a transaction.
func inMessages(ctx context.Context, s Stores, fn func(tx message.Tx) error) error {
	return s.Messages().Update(ctx, fn)
}
