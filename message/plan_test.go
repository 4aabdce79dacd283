package message_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store"
)

// TestListsAreServedByIndexes asks the engines how they read what is long in the
// end: no table may be read from its first row to its last.
func TestListsAreServedByIndexes(t *testing.T) {
	for name, read := range map[string]func(ctx context.Context, s message.Store) error{
		"conversations": func(ctx context.Context, s message.Store) error {
			_, err := s.Conversations(ctx, "bob", t0, 200, 1)
			return err
		},
		"recent messages": func(ctx context.Context, s message.Store) error {
			_, err := s.Conversations(ctx, "bob", t0, 200, 20)
			return err
		},
		"extras": func(ctx context.Context, s message.Store) error {
			_, err := s.ConversationExtras(ctx, "bob", 1, 100)
			return err
		},
		"reminders": func(ctx context.Context, s message.Store) error {
			_, err := s.Reminders(ctx, "bob", 1, 100)
			return err
		},
		"open reminders": func(ctx context.Context, s message.Store) error {
			_, err := s.OpenReminders(ctx, "bob", []int64{1, 2, 3})
			return err
		},
		"cancelling": func(ctx context.Context, s message.Store) error {
			return s.Update(ctx, func(tx message.Tx) error { return tx.CancelReminders(ctx, t0, 1) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			onBothEngines(t, func(t *testing.T, db *store.DB) {
				w := startTalk(t, db)
				w.emit(post("alice"), call("alice", `{"all":1}`))
				must(t, db.Update(t.Context(), func(tx store.Conn) error {
					e := &explainer{Conn: tx, postgres: strings.HasSuffix(t.Name(), "/postgres")}
					if e.postgres { // which else reads small tables as a whole
						if _, err := tx.ExecContext(t.Context(), "SET LOCAL enable_seqscan = off"); err != nil {
							return err
						}
					}
					err := read(t.Context(), db.Join(e).Messages())
					if e.steps == 0 || e.whole != nil {
						t.Errorf("%d steps, of which %q", e.steps, e.whole)
					}
					return err
				}))
			})
		})
	}
}

// explainer keeps those steps of the plans of all queries that read whole tables.
type explainer struct {
	store.Conn
	postgres bool
	steps    int
	whole    []string
}

func (e *explainer) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	how := "EXPLAIN QUERY PLAN "
	if e.postgres {
		how = "EXPLAIN "
	}
	rows, err := e.Conn.QueryContext(ctx, how+query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var step, none string
		dest := []any{&step}
		if !e.postgres {
			dest = []any{&none, &none, &none, &step}
		}
		if err := rows.Scan(dest...); err != nil {
			return nil, err
		}
		e.steps++
		// In SQLite's plans c and me stand for what the query itself has listed.
		if step = strings.TrimSpace(step); strings.Contains(step, "Seq Scan on ") ||
			strings.HasPrefix(step, "SCAN ") && step != "SCAN c" && step != "SCAN me" {
			e.whole = append(e.whole, step)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("explain: %w", err)
	}
	return e.Conn.QueryContext(ctx, query, args...)
}
