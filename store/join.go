package store

import (
	"context"
	"errors"
)

// Join returns a DB whose reads and Updates are part of a transaction that the
// host has begun on the same database: each Update is a savepoint, and the host
// commits. On SQLite the transaction must have been begun with BEGIN IMMEDIATE.
//
// Inside a joined transaction nothing is retried; a conflict is the host's to
// retry as a whole. The transaction stays the host's: Close does nothing.
func (db *DB) Join(tx Conn) *DB {
	return &DB{engine: joined{tx}, dialect: db.dialect, ids: db.ids}
}

type joined struct{ Conn }

func (j joined) Update(ctx context.Context, fn func(tx Conn) error) (err error) {
	// The host's transaction decides about cancellation; a half-run savepoint
	// helps nobody.
	ctx = context.WithoutCancel(ctx)
	if _, err := j.ExecContext(ctx, "SAVEPOINT ruyi_join"); err != nil {
		return err
	}
	done := false
	defer func() {
		if done {
			return
		}
		_, back := j.ExecContext(ctx, "ROLLBACK TO SAVEPOINT ruyi_join")
		_, release := j.ExecContext(ctx, "RELEASE SAVEPOINT ruyi_join")
		err = errors.Join(err, back, release)
	}()
	if err := fn(j.Conn); err != nil {
		return err
	}
	done = true
	_, err = j.ExecContext(ctx, "RELEASE SAVEPOINT ruyi_join")
	return err
}

func (j joined) Ping(ctx context.Context) error {
	_, err := j.ExecContext(ctx, "SELECT 1")
	return err
}

func (j joined) Close() error { return nil }
