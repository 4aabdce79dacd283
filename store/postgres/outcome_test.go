package postgres_test

import (
	"context"
	"errors"
	"io"
	"testing"

	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/postgres"
	"github.com/ruyi-im/ruyi/user"
)

// dialledForOne is how many connections a store makes that never has to replace
// its only one: another migrates.
const dialledForOne = 2

// TestErrorsOfFn returns errors of all kinds from fn, among them some that look
// like those of a lost connection.
func TestErrorsOfFn(t *testing.T) {
	l := newLab(t, postgres.Options{MaxConns: 1})
	for _, want := range []error{errStop, user.ErrTaken, io.ErrUnexpectedEOF, errDown, context.DeadlineExceeded} {
		runs := 0
		err := l.db.Update(t.Context(), func(tx store.Conn) error {
			runs++
			must(t, effect(t.Context(), tx, 1))
			return want
		})
		if !errors.Is(err, want) {
			t.Errorf("error %v, want %v", err, want)
		}
		equal(t, "runs", runs, 1)
	}
	l.effects(0)
	equal(t, "connections dialled", l.net.dialled.Load(), dialledForOne)
}

func TestPanicRollsBack(t *testing.T) {
	l := newLab(t, postgres.Options{MaxConns: 1})
	func() {
		defer func() { equal(t, "panic", recover(), any("stop here")) }()
		_ = l.db.Update(t.Context(), func(tx store.Conn) error {
			must(t, effect(t.Context(), tx, 1))
			panic("stop here")
		})
	}()
	must(t, l.add(t.Context(), 2))
	l.effects(1)
	equal(t, "connections dialled", l.net.dialled.Load(), dialledForOne)
}

func TestSwallowedErrorIsNoSuccess(t *testing.T) {
	l := newLab(t, postgres.Options{MaxConns: 1})
	if err := l.db.Update(t.Context(), func(tx store.Conn) error {
		must(t, effect(t.Context(), tx, 1))
		_, _ = tx.ExecContext(t.Context(), "INSERT INTO effect VALUES (NULL)")
		return nil
	}); err == nil {
		t.Error("a failed transaction was acknowledged")
	}
	must(t, l.add(t.Context(), 2))
	l.effects(1)
}

// TestRowsLeftOpen forgets to close rows: the transaction ends as fn says.
func TestRowsLeftOpen(t *testing.T) {
	for name, want := range map[string]error{"commit": nil, "roll back": errStop} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, postgres.Options{MaxConns: 1})
			err := l.db.Update(t.Context(), func(tx store.Conn) error {
				must(t, effect(t.Context(), tx, 1))
				rows, err := tx.QueryContext(t.Context(), "SELECT generate_series(1, 1000)")
				must(t, err)
				if !rows.Next() { // and read no further
					t.Error("no rows")
				}
				return want
			})
			if !errors.Is(err, want) {
				t.Errorf("error %v, want %v", err, want)
			}
			committed := int64(1)
			if want != nil {
				committed = 0
			}
			l.effects(committed)
			must(t, l.add(t.Context(), 2))
			equal(t, "connections dialled", l.net.dialled.Load(), dialledForOne)
		})
	}
}
