package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/user"
)

// testContactPages asks for what follows a row.
func testContactPages(t *testing.T, s Stores) {
	ctx := t.Context()
	owner := addUser(t, s, "owner")
	for range 3 {
		must(t, saveRelation(ctx, s, friend.Relation{Owner: owner, Peer: addUser(t, s, "peer")}, t0))
	}
	page, err := s.Friends().Contacts(ctx, owner, friend.Cursor{}, 3)
	must(t, err)
	equal(t, "rows", len(page), 3)
	last := page[1].Relation
	for _, c := range []struct {
		cursor friend.Cursor
		first  int64
	}{
		{friend.Cursor{Version: last.Version}, page[2].Version},
		// A local time that exists twice: the row with the id decides.
		{friend.Cursor{Version: last.Version - 3600, Again: last.Version, ID: last.ID}, page[2].Version},
		{friend.Cursor{Version: last.Version - 3600, Again: last.Version, ID: page[0].ID}, page[0].Version},
	} {
		rows, err := s.Friends().Contacts(ctx, owner, c.cursor, 1)
		must(t, err)
		equal(t, fmt.Sprintf("after %+v", c.cursor), rows[0].Version, c.first)
	}
}

// How many take part in CountContacts, and how often each writer acts.
const (
	contactWriters = 16
	contactReaders = 3
	contactActs    = 24
)

// CountContacts lets many writers change one contact list at the same time, with
// clocks that step back and forth, while readers follow it in pages of random
// size as clients do. Once the list has come to rest, contacts are removed and
// others renamed by a clock that was set back. CountContacts returns an error when a reader does not
// know the truth in the end, removals included. What is random depends on a seed,
// which the error names.
func CountContacts(ctx context.Context, s Stores) error {
	seed := rand.Uint64()
	if err := countContacts(ctx, s, seed); err != nil {
		return fmt.Errorf("with seed %d: %w", seed, err)
	}
	return nil
}

func countContacts(ctx context.Context, s Stores, seed uint64) error {
	l, err := newContactList(ctx, s)
	if err != nil {
		return err
	}
	dice := func(who int) *rand.Rand { return rand.New(rand.NewPCG(seed, uint64(who))) }
	readers := make([]contactReader, contactReaders+1) // the last one comes when all is over
	for i := range readers {
		readers[i] = contactReader{list: l, dice: dice(contactWriters + i), known: map[string]friend.Contact{}}
	}
	l.writing.Store(contactWriters)
	err = together(contactWriters+contactReaders, func(i int) error {
		if i >= contactWriters {
			return readers[i-contactWriters].follow(ctx)
		}
		defer l.writing.Add(-1)
		return l.write(ctx, l.peers[i], dice(i))
	})
	if err != nil {
		return err
	}
	for _, peers := range l.peers {
		back := t0.Add(-time.Hour)
		if err := errors.Join(l.save(ctx, &peers[1], true, back), l.set(ctx, &peers[2], back)); err != nil {
			return err
		}
	}
	for i := range readers {
		if err := errors.Join(readers[i].follow(ctx), readers[i].check()); err != nil {
			return fmt.Errorf("reader %d: %w", i, err)
		}
	}
	return nil
}

// contactList is the list of owner, which holds what was last written about each
// peer.
type contactList struct {
	stores  Stores
	owner   string
	peers   [][]contactPeer // of each writer
	writing atomic.Int64    // how many writers there are still
}

type contactPeer struct {
	uid             string
	listed, deleted bool
	vercode, remark string
}

func newContactList(ctx context.Context, s Stores) (*contactList, error) {
	l := &contactList{stores: s, owner: newUser("owner").UID}
	err := s.Users().Update(ctx, func(tx user.Tx) error {
		l.peers = make([][]contactPeer, contactWriters)
		for i := range l.peers {
			l.peers[i] = make([]contactPeer, 4)
			for n := range l.peers[i] {
				u := newUser("peer")
				l.peers[i][n].uid = u.UID
				if err := tx.AddUser(ctx, u); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return l, err
}

// write adds the first of a writer's peers and leaves it alone, so that a client
// that misses it misses it for ever, and changes the others at random.
func (l *contactList) write(ctx context.Context, peers []contactPeer, dice *rand.Rand) error {
	for n := range contactActs {
		now := t0.Add(time.Duration(dice.IntN(21)-10) * time.Second)
		if dice.IntN(4) == 0 {
			now = now.Add(-time.Hour)
		}
		p, act, err := &peers[1+dice.IntN(len(peers)-1)], dice.IntN(4), error(nil)
		switch {
		case n == 0:
			err = l.save(ctx, &peers[0], false, now)
		case act == 0:
			err = l.set(ctx, p, now)
		default:
			err = l.save(ctx, p, act == 1, now)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// save removes a peer, or adds or revives it, with a vercode that tells this time
// from others.
func (l *contactList) save(ctx context.Context, p *contactPeer, deleted bool, now time.Time) error {
	p.listed, p.deleted, p.vercode = true, deleted, fmt.Sprint("v", serial.Add(1))
	return saveRelation(ctx, l.stores, friend.Relation{Owner: l.owner, Peer: p.uid, Deleted: deleted, Vercode: p.vercode}, now)
}

// set gives a peer a remark, whether it is in the list or not.
func (l *contactList) set(ctx context.Context, p *contactPeer, now time.Time) error {
	p.remark = fmt.Sprint("r", serial.Add(1))
	return l.stores.Friends().Update(ctx, func(tx friend.Tx) error {
		return errors.Join(
			tx.LockOwners(ctx, l.owner),
			tx.SaveContactSettings(ctx, l.owner, p.uid, friend.ContactSettings{Remark: p.remark}),
			tx.Touch(ctx, l.owner, p.uid, now),
		)
	})
}

// contactReader is a client: how far it has read, and what it knows.
type contactReader struct {
	list   *contactList
	dice   *rand.Rand
	cursor friend.Cursor
	known  map[string]friend.Contact
}

// follow reads until nobody writes any more and nothing is left.
func (r *contactReader) follow(ctx context.Context) error {
	for quiet := false; ; {
		limit := 1 + r.dice.IntN(7)
		page, err := r.list.stores.Friends().Contacts(ctx, r.list.owner, r.cursor, limit)
		if err != nil {
			return err
		}
		if len(page) > limit {
			return fmt.Errorf("a page of %d has %d rows", limit, len(page))
		}
		for _, c := range page {
			if c.Version < r.cursor.Version || c.Version == r.cursor.Version && c.ID <= r.cursor.ID {
				return fmt.Errorf("a row at %d with id %d came after %+v", c.Version, c.ID, r.cursor)
			}
			r.known[c.Peer] = c
			r.cursor = friend.Cursor{Version: c.Version, ID: c.ID}
		}
		if len(page) == 0 {
			if quiet { // empty once more after the last writer had ended
				return nil
			}
			quiet = r.list.writing.Load() == 0
		}
	}
}

// check compares what the reader knows with what was written.
func (r *contactReader) check() error {
	missed, listed := 0, 0
	for _, peers := range r.list.peers {
		for _, p := range peers {
			c, known := r.known[p.uid]
			if p.listed {
				listed++
			}
			if known != p.listed || known && (c.Deleted != p.deleted || c.Vercode != p.vercode || c.Remark != p.remark) {
				missed++
			}
		}
	}
	if missed > 0 || len(r.known) != listed {
		return fmt.Errorf("%d of %d contacts are known, %d of them not as they are", len(r.known), listed, missed)
	}
	return nil
}
