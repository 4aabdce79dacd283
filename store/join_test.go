package store_test

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"path/filepath"
	"slices"
	"testing"

	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/sqlite"
	"github.com/ruyi-im/ruyi/user"
)

var errHost = errors.New("the host fails")

// host is a program with a table of its own in the library's file.
type host struct {
	db    *store.DB
	own   *sql.DB
	begin string // "own" or "shared": how it begins its transactions
}

func startHost(t *testing.T, begin string) host {
	t.Helper()
	path := filepath.Join(t.TempDir(), "test.db")
	db, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	try(t, err)
	t.Cleanup(func() { db.Close() })
	own, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?_txlock=immediate&_busy_timeout=5000")
	try(t, err)
	t.Cleanup(func() { own.Close() })
	_, err = own.Exec("CREATE TABLE trace (name TEXT)")
	try(t, err)
	return host{db, own, begin}
}

// update runs fn in a transaction that commits when fn returns nil.
func (h host) update(ctx context.Context, fn func(tx store.Conn) error) error {
	if h.begin == "shared" {
		return h.db.Update(ctx, fn)
	}
	tx, err := h.own.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := fn(tx); err != nil {
		return err
	}
	return tx.Commit()
}

func (h host) trace(tx store.Conn, name string) error {
	_, err := tx.ExecContext(context.Background(), "INSERT INTO trace VALUES (?)", name)
	return err
}

// send lets the library write name, and ends as the caller says.
func send(ctx context.Context, db *store.DB, name string, end func() error) error {
	return db.Messages().Update(ctx, func(tx message.Tx) error {
		return errors.Join(tx.Emit(ctx, message.Command(t0, name, nil, name)), end())
	})
}

func succeed() error { return nil }
func fail() error    { return errHost }
func blow() error    { panic("joined") }

// traces returns what of the names the host and the library have committed.
func (h host) traces(t *testing.T, names ...string) (traces []string) {
	t.Helper()
	for _, name := range names {
		var n int
		try(t, h.own.QueryRow("SELECT count(*) FROM trace WHERE name = ?", name).Scan(&n))
		queue, err := h.db.Messages().Queue(t.Context(), name, 0, 10)
		try(t, err)
		if n > 0 {
			traces = append(traces, "host "+name)
		}
		if len(queue) > 0 {
			traces = append(traces, "library "+name)
		}
	}
	return traces
}

func TestJoin(t *testing.T) {
	for _, begin := range []string{"own", "shared"} {
		for _, c := range []struct {
			name string
			end  error // of the host's transaction
			sub  func() error
			want []string
		}{
			{"both commit", nil, succeed, []string{"host a", "library a", "library b", "library c"}},
			{"both roll back", errHost, succeed, nil},
			{"a failure undoes its savepoint", nil, fail, []string{"host a", "library a", "library c"}},
			{"a panic undoes its savepoint", nil, blow, []string{"host a", "library a", "library c"}},
			{"both roll back after a failure", errHost, fail, nil},
		} {
			t.Run(begin+"/"+c.name, func(t *testing.T) {
				h := startHost(t, begin)
				err := h.update(t.Context(), func(tx store.Conn) error {
					db := h.db.Join(tx)
					try(t, h.trace(tx, "a"))
					try(t, send(t.Context(), db, "a", succeed))
					sendCaught(t, db, "b", c.sub)
					try(t, send(t.Context(), db, "c", succeed))
					if got := h.traces(t, "a", "b", "c"); len(got) != 0 {
						t.Errorf("%q visible before the commit", got)
					}
					return c.end
				})
				if !errors.Is(err, c.end) {
					t.Errorf("error %v, want %v", err, c.end)
				}
				if got := h.traces(t, "a", "b", "c"); !slices.Equal(got, c.want) {
					t.Errorf("committed %q, want %q", got, c.want)
				}
			})
		}
	}
}

// sendCaught sends and expects the end that it asks for.
func sendCaught(t *testing.T, db *store.DB, name string, end func() error) {
	t.Helper()
	panicked := true
	defer func() {
		if v := recover(); panicked && v != "joined" {
			t.Errorf("panic %v, want the one of the joined Update", v)
		}
	}()
	err := send(t.Context(), db, name, end)
	panicked = false
	if want := end(); !errors.Is(err, want) {
		t.Errorf("error %v, want %v", err, want)
	}
}

// What a service inside a joined transaction calls is a joined transaction too.
func TestJoinedUpdatesNest(t *testing.T) {
	h := startHost(t, "shared")
	try(t, h.update(t.Context(), func(tx store.Conn) error {
		db := h.db.Join(tx)
		err := db.Update(t.Context(), func(inner store.Conn) error {
			try(t, send(t.Context(), db.Join(inner), "a", succeed))
			sendCaught(t, db.Join(inner), "b", fail)
			return h.trace(inner, "a")
		})
		try(t, err)
		err = db.Update(t.Context(), func(inner store.Conn) error {
			try(t, h.trace(inner, "c"))
			try(t, send(t.Context(), db.Join(inner), "c", succeed))
			sendCaught(t, db.Join(inner), "b", fail)
			return errHost
		})
		if !errors.Is(err, errHost) {
			t.Errorf("error %v, want the host's", err)
		}
		return nil
	}))
	if got := h.traces(t, "a", "b", "c"); !slices.Equal(got, []string{"host a", "library a"}) {
		t.Errorf("committed %q", got)
	}
}

func TestJoinedStoreSeesItsOwnTransaction(t *testing.T) {
	h := startHost(t, "own")
	try(t, h.update(t.Context(), func(tx store.Conn) error {
		db := h.db.Join(tx)
		try(t, db.Ping(t.Context()))
		try(t, send(t.Context(), db, "a", succeed))
		queue, err := db.Messages().Queue(t.Context(), "a", 0, 10)
		if err != nil || len(queue) != 1 {
			t.Errorf("%d messages, error %v", len(queue), err)
		}
		_, err = db.Users().User(t.Context(), "nobody")
		if !errors.Is(err, user.ErrNotFound) {
			t.Errorf("error %v, want ErrNotFound", err)
		}
		try(t, db.Close())
		return nil
	}))
	if got := h.traces(t, "a"); !slices.Equal(got, []string{"library a"}) {
		t.Errorf("committed %q", got)
	}
}

// A cancelled caller must not leave half a savepoint behind.
func TestCancellationDoesNotSplitASavepoint(t *testing.T) {
	h := startHost(t, "own")
	ctx, cancel := context.WithCancel(t.Context())
	try(t, h.update(t.Context(), func(tx store.Conn) error {
		return send(ctx, h.db.Join(tx), "a", func() error { cancel(); return nil })
	}))
	if got := h.traces(t, "a"); !slices.Equal(got, []string{"library a"}) {
		t.Errorf("committed %q", got)
	}
}

func TestJoinNeedsATransactionThatLives(t *testing.T) {
	h := startHost(t, "own")
	tx, err := h.own.Begin()
	try(t, err)
	try(t, tx.Rollback())
	if err := send(t.Context(), h.db.Join(tx), "a", succeed); !errors.Is(err, sql.ErrTxDone) {
		t.Errorf("error %v, want ErrTxDone", err)
	}
}
