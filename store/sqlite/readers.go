package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"sync/atomic"

	"github.com/ruyi-im/ruyi/store"
)

// readers runs single statements on connections that cannot write.
type readers struct {
	db     *sql.DB
	stmts  statements
	closed atomic.Bool
}

func openReaders(path string, o Options) (*readers, error) {
	db, err := openPool(path, "ro", o.Readers, o, "query_only(1)")
	if err != nil {
		return nil, err
	}
	return &readers{db: db, stmts: statements{on: db}}, nil
}

// ExecContext runs a statement, which fails when it would change something.
func (r *readers) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return r.db.ExecContext(ctx, query, args...)
}

// QueryContext runs a query prepared before. It can be cancelled until it has
// begun: all queries are bounded, and watching each for a cancellation would
// cost more than it saves.
func (r *readers) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	rows, err := r.stmts.query(context.WithoutCancel(ctx), query, args)
	if err != nil && r.closed.Load() {
		return nil, store.ErrClosed
	}
	return rows, err
}

func (r *readers) close() error {
	r.closed.Store(true)
	return errors.Join(r.stmts.close(), r.db.Close())
}

var _ store.Engine = (*engine)(nil)
