package friend_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/store"
)

// meanwhile is a store in which something else commits just before the next
// transaction begins: after whatever its caller has read, before the locks.
type meanwhile struct {
	friend.Store
	act func()
}

func (m *meanwhile) Update(ctx context.Context, fn func(tx friend.Tx) error) error {
	if act := m.act; act != nil {
		m.act = nil
		act()
	}
	return m.Store.Update(ctx, fn)
}

// TestBlockJustBefore lets a block commit between what a use case reads outside
// its transaction and the transaction: the block counts.
func TestBlockJustBefore(t *testing.T) {
	w := start(t, openSQLite(t))
	m := &meanwhile{Store: w.db.Friends()}
	late := friend.New(m, w.people, friend.Options{Now: func() time.Time { return t0 }})
	m.act = func() { w.block("bob", "alice") }
	wantErr(t, "apply", late.Apply(t.Context(), "alice", friend.Application{To: "bob"}), friend.ErrUnreachable)
	m.act = func() { w.block("alice", "bob") }
	wantErr(t, "apply", late.Apply(t.Context(), "alice", friend.Application{To: "bob"}), friend.ErrBlocking)
	w.unblock("alice", "bob")
	w.unblock("bob", "alice")

	w.apply("alice", "bob")
	token := w.token("bob")
	m.act = func() { w.block("alice", "bob") }
	wantErr(t, "sure", late.Sure(t.Context(), "bob", token), friend.ErrToken)
	m.act = func() { w.block("bob", "alice") }
	wantErr(t, "sure", late.Sure(t.Context(), "bob", token), friend.ErrBlocking)
	if r := w.relation("bob", "alice"); r != (friend.Relation{}) {
		t.Errorf("relation %+v", r)
	}

	told := len(w.queue("bob"))
	m.act = func() { w.unblock("bob", "alice") }
	must(t, late.Unblock(t.Context(), "bob", "alice"))
	if n := len(w.queue("bob")) - told; n != 1 {
		t.Errorf("told %d times of one end of a block", n)
	}
}

// commands returns the places in uid's queue of the messages that contain text.
func (w *world) commands(uid, text string) []int {
	w.t.Helper()
	places := []int{}
	for i, line := range w.queue(uid) {
		if strings.Contains(line, text) {
			places = append(places, i)
		}
	}
	return places
}

// TestBlockAndApplyAtOnce: every request that was answered with success is in
// the target's queue, before the news of the block, and nothing of the others is
// anywhere. So no request arrives once a block has committed.
func TestBlockAndApplyAtOnce(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db)
		for round := range 12 {
			a, b := fmt.Sprintf("a%d", round), fmt.Sprintf("b%d", round)
			w.people[a], w.people[b] = a, b
			const applies = 5
			accepted := 0
			for i, err := range together(applies+1, func(i int) error {
				if i == applies {
					return w.Block(t.Context(), b, a)
				}
				return w.Apply(t.Context(), a, friend.Application{To: b})
			}) {
				switch {
				case i == applies:
					must(t, err)
				case err == nil:
					accepted++
				case !errors.Is(err, friend.ErrUnreachable):
					t.Errorf("apply: %v", err)
				}
			}
			requests, updates := w.commands(b, "friendRequest"), w.commands(b, "channelUpdate")
			if len(requests) != accepted || len(updates) != 1 || updates[0] != accepted {
				t.Errorf("%d accepted, requests at %v, block at %v", accepted, requests, updates)
			}
			_, err := db.Friends().Request(t.Context(), b, a)
			if want := map[bool]error{true: nil, false: friend.ErrNotFound}[accepted > 0]; !errors.Is(err, want) {
				t.Errorf("request: %v, want %v", err, want)
			}
		}
	})
}

