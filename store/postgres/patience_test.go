package postgres_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/postgres"
)

// TestImpatientCallers gives up within 0 to 3 ms: what was acknowledged is there,
// what was given up is not, and the pool keeps its connections.
func TestImpatientCallers(t *testing.T) {
	const operations, callers = 2000, 32
	o := postgres.Options{MaxConns: 16}
	l := newLab(t, o)
	before := l.net.dialled.Load()
	made := make([]bool, operations)
	var next atomic.Int64
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			for id := next.Add(1) - 1; id < operations; id = next.Add(1) - 1 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(id%7)*500*time.Microsecond)
				err := l.add(ctx, id)
				cancel()
				made[id] = err == nil
				if err != nil && (!errors.Is(err, context.DeadlineExceeded) || errors.Is(err, store.ErrUnavailable)) {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	counts := l.counts()
	for id, made := range made {
		want := 0
		if made {
			want = 1
		}
		equal(t, "effects of an operation", counts[int64(id)], want)
	}
	if len(counts) < operations/20 || len(counts) == operations {
		t.Errorf("%d of %d operations were made, which proves little", len(counts), operations)
	}
	if dialled := l.net.dialled.Load() - before; dialled > int64(o.MaxConns) {
		t.Errorf("%d connections were made for %d", dialled, o.MaxConns)
	}
}

// TestWaitingForAConnection asks while another transaction has the only one.
func TestWaitingForAConnection(t *testing.T) {
	for name, use := range map[string]func(ctx context.Context, db *store.DB) error{
		"update": func(ctx context.Context, db *store.DB) error {
			return db.Update(ctx, func(store.Conn) error { return nil })
		},
		"read": func(ctx context.Context, db *store.DB) error {
			_, err := db.Messages().Acked(ctx, "u")
			return err
		},
		"ping": func(ctx context.Context, db *store.DB) error { return db.Ping(ctx) },
	} {
		t.Run(name, func(t *testing.T) {
			db := open(t, postgres.Options{MaxConns: 1, Deadline: 300 * time.Millisecond})
			must(t, db.Update(t.Context(), func(store.Conn) error {
				short, cancel := context.WithTimeout(t.Context(), time.Millisecond)
				defer cancel()
				if err := use(short, db); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, store.ErrUnavailable) {
					t.Errorf("a caller who gave up got %v", err)
				}
				return nil
			}))
			hold := make(chan struct{})
			held := make(chan struct{})
			done := make(chan error, 1)
			go func() {
				done <- db.Update(t.Context(), func(store.Conn) error {
					close(held)
					<-hold
					return errStop
				})
			}()
			<-held
			wantUnavailable(t, use(t.Context(), db), store.ErrUnavailable)
			close(hold)
			if err := <-done; !errors.Is(err, errStop) {
				t.Error(err)
			}
			must(t, use(t.Context(), db))
		})
	}
}

var errStop = errors.New("stop here")
