package postgres

import (
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/ruyi-im/ruyi/internal/errs"
	"github.com/ruyi-im/ruyi/store"
)

// engine is a store.Engine over a pool of connections.
type engine struct {
	db       *sql.DB
	deadline time.Duration
	attempts int // how often something is tried before its caller is told

	mu      sync.Mutex
	closed  bool
	running sync.WaitGroup // what has entered and not ended
}

var _ store.Engine = (*engine)(nil)

// conflicts is how often a transaction may meet others that are in its way.
const conflicts = 10

func newEngine(db *sql.DB, o Options) *engine {
	// After a restart of the server every connection in the pool is dead, and
	// one caller may have to try them all.
	return &engine{db: db, deadline: o.Deadline, attempts: conflicts + o.MaxConns}
}

// enter begins something that Close waits for. Whoever enters calls running.Done.
func (e *engine) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return store.ErrClosed
	}
	e.running.Add(1)
	return nil
}

// conn waits for a connection as long as both the caller and the deadline of
// running allow. Its errors have the shape callers know.
func (e *engine) conn(admission, running context.Context) (*sql.Conn, error) {
	end, _ := running.Deadline()
	wait, cancel := context.WithDeadline(admission, end)
	defer cancel()
	conn, err := e.db.Conn(wait)
	if gone := admission.Err(); err != nil && gone != nil && running.Err() == nil {
		return nil, gone
	}
	return conn, fault(err)
}

// ExecContext runs one statement by itself.
func (e *engine) ExecContext(ctx context.Context, query string, args ...any) (res sql.Result, err error) {
	err = e.Update(ctx, func(tx store.Conn) error {
		res, err = tx.ExecContext(ctx, query, args...)
		return err
	})
	return res, err
}

// QueryContext runs a query. It can be cancelled until it has begun: to cancel a
// running one costs the connection. One that meets a dead connection is run
// again on another.
func (e *engine) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := e.enter(ctx); err != nil {
		return nil, err
	}
	running, cancel := context.WithTimeout(context.WithoutCancel(ctx), e.deadline)
	for attempt := 1; ; attempt++ {
		conn, rows, err := e.query(ctx, running, query, args)
		if err == nil {
			go func() {
				_ = conn.Close() // waits until the rows are closed
				cancel()
				e.running.Done()
			}()
			return rows, nil
		}
		if !lost(err) || attempt == e.attempts {
			cancel()
			e.running.Done()
			return nil, err
		}
	}
}

func (e *engine) query(admission, running context.Context, query string, args []any) (*sql.Conn, *sql.Rows, error) {
	conn, err := e.conn(admission, running)
	if err != nil {
		return nil, nil, err
	}
	rows, err := conn.QueryContext(running, query, args...)
	if err != nil {
		_ = conn.Close()
		return nil, nil, fault(err)
	}
	return conn, rows, nil
}

// Update runs fn in a transaction, again after a conflict or a lost connection.
func (e *engine) Update(ctx context.Context, fn func(tx store.Conn) error) error {
	if err := e.enter(ctx); err != nil {
		return err
	}
	defer e.running.Done()
	running, cancel := context.WithTimeout(context.WithoutCancel(ctx), e.deadline)
	defer cancel()
	for attempt := 1; ; attempt++ {
		again, err := e.attempt(ctx, running, fn)
		if !again || running.Err() != nil || attempt == e.attempts {
			return err
		}
		pause(running, attempt)
		ctx = running // admitted: its caller can no longer stop it
	}
}

// attempt runs fn in one transaction and reports whether to do so again. Only
// waiting for a connection depends on admission.
func (e *engine) attempt(admission, running context.Context, fn func(tx store.Conn) error) (again bool, err error) {
	conn, err := e.conn(admission, running)
	if err != nil {
		return retryable(err), err
	}
	t := &transaction{conn: conn, ctx: running}
	defer t.release()
	if err := t.begin(); err != nil {
		return retryable(err), fault(err)
	}
	if err := fn(t); err != nil {
		if sqlState(err) == "" && t.sound() {
			return false, err // fn's own, even if it resembles one of ours
		}
		return retryable(err), fault(err)
	}
	if err = t.commit(); errors.Is(err, errUncertain) {
		t.release() // settle needs a connection, and this may be the last
		err = e.settle(t, err)
	}
	return retryable(err), fault(err)
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
func (e *engine) Ping(ctx context.Context) error {
	rows, err := e.QueryContext(ctx, "SELECT 1")
	if err != nil {
		return err
	}
	return rows.Close()
}

// Close waits for what runs and closes the connections.
func (e *engine) Close() error {
	e.mu.Lock()
	e.closed = true
	e.mu.Unlock()
	e.running.Wait()
	return e.db.Close()
}

// fault gives what is left after all attempts the shape callers know.
func fault(err error) error {
	if err != nil && errs.KindOf(err) == errs.Internal && unavailable(err) {
		return errs.Because(store.ErrUnavailable, err)
	}
	return err
}
