package store_test

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/internal/pgtest"
	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/postgres"
	"github.com/ruyi-im/ruyi/store/sqlite"
)

func onBoth(t *testing.T, test func(t *testing.T, d bench)) {
	t.Run("sqlite", func(t *testing.T) {
		db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ruyi.db"), sqlite.Options{})
		try(t, err)
		defer db.Close()
		test(t, bench{db, "sqlite"})
	})
	t.Run("postgres", func(t *testing.T) {
		db, err := postgres.Open(t.Context(), pgtest.DSN(t), postgres.Options{})
		try(t, err)
		defer db.Close()
		test(t, bench{db, "postgres"})
	})
}

// TestPruneLeavesNothingBehind looks at every table that knows of messages.
func TestPruneLeavesNothingBehind(t *testing.T) { onBoth(t, testPrune) }

func TestPruneFindsWhatWasOvertaken(t *testing.T) { onBoth(t, testOvertaken) }

func TestPruneShortensFewQueuesAtOnce(t *testing.T) { onBoth(t, testCrowd) }

// pruned deletes at most limit messages sent before a number of hours after t0.
func (d bench) pruned(t *testing.T, hours int64, limit int) (n int) {
	t.Helper()
	try(t, d.Messages().Update(t.Context(), func(tx message.Tx) (err error) {
		n, err = tx.Prune(t.Context(), t0.Add(time.Duration(hours)*time.Hour), limit)
		return err
	}))
	return n
}

// testOvertaken prunes a message whose place is behind that of a newer one: they
// were sent at the same time.
func testOvertaken(t *testing.T, d bench) {
	ctx := t.Context()
	for minutes := range 3 {
		draft := message.Between(t0.Add(time.Duration(minutes)*time.Minute), "a", "b", map[string]any{"type": 1})
		try(t, d.Messages().Update(ctx, func(tx message.Tx) error { return tx.Emit(ctx, draft) }))
	}
	try(t, d.Update(ctx, func(tx store.Conn) error { // 1 2 3 becomes 1 3 2
		for _, query := range []string{
			"UPDATE ruyi_queue SET seq = 9 WHERE seq = 2", "UPDATE ruyi_queue SET seq = 2 WHERE seq = 3",
			"UPDATE ruyi_queue SET seq = 3 WHERE seq = 9",
		} {
			if _, err := tx.ExecContext(ctx, query); err != nil {
				return err
			}
		}
		return nil
	}))
	for _, left := range []int64{2, 1, 0} {
		d.pruned(t, 24, 1)
		messages, queued, err := d.count(ctx, "SELECT (SELECT count(*) FROM ruyi_message), (SELECT count(*) FROM ruyi_queue)")
		if err != nil || messages != left || queued != 2*left {
			t.Errorf("%d messages and %d places are left, %v, want %d", messages, queued, err, left)
		}
	}
}

// testCrowd prunes messages that are in more queues than one transaction shortens,
// between others.
func testCrowd(t *testing.T, d bench) {
	ctx := t.Context()
	crowd := make([]string, 700)
	for i := range crowd {
		crowd[i] = fmt.Sprintf("m%03d", i)
	}
	everybody := message.Channel{ID: "g", Type: message.Group}
	try(t, d.Messages().Update(ctx, func(tx message.Tx) error { return tx.Subscribe(ctx, everybody, true, crowd...) }))
	for _, hours := range []int{0, 0, 1, 1, 2, 30} {
		draft := message.Between(t0.Add(time.Duration(hours)*time.Hour), "a", "b", map[string]any{"type": 1})
		if hours == 1 {
			draft.Channel, draft.Recipients = everybody, nil
		}
		try(t, d.Messages().Update(ctx, func(tx message.Tx) error { return tx.Emit(ctx, draft) }))
	}
	for i, want := range []int{2, 1, 1, 1, 0} {
		if n := d.pruned(t, 24, 100); n != want {
			t.Errorf("transaction %d: %d messages, want %d", i, n, want)
		}
	}
	messages, queued, err := d.count(ctx, "SELECT (SELECT count(*) FROM ruyi_message), (SELECT count(*) FROM ruyi_queue)")
	if err != nil || messages != 1 || queued != 2 {
		t.Errorf("%d messages and %d places are left, %v", messages, queued, err)
	}
}

