package storetest

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/ruyi-im/ruyi/message"
)

// subscribed makes a group's channel of some people and returns it.
func subscribed(t *testing.T, s Stores, uids ...string) message.Channel {
	t.Helper()
	ch := message.Channel{ID: fmt.Sprintf("g%d", serial.Add(1)), Type: message.Group}
	must(t, s.Messages().Update(t.Context(), func(tx message.Tx) error { return tx.Subscribe(t.Context(), ch, true, uids...) }))
	return ch
}

// posted stores drafts in a channel, without recipients of their own, and returns
// the messages.
func posted(t *testing.T, s Stores, ch message.Channel, drafts ...message.Draft) (sent []message.Message) {
	t.Helper()
	for i := range drafts {
		drafts[i].Channel, drafts[i].Recipients = ch, nil
	}
	must(t, s.Messages().Update(t.Context(), func(tx message.Tx) (err error) {
		sent, err = tx.Deliver(t.Context(), drafts...)
		return err
	}))
	return sent
}

// change runs fn with the channel locked, and returns what LockPlace found.
func change(ctx context.Context, s Stores, uid string, ch message.Channel, fn func(tx message.Tx) error) (p message.Place, err error) {
	err = s.Messages().Update(ctx, func(tx message.Tx) error {
		if p, err = tx.LockPlace(ctx, uid, ch); err != nil {
			return err
		}
		return fn(tx)
	})
	return p, err
}

// seqs returns the positions of messages, "-" behind those that are hidden.
func seqs(messages []message.Message) string {
	s := ""
	for _, m := range messages {
		s += fmt.Sprint(m.Seq)
		if m.Hidden {
			s += "-"
		}
		s += " "
	}
	return s
}

func testHistory(t *testing.T, s Stores) {
	ctx := t.Context()
	ch := subscribed(t, s, "a", "b", "c")
	whisper := say("a", "a", "whisper")
	whisper.Visibles = []string{"b"}
	drafts := []message.Draft{say("a", "a", "1"), say("b", "b", "2"), whisper}
	for i := range 5 {
		drafts = append(drafts, say("a", "a", fmt.Sprint(i)))
	}
	sent := posted(t, s, ch, drafts...)
	must(t, s.Messages().Update(ctx, func(tx message.Tx) error { return tx.Hide(ctx, "c", sent[4].ID) }))
	_, err := change(ctx, s, "c", ch, func(tx message.Tx) error {
		_, err := tx.Clear(ctx, "c", ch, 1)
		return err
	})
	must(t, err)
	for _, c := range []struct {
		viewer string
		r      message.Range
		want   string
	}{
		{"a", message.Range{Limit: 9}, "1 2 3 4 5 6 7 8 "},
		{"b", message.Range{Limit: 9}, "1 2 3 4 5 6 7 8 "},
		{"c", message.Range{Limit: 9}, "2 3- 4 5- 6 7 8 "},
		{"c", message.Range{Limit: 2}, "7 8 "},
		{"c", message.Range{Start: 5, Limit: 2}, "4 5- "},
		{"c", message.Range{Start: 5, End: 4, Limit: 9}, "5- "},
		{"c", message.Range{Start: 5, End: math.MaxInt64, Limit: 9}, ""},
		{"c", message.Range{Newer: true, Limit: 2}, "2 3- "},
		{"c", message.Range{Newer: true, Start: 4, Limit: 2}, "4 5- "},
		{"c", message.Range{Newer: true, Start: 4, End: 5, Limit: 9}, "4 "},
		{"c", message.Range{Newer: true, Start: math.MaxInt64, Limit: 9}, ""},
		{"nobody", message.Range{Limit: 9}, ""},
		{"nobody", message.Range{Newer: true, Limit: 9}, ""},
	} {
		page, err := s.Messages().Page(ctx, c.viewer, ch, c.r)
		must(t, err)
		equal(t, fmt.Sprintf("%s reads %+v", c.viewer, c.r), seqs(page), c.want)
	}
	history, err := s.Messages().History(ctx, "c", ch, 4, 3)
	must(t, err)
	equal(t, "history", seqs(history), "5- 6 7 ")
	findMessages(t, s, ch, sent)
}

