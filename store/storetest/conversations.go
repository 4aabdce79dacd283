package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/message"
)

// team returns a channel of uids that no other test has.
func team(t *testing.T, s Stores, uids ...string) message.Channel {
	t.Helper()
	ch := message.Channel{ID: fmt.Sprintf("g%d", serial.Add(1)), Type: message.Group}
	must(t, inMessages(t.Context(), s, func(tx message.Tx) error { return tx.Subscribe(t.Context(), ch, true, uids...) }))
	return ch
}

// post returns a text from somebody in a group.
func post(ch message.Channel, from, content string) message.Draft {
	d := say(from, from, content)
	d.Channel, d.Recipients = ch, nil
	return d
}

// listed describes a list of conversations.
func listed(list []message.Conversation) string {
	s := ""
	for _, c := range list {
		s += fmt.Sprintf("%s unread %d:", c.Channel.ID, c.Unread)
		for _, m := range c.Recents {
			s += fmt.Sprintf(" %d", m.Seq)
		}
		s += "\n"
	}
	return s
}

func testConversations(t *testing.T, s Stores) {
	ctx := t.Context()
	a, b, c := addUser(t, s, "a"), addUser(t, s, "b"), addUser(t, s, "c")
	g := team(t, s, a, b)
	later := func(d message.Draft, minutes int) message.Draft {
		d.SentAt = t0.Add(time.Duration(minutes) * time.Minute)
		return d
	}
	must(t, emit(ctx, s, say(b, a, "1"), later(say(b, a, "2"), 1), later(say(a, b, "3"), 2)))
	must(t, emit(ctx, s, later(say(c, a, "1"), 9)))
	must(t, emit(ctx, s, later(post(g, b, "1"), 4), message.Command(t0, "refresh", nil, a, b)))

	ab, ac := message.PersonChannel(a, b).ID, message.PersonChannel(a, c).ID
	for _, q := range []struct {
		uid            string
		limit, recents int
		want           string
	}{
		{a, 10, 1, ac + " unread 1: 1\n" + g.ID + " unread 1: 1\n" + ab + " unread 2: 3\n"},
		{a, 2, 1, ac + " unread 1: 1\n" + g.ID + " unread 1: 1\n"},
		{a, 10, 2, ac + " unread 1: 1\n" + g.ID + " unread 1: 1\n" + ab + " unread 2: 3 2\n"},
		{a, 10, 20, ac + " unread 1: 1\n" + g.ID + " unread 1: 1\n" + ab + " unread 2: 3 2 1\n"},
		{b, 10, 1, g.ID + " unread 0: 1\n" + ab + " unread 1: 3\n"},
		{"nobody", 10, 1, ""},
		{"nobody", 10, 20, ""},
	} {
		list, err := s.Messages().Conversations(ctx, q.uid, t0, q.limit, q.recents)
		must(t, err)
		equal(t, fmt.Sprintf("%d conversations of %s with %d messages", q.limit, q.uid, q.recents), listed(list), q.want)
	}

	for _, set := range []struct {
		peer string
		to   friend.ContactSettings
	}{{b, friend.ContactSettings{Mute: true}}, {c, friend.ContactSettings{Top: true}}} {
		must(t, s.Friends().Update(ctx, func(tx friend.Tx) error { return tx.SaveContactSettings(ctx, a, set.peer, set.to) }))
	}
	list, err := s.Messages().Conversations(ctx, a, t0, 10, 1)
	must(t, err)
	for i, want := range []string{"mute false top true", "mute false top false", "mute true top false"} {
		equal(t, "settings of "+list[i].Channel.ID, fmt.Sprintf("mute %t top %t", list[i].Mute, list[i].Top), want)
	}
	last := list[2].Last()
	equal(t, "sender", last.From, a)
	equal(t, "payload", string(last.Payload), `{"content":"3","type":1}`)
	equal(t, "time", last.SentAt.Equal(t0.Add(2*time.Minute)), true)
	equal(t, "version", list[2].Version, t0.Add(2*time.Minute).UnixMilli())
}

