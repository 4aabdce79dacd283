package storetest

import (
	"context"
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

	must(t, saveRelation(ctx, s, friend.Relation{Owner: a, Peer: b, Initiator: true, Vercode: "1@4", Source: "s@1", CreatedAt: t0}, t0))
	first, err := s.Friends().Relation(ctx, a, b)
	must(t, err)
	equal(t, "relation", first, friend.Relation{
		ID: first.ID, Owner: a, Peer: b, Version: t0.Unix(), Initiator: true, Vercode: "1@4", Source: "s@1", CreatedAt: t0,
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
		To: "to", From: "from", Token: "t1", Remark: "你好 😀", Vercode: "v@1", Status: friend.Waiting,
		CreatedAt: t0, UpdatedAt: t0, ExpiresAt: t0.Add(time.Hour),
	}
	save := func(r friend.Request) {
		t.Helper()
		must(t, s.Friends().Update(ctx, func(tx friend.Tx) error { return tx.SaveRequest(ctx, r) }))
	}
	save(r)
	got, err := s.Friends().RequestByToken(ctx, "t1")
	must(t, err)
	r.ID = got.ID
	equal(t, "request", got, r)

	again := r
	again.Token, again.Remark, again.Vercode, again.Status = "t2", "again", "", friend.Accepted
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
