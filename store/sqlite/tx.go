package sqlite

import (
	"context"
	"database/sql"
	"sync"
	"time"

	"github.com/ruyi-im/ruyi/store"
)

// deadline is how long a transaction may go on starting statements.
const deadline = 5 * time.Second

// tx runs the statements of one job. It ends with the job, for the connection
// goes on to the next one; rows left open then would keep the old state alive.
type tx struct {
	link *link
	end  time.Time

	mu    sync.Mutex
	rows  []*sql.Rows
	ended bool
}

func (t *tx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.usable(); err != nil {
		return nil, err
	}
	return t.link.stmts.exec(context.WithoutCancel(ctx), query, args)
}

func (t *tx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.usable(); err != nil {
		return nil, err
	}
	rows, err := t.link.stmts.query(context.WithoutCancel(ctx), query, args)
	if err == nil {
		t.rows = append(t.rows, rows)
	}
	return rows, err
}

func (t *tx) usable() error {
	if t.ended {
		return sql.ErrTxDone
	}
	if time.Now().After(t.end) {
		return store.ErrBusy
	}
	return nil
}

func (t *tx) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = true
	for _, rows := range t.rows {
		rows.Close()
	}
}
