package postgres_test

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/ruyi-im/ruyi/internal/errs"
	"github.com/ruyi-im/ruyi/internal/pgtest"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/postgres"
)

// TestCrash stops the server at once while many write, and starts it again under
// the same store.
func TestCrash(t *testing.T) {
	cluster := pgtest.Start(t)
	l := newLabAt(t, cluster.DSN(), postgres.Options{})
	var next atomic.Int64
	acknowledged := map[int64]bool{}
	for range 3 {
		stop := l.write(16, 200, &next)
		cluster.Stop(pgtest.Immediate)
		err := l.add(t.Context(), next.Add(1))
		wantUnavailable(t, err, store.ErrUnavailable)
		_, err = l.db.Messages().Acked(t.Context(), "u")
		wantUnavailable(t, err, store.ErrUnavailable)
		cluster.Restart()
		for _, id := range stop() {
			acknowledged[id] = true
		}
		id := next.Add(1)
		must(t, l.add(t.Context(), id))
		acknowledged[id] = true
	}
	counts := l.counts()
	for id := range acknowledged {
		equal(t, "copies of an acknowledged effect", counts[id], 1)
	}
	for _, n := range counts {
		equal(t, "copies of an effect", n, 1)
	}
}

// write has n callers make effects until stop is called, which returns those that
// were acknowledged. It returns when there are first of them.
func (l *lab) write(n, first int, next *atomic.Int64) (stop func() []int64) {
	l.t.Helper()
	begun, end := make(chan struct{}), make(chan struct{})
	var made atomic.Int64
	ids := make([][]int64, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			for !ended(end) {
				id := next.Add(1)
				if err := l.add(l.t.Context(), id); err == nil {
					ids[i] = append(ids[i], id)
					if made.Add(1) == int64(first) {
						close(begun)
					}
				} else if errs.KindOf(err) != errs.Unavailable {
					l.t.Error(err)
				}
			}
		})
	}
	<-begun
	return func() []int64 {
		close(end)
		all.Wait()
		return slices.Concat(ids...)
	}
}

func ended(end <-chan struct{}) bool {
	select {
	case <-end:
		return true
	default:
		return false
	}
}

// counts returns how often each effect was made.
func (l *lab) counts() map[int64]int {
	l.t.Helper()
	rows, err := l.admin.QueryContext(l.t.Context(), "SELECT id, count(*) FROM effect GROUP BY id")
	must(l.t, err)
	defer rows.Close()
	counts := map[int64]int{}
	for rows.Next() {
		var id int64
		var n int
		must(l.t, rows.Scan(&id, &n))
		counts[id] = n
	}
	must(l.t, rows.Err())
	return counts
}
