package postgres_test

import (
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ruyi-im/ruyi/internal/pgtest"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/postgres"
	"github.com/ruyi-im/ruyi/store/sqlite"
)

func TestWeakDurabilityIsRefused(t *testing.T) {
	dsn := with(t, pgtest.DSN(t), "synchronous_commit", "off")
	if db, err := postgres.Open(t.Context(), dsn, postgres.Options{}); err == nil || !strings.Contains(err.Error(), "synchronous_commit") {
		t.Errorf("error %v", err)
		if err == nil {
			must(t, db.Close())
		}
	}
	openAt(t, dsn, postgres.Options{AllowWeakDurability: true})
}

// TestOpenTogether migrates one schema from many processes, on a server whose
// default isolation would show each of them an empty one.
func TestOpenTogether(t *testing.T) {
	dsn := with(t, pgtest.DSN(t), "default_transaction_isolation", "serializable")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			db, err := postgres.Open(t.Context(), dsn, postgres.Options{})
			if err != nil {
				t.Error(err)
				return
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	steps := list(t, openAt(t, dsn, postgres.Options{}), "SELECT CAST(version AS TEXT) FROM ruyi_migration ORDER BY version")
	if len(steps) == 0 || steps[0] != "1" {
		t.Errorf("steps %v", steps)
	}
}

func TestTransactionsAreReadCommitted(t *testing.T) {
	db := openAt(t, with(t, pgtest.DSN(t), "default_transaction_isolation", "serializable"), postgres.Options{})
	if got := list(t, db, "SHOW transaction_isolation"); got[0] != "read committed" {
		t.Errorf("isolation %s", got[0])
	}
}

func TestPlansAreMadeOnceUnlessTheDSNSaysOtherwise(t *testing.T) {
	dsn := pgtest.DSN(t)
	for mode, dsn := range map[string]string{
		"force_generic_plan": dsn, "auto": with(t, dsn, "plan_cache_mode", "auto"),
	} {
		if got := list(t, openAt(t, dsn, postgres.Options{}), "SHOW plan_cache_mode"); got[0] != mode {
			t.Errorf("plan_cache_mode %s, want %s", got[0], mode)
		}
	}
}

func TestSchemaIsThatOfSQLite(t *testing.T) {
	file, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "test.db"), sqlite.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, file.Close()) })
	want := list(t, file, `SELECT m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name LIKE 'ruyi%'`)
	got := list(t, open(t, postgres.Options{}), `SELECT table_name || '.' || column_name FROM information_schema.columns
		WHERE table_schema = current_schema() AND table_name <> 'ruyi_commit'`)
	slices.Sort(want)
	slices.Sort(got)
	if len(got) == 0 || !slices.Equal(got, want) {
		t.Errorf("columns\n%s\nwant those of SQLite\n%s", got, want)
	}
}

// list reads a column of text.
func list(t *testing.T, db *store.DB, query string) (column []string) {
	t.Helper()
	must(t, db.Update(t.Context(), func(tx store.Conn) error {
		column = nil
		rows, err := tx.QueryContext(t.Context(), query)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil {
				return err
			}
			column = append(column, text)
		}
		return rows.Err()
	}))
	return column
}