// TestBlockAndSureAtOnce: the friendship is there, and told before the news of
// the block, exactly when the acceptance succeeded; else the request waits on and
// nobody has heard a word.
func TestBlockAndSureAtOnce(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db)
		for round := range 12 {
			a, b := fmt.Sprintf("a%d", round), fmt.Sprintf("b%d", round)
			w.people[a], w.people[b] = a, b
			w.apply(a, b)
			token := w.token(b)
			blocker, blocked, want := a, b, friend.ErrToken
			if round%2 == 1 {
				blocker, blocked, want = b, a, friend.ErrBlocking
			}
			answers := together(2, func(i int) error {
				if i == 0 {
					return w.Block(t.Context(), blocker, blocked)
				}
				return w.Sure(t.Context(), b, token)
			})
			must(t, answers[0])
			sure := answers[1] == nil
			if !sure {
				wantErr(t, "sure", answers[1], want)
			}
			for _, side := range [2][2]string{{a, b}, {b, a}} {
				accepts, updates := w.commands(side[0], "friendAccept"), w.commands(side[0], "channelUpdate")
				if len(updates) != 1 || len(accepts) == 1 != sure || sure && accepts[0] > updates[0] {
					t.Errorf("accepted %t, told at %v, block at %v", sure, accepts, updates)
				}
				if there := w.relation(side[0], side[1]) != (friend.Relation{}); there != sure {
					t.Errorf("accepted %t, relation %t", sure, there)
				}
			}
			r, err := db.Friends().Request(t.Context(), b, a)
			if r.Status == friend.Accepted != sure || err != nil {
				t.Errorf("accepted %t, request %+v, %v", sure, r, err)
			}
		}
	})
}

// TestParallelBlocks lets two people block and unblock each other at the same
// time: nobody waits for ever, and both hear of every beginning and end.
func TestParallelBlocks(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db)
		for _, err := range together(12, func(i int) error {
			owner, peer := "alice", "bob"
			if i%2 == 1 {
				owner, peer = peer, owner
			}
			if i >= 6 {
				return w.Unblock(t.Context(), owner, peer)
			}
			return w.Block(t.Context(), owner, peer)
		}) {
			must(t, err)
		}
		blocks := 0
		for _, pair := range [2][2]string{{"alice", "bob"}, {"bob", "alice"}} {
			blocked, err := w.Blocks(t.Context(), pair[0], pair[1])
			must(t, err)
			if blocked {
				blocks++
			}
		}
		alice, bob := len(w.queue("alice")), len(w.queue("bob"))
		if alice != bob || alice < 2 || alice%2 != blocks%2 {
			t.Errorf("told %d and %d times, and %d blocks in the end", alice, bob, blocks)
		}
	})
}

// TestParallelLimits has more people want in than there is room for, from both
// sides of a friendship and into a blacklist: exactly as many get in.
func TestParallelLimits(t *testing.T) {
	const room, callers = 3, 9
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db)
		w.serve(friend.Limits{Contacts: room, Blocked: room}, nil)
		peers := make([]string, callers)
		for i := range peers {
			peers[i] = fmt.Sprintf("p%d", i)
			w.people[peers[i]] = peers[i]
		}
		count := func(what string, refused error, do func(i int) error) {
			t.Helper()
			done := 0
			for _, err := range together(callers, do) {
				if err == nil {
					done++
				} else {
					wantErr(t, what, err, refused)
				}
			}
			if done != room {
				t.Errorf("%s: %d got in, want %d", what, done, room)
			}
		}
		count("block", friend.ErrBlacklistFull, func(i int) error { return w.Block(t.Context(), "bob", peers[i]) })

		tokens := make([]string, callers)
		for i, p := range peers {
			w.apply(p, "alice")
			tokens[i] = w.token("alice")
		}
		count("accept", friend.ErrContactsFull, func(i int) error { return w.Sure(t.Context(), "alice", tokens[i]) })

		for i, p := range peers {
			w.save(friend.Relation{Owner: p, Peer: "alice", Deleted: true}) // make room
			w.apply("carol", p)
			tokens[i] = w.token(p)
		}
		count("be accepted", friend.ErrUnreachable, func(i int) error { return w.Sure(t.Context(), peers[i], tokens[i]) })
		n, err := db.Friends().CountContacts(t.Context(), "carol")
		if n != room || err != nil {
			t.Errorf("carol has %d contacts, %v", n, err)
		}
	})
}