func testStandings(t *testing.T, s Stores) {
	ctx := t.Context()
	a, b, eve := newUser("a").UID, newUser("b").UID, newUser("e").UID
	ch := message.PersonChannel(a, b)
	must(t, emit(ctx, s, say(b, a, "1"), say(b, a, "2"), say(a, b, "3")))
	lock := func(uid string, in message.Channel) (st message.Standing, err error) {
		err = inMessages(ctx, s, func(tx message.Tx) error {
			st, err = tx.LockStanding(ctx, uid, in)
			return err
		})
		return st, err
	}
	st, err := lock(a, ch)
	must(t, err)
	equal(t, "at first", st, message.Standing{UID: a, Channel: ch, Active: true, Seq: 3, Unread: 2})
	_, err = lock(eve, ch)
	wantErr(t, err, message.ErrChannel)
	_, err = lock(a, message.PersonChannel(a, eve))
	wantErr(t, err, message.ErrChannel)

	must(t, inMessages(ctx, s, func(tx message.Tx) error {
		st, err := tx.LockStanding(ctx, a, ch)
		if err != nil {
			return err
		}
		st.Unread, st.ReadSeq, st.HiddenSeq = 1, 2, 3
		return tx.SaveStanding(ctx, st)
	}))
	st, err = lock(a, ch)
	must(t, err)
	equal(t, "saved", st, message.Standing{
		UID: a, Channel: ch, Active: true, Seq: 3, Unread: 1, ReadSeq: 2, HiddenSeq: 3,
	})
	list, err := s.Messages().Conversations(ctx, a, t0, 10, 1)
	must(t, err)
	equal(t, "the hidden conversation", listed(list), "")
	list, err = s.Messages().Conversations(ctx, b, t0, 10, 1)
	must(t, err)
	equal(t, "that of the other", listed(list), ch.ID+" unread 1: 3\n")
	must(t, emit(ctx, s, say(b, a, "4")))
	list, err = s.Messages().Conversations(ctx, a, t0, 10, 1)
	must(t, err)
	equal(t, "after a message", listed(list), ch.ID+" unread 2: 4\n")

	must(t, inMessages(ctx, s, func(tx message.Tx) error { return tx.Unsubscribe(ctx, ch, a) }))
	st, err = lock(a, ch)
	must(t, err)
	equal(t, "active after leaving", st.Active, false)
}

func testConversationExtras(t *testing.T, s Stores) {
	ctx := t.Context()
	a, b, c := newUser("a").UID, newUser("b").UID, newUser("c").UID
	must(t, emit(ctx, s, say(b, a, "1"), say(c, a, "2")))
	save := func(ch message.Channel, x message.ConversationExtra) (version int64) {
		t.Helper()
		must(t, inMessages(ctx, s, func(tx message.Tx) (err error) {
			version, err = saveExtra(ctx, tx, a, ch, x)
			return err
		}))
		return version
	}
	ab, ac := message.PersonChannel(a, b), message.PersonChannel(a, c)
	equal(t, "first version", save(ab, message.ConversationExtra{Draft: "b"}), 3)
	equal(t, "second version", save(ac, message.ConversationExtra{Draft: "c"}), 4)
	full := message.ConversationExtra{BrowseTo: 1, KeepMessageSeq: 2, KeepOffsetY: 3, Draft: "a\nline 😀"}
	equal(t, "third version", save(ab, full), 5)
	full.Channel, full.Version = ab, 5
	old := message.ConversationExtra{Channel: ac, Draft: "c", Version: 4}
	for _, q := range []struct {
		after int64
		limit int
		want  []message.ConversationExtra
	}{
		{0, 10, []message.ConversationExtra{old, full}}, {0, 1, []message.ConversationExtra{old}},
		{4, 10, []message.ConversationExtra{full}}, {5, 10, nil},
	} {
		got, err := s.Messages().ConversationExtras(ctx, a, q.after, q.limit)
		must(t, err)
		equal(t, fmt.Sprintf("extras after %d", q.after), fmt.Sprint(got), fmt.Sprint(q.want))
	}
	theirs, err := s.Messages().ConversationExtras(ctx, b, 0, 10)
	must(t, err)
	equal(t, "extras of the other", len(theirs), 0)
	list, err := s.Messages().Conversations(ctx, a, t0, 10, 1)
	must(t, err)
	equal(t, "extra in the list", list[0].Extra, old)
	equal(t, "extra in the list", list[1].Extra, full)
}
