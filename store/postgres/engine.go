package postgres

import (
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/ruyi-im/ruyi/internal/errs"
	"github.com/ruyi-im/ruyi/store"
)

// maxAttempts is how often a transaction is begun before its caller is told that
// the database is busy.
const maxAttempts = 10

// engine is a store.Engine over a pool of connections.
type engine struct {
	db       *sql.DB
	deadline time.Duration
	closed   atomic.Bool
}

var _ store.Engine = (*engine)(nil)

// ExecContext runs one statement by itself.
func (e *engine) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return e.db.ExecContext(ctx, query, args...)
}

// QueryContext runs a query. It can be cancelled until it has begun: to cancel a
// running one costs the connection. One that meets a dead connection is run
// again on another.
func (e *engine) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	ctx = context.WithoutCancel(ctx)
	for attempt := 1; ; attempt++ {
		rows, err := e.db.QueryContext(ctx, query, args...)
		if err == nil || !lost(err) || attempt == maxAttempts {
			return rows, e.fault(err)
		}
	}
}

// Update runs fn in a transaction, again after a conflict or a lost connection.
func (e *engine) Update(ctx context.Context, fn func(tx store.Conn) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	running, cancel := context.WithTimeout(context.WithoutCancel(ctx), e.deadline)
	defer cancel()
	for attempt := 1; ; attempt++ {
		err := e.attempt(ctx, running, fn)
		if err == nil || !retryable(err) || running.Err() != nil || attempt == maxAttempts {
			return e.fault(err)
		}
		pause(running, attempt)
		ctx = running // admitted: its caller can no longer stop it
	}
}

// attempt runs fn in one transaction. Only waiting for a connection depends on
// admission.
func (e *engine) attempt(admission, ctx context.Context, fn func(tx store.Conn) error) (err error) {
	wait, cancel := context.WithTimeout(admission, e.deadline)
	conn, err := e.db.Conn(wait)
	cancel()
	if err != nil {
		return err
	}
	t := &transaction{conn: conn, ctx: ctx}
	defer t.release()
	if err := t.begin(); err != nil {
		return err
	}
	if err := fn(t); err != nil {
		return err
	}
	if err = t.commit(); errors.Is(err, errUncertain) {
		return e.settle(t, err)
	}
	return err
}

// pause waits a little, longer after each attempt, so that two transactions that
// collided do not do so again.
func pause(ctx context.Context, attempt int) {
	select {
	case <-time.After(time.Duration(rand.Int64N(int64(attempt)*5+1)+1) * time.Millisecond):
	case <-ctx.Done():
	}
}

// Ping reports whether the database answers.
func (e *engine) Ping(ctx context.Context) error { return e.fault(e.db.PingContext(ctx)) }

// Close waits for the queries that run and closes the connections.
func (e *engine) Close() error {
	e.closed.Store(true)
	return e.db.Close()
}

// fault gives what is left after all attempts the shape callers know.
func (e *engine) fault(err error) error {
	switch {
	case err == nil:
		return nil
	case e.closed.Load():
		return store.ErrClosed
	case errs.KindOf(err) == errs.Internal && unavailable(err):
		return errs.Because(store.ErrUnavailable, err)
	}
	return err
}
