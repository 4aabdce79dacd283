package postgres_test

import (
	"context"
	"database/sql"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/postgres"
)

const (
	accounts = 1000
	callers  = 64 // transactions under way at once
	conns    = 16
)

const bank = `CREATE TABLE bank (id BIGINT PRIMARY KEY, balance BIGINT NOT NULL CHECK (balance >= 0));
	CREATE TABLE entry (txid BIGINT, leg SMALLINT, account BIGINT, amount BIGINT, PRIMARY KEY (txid, leg));
	INSERT INTO bank SELECT i, 1000000 FROM generate_series(0, 999) i`

// transfer moves money between two accounts the way a ledger does: two guarded
// balances in the order of their ids, two entries.
func transfer(ctx context.Context, tx store.Conn, n int64) error {
	from, to := n%accounts, (n*7+1)%accounts
	debit := []any{"UPDATE bank SET balance = balance - 1 WHERE id = $1 AND balance >= 1", from}
	credit := []any{"UPDATE bank SET balance = balance + 1 WHERE id = $1", to}
	steps := [][]any{debit, credit,
		{"INSERT INTO entry (txid, leg, account, amount) VALUES ($1, 0, $2, -1)", n, from},
		{"INSERT INTO entry (txid, leg, account, amount) VALUES ($1, 1, $2, 1)", n, to},
	}
	if to < from {
		steps[0], steps[1] = credit, debit
	}
	for _, s := range steps {
		if _, err := tx.ExecContext(ctx, s[0].(string), s[1:]...); err != nil {
			return err
		}
	}
	return nil
}

// run calls do b.N times from many goroutines and reports the rate and the time
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

// BenchmarkUpdate compares transactions of the store with the same written by
// hand, whose commits cannot be looked up.
func BenchmarkUpdate(b *testing.B) {
	var byHand float64
	b.Run("by hand", func(b *testing.B) {
		l := newLab(b, postgres.Options{})
		l.exec(bank)
		l.admin.SetMaxOpenConns(conns)
		l.admin.SetMaxIdleConns(conns)
		byHand = run(b, func(n int64) error { return transferByHand(b.Context(), l.admin, n) })
	})
	b.Run("store", func(b *testing.B) {
		l := newLab(b, postgres.Options{MaxConns: conns})
		l.exec(bank)
		rate := run(b, func(n int64) error {
			return l.db.Update(b.Context(), func(tx store.Conn) error { return transfer(b.Context(), tx, n) })
		})
		equal(b, "entries", l.number("SELECT count(*) FROM entry"), 2*int64(b.N))
		equal(b, "money", l.number("SELECT sum(balance)::bigint FROM bank"), accounts*1000000)
		if byHand > 0 {
			b.ReportMetric(rate/byHand, "ratio")
		}
	})
}

func transferByHand(ctx context.Context, db *sql.DB, n int64) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := transfer(ctx, tx, n); err != nil {
		return err
	}
	return tx.Commit()
}
