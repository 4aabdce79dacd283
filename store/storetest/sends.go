package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/user"
)

// testSends checks what a store promises about messages that people send.
func testSends(t *testing.T, s Stores) {
	ctx := t.Context()
	a, b, c := addUser(t, s, "a"), addUser(t, s, "b"), addUser(t, s, "c")
	deliver := func(drafts ...message.Draft) (sent []message.Message, err error) {
		err = s.Messages().Update(ctx, func(tx message.Tx) error {
			sent, err = tx.Deliver(ctx, drafts...)
			return err
		})
		return sent, err
	}
	first, live, quiet := say(a, b, "hi"), say(a, b, "typing"), say(a, b, "command")
	first.Setting, first.Expire = 64, 9
	live.Header.NoPersist, quiet.Header.SyncOnce = true, true
	sent, err := deliver(live, first, quiet)
	must(t, err)
	for i, seq := range []int64{0, 1, 0} {
		equal(t, "place", sent[i].Seq, seq)
		if sent[i].ID <= 0 || i > 0 && sent[i].ID <= sent[i-1].ID {
			t.Errorf("id %d", sent[i].ID)
		}
	}
	queue, err := s.Messages().Queue(ctx, b, 0, 10)
	must(t, err)
	equal(t, "messages in the queue", len(queue), 2)

	again, found, err := s.Messages().Sent(ctx, a, first.ClientMsgNo)
	must(t, err)
	if want := sent[1]; !found || fmt.Sprint(again) != fmt.Sprint(want) {
		t.Errorf("%+v was sent, want %+v", again, want)
	}
	command := message.Command(t0, "x", nil, b)
	must(t, emit(ctx, s, command, command)) // of System, whose numbers are not kept apart
	for _, none := range [][2]string{{a, live.ClientMsgNo}, {b, first.ClientMsgNo}, {a, ""}, {message.System, command.ClientMsgNo}} {
		_, found, err := s.Messages().Sent(ctx, none[0], none[1])
		must(t, err)
		equal(t, fmt.Sprintf("%q was sent", none), found, false)
	}
	other := say(a, c, "other")
	other.ClientMsgNo = first.ClientMsgNo
	_, err = deliver(say(a, c, "undone"), other)
	wantErr(t, err, message.ErrClientMsgNo)
	history, err := s.Messages().History(ctx, a, message.PersonChannel(a, c), 0, 10)
	must(t, err)
	equal(t, "messages that were undone", len(history), 0)
	t.Run("Permission", func(t *testing.T) { testMaySend(t, s) })
}

// testMaySend checks that a store asks the rules of packages friend and group.
func testMaySend(t *testing.T, s Stores) {
	ctx := t.Context()
	a, b, banned := addUser(t, s, "a"), addUser(t, s, "b"), addUser(t, s, "banned")
	must(t, s.Users().Update(ctx, func(tx user.Tx) error {
		u, err := tx.LockUser(ctx, banned)
		if err != nil {
			return err
		}
		u.Status = user.Disabled
		return tx.SaveUser(ctx, u)
	}))
	check := func(from, to string, typ message.ChannelType, strict bool, want error) {
		t.Helper()
		err := s.Messages().Update(ctx, func(tx message.Tx) error {
			return tx.MaySend(ctx, from, message.Channel{ID: to, Type: typ}, message.SendRules{Now: t0, RequireFriends: strict})
		})
		if !errors.Is(err, want) {
			t.Errorf("%s to %s: error %v, want %v", from, to, err, want)
		}
	}
	for _, strict := range []bool{false, true} {
		check(a, a, message.Person, strict, nil)
		check(a, user.FileHelperUID, message.Person, strict, nil)
		check(a, "nobody", message.Person, strict, friend.ErrPeer)
		check("nobody", a, message.Person, strict, message.ErrSender)
		check(banned, a, message.Person, strict, message.ErrSender)
		check(a, a, 0, strict, message.ErrChannel)
	}
	check(a, banned, message.Person, false, friend.ErrUnwritable)
	check(a, b, message.Person, false, nil)
	check(a, b, message.Person, true, friend.ErrNotFriends)
	must(t, saveRelation(ctx, s, friend.Relation{Owner: a, Peer: b}, t0))
	check(a, b, message.Person, true, friend.ErrNotFriends)
	must(t, saveRelation(ctx, s, friend.Relation{Owner: b, Peer: a}, t0))
	check(a, b, message.Person, true, nil)
	check(b, a, message.Person, true, nil)
}

// CountSends lets many callers send one message again and again at the same time,
// as clients do that hear no answer, while others use its number for another
// message and in another channel. It returns an error unless one of them all is
// stored, once, and everybody hears the same of it.
func CountSends(ctx context.Context, s Stores) error {
	people := []user.User{newUser("a"), newUser("b"), newUser("c")}
	err := s.Users().Update(ctx, func(tx user.Tx) error {
		for _, u := range people {
			if err := tx.AddUser(ctx, u); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	a, b, c := people[0].UID, people[1].UID, people[2].UID
	kinds := []message.Outgoing{
		{Channel: message.Channel{ID: b, Type: message.Person}, ClientMsgNo: "n", Payload: []byte(`{"type":1}`)},
		{Channel: message.Channel{ID: b, Type: message.Person}, ClientMsgNo: "n", Payload: []byte(`{"type":2}`)},
		{Channel: message.Channel{ID: c, Type: message.Person}, ClientMsgNo: "n", Payload: []byte(`{"type":1}`)},
	}
	const callers = 100
	service, answers := message.New(s.Messages(), message.Options{}), make([]message.Message, callers)
	err = together(callers, func(i int) (err error) {
		answers[i], err = service.Send(ctx, a, kinds[i%len(kinds)])
		if errors.Is(err, message.ErrClientMsgNo) {
			return nil
		}
		return err
	})
	if err != nil {
		return err
	}
	queue, err := s.Messages().Queue(ctx, a, 0, callers)
	if err != nil || len(queue) != 1 {
		return errors.Join(err, fmt.Errorf("%d messages were stored", len(queue)))
	}
	for i, m := range answers {
		right := m.ID == queue[0].ID && m.Seq == 1
		if kind := kinds[i%len(kinds)]; string(kind.Payload) != string(queue[0].Payload) ||
			message.PersonChannel(a, kind.Channel.ID) != queue[0].Channel {
			right = m.ID == 0
		}
		if !right {
			return fmt.Errorf("message %d at place %d was answered, message %d was stored", m.ID, m.Seq, queue[0].ID)
		}
	}
	return nil
}
