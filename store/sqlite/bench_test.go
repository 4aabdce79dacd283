package sqlite_test

import (
	"context"
	"database/sql"
	"net/url"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"github.com/ruyi-im/ruyi/store"
)

// steps move money between two of the bank's accounts the way a ledger does: two
// guarded balances, two entries.
var steps = []struct {
	query string
	args  func(n int64) []any
}{
	{"UPDATE bank SET balance = balance - 1 WHERE id = ? AND balance >= 1",
		func(n int64) []any { return []any{n % accounts} }},
	{"UPDATE bank SET balance = balance + 1 WHERE id = ?",
		func(n int64) []any { return []any{(n*7 + 1) % accounts} }},
	{"INSERT INTO entry (txid, leg, account, amount) VALUES (?, 0, ?, -1)",
		func(n int64) []any { return []any{n, n % accounts} }},
	{"INSERT INTO entry (txid, leg, account, amount) VALUES (?, 1, ?, 1)",
		func(n int64) []any { return []any{n, (n*7 + 1) % accounts} }},
}

func transfer(ctx context.Context, tx store.Conn, n int64) error {
	for _, s := range steps {
		if _, err := tx.ExecContext(ctx, s.query, s.args(n)...); err != nil {
			return err
		}
	}
	return nil
}

const accounts = 1000

const bank = `CREATE TABLE bank (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL CHECK (balance >= 0));
	CREATE TABLE entry (txid INTEGER, leg INTEGER, account INTEGER, amount INTEGER, PRIMARY KEY (txid, leg)) WITHOUT ROWID;
	WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999)
	INSERT INTO bank SELECT i, 1000000 FROM n;`

// callers is how many transactions are under way at once.
const callers = 64

// run calls do b.N times from 64 goroutines and reports the rate and the time
// within which 99 of 100 were answered.
func run(b *testing.B, do func(n int64) error) float64 {
	var next atomic.Int64
	took := make([]time.Duration, b.N)
	var wg sync.WaitGroup
	b.ResetTimer()
	start := time.Now()
	for range callers {
		wg.Go(func() {
			for n := next.Add(1) - 1; n < int64(b.N); n = next.Add(1) - 1 {
				at := time.Now()
				if err := do(n); err != nil {
					b.Error(err)
					return
				}
				took[n] = time.Since(at)
			}
		})
	}
	wg.Wait()
	rate := float64(b.N) / time.Since(start).Seconds()
	b.StopTimer()
	slices.Sort(took)
	b.ReportMetric(rate, "tx/s")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	return rate
}

// BenchmarkUpdate compares durable transactions of 64 callers that share commits
// with the same on one connection, each with a commit of its own.
func BenchmarkUpdate(b *testing.B) {
	var single float64
	b.Run("commit=own", func(b *testing.B) {
		db, err := sql.Open("sqlite", "file:"+url.PathEscape(filepath.Join(b.TempDir(), "own.db"))+
			"?_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
		if err != nil {
			b.Fatal(err)
		}
		defer db.Close()
		db.SetMaxOpenConns(1)
		if _, err := db.Exec(bank); err != nil {
			b.Fatal(err)
		}
		prepared := map[string]*sql.Stmt{}
		for _, s := range steps {
			if prepared[s.query], err = db.Prepare(s.query); err != nil {
				b.Fatal(err)
			}
		}
		single = run(b, func(n int64) error {
			tx, err := db.Begin()
			if err != nil {
				return err
			}
			defer tx.Rollback()
			for _, s := range steps {
				if _, err := tx.Stmt(prepared[s.query]).Exec(s.args(n)...); err != nil {
					return err
				}
			}
			return tx.Commit()
		})
	})
	b.Run("commit=shared", func(b *testing.B) {
		db := open(b)
		if err := db.Update(b.Context(), func(tx store.Conn) error {
			_, err := tx.ExecContext(b.Context(), bank)
			return err
		}); err != nil {
			b.Fatal(err)
		}
		rate := run(b, func(n int64) error {
			return db.Update(b.Context(), func(tx store.Conn) error { return transfer(b.Context(), tx, n) })
		})
		var entries, money int64
		if err := db.Update(b.Context(), func(tx store.Conn) error {
			rows, err := tx.QueryContext(b.Context(), "SELECT (SELECT count(*) FROM entry), (SELECT sum(balance) FROM bank)")
			if err != nil {
				return err
			}
			defer rows.Close()
			rows.Next()
			return rows.Scan(&entries, &money)
		}); err != nil {
			b.Fatal(err)
		}
		if entries != 2*int64(b.N) || money != accounts*1000000 {
			b.Fatalf("%d entries of %d, %d fen of %d", entries, 2*b.N, money, accounts*1000000)
		}
		if single > 0 {
			b.ReportMetric(rate/single, "ratio")
		}
	})
}
