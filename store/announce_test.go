package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/message"
)

// moody is an engine that runs everything twice, as after a conflict, and then
// ends as it likes.
type moody struct {
	*sql.DB
	end error // of a commit that took place
}

func (m *moody) Update(ctx context.Context, fn func(Conn) error) error {
	for attempt := 1; ; attempt++ {
		tx, err := m.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		if err := fn(tx); err != nil || attempt == 1 {
			if end := tx.Rollback(); err != nil || end != nil {
				return errors.Join(err, end)
			}
			continue
		}
		return errors.Join(tx.Commit(), m.end)
	}
}

func (m *moody) Ping(context.Context) error { return nil }

func openMoody(t *testing.T) (*DB, *moody, *[]string) {
	t.Helper()
	e, d := &moody{DB: openPlain(t)}, Dialect{Name: "sqlite", Unavailable: func(error) bool { return false }}
	tx, err := e.Begin()
	try(t, err)
	try(t, Migrate(t.Context(), tx, d))
	try(t, tx.Commit())
	db, told := New(e, d), &[]string{}
	db.OnCommit(func(_ context.Context, deliveries []message.Delivery) {
		for _, m := range deliveries {
			*told = append(*told, fmt.Sprint(m.Message.Seq, m.To))
		}
	})
	return db, e, told
}

func say(content string) message.Draft {
	return message.Between(time.UnixMilli(1767225600123), "a", "b", map[string]any{"type": 1, "content": content})
}

// What an attempt that was undone had emitted must not be told.
func TestRetriedTransactionTellsOnce(t *testing.T) {
	db, e, told := openMoody(t)
	runs := 0
	update := func() error {
		return db.Messages().Update(t.Context(), func(tx message.Tx) error {
			runs++
			return tx.Emit(t.Context(), say(fmt.Sprint("run ", runs)))
		})
	}
	try(t, update())
	if got := fmt.Sprint(*told); got != "[1 [{a 1} {b 1}]]" || runs != 2 {
		t.Errorf("%d runs told %s", runs, got)
	}
	e.end = ErrUnknown
	if err := update(); !errors.Is(err, ErrUnknown) {
		t.Errorf("error %v", err)
	}
	if len(*told) != 1 {
		t.Errorf("an unknown outcome was told: %v", *told)
	}
}

// The host's transaction is run twice too, and each time something joins it.
func TestRetriedHostTellsOnce(t *testing.T) {
	db, _, told := openMoody(t)
	try(t, db.Update(t.Context(), func(tx Conn) error {
		joined := db.Join(tx)
		for _, content := range []string{"one", "two"} {
			if err := joined.Messages().Update(t.Context(), func(tx message.Tx) error {
				return tx.Emit(t.Context(), say(content))
			}); err != nil {
				return err
			}
		}
		joined.Push(t.Context()) // does nothing: Update pushes
		if len(*told) > 0 {
			t.Errorf("told before the commit: %v", *told)
		}
		return nil
	}))
	if got := fmt.Sprint(*told); got != "[1 [{a 1} {b 1}] 2 [{a 2} {b 2}]]" {
		t.Errorf("told %s", got)
	}
}

func TestNobodyListens(t *testing.T) {
	db, _, told := openMoody(t)
	db.listeners.list = nil
	try(t, db.Messages().Update(t.Context(), func(tx message.Tx) error {
		try(t, tx.Emit(t.Context(), say("hi")))
		if s := tx.(messageTx); s.outbox.db.news.deliveries != nil {
			t.Error("somebody collects what nobody hears")
		}
		return nil
	}))
	if len(*told) > 0 {
		t.Errorf("told %v", *told)
	}
}
