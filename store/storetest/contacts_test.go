package storetest_test

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/storetest"
)

func TestCountContactsNotices(t *testing.T) {
	for name, flaw := range map[string]contactFlaws{
		"a cursor of wall clock time":             {clock: true},
		"a cursor of wall clock time, and the id": {clock: true, ids: true},
		"removals that are left out":              {living: true},
		"settings without a version":              {untouched: true},
	} {
		t.Run(name, func(t *testing.T) {
			wantNoticed(t, storetest.CountContacts(t.Context(), flawedContacts{open(t), flaw}))
		})
	}
}

// contactFlaws are the ways in which a store of contacts is wrong.
type contactFlaws struct {
	clock     bool // a position is the time of the change, in whole seconds
	ids       bool // and the id of the row
	living    bool // pages leave removed contacts out
	untouched bool // settings get no version
}

type flawedContacts struct {
	*store.DB
	flaw contactFlaws
}

func (s flawedContacts) Friends() friend.Store { return flawedFriends{s.DB.Friends(), s} }

type flawedFriends struct {
	friend.Store
	s flawedContacts
}

// Update keeps the time of a change where the time of the first one was, which
// nobody asks for here.
func (f flawedFriends) Update(ctx context.Context, fn func(tx friend.Tx) error) error {
	return f.s.DB.Update(ctx, func(conn store.Conn) error {
		return f.s.Join(conn).Friends().Update(ctx, func(tx friend.Tx) error { return fn(flawedTx{tx, conn, f.s.flaw}) })
	})
}

type flawedTx struct {
	friend.Tx
	conn store.Conn
	flaw contactFlaws
}

func (tx flawedTx) SaveRelation(ctx context.Context, r friend.Relation, now time.Time) error {
	if err := tx.Tx.SaveRelation(ctx, r, now); err != nil {
		return err
	}
	return tx.stamp(ctx, r.Owner, r.Peer, now)
}

func (tx flawedTx) Touch(ctx context.Context, owner, peer string, now time.Time) error {
	if tx.flaw.untouched {
		return nil
	}
	if err := tx.Tx.Touch(ctx, owner, peer, now); err != nil {
		return err
	}
	return tx.stamp(ctx, owner, peer, now)
}

func (tx flawedTx) stamp(ctx context.Context, owner, peer string, now time.Time) error {
	_, err := tx.conn.ExecContext(ctx, "UPDATE ruyi_friend SET created_at = ? WHERE owner = ? AND peer = ?",
		now.Truncate(time.Second).UnixMilli(), owner, peer)
	return err
}

func (f flawedFriends) Contacts(ctx context.Context, owner string, after friend.Cursor, limit int) ([]friend.Contact, error) {
	if f.s.flaw.living {
		page, err := f.Store.Contacts(ctx, owner, after, limit)
		return slices.DeleteFunc(page, func(c friend.Contact) bool { return c.Deleted }), err
	}
	if !f.s.flaw.clock {
		return f.Store.Contacts(ctx, owner, after, limit)
	}
	rows, err := f.Store.Contacts(ctx, owner, friend.Cursor{}, 10000)
	for i := range rows {
		rows[i].Version = rows[i].CreatedAt.Unix()
	}
	rows = slices.DeleteFunc(rows, func(c friend.Contact) bool {
		return c.Version < after.Version || c.Version == after.Version && !(f.s.flaw.ids && c.ID > after.ID)
	})
	slices.SortFunc(rows, func(a, b friend.Contact) int {
		return cmp.Or(cmp.Compare(a.Version, b.Version), cmp.Compare(a.ID, b.ID))
	})
	return rows[:min(limit, len(rows))], err
}

func TestCountContactsNoticesAVersionCommittedLate(t *testing.T) {
	wantNoticed(t, storetest.CountContacts(t.Context(), &lateContacts{DB: open(t), overtaken: make(chan struct{})}))
}

// lateContacts gives the first row its version in one transaction and shows it in
// another, after a reader has seen a later one.
type lateContacts struct {
	*store.DB
	late      atomic.Int64  // the version that is late
	overtaken chan struct{} // closed when a reader has seen a later one
	see       sync.Once
}

func (s *lateContacts) Friends() friend.Store { return lateFriends{s.DB.Friends(), s} }

type lateFriends struct {
	friend.Store
	s *lateContacts
}

func (f lateFriends) Contacts(ctx context.Context, owner string, after friend.Cursor, limit int) ([]friend.Contact, error) {
	page, err := f.Store.Contacts(ctx, owner, after, limit)
	if late := f.s.late.Load(); late > 0 && len(page) > 0 && page[len(page)-1].Version > late {
		f.s.see.Do(func() { close(f.s.overtaken) })
	}
	return page, err
}

func (f lateFriends) Update(ctx context.Context, fn func(tx friend.Tx) error) error {
	hidden := false
	err := f.s.DB.Update(ctx, func(tx store.Conn) error {
		err := f.s.Join(tx).Friends().Update(ctx, fn)
		if err != nil || f.s.late.Load() > 0 {
			return err
		}
		rows, err := tx.QueryContext(ctx, "UPDATE ruyi_friend SET owner = 'hidden ' || owner RETURNING version")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var version int64
			if err := rows.Scan(&version); err != nil {
				return err
			}
			hidden = true
			f.s.late.Store(version)
		}
		return rows.Err()
	})
	if err != nil || !hidden {
		return err
	}
	<-f.s.overtaken
	return f.s.DB.Update(ctx, func(tx store.Conn) error {
		_, err := tx.ExecContext(ctx, "UPDATE ruyi_friend SET owner = substr(owner, 8) WHERE owner LIKE 'hidden %'")
		return err
	})
}
