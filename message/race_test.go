package message_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/group"
	"github.com/ruyi-im/ruyi/internal/pgtest"
	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/postgres"
)

// TestForbiddingHoldsFromItsAnswerOn lets people send without a pause while
// somebody forbids it. That must be possible in time, and nothing arrives after it
// was answered.
func TestForbiddingHoldsFromItsAnswerOn(t *testing.T) {
	noLock := func(friend.Tx) error { return nil }
	for _, c := range []struct {
		what          string
		to            func(h *hall) message.Channel
		forbid, allow func(h *hall) error
		want          error
	}{
		{"block by the other", peer, func(h *hall) error { return h.block("bob", "alice") },
			func(h *hall) error { return h.unblock("bob", "alice") }, friend.ErrUnwritable},
		{"block of the other", peer, func(h *hall) error { return h.block("alice", "bob") },
			func(h *hall) error { return h.unblock("alice", "bob") }, friend.ErrUnwritable},
		{"ban", peer, func(h *hall) error { return h.change(noLock, "UPDATE ruyi_user SET status = 0 WHERE uid = 'alice'") },
			func(h *hall) error { return h.change(noLock, "UPDATE ruyi_user SET status = 1 WHERE uid = 'alice'") }, message.ErrSender},
		{"mute", club, func(h *hall) error {
			return h.underGroup("UPDATE ruyi_group_member SET muted_until = 9000000000000 WHERE uid = 'alice'")
		}, func(h *hall) error {
			return h.underGroup("UPDATE ruyi_group_member SET muted_until = 0 WHERE uid = 'alice'")
		}, group.ErrMuted},
		{"disbanding", club, func(h *hall) error { return h.underGroup("UPDATE ruyi_group SET status = 2") },
			func(h *hall) error { return h.underGroup("UPDATE ruyi_group SET status = 1") }, group.ErrDisbanded},
	} {
		t.Run(c.what, func(t *testing.T) {
			onBothEngines(t, func(t *testing.T, db *store.DB) {
				h := enter(t, db, message.Options{}, "alice", "bob")
				h.found("g", "bob", "alice")
				for round := range 2 {
					h.forbidWhileSending(round, c.to(h), c.forbid, c.want)
					must(t, c.allow(h))
				}
			})
		})
	}
}

func peer(*hall) message.Channel { return to("bob") }
func club(*hall) message.Channel { return in("g") }

// underGroup is what package group does when it changes a group or its members.
func (h *hall) underGroup(statement string) error {
	return h.db.Update(h.t.Context(), func(tx store.Conn) error {
		for _, s := range []string{"UPDATE ruyi_group SET version = version + 1", statement} {
			if _, err := tx.ExecContext(h.t.Context(), s); err != nil {
				return err
			}
		}
		return nil
	})
}

func (h *hall) forbidWhileSending(round int, to message.Channel, forbid func(*hall) error, want error) {
	ctx, stop := context.WithCancel(h.t.Context())
	defer stop()
	const senders = 8
	var sending, begun sync.WaitGroup
	begun.Add(senders)
	for i := range senders {
		sending.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				err := h.send("alice", to, fmt.Sprint(round, " ", i, " ", n))
				if err != nil && !errors.Is(err, want) {
					h.t.Errorf("refused with %v, want %v", err, want)
				}
				if n == 0 {
					begun.Done()
				}
			}
		})
	}
	begun.Wait()
	err := forbid(h)
	arrived := h.number("SELECT count(*) FROM ruyi_message")
	stop()
	if err != nil {
		h.t.Errorf("it could not be forbidden while messages came: %v", err)
	}
	after := together(senders, func(i int) error { return h.send("alice", to, "late") })
	sending.Wait()
	for _, err := range after {
		wantErr(h.t, "after it was forbidden", err, want)
	}
	if n := h.number("SELECT count(*) FROM ruyi_message"); n != arrived {
		h.t.Errorf("%d messages arrived later", n-arrived)
	}
}

// TestDecisionIsHeld looks at what a decision rests on while its transaction
// runs: nobody else can change it.
func TestDecisionIsHeld(t *testing.T) {
	db, err := postgres.Open(t.Context(), pgtest.DSN(t), postgres.Options{})
	must(t, err)
	defer func() { must(t, db.Close()) }()
	h := enter(t, db, message.Options{}, "alice", "bob", "carol")
	h.found("g", "bob", "alice")
	h.exec("DELETE FROM ruyi_friend_clock WHERE owner = 'carol'")
	free := func(rows string) int64 {
		return h.number("SELECT count(*) FROM (SELECT 1 FROM " + rows + " FOR UPDATE SKIP LOCKED) AS free")
	}
	for ch, held := range map[message.Channel][]string{
		to("bob"): {"ruyi_friend_clock WHERE owner = 'alice'", "ruyi_friend_clock WHERE owner = 'bob'",
			"ruyi_user WHERE uid = 'alice'", "ruyi_user WHERE uid = 'bob'"},
		to("carol"): {"ruyi_friend_clock WHERE owner = 'carol'"},
		in("g"):     {"ruyi_group", "ruyi_group_member WHERE uid = 'alice'", "ruyi_user WHERE uid = 'alice'"},
	} {
		must(t, db.Messages().Update(t.Context(), func(tx message.Tx) error {
			must(t, tx.MaySend(t.Context(), "alice", ch, message.SendRules{Now: t0}))
			for _, rows := range held {
				if free(rows) != 0 {
					t.Errorf("%s can be changed", rows)
				}
			}
			return nil
		}))
		for _, rows := range held {
			if free(rows) != 1 {
				t.Errorf("%s is not free afterwards", rows)
			}
		}
	}
}
