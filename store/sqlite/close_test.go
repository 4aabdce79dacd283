package sqlite_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/sqlite"
)

func TestCloseWaitsForWhatRunsAndWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, sqlite.Options{MaxBatch: 1}) // the waiting ones lead in turn
		release := make(chan struct{})
		var answered atomic.Int64
		for i := range 3 {
			go func() {
				err := s.Update(context.Background(), func(tx store.Conn) error {
					<-release
					return insert(tx, i)
				})
				if err != nil {
					t.Error(err)
				}
				answered.Add(1)
			}()
		}
		synctest.Wait()
		closed := make(chan int64)
		go func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			closed <- answered.Load()
		}()
		synctest.Wait()
		for _, err := range later(t, s.DB) {
			if !errors.Is(err, store.ErrClosed) {
				t.Errorf("while it closes: error %v, want ErrClosed", err)
			}
		}
		close(release)
		<-closed
		synctest.Wait()
		if n := answered.Load(); n != 3 {
			t.Errorf("%d answers of 3", n)
		}
		wantSeen(t, s, 0, 1, 2)
	})
}

func TestClosedStore(t *testing.T) {
	db := open(t)
	joined := db.Join(nil)
	for range 2 {
		if err := errors.Join(joined.Close(), db.Close()); err != nil {
			t.Error(err)
		}
		for _, err := range later(t, db) {
			if !errors.Is(err, store.ErrClosed) {
				t.Errorf("error %v, want ErrClosed", err)
			}
		}
	}
}

// later makes the calls that come too late.
func later(t *testing.T, db *store.DB) []error {
	_, known := db.Users().User(t.Context(), "u_10000")
	_, fresh := db.Friends().Relation(t.Context(), "a", "b")
	update := db.Update(t.Context(), func(store.Conn) error {
		t.Error("a transaction ran in a closed store")
		return nil
	})
	return []error{known, fresh, update, db.Ping(t.Context())}
}

func TestPing(t *testing.T) {
	db := open(t)
	try(t, db.Ping(t.Context()))
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := db.Ping(cancelled); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
	try(t, db.Update(t.Context(), func(tx store.Conn) error { return db.Join(tx).Ping(t.Context()) }))
}
