package store_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/internal/pgtest"
	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/postgres"
	"github.com/ruyi-im/ruyi/store/sqlite"
)

// TestPruneLeavesNothingBehind looks at every table that knows of messages.
func TestPruneLeavesNothingBehind(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ruyi.db"), sqlite.Options{})
		try(t, err)
		defer db.Close()
		testPrune(t, bench{db, "sqlite"})
	})
	t.Run("postgres", func(t *testing.T) {
		db, err := postgres.Open(t.Context(), pgtest.DSN(t), postgres.Options{})
		try(t, err)
		defer db.Close()
		testPrune(t, bench{db, "postgres"})
	})
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
		try(t, d.Messages().Update(ctx, func(tx message.Tx) error {
			_, err := tx.Prune(ctx, t0.Add(time.Duration(step.hours)*time.Hour), 100)
			return err
		}))
		for table, each := range rows {
			n, kept, err := d.count(ctx, fmt.Sprintf("SELECT count(*), COALESCE(sum(CASE WHEN %s >= %d THEN 1 ELSE 0 END), 0) FROM %s",
				map[bool]string{true: "id", false: "message_id"}[table == "ruyi_message"], ids[min(6-step.left, 5)], table))
			try(t, err)
			if n != each*step.left || step.left > 0 && kept != n {
				t.Errorf("before hour %d: %d rows in %s, %d of them of messages that stay, want %d", step.hours, n, table, kept, each*step.left)
			}
		}
	}
	if n, _, err := d.count(ctx, "SELECT count(*), 0 FROM ruyi_queue_head WHERE oldest = 9223372036854775807"); err != nil || n != 2 {
		t.Errorf("%d empty queues, %v", n, err)
	}
}
