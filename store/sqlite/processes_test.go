package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ruyi-im/ruyi/internal/errs"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/sqlite"
)

// Two stores over one file stand for two processes: they know nothing of each
// other but through SQLite.

func TestProcessesOpenANewFileTogether(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			db, err := sqlite.Open(t.Context(), path, sqlite.Options{})
			if err != nil {
				t.Error(err)
				return
			}
			defer db.Close()
			if _, err := db.Users().User(t.Context(), "u_10000"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// A new file is not in WAL mode yet, and SQLite does not wait for others when it
// changes the mode.
func TestOpenWaitsForAnotherProcess(t *testing.T) {
	for _, c := range []struct {
		held time.Duration
		ok   bool
	}{{time.Second, true}, {time.Minute, false}} {
		synctest.Test(t, func(t *testing.T) {
			path, other := holdNewFile(t)
			released := make(chan error, 1)
			time.AfterFunc(c.held, func() { released <- other.Commit() })
			db, err := sqlite.Open(t.Context(), path, sqlite.Options{})
			if (err == nil) != c.ok || !c.ok && !errors.Is(err, store.ErrUnavailable) {
				t.Errorf("held for %v: error %v", c.held, err)
			}
			try(t, <-released)
			if db != nil {
				try(t, db.Close())
			}
		})
	}
}

func TestOpenGivesUpWithItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path, other := holdNewFile(t)
		defer other.Rollback()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := sqlite.Open(ctx, path, sqlite.Options{}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want the deadline's", err)
		}
	})
}

// holdNewFile makes a file with a transaction on it that somebody else has begun.
func holdNewFile(t *testing.T) (path string, other *sql.Tx) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "test.db")
	// Its commit waits for whoever looks at the file in that moment.
	db, err := sql.Open("sqlite", path+"?_txlock=immediate&_busy_timeout=5000")
	try(t, err)
	t.Cleanup(func() { db.Close() })
	_, err = db.Exec("CREATE TABLE host (n INTEGER)")
	try(t, err)
	other, err = db.Begin()
	try(t, err)
	return path, other
}

func TestProcessesWriteInTurn(t *testing.T) {
	s := start(t, sqlite.Options{})
	other := numbers{openAt(t, s.path, sqlite.Options{}), s.path, s.outside}
	for i, db := range []numbers{s, other, s, other} {
		try(t, db.add(t.Context(), i))
	}
	wantSeen(t, s, 0, 1, 2, 3)

	const callers, each = 4, 5
	try(t, s.Update(t.Context(), func(tx store.Conn) error { return exec(tx, "UPDATE number SET n = n - 4") }))
	var wg sync.WaitGroup
	for i := range 2 * callers {
		db := []numbers{s, other}[i%2]
		wg.Go(func() {
			for n := range each {
				if err := db.add(t.Context(), i*each+n); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if seen := s.seen(t); len(seen) != 4+2*callers*each {
		t.Errorf("%d numbers", len(seen))
	}
}

func TestProcessThatHoldsTheFile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, sqlite.Options{BusyTimeout: time.Second})
		other := openAt(t, s.path, sqlite.Options{})
		for _, c := range []struct {
			held time.Duration
			kind errs.Kind
			n    int
		}{{2 * time.Second, errs.Unavailable, 1}, {time.Second / 2, errs.Internal, 2}} {
			locked := make(chan struct{})
			var wg sync.WaitGroup
			wg.Go(func() {
				if err := other.Update(context.Background(), func(store.Conn) error {
					close(locked)
					time.Sleep(c.held)
					return nil
				}); err != nil {
					t.Error(err)
				}
			})
			<-locked
			if err := s.add(t.Context(), c.n); errs.KindOf(err) != c.kind {
				t.Errorf("held for %v: error %v, want kind %v", c.held, err, c.kind)
			}
			wg.Wait()
			if seen := s.seen(t); len(seen) != c.n-1 {
				t.Errorf("held for %v: committed %v", c.held, seen)
			}
		}
		try(t, s.add(t.Context(), 3))
		wantSeen(t, s, 2, 3)
	})
}
