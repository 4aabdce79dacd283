package postgres_test

import (
	"sync"
	"testing"

	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/postgres"
)

func TestConnectionLostBeforeTheCommit(t *testing.T) {
	for statements, name := range []string{"before a statement", "between statements", "before COMMIT"} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, postgres.Options{MaxConns: 1})
			runs := 0
			must(t, l.db.Update(t.Context(), func(tx store.Conn) error {
				runs++
				for n := range 2 {
					if runs == 1 && n == statements {
						equal(t, "sessions killed", l.kill(), 1)
					}
					if err := effect(t.Context(), tx, int64(n)); err != nil {
						return err
					}
				}
				if runs == 1 {
					l.kill()
				}
				return nil
			}))
			equal(t, "runs", runs, 2)
			l.effects(2)
		})
	}
}

// After a restart of the server one caller may meet every dead connection.
func TestDeadConnectionsInThePool(t *testing.T) {
	for name, use := range map[string]func(l *lab) error{
		"update": func(l *lab) error { return l.add(l.t.Context(), 1) },
		"read": func(l *lab) error {
			_, err := l.db.Messages().Acked(l.t.Context(), "u")
			return err
		},
		"ping": func(l *lab) error { return l.db.Ping(l.t.Context()) },
	} {
		t.Run(name, func(t *testing.T) {
			const conns = 24
			l := newLab(t, postgres.Options{MaxConns: conns})
			l.fill(conns)
			equal(t, "sessions killed", l.kill(), conns)
			must(t, use(l))
		})
	}
}

// fill has the pool open n connections, by as many transactions that wait for
// each other.
func (l *lab) fill(n int) {
	l.t.Helper()
	var all, done sync.WaitGroup
	all.Add(n)
	for range n {
		done.Go(func() {
			met := sync.OnceFunc(all.Done)
			defer met()
			if err := l.db.Update(l.t.Context(), func(store.Conn) error {
				met()
				all.Wait()
				return nil
			}); err != nil {
				l.t.Error(err)
			}
		})
	}
	done.Wait()
}

// A connection that cannot get its row in ruyi_commit must not stay open.
func TestConnectionsThatFailToBeginAreClosed(t *testing.T) {
	l := newLab(t, postgres.Options{MaxConns: 2})
	must(t, l.add(t.Context(), 1))
	l.exec("ALTER TABLE ruyi_commit RENAME TO away")
	l.kill()
	if err := l.add(t.Context(), 2); err == nil {
		t.Error("a transaction committed without its marker")
	}
	l.poll("connections stay open", func() bool { return l.net.open.Load() == 0 })
	l.exec("ALTER TABLE away RENAME TO ruyi_commit")
	must(t, l.add(t.Context(), 2))
}
