package postgres_test

import (
	"errors"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/postgres"
)

// befriend writes for two domains.
func befriend(t *testing.T, s *store.DB, fail error) error {
	t.Helper()
	now := time.UnixMilli(1767225600123)
	return errors.Join(
		s.Friends().Update(t.Context(), func(tx friend.Tx) error {
			return tx.SaveRelation(t.Context(), friend.Relation{Owner: "a", Peer: "b"}, now)
		}),
		s.Messages().Update(t.Context(), func(tx message.Tx) error {
			if err := tx.Emit(t.Context(), message.Command(now, "x", nil, "a")); err != nil {
				return err
			}
			return fail
		}),
	)
}

// written counts the effects of the host and what befriend has left.
func (l *lab) written() (n [3]int64) {
	l.t.Helper()
	for i, table := range []string{"effect", "ruyi_friend", "ruyi_queue"} {
		n[i] = l.number("SELECT count(*) FROM " + table)
	}
	return n
}

func TestJoin(t *testing.T) {
	for _, c := range []struct {
		name   string
		fail   error // of the second domain
		commit bool
		want   [3]int64
	}{
		{"commit", nil, true, [3]int64{2, 1, 1}},
		{"roll back", nil, false, [3]int64{}},
		{"a joined update fails", errStop, true, [3]int64{2, 1, 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLab(t, postgres.Options{})
			tx, err := l.admin.BeginTx(t.Context(), nil)
			must(t, err)
			defer tx.Rollback()
			must(t, effect(t.Context(), tx, 1))
			if err := befriend(t, l.db.Join(tx), c.fail); !errors.Is(err, c.fail) {
				t.Errorf("error %v, want %v", err, c.fail)
			}
			must(t, effect(t.Context(), tx, 2))
			equal(t, "visible before the host commits", l.written(), [3]int64{})
			if c.commit {
				must(t, tx.Commit())
			} else {
				must(t, tx.Rollback())
			}
			equal(t, "written", l.written(), c.want)
		})
	}
}

// TestJoinSurvivesAFailedStatement fails in SQL, after which PostgreSQL takes
// nothing more from a transaction but to roll back, be it to a savepoint.
func TestJoinSurvivesAFailedStatement(t *testing.T) {
	for name, c := range map[string]struct {
		update func(db *store.DB, tx store.Conn, fn func(tx store.Conn) error) error
		goesOn bool
	}{
		"joined": {func(db *store.DB, tx store.Conn, fn func(tx store.Conn) error) error {
			return db.Join(tx).Update(t.Context(), fn)
		}, true},
		"without a savepoint": {func(_ *store.DB, tx store.Conn, fn func(tx store.Conn) error) error { return fn(tx) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, postgres.Options{})
			tx, err := l.admin.BeginTx(t.Context(), nil)
			must(t, err)
			defer tx.Rollback()
			if err := c.update(l.db, tx, func(tx store.Conn) error {
				_, err := tx.ExecContext(t.Context(), "INSERT INTO effect VALUES (NULL)")
				return err
			}); err == nil {
				t.Error("no error")
			}
			equal(t, "the host goes on", effect(t.Context(), tx, 1) == nil && tx.Commit() == nil, c.goesOn)
		})
	}
}