// findMessages looks for what testHistory has stored by other ways than pages,
// before and after one of its people leaves.
func findMessages(t *testing.T, s Stores, ch message.Channel, sent []message.Message) {
	t.Helper()
	ctx := t.Context()
	var ids []int64
	for i := range sent {
		ids = append(ids, sent[len(sent)-1-i].ID, -sent[i].ID)
	}
	for viewer, want := range map[string]string{"b": "1 2 3 4 5 6 7 8 ", "c": "2 4 5- 6 7 8 ", "nobody": ""} {
		found, err := s.Messages().Find(ctx, viewer, ids...)
		must(t, err)
		equal(t, viewer+" finds", seqs(found), want)
		follows, err := s.Messages().Follows(ctx, viewer, ch)
		must(t, err)
		equal(t, viewer+" follows", follows, want != "")
	}
	must(t, s.Messages().Update(ctx, func(tx message.Tx) error { return tx.Unsubscribe(ctx, ch, "b") }))
	for what, read := range map[string]func() ([]message.Message, error){
		"history": func() ([]message.Message, error) { return s.Messages().History(ctx, "b", ch, 0, 9) },
		"page":    func() ([]message.Message, error) { return s.Messages().Page(ctx, "b", ch, message.Range{Limit: 9}) },
		"find":    func() ([]message.Message, error) { return s.Messages().Find(ctx, "b", ids...) },
		"extras":  func() ([]message.Message, error) { return s.Messages().Extras(ctx, "b", ch, 0, 9) },
	} {
		left, err := read()
		must(t, err)
		equal(t, "who left reads in "+what, seqs(left), "")
	}
}

func testDeletions(t *testing.T, s Stores) {
	ctx := t.Context()
	nothing := func(message.Tx) error { return nil }
	ch := subscribed(t, s, "a", "b")
	for _, c := range []struct {
		uid string
		ch  message.Channel
	}{{"nobody", ch}, {"a", message.Channel{ID: "none", Type: message.Group}}, {"a", message.PersonChannel("a", "nobody")}} {
		p, err := change(ctx, s, c.uid, c.ch, nothing)
		must(t, err)
		equal(t, fmt.Sprintf("place of %s in %v", c.uid, c.ch), p, message.Place{})
	}
	quiet := say("a", "a", "quiet")
	quiet.Header.RedDot = false
	sent := posted(t, s, ch, say("a", "a", "1"), say("b", "b", "2"), quiet, say("a", "a", "4"), say("a", "a", "5"))
	hide := func(tx message.Tx) error { return tx.Hide(ctx, "b", sent[3].ID, sent[4].ID) }
	for range 2 {
		must(t, s.Messages().Update(ctx, hide))
	}
	wantErr(t, s.Messages().Update(ctx, func(tx message.Tx) error {
		must(t, tx.Hide(ctx, "b", sent[0].ID))
		_, err := tx.Clear(ctx, "b", ch, 2)
		must(t, err)
		return errStop
	}), errStop)
	for _, step := range []struct {
		uid    string
		seq    int64
		unread int64
		left   string
	}{{"b", 1, 2, "2 3 4- 5- "}, {"b", 4, 1, "5- "}, {"b", 5, 0, ""}, {"a", 1, 1, "2 3 4 5 "}, {"a", 2, 0, "3 4 5 "}} {
		var unread int64
		p, err := change(ctx, s, step.uid, ch, func(tx message.Tx) (err error) {
			unread, err = tx.Clear(ctx, step.uid, ch, step.seq)
			return err
		})
		must(t, err)
		what := fmt.Sprintf("%s cleared up to %d", step.uid, step.seq)
		equal(t, what+": the newest", p.Last, 5)
		equal(t, what+": unread", unread, step.unread)
		left, err := s.Messages().History(ctx, step.uid, ch, 0, 9)
		must(t, err)
		equal(t, what+": left", seqs(left), step.left)
		p, err = change(ctx, s, step.uid, ch, nothing)
		must(t, err)
		equal(t, what, p, message.Place{Follows: true, Cleared: step.seq, Last: 5})
	}
	queue, err := s.Messages().Queue(ctx, "b", 0, 9)
	must(t, err)
	equal(t, "queue of what is cleared", len(queue), 0)
	must(t, s.Messages().Update(ctx, func(tx message.Tx) error {
		if err := tx.Unsubscribe(ctx, ch, "b"); err != nil {
			return err
		}
		return tx.SetLarge(ctx, ch, true)
	}))
	p, err := change(ctx, s, "b", ch, nothing)
	must(t, err)
	equal(t, "place of who left", p, message.Place{Cleared: 5, Last: 5, Large: true})
}

