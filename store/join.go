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
//
// What the joined stores emit is pushed, see OnCommit, once the transaction has
// committed. Where it is the one that DB.Update passes to its fn, that happens by
// itself. A host that began it in another way calls Push of the joined DB after its
// commit, and never before; otherwise nothing is pushed, and clients find the news
// in their queues.
func (db *DB) Join(tx Conn) *DB {
	j, n := joined{tx, true}, &news{}
	if c, ok := tx.(collecting); ok {
		j, n = joined{c.Conn, false}, c.news
	}
	return &DB{engine: j, dialect: db.dialect, ids: db.ids, listeners: db.listeners, news: n}
}

// joined is a transaction that somebody else commits.
type joined struct {
	Conn
	foreign bool // nobody tells when it was committed
}

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
