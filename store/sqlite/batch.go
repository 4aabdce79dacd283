package sqlite

import "errors"

// batch is a number of jobs that share a commit.
type batch struct {
	link     *link
	jobs     []*job
	answered int // so many of the jobs, the first ones, have their final answer
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
			b.jobs[0].err = err
		} else {
			b.apart()
		}
	}
	b.answered = len(b.jobs)
}

// apart runs each job in a transaction of its own. When none can begin, that
// answers all that are left: each would wait as long for the same.
func (b *batch) apart() {
	for i, j := range b.jobs {
		if err := b.link.begin(); err != nil {
			b.link.rollback(err)
			b.fail(err)
			return
		}
		err := b.link.savepoint(j)
		if err == nil {
			err = b.link.commit()
		}
		if err != nil {
			b.link.rollback(err)
			j.err = err
		}
		b.answered = i + 1
	}
}

// fail gives this error to every job that has no answer yet. One that panicked
// still panics.
func (b *batch) fail(err error) {
	for _, j := range b.jobs[b.answered:] {
		j.err = err
	}
}

var errAbandoned = errors.New("sqlite: a transaction of the same commit ended its goroutine")

// abandon undoes a batch that a job left by runtime.Goexit, as a failing test
// does: the goroutine ends, and the others must not wait for it for ever.
func (b *batch) abandon() {
	if b.answered == len(b.jobs) {
		return
	}
	b.link.rollback(errAbandoned)
	b.fail(errAbandoned)
}
