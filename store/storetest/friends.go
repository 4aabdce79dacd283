package storetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/friend"
)

func saveRelation(ctx context.Context, s Stores, r friend.Relation, now time.Time) error {
	return s.Friends().Update(ctx, func(tx friend.Tx) error {
		if err := tx.LockOwners(ctx, r.Owner); err != nil {
			return err
		}
		return tx.SaveRelation(ctx, r, now)
	})
}

func testRelations(t *testing.T, s Stores) {
	ctx := t.Context()
	a, b, c := addUser(t, s, "a"), addUser(t, s, "b"), addUser(t, s, "c")
	_, err := s.Friends().Relation(ctx, a, b)
	wantErr(t, err, friend.ErrNotFound)

	must(t, saveRelation(ctx, s, friend.Relation{Owner: a, Peer: b, Initiator: true, Vercode: "1@4", CreatedAt: t0}, t0))
	first, err := s.Friends().Relation(ctx, a, b)
	must(t, err)
	equal(t, "relation", first, friend.Relation{
		ID: first.ID, Owner: a, Peer: b, Version: t0.Unix(), Initiator: true, Vercode: "1@4", CreatedAt: t0,
	})

	// A clock that is set back makes no version smaller, and none is used twice.
	back := t0.Add(-time.Hour)
	must(t, saveRelation(ctx, s, friend.Relation{Owner: a, Peer: c, CreatedAt: back}, back))
	must(t, saveRelation(ctx, s, friend.Relation{Owner: a, Peer: b, Deleted: true, Alone: true, CreatedAt: back}, back))
	changed, err := s.Friends().Relation(ctx, a, b)
	must(t, err)
	equal(t, "changed relation", changed, friend.Relation{
		ID: first.ID, Owner: a, Peer: b, Version: t0.Unix() + 2, Deleted: true, Alone: true, CreatedAt: t0,
	})
	later := t0.Add(time.Hour)
	must(t, saveRelation(ctx, s, friend.Relation{Owner: a, Peer: b, CreatedAt: later}, later))
	changed, err = s.Friends().Relation(ctx, a, b)
	must(t, err)
	equal(t, "version", changed.Version, later.Unix())
	_, err = s.Friends().Relation(ctx, b, a)
	wantErr(t, err, friend.ErrNotFound)
}

func testRequests(t *testing.T, s Stores) {
	ctx := t.Context()
	r := friend.Request{
		To: "to", From: "from", Token: "t1", Remark: "你好 😀", Status: friend.Waiting,
		CreatedAt: t0, UpdatedAt: t0, ExpiresAt: t0.Add(time.Hour),
	}
	save := func(r friend.Request) {
		t.Helper()
		must(t, s.Friends().Update(ctx, func(tx friend.Tx) error { return tx.SaveRequest(ctx, r) }))
	}
	save(r)
	got, err := s.Friends().RequestByToken(ctx, "t1")
	must(t, err)
	equal(t, "request", got, r)

	again := r
	again.Token, again.Remark, again.Status = "t2", "again", friend.Accepted
	again.CreatedAt, again.UpdatedAt, again.ExpiresAt = t0.Add(time.Minute), t0.Add(time.Minute), t0.Add(2*time.Hour)
	save(again)
	_, err = s.Friends().RequestByToken(ctx, "t1")
	wantErr(t, err, friend.ErrNotFound)
	again.CreatedAt = r.CreatedAt
	got, err = s.Friends().Request(ctx, "to", "from")
	must(t, err)
	equal(t, "renewed request", got, again)
	_, err = s.Friends().Request(ctx, "from", "to")
	wantErr(t, err, friend.ErrNotFound)
}

// testContactPages reads a list in pages while others change it, with a clock
// that goes back and forth. In the end the reader must know the truth.
func testContactPages(t *testing.T, s Stores) {
	ctx := t.Context()
	owner := addUser(t, s, "owner")
	const writers, peers, rounds = 8, 4, 12
	uids := make([]string, writers*peers)
	for i := range uids {
		uids[i] = addUser(t, s, "peer")
	}
	var writing atomic.Int64
	writing.Store(writers)
	known := map[string]friend.Contact{}
	must(t, together(writers+1, func(i int) error {
		if i == writers {
			return readContacts(ctx, s, owner, known, func() bool { return writing.Load() > 0 })
		}
		defer writing.Add(-1)
		for n := range rounds {
			r := friend.Relation{Owner: owner, Peer: uids[i*peers+n%peers], Deleted: n%3 == 2, Vercode: fmt.Sprint(n)}
			if err := saveRelation(ctx, s, r, t0.Add(time.Duration(rand.IntN(20)-10)*time.Second)); err != nil {
				return err
			}
		}
		return nil
	}))
	for _, uid := range uids {
		truth, err := s.Friends().Relation(ctx, owner, uid)
		must(t, err)
		equal(t, "as read in pages", known[uid].Relation, truth)
	}

	// A local time that exists twice: the row with the id decides.
	page, err := s.Friends().Contacts(ctx, owner, friend.Cursor{}, 3)
	must(t, err)
	equal(t, "rows", len(page), 3)
	last := page[1].Relation
	for _, c := range []struct {
		cursor friend.Cursor
		first  int64
	}{
		{friend.Cursor{Version: last.Version - 3600, Again: last.Version, ID: last.ID}, page[2].Version},
		{friend.Cursor{Version: last.Version - 3600, Again: last.Version, ID: page[0].ID}, page[0].Version},
		{friend.Cursor{Version: last.Version}, page[2].Version},
	} {
		rows, err := s.Friends().Contacts(ctx, owner, c.cursor, 1)
		must(t, err)
		equal(t, fmt.Sprintf("after %+v", c.cursor), rows[0].Version, c.first)
	}
}

// readContacts pages through a list as clients do, until it is quiet.
func readContacts(ctx context.Context, s Stores, owner string, known map[string]friend.Contact, more func() bool) error {
	var c friend.Cursor
	for quiet := false; ; {
		limit := 1 + rand.IntN(7)
		page, err := s.Friends().Contacts(ctx, owner, c, limit)
		if err != nil {
			return err
		}
		if len(page) > limit {
			return fmt.Errorf("a page of %d has %d rows", limit, len(page))
		}
		for _, row := range page {
			if row.Version <= c.Version {
				return fmt.Errorf("version %d after %d", row.Version, c.Version)
			}
			known[row.Peer] = row
			c = friend.Cursor{Version: row.Version, ID: row.ID}
		}
		if len(page) == 0 {
			if quiet { // empty once more after the last writer had ended
				return nil
			}
			quiet = !more()
		}
	}
}
