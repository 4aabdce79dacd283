package storetest_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/group"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/storetest"
)

func TestCountFoundedNoticesReadThenWrite(t *testing.T) {
	s := looseGroups{DB: open(t), readers: &sync.WaitGroup{}, reads: &atomic.Int64{}}
	s.readers.Add(2)
	wantNoticed(t, storetest.CountFounded(t.Context(), s))
}

func TestCountMembersNoticesWhatIsLost(t *testing.T) {
	s := looseGroups{DB: open(t), readers: &sync.WaitGroup{}, reads: &atomic.Int64{}, forgets: true}
	s.readers.Add(2)
	wantNoticed(t, storetest.CountMembers(t.Context(), s))
}

// looseGroups reads in one transaction and writes in another, or else forgets
// members.
type looseGroups struct {
	*store.DB
	readers *sync.WaitGroup // the first two read before either writes
	reads   *atomic.Int64
	forgets bool
}

func (s looseGroups) Groups() group.Store { return looseStore{s.DB.Groups(), s} }

type looseStore struct {
	group.Store
	s looseGroups
}

func (g looseStore) Update(ctx context.Context, fn func(tx group.Tx) error) error {
	if g.s.forgets {
		return g.Store.Update(ctx, func(tx group.Tx) error { return fn(forgetfulTx{tx}) })
	}
	return fn(looseTx{groups: g})
}

type looseTx struct {
	group.Tx
	groups looseStore
}

func (tx looseTx) LockFounded(ctx context.Context, uid string) (since time.Time, n int, err error) {
	err = tx.groups.Store.Update(ctx, func(inner group.Tx) error {
		since, n, err = inner.LockFounded(ctx, uid)
		return err
	})
	if tx.groups.s.reads.Add(1) <= 2 {
		tx.groups.s.readers.Done()
		tx.groups.s.readers.Wait()
	}
	return since, n, err
}

func (tx looseTx) SaveFounded(ctx context.Context, uid string, since time.Time, n int) error {
	return tx.groups.Store.Update(ctx, func(inner group.Tx) error { return inner.SaveFounded(ctx, uid, since, n) })
}

// forgetfulTx loses every member that it saves but the first of a group.
type forgetfulTx struct{ group.Tx }

func (tx forgetfulTx) SaveMembers(ctx context.Context, no string, members ...group.Member) error {
	if g, err := tx.Group(ctx, no); err != nil || g.Members > 0 {
		return err
	}
	return tx.Tx.SaveMembers(ctx, no, members...)
}