func testPrune(t *testing.T, d bench) {
	ctx := t.Context()
	var ids []int64
	try(t, d.Messages().Update(ctx, func(tx message.Tx) error {
		drafts := make([]message.Draft, 6)
		for i := range drafts {
			drafts[i] = message.Between(t0.Add(time.Duration(i)*time.Hour), "a", "b", map[string]any{"type": 1})
			drafts[i].Visibles = []string{"b"}
		}
		sent, err := tx.Deliver(ctx, drafts...)
		ids = make([]int64, len(sent))
		for i, m := range sent {
			ids[i] = m.ID
		}
		return err
	}))
	try(t, d.Update(ctx, func(tx store.Conn) error {
		for i, id := range ids {
			for _, query := range []string{
				fmt.Sprintf("INSERT INTO ruyi_message_extra (message_id, chat, seq, version, revoked, revoker, readers) VALUES (%d, 1, %d, %d, 0, '', 1)", id, i, i+1),
				fmt.Sprintf("INSERT INTO ruyi_message_read (message_id, uid, read_at) VALUES (%d, 'b', 1)", id),
				fmt.Sprintf("INSERT INTO ruyi_message_hidden (uid, message_id) VALUES ('b', %d)", id),
				fmt.Sprintf(`INSERT INTO ruyi_reminder (uid, version, chat, message_id, seq, type, text, publisher, done)
					VALUES ('b', %d, 1, %d, %d, 1, '', 'a', 0)`, i+1, id, i),
			} {
				if _, err := tx.ExecContext(ctx, query); err != nil {
					return err
				}
			}
		}
		return nil
	}))
	rows := map[string]int64{ // of one message
		"ruyi_message": 1, "ruyi_queue": 2, "ruyi_message_extra": 1, "ruyi_message_read": 1,
		"ruyi_message_visible": 2, "ruyi_message_hidden": 1, "ruyi_reminder": 1,
	}
	for _, step := range []struct{ hours, left int64 }{{0, 6}, {1, 5}, {4, 2}, {24, 0}} {
		d.pruned(t, step.hours, 100)
		for table, each := range rows {
			n, kept, err := d.count(ctx, fmt.Sprintf("SELECT count(*), COALESCE(sum(CASE WHEN %s >= %d THEN 1 ELSE 0 END), 0) FROM %s",
				map[bool]string{true: "id", false: "message_id"}[table == "ruyi_message"], ids[min(6-step.left, 5)], table))
			try(t, err)
			if n != each*step.left || step.left > 0 && kept != n {
				t.Errorf("before hour %d: %d rows in %s, %d of them of messages that stay, want %d", step.hours, n, table, kept, each*step.left)
			}
		}
	}
	// A queue that was empty begins again.
	try(t, d.Messages().Update(ctx, func(tx message.Tx) error {
		return tx.Emit(ctx, message.Between(t0, "a", "b", map[string]any{"type": 1}))
	}))
	if n := d.pruned(t, 24, 100); n != 1 {
		t.Errorf("%d messages of 1", n)
	}
	if n, empty, err := d.count(ctx, `SELECT (SELECT count(*) FROM ruyi_queue),
			(SELECT count(*) FROM ruyi_queue_head WHERE oldest = 9223372036854775807)`); err != nil || n != 0 || empty != 2 {
		t.Errorf("%d places, %d empty queues, %v", n, empty, err)
	}
}

// TestPruneWaitsForWhoSends has a message on its way into a queue that is about to
// lose all others. SQLite lets nobody else in.
func TestPruneWaitsForWhoSends(t *testing.T) {
	ctx := t.Context()
	db, err := postgres.Open(ctx, pgtest.DSN(t), postgres.Options{})
	try(t, err)
	defer db.Close()
	d := bench{db, "postgres"}
	emit := func(hours int, then func()) error {
		draft := message.Between(t0.Add(time.Duration(hours)*time.Hour), "a", "b", map[string]any{"type": 1})
		return d.Messages().Update(ctx, func(tx message.Tx) error {
			defer then()
			return tx.Emit(ctx, draft)
		})
	}
	try(t, emit(0, func() {}))
	sent, goOn := make(chan struct{}), make(chan struct{})
	var both sync.WaitGroup
	defer both.Wait()
	both.Go(func() {
		if err := emit(30, sync.OnceFunc(func() { close(sent); <-goOn })); err != nil {
			t.Error(err)
		}
	})
	<-sent
	both.Go(func() {
		if n := d.pruned(t, 24, 100); n != 1 {
			t.Errorf("%d messages of 1", n)
		}
	})
	for waiting := int64(0); waiting == 0 && err == nil; {
		waiting, _, err = d.count(ctx, `SELECT count(*), 0 FROM pg_locks w JOIN pg_locks r ON r.pid = w.pid
			WHERE NOT w.granted AND r.relation = 'ruyi_queue_head'::regclass`)
	}
	close(goOn)
	both.Wait()
	try(t, err)
	if n := d.pruned(t, 48, 100); n != 1 {
		t.Errorf("%d messages of 1", n)
	}
	if left, _, err := d.count(ctx, "SELECT count(*), 0 FROM ruyi_queue"); err != nil || left != 0 {
		t.Errorf("%d places are left, %v", left, err)
	}
}
