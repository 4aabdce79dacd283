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
	open  bool      // begun and not ended
	rows  *sql.Rows // of the last query, which fn may have left open
}

// ExecContext runs a statement with the transaction's own deadline.
func (t *transaction) ExecContext(_ context.Context, query string, args ...any) (sql.Result, error) {
	return t.conn.ExecContext(t.ctx, query, args...)
}

// QueryContext runs a query with the transaction's own deadline.
func (t *transaction) QueryContext(_ context.Context, query string, args ...any) (*sql.Rows, error) {
	rows, err := t.conn.QueryContext(t.ctx, query, args...)
	if err == nil {
		t.rows = rows
	}
	return rows, err
}

// begin does not trust the isolation level that the server begins with.
func (t *transaction) begin() error {
	return t.raw(func(conn *pgx.Conn) error {
		t.slot, t.token = conn.PgConn().CustomData()[slotKey].(int64), rand.Int64()
		var b pgx.Batch
		b.Queue("BEGIN ISOLATION LEVEL READ COMMITTED")
		b.Queue("UPDATE ruyi_commit SET token = $2, at = now() WHERE slot = $1", t.slot, t.token).
			Exec(func(tag pgconn.CommandTag) error {
				if tag.RowsAffected() != 1 {
					return errNoSlot
				}
				return nil
			})
		t.open = true
		return conn.SendBatch(t.ctx, &b).Close()
	})
}

// errNoSlot says that the connection's row in ruyi_commit is gone, so that what
// it commits could not be looked up. It is not used any more.
var errNoSlot = fmt.Errorf("postgres: the connection has no row in ruyi_commit: %w", driver.ErrBadConn)

// errUncertain says that the connection broke before the server confirmed a
// commit.
var errUncertain = errors.New("postgres: the commit was not confirmed")

func (t *transaction) commit() error {
	t.closeRows()
	return t.raw(func(conn *pgx.Conn) error {
		tag, err := conn.Exec(t.ctx, "COMMIT")
		if refused(err) {
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

// refused reports whether the server answered with err and goes on, rather than
// ending the session as well.
func refused(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.SeverityUnlocalized == "ERROR"
}

// release ends what is open and gives the connection back. One that does not
// obey is closed. To release it twice does no harm.
func (t *transaction) release() {
	t.closeRows()
	if t.open {
		t.open = false
		_ = t.raw(func(conn *pgx.Conn) error {
			if _, err := conn.Exec(t.ctx, "ROLLBACK"); err != nil {
				return errors.Join(err, driver.ErrBadConn)
			}
			return nil
		})
	}
	_ = t.conn.Close() // it is gone or goes back
}

// closeRows ends a query that fn has left open: the connection takes no other
// statement before.
func (t *transaction) closeRows() {
	if t.rows != nil {
		t.rows.Close()
	}
}

// sound reports whether the transaction could still go on.
func (t *transaction) sound() bool {
	closed := false
	_ = t.raw(func(conn *pgx.Conn) error {
		closed = conn.IsClosed()
		return nil
	})
	return !closed && t.ctx.Err() == nil
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
// its first transaction, and removes those of connections long gone. The server
// tells the time: the clocks of its clients may differ by more than slotLife.
func giveSlot(ctx context.Context, conn *pgx.Conn) error {
	slot := rand.Int64()
	conn.PgConn().CustomData()[slotKey] = slot
	_, err := conn.Exec(ctx, "INSERT INTO ruyi_commit (slot, token, at) VALUES ($1, 0, now())", slot)
	if err == nil {
		_, err = conn.Exec(ctx, "DELETE FROM ruyi_commit WHERE at < now() - make_interval(secs => $1)", slotLife.Seconds())
	}
	if err != nil {
		_ = conn.Close(ctx) // nobody else does
	}
	return err
}
