package postgres_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/postgres"
)

func TestOnlyConflictsAreRunAgain(t *testing.T) {
	l := newLab(t, postgres.Options{MaxConns: 1})
	for state, want := range map[string]int{
		"40001": 2, "40P01": 2, "55P03": 2, // serialization failure, deadlock, lock timeout
		"23505": 1, "57014": 1, "P0001": 1, // duplicate, cancelled, the host's own
	} {
		runs := 0
		err := l.db.Update(t.Context(), func(tx store.Conn) error {
			if runs++; runs > 1 {
				return nil
			}
			_, err := tx.ExecContext(t.Context(), "DO $$ BEGIN RAISE 'no' USING ERRCODE = '"+state+"'; END $$")
			return err
		})
		equal(t, "runs after "+state, runs, want)
		refused, ok := errors.AsType[*pgconn.PgError](err)
		if (want == 2) != (err == nil) || ok && refused.Code != state {
			t.Errorf("%s: error %v", state, err)
		}
	}
}

func TestOppositeOrdersBothSucceed(t *testing.T) {
	l := newLab(t, postgres.Options{MaxConns: 2})
	l.exec("INSERT INTO effect VALUES (1), (2)")
	var locked, done sync.WaitGroup
	var runs atomic.Int64
	locked.Add(2)
	for _, order := range [][2]int64{{1, 2}, {2, 1}} {
		done.Go(func() {
			meet := sync.OnceFunc(func() {
				locked.Done()
				locked.Wait()
			})
			if err := l.db.Update(t.Context(), func(tx store.Conn) error {
				runs.Add(1)
				for _, id := range order {
					if _, err := tx.ExecContext(t.Context(), "UPDATE effect SET id = id WHERE id = $1", id); err != nil {
						return err
					}
					meet()
				}
				return effect(t.Context(), tx, 3)
			}); err != nil {
				t.Error(err)
			}
		})
	}
	done.Wait()
	equal(t, "runs", runs.Load(), 3)
	l.effects(4)
}

func TestLockTimeout(t *testing.T) {
	for _, c := range []struct {
		name     string
		unlockAt int
		want     error
	}{
		{"the lock comes free", 2, nil},
		{"the lock does not come free", 0, store.ErrUnavailable},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLab(t, postgres.Options{MaxConns: 1}, "lock_timeout", "5ms")
			l.exec("CREATE TABLE gate AS SELECT 1 AS id")
			unlock := sync.OnceFunc(l.lock("gate"))
			runs := 0
			err := l.db.Update(t.Context(), func(tx store.Conn) error {
				if runs++; runs == c.unlockAt {
					unlock()
				}
				if err := effect(t.Context(), tx, 1); err != nil {
					return err
				}
				_, err := tx.ExecContext(t.Context(), "UPDATE gate SET id = id")
				return err
			})
			unlock()
			if c.want == nil {
				must(t, err)
				equal(t, "runs", runs, 2)
				l.effects(1)
				return
			}
			wantUnavailable(t, err, c.want)
			if runs < 2 {
				t.Errorf("it ran %d times", runs)
			}
			l.effects(0)
		})
	}
}
