package postgres_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"net/url"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"github.com/ruyi-im/ruyi/internal/errs"
	"github.com/ruyi-im/ruyi/internal/pgtest"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/postgres"
)

// lab is a store whose network can be disturbed, and a look at its database that
// does not go through it. The table effect counts what was committed.
type lab struct {
	t     testing.TB
	dsn   string
	name  string // by which the server knows the store's connections
	db    *store.DB
	admin *sql.DB
	net   *network

	unlock func() // what the test has locked
}

// newLab returns a lab in a schema of its own, with settings of the server.
func newLab(t testing.TB, o postgres.Options, settings ...string) *lab {
	t.Helper()
	return newLabAt(t, pgtest.DSN(t), o, settings...)
}

func newLabAt(t testing.TB, dsn string, o postgres.Options, settings ...string) *lab {
	t.Helper()
	l := &lab{t: t, name: "lab" + rand.Text(), net: &network{}}
	admin, err := sql.Open("pgx", dsn)
	must(t, err)
	t.Cleanup(func() { must(t, admin.Close()) })
	l.admin = admin
	l.exec("CREATE TABLE effect (id BIGINT NOT NULL)")
	l.dsn = with(t, dsn, append(settings, "application_name", l.name)...)
	o.Dial = l.net.dial
	l.db = openAt(t, l.dsn, o)
	return l
}

// with returns dsn with settings of the server, name and value in turns.
func with(t testing.TB, dsn string, settings ...string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	must(t, err)
	q := u.Query()
	for i := 0; i < len(settings); i += 2 {
		q.Set(settings[i], settings[i+1])
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// add makes an effect in a transaction of the store.
func (l *lab) add(ctx context.Context, id int64) error {
	return l.db.Update(ctx, func(tx store.Conn) error { return effect(ctx, tx, id) })
}

func effect(ctx context.Context, tx store.Conn, id int64) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO effect VALUES ($1)", id)
	return err
}

func (l *lab) exec(query string, args ...any) {
	l.t.Helper()
	_, err := l.admin.ExecContext(l.t.Context(), query, args...)
	must(l.t, err)
}

func (l *lab) number(query string, args ...any) (n int64) {
	l.t.Helper()
	must(l.t, l.admin.QueryRowContext(l.t.Context(), query, args...).Scan(&n))
	return n
}

// effects fails the test unless there are want.
func (l *lab) effects(want int64) {
	l.t.Helper()
	equal(l.t, "effects", l.number("SELECT count(*) FROM effect"), want)
}

// lock holds the row of a table with one row until it is called.
func (l *lab) lock(table string) (unlock func()) {
	l.t.Helper()
	tx, err := l.admin.BeginTx(l.t.Context(), nil)
	must(l.t, err)
	_, err = tx.ExecContext(l.t.Context(), "SELECT FROM "+table+" FOR UPDATE")
	must(l.t, err)
	return func() { must(l.t, tx.Rollback()) }
}

// kill ends all sessions of the store and returns how many there were.
func (l *lab) kill() int64 {
	l.t.Helper()
	n := l.number("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = $1", l.name)
	l.poll("a killed session goes on", func() bool { return l.sessions() == 0 })
	return n
}

// waiting returns when n sessions of the store wait for a lock.
func (l *lab) waiting(n int64) {
	l.t.Helper()
	l.poll("too few sessions wait for a lock", func() bool {
		return l.number(`SELECT count(*) FROM pg_stat_activity
			WHERE application_name = $1 AND wait_event_type = 'Lock'`, l.name) == n
	})
}

// sessions returns how many the store has on the server.
func (l *lab) sessions() int64 {
	l.t.Helper()
	return l.number("SELECT count(*) FROM pg_stat_activity WHERE application_name = $1", l.name)
}

// poll is for what the server does and tells nobody.
func (l *lab) poll(complaint string, done func() bool) {
	l.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			l.t.Fatal(complaint)
		}
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// wantUnavailable checks that a client may try again after err.
func wantUnavailable(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) || errs.KindOf(err) != errs.Unavailable {
		t.Errorf("error %v, want %v", err, want)
	}
}
