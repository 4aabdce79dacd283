package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/ruyi-im/ruyi/store"
)

// deadline is how long a transaction may go on starting statements.
const deadline = 5 * time.Second

// batch is a number of jobs that share a commit.
type batch struct {
	link *link
	jobs []*job
	over bool // every job has its answer
}

// run takes jobs from next, at most limit, as long as some wait, and commits
// them together. Where the transaction as a whole fails, each job gets one of
// its own, so that none suffers for another.
func (b *batch) run(next func() *job, limit int) {
	err := b.link.begin()
	for err == nil && len(b.jobs) < limit {
		j := next()
		if j == nil {
			break
		}
		b.jobs = append(b.jobs, j)
		err = b.link.savepoint(j)
	}
	if err == nil {
		err = b.link.commit()
	}
	if len(b.jobs) == 0 { // it did not even begin
		b.jobs = append(b.jobs, next())
	}
	if err != nil {
		b.link.rollback(err)
		if len(b.jobs) == 1 {
			b.jobs[0].err, b.jobs[0].panicked = err, nil
		} else {
			b.apart()
		}
	}
	b.over = true
}

func (b *batch) apart() {
	for _, j := range b.jobs {
		err := b.link.begin()
		if err == nil {
			err = b.link.savepoint(j)
		}
		if err == nil {
			err = b.link.commit()
		}
		if err != nil {
			b.link.rollback(err)
			j.err, j.panicked = err, nil
		}
	}
}

var errAbandoned = errors.New("sqlite: a transaction of the same commit ended its goroutine")

// abandon undoes a batch that a job left by runtime.Goexit, as a failing test
// does: the goroutine ends, and the others must not wait for it for ever.
func (b *batch) abandon() {
	if b.over {
		return
	}
	b.link.rollback(errAbandoned)
	for _, j := range b.jobs {
		j.err = errAbandoned
	}
}

// tx runs the statements of one job.
type tx struct {
	link *link
	end  time.Time
}

func (t tx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if time.Now().After(t.end) {
		return nil, store.ErrBusy
	}
	return t.link.stmts.exec(context.WithoutCancel(ctx), query, args)
}

func (t tx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if time.Now().After(t.end) {
		return nil, store.ErrBusy
	}
	return t.link.stmts.query(context.WithoutCancel(ctx), query, args)
}
