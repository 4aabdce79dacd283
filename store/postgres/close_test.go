package postgres_test

import (
	"errors"
	"testing"

	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/postgres"
)

func TestClose(t *testing.T) {
	l := newLab(t, postgres.Options{})
	closed := make(chan error, 1)
	must(t, l.db.Update(t.Context(), func(tx store.Conn) error {
		go func() { closed <- l.db.Close() }()
		l.poll("Close does not begin", func() bool { return errors.Is(l.db.Ping(t.Context()), store.ErrClosed) })
		select {
		case err := <-closed:
			t.Error("Close did not wait for a transaction")
			closed <- err
		default:
		}
		return effect(t.Context(), tx, 1)
	}))
	must(t, <-closed)
	l.effects(1)
	l.poll("a connection is left", func() bool { return l.sessions() == 0 })

	_, read := l.db.Messages().Acked(t.Context(), "u")
	for what, err := range map[string]error{
		"update": l.add(t.Context(), 2), "read": read, "ping": l.db.Ping(t.Context()),
	} {
		if !errors.Is(err, store.ErrClosed) {
			t.Errorf("%s: error %v", what, err)
		}
	}
	must(t, l.db.Close()) // again
	l.effects(1)
}
