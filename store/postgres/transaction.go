package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/ruyi-im/ruyi/internal/errs"
	"github.com/ruyi-im/ruyi/store"
)

// transaction is one transaction on one connection. As its first step it writes
// a token into the connection's own row of ruyi_commit, in the same round trip
// as BEGIN. Should the connection break during the commit, the row tells whether
// it took effect, and its lock lasts as long as the server is still at it.
type transaction struct {
	conn  *sql.Conn
	ctx   context.Context
	slot  int64
	token int64
	open  bool // begun and not ended
}

// ExecContext runs a statement with the transaction's own deadline.
func (t *transaction) ExecContext(_ context.Context, query string, args ...any) (sql.Result, error) {
	return t.conn.ExecContext(t.ctx, query, args...)
}

// QueryContext runs a query with the transaction's own deadline.
func (t *transaction) QueryContext(_ context.Context, query string, args ...any) (*sql.Rows, error) {
	return t.conn.QueryContext(t.ctx, query, args...)
}

func (t *transaction) begin() error {
	return t.raw(func(conn *pgx.Conn) error {
		t.slot, t.token = conn.PgConn().CustomData()[slotKey].(int64), rand.Int64()
		var b pgx.Batch
		b.Queue("BEGIN")
		b.Queue("UPDATE ruyi_commit SET token = $2, at = now() WHERE slot = $1", t.slot, t.token)
		t.open = true
		return conn.SendBatch(t.ctx, &b).Close()
	})
}

// errUncertain says that the connection broke before the server confirmed a
// commit.
var errUncertain = errors.New("postgres: the commit was not confirmed")

func (t *transaction) commit() error {
	return t.raw(func(conn *pgx.Conn) error {
		tag, err := conn.Exec(t.ctx, "COMMIT")
		if refused, ok := errors.AsType[*pgconn.PgError](err); ok && refused.Severity == "ERROR" {
			return err
		}
		if err != nil {
			return fmt.Errorf("%w: %w", errUncertain, err)
		}
		t.open = false
		if tag.String() != "COMMIT" {
			return fmt.Errorf("postgres: a statement failed in a transaction that went on: %s", tag)
		}
		return nil
	})
}

// release ends what is open and gives the connection back. One that does not
// obey is closed.
func (t *transaction) release() {
	if t.open {
		err := t.raw(func(conn *pgx.Conn) error {
			_, err := conn.Exec(t.ctx, "ROLLBACK")
			return err
		})
		if err != nil {
			t.conn.Raw(func(any) error { return driver.ErrBadConn })
		}
	}
	t.conn.Close()
}

func (t *transaction) raw(do func(conn *pgx.Conn) error) error {
	return t.conn.Raw(func(c any) error { return do(c.(*stdlib.Conn).Conn()) })
}

// errUndone says that an uncertain commit had no effect, so it may be run again.
var errUndone = errors.New("postgres: the commit had no effect")

// settle finds out on another connection whether an uncertain commit took
// effect. ErrUnknown when the database does not answer that in time.
func (e *engine) settle(t *transaction, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.ctx), e.deadline)
	defer cancel()
	for attempt := 1; ; attempt++ {
		var token int64
		// The lock waits for a server process that is still busy with the commit.
		err := e.db.QueryRowContext(ctx, "SELECT token FROM ruyi_commit WHERE slot = $1 FOR UPDATE", t.slot).Scan(&token)
		switch {
		case err == nil && token == t.token:
			return nil
		case err == nil || errors.Is(err, sql.ErrNoRows):
			return errUndone
		case ctx.Err() != nil:
			return errs.Because(store.ErrUnknown, errors.Join(cause, err))
		}
		pause(ctx, attempt)
	}
}

// slotKey is where a connection keeps the number of its row in ruyi_commit.
const slotKey = "ruyi.slot"

// A connection lives shorter than the row that was made with it.
const (
	connLife = 12 * time.Hour
	slotLife = 24 * time.Hour
)

// giveSlot makes the row in ruyi_commit of a new connection, committed before
// its first transaction, and removes those of connections long gone.
func giveSlot(ctx context.Context, conn *pgx.Conn) error {
	slot, now := rand.Int64(), time.Now()
	conn.PgConn().CustomData()[slotKey] = slot
	if _, err := conn.Exec(ctx, "INSERT INTO ruyi_commit (slot, token, at) VALUES ($1, 0, $2)", slot, now); err != nil {
		return err
	}
	_, err := conn.Exec(ctx, "DELETE FROM ruyi_commit WHERE at < $1", now.Add(-slotLife))
	return err
}
