package storetest_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/group"
	"github.com/ruyi-im/ruyi/store/storetest"
)

func TestUseGroupCodesNoticesReadThenWrite(t *testing.T) {
	s := looseGroups{DB: open(t), readers: &sync.WaitGroup{}, reads: &atomic.Int64{}}
	s.readers.Add(2)
	wantNoticed(t, storetest.UseGroupCodes(t.Context(), s))
}

func (tx looseTx) AddCode(ctx context.Context, c group.Code) error {
	return tx.groups.Store.Update(ctx, func(inner group.Tx) error { return inner.AddCode(ctx, c) })
}

func (tx looseTx) LockCode(ctx context.Context, hash string) (c group.Code, err error) {
	err = tx.groups.Store.Update(ctx, func(inner group.Tx) error {
		c, err = inner.LockCode(ctx, hash)
		return err
	})
	if tx.groups.s.reads.Add(1) <= 2 {
		tx.groups.s.readers.Done()
		tx.groups.s.readers.Wait()
	}
	return c, err
}

func (tx looseTx) UseCode(ctx context.Context, hash string, at time.Time) error {
	return tx.groups.Store.Update(ctx, func(inner group.Tx) error { return inner.UseCode(ctx, hash, at) })
}
