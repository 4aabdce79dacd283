package message_test

import (
	"fmt"
	"testing"

	"github.com/ruyi-im/ruyi/message"
)

func TestPageLimits(t *testing.T) {
	for limit, want := range map[int]int{
		-1: message.DefaultSyncLimit, 0: message.DefaultSyncLimit, 1: 1,
		message.MaxSyncLimit: message.MaxSyncLimit, message.MaxSyncLimit + 1: message.MaxSyncLimit, 1 << 40: message.MaxSyncLimit,
	} {
		a := &asked{}
		s := message.New(a, message.Options{})
		if _, err := s.Queue(t.Context(), "alice", 1, limit); err != nil || a.limit != want {
			t.Errorf("queue: limit %d became %d, %v", limit, a.limit, err)
		}
		a.limit = 0
		ch := message.Channel{ID: "bob", Type: message.Person}
		if _, err := s.History(t.Context(), "alice", ch, 1, limit); err != nil || a.limit != want {
			t.Errorf("history: limit %d became %d, %v", limit, a.limit, err)
		}
	}
}

func TestQueueBeginsWhereTheClientOrItsUserStopped(t *testing.T) {
	for after, want := range map[int64]int64{0: 7, 1: 1, 7: 7, 9: 9} {
		a := &asked{acked: 7}
		if _, err := message.New(a, message.Options{}).Queue(t.Context(), "alice", after, 1); err != nil || a.after != want {
			t.Errorf("after %d: read from %d, %v, want %d", after, a.after, err, want)
		}
	}
}

func TestPositionsThatAreNone(t *testing.T) {
	s := message.New(&asked{}, message.Options{})
	_, err := s.Queue(t.Context(), "alice", -1, 1)
	wantErr(t, "queue", err, message.ErrAfter)
	_, err = s.History(t.Context(), "alice", message.Channel{ID: "bob", Type: message.Person}, -1, 1)
	wantErr(t, "history", err, message.ErrAfter)
	for _, seq := range []int64{0, -1} {
		wantErr(t, fmt.Sprint("acknowledge ", seq), s.Ack(t.Context(), "alice", seq), message.ErrSeq)
	}
}

func TestAckMovesForwardToTheNewestMessage(t *testing.T) {
	db := openSQLite(t)
	s := message.New(db.Messages(), message.Options{})
	for range 4 {
		emit(t, db.Messages(), say("alice", "bob", "hi"))
	}
	for _, step := range []struct {
		ack  int64
		want string
	}{{1, "2 3 4 "}, {3, "4 "}, {2, "4 "}, {1 << 60, ""}, {1, ""}} {
		must(t, s.Ack(t.Context(), "bob", step.ack))
		queue, err := s.Queue(t.Context(), "bob", 0, 0)
		must(t, err)
		if got := places(queue); got != step.want {
			t.Errorf("after %d was acknowledged: %q, want %q", step.ack, got, step.want)
		}
	}
	emit(t, db.Messages(), say("alice", "bob", "news"))
	queue, err := s.Queue(t.Context(), "bob", 0, 0)
	must(t, err)
	if got := places(queue); got != "5 " {
		t.Errorf("news after everything was acknowledged: %q", got)
	}
	theirs, err := s.Queue(t.Context(), "alice", 0, 0)
	must(t, err)
	if got := places(theirs); got != "1 2 3 4 5 " {
		t.Errorf("queue of the sender: %q", got)
	}
}

func TestHistoryIsTheCallersOwn(t *testing.T) {
	db := openSQLite(t)
	s := message.New(db.Messages(), message.Options{})
	emit(t, db.Messages(), say("alice", "bob", "secret"), say("bob", "alice", "answer"),
		message.Command(t0, "refresh", nil, "alice", "bob"))
	const both = `1{"content":"secret","type":1}2{"content":"answer","type":1}`
	ab := message.PersonChannel("alice", "bob").ID
	for _, c := range []struct {
		what, uid, peer string
		typ             message.ChannelType
		want            string
		err             error
	}{
		{"one", "alice", "bob", message.Person, both, nil},
		{"the other", "bob", "alice", message.Person, both, nil},
		{"stranger with one", "eve", "bob", message.Person, "", nil},
		{"stranger with the other", "eve", "alice", message.Person, "", nil},
		{"stored id", "eve", ab, message.Person, "", message.ErrChannel},
		{"part of a stored id", "eve", "@" + ab, message.Person, "", message.ErrChannel},
		{"no uid and the stored id", "", "alice@bob", message.Person, "", message.ErrChannel},
		{"stored id as a group", "eve", ab, message.Group, "", message.ErrChannel},
		{"no type", "alice", "bob", 0, "", message.ErrChannel},
		{"unknown type", "alice", "bob", 3, "", message.ErrChannel},
		{"no channel", "alice", "", message.Person, "", message.ErrChannel},
		{"the commands' channel", "alice", "", 0, "", message.ErrChannel},
		{"NUL", "alice", "bob\x00", message.Person, "", message.ErrChannel},
		{"no UTF-8", "alice", "\xff", message.Person, "", message.ErrChannel},
	} {
		history, err := s.History(t.Context(), c.uid, message.Channel{ID: c.peer, Type: c.typ}, 0, 0)
		wantErr(t, c.what, err, c.err)
		if got := texts(history); got != c.want {
			t.Errorf("%s reads %q, want %q", c.what, got, c.want)
		}
	}
}