func testRevocations(t *testing.T, s Stores) {
	ctx := t.Context()
	ch := subscribed(t, s, "a", "b")
	sent := posted(t, s, ch, say("a", "a", "1"), say("a", "a", "2"), say("b", "b", "3"))
	revoke := func(m message.Message, revoker string) {
		t.Helper()
		_, err := change(ctx, s, revoker, ch, func(tx message.Tx) error { return tx.SetRevoked(ctx, m, revoker) })
		must(t, err)
	}
	_, err := change(ctx, s, "a", ch, func(tx message.Tx) error {
		must(t, tx.SetRevoked(ctx, sent[2], "a"))
		return errStop
	})
	wantErr(t, err, errStop)
	revoke(sent[1], "b")
	revoke(sent[0], "a")
	revoke(sent[1], "a")
	want := []message.Extra{{Version: 2, Revoked: true, Revoker: "a"}, {Version: 3, Revoked: true, Revoker: "a"}, {}}
	history, err := s.Messages().History(ctx, "b", ch, 0, 9)
	must(t, err)
	queue, err := s.Messages().Queue(ctx, "b", 0, 9)
	must(t, err)
	for i, w := range want {
		equal(t, "in the history", history[i].Extra, w)
		equal(t, "in the queue", queue[i].Extra, w)
		equal(t, "content", string(history[i].Payload), string(sent[i].Payload))
	}
	must(t, s.Messages().Update(ctx, func(tx message.Tx) error {
		role, err := tx.LockRole(ctx, "no such group", "a")
		equal(t, "role in no group", role, 0)
		return err
	}))
}

func testExtras(t *testing.T, s Stores) {
	ctx := t.Context()
	ch, other := subscribed(t, s, "a", "b", "c"), subscribed(t, s, "a", "b")
	asks := say("a", "a", "read me")
	asks.Setting = message.SettingReceipt
	sent := posted(t, s, ch, asks, say("a", "a", "2"), asksOnly("b", "a"))
	elsewhere := posted(t, s, other, say("a", "a", "x"))
	read := func(uid string, ch message.Channel, messages ...message.Message) {
		t.Helper()
		_, err := change(ctx, s, uid, ch, func(tx message.Tx) error { return tx.AddReader(ctx, uid, t0, messages...) })
		must(t, err)
	}
	read("b", ch, sent...)
	read("b", ch, sent[:2]...)
	read("b", other, elsewhere...)
	read("c", ch, sent[0])
	_, err := change(ctx, s, "c", ch, func(tx message.Tx) error {
		if err := tx.SetRevoked(ctx, sent[1], "a"); err != nil {
			return err
		}
		return tx.AddReader(ctx, "c", t0, sent[0], sent[1])
	})
	must(t, err)
	for _, c := range []struct {
		viewer  string
		version int64
		limit   int
		want    string
	}{
		{"a", 0, 9, "3v3=1 1v4=2 2v6=2 "}, {"c", 0, 9, "1v4=2r 2v6=2r "}, {"b", 0, 9, "3v3=1r 1v4=2r 2v6=2r "},
		{"a", 3, 9, "1v4=2 2v6=2 "}, {"a", 0, 1, "3v3=1 "}, {"a", 6, 9, ""}, {"nobody", 0, 9, ""},
	} {
		extras, err := s.Messages().Extras(ctx, c.viewer, ch, c.version, c.limit)
		must(t, err)
		got := ""
		for _, m := range extras {
			got += fmt.Sprintf("%dv%d=%d", m.Seq, m.Version, m.Readers)
			if m.Read && m.ReadAt.Equal(t0) {
				got += "r"
			}
			got += " "
			equal(t, "payload", len(m.Payload), 0)
		}
		equal(t, fmt.Sprintf("%s after %d", c.viewer, c.version), got, c.want)
	}
}

// asksOnly is a message that only its sender and one other see.
func asksOnly(to, from string) message.Draft {
	d := say(from, from, "for one")
	d.Visibles, d.Setting = []string{to}, message.SettingReceipt
	return d
}
