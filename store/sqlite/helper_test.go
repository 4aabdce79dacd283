package sqlite_test

import (
	"context"
	"database/sql"
	"net/url"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(tb testing.TB) *store.DB {
	tb.Helper()
	return openAt(tb, filepath.Join(tb.TempDir(), "test.db"), sqlite.Options{})
}

func openAt(tb testing.TB, path string, o sqlite.Options) *store.DB {
	tb.Helper()
	db, err := sqlite.Open(tb.Context(), path, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	return db
}

// numbers is a store with a table of numbers, which can be looked at from
// outside, as another process would.
type numbers struct {
	*store.DB
	path    string
	outside *sql.DB
}

func start(tb testing.TB, o sqlite.Options) numbers {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "test.db")
	n := numbers{openAt(tb, path, o), path, look(tb, path)}
	err := n.Update(tb.Context(), func(tx store.Conn) error {
		return exec(tx, "CREATE TABLE number (n INTEGER PRIMARY KEY, pad BLOB)")
	})
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

func look(tb testing.TB, path string) *sql.DB {
	tb.Helper()
	outside, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?mode=ro")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { outside.Close() })
	return outside
}

func exec(tx store.Conn, query string, args ...any) error {
	_, err := tx.ExecContext(context.Background(), query, args...)
	return err
}

func insert(tx store.Conn, n int) error { return exec(tx, "INSERT INTO number (n) VALUES (?)", n) }

// add inserts n in a transaction of its own.
func (s numbers) add(ctx context.Context, n int) error {
	return s.Update(ctx, func(tx store.Conn) error { return insert(tx, n) })
}

// seen returns the numbers that are committed.
func (s numbers) seen(tb testing.TB) []int {
	tb.Helper()
	rows, err := s.outside.Query("SELECT n FROM number ORDER BY n")
	if err != nil {
		tb.Fatal(err)
	}
	defer rows.Close()
	var seen []int
	for rows.Next() {
		var n int
		if err := rows.Scan(&n); err != nil {
			tb.Fatal(err)
		}
		seen = append(seen, n)
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	return seen
}
