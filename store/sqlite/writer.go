package sqlite

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/ruyi-im/ruyi/store"
)

// maxQueue is how many transactions may wait. More would wait longer than their
// callers do.
const maxQueue = 8192

// writer lets transactions share commits. There is no goroutine of its own: the
// caller that finds nobody writing becomes the leader, runs what waits, and then
// makes the first one still waiting the next leader.
type writer struct {
	link     *link
	wait     time.Duration
	maxBatch int

	mu     sync.Mutex
	queue  []*job // waiting, first come first served
	led    bool   // somebody is the leader
	closed bool
	idle   *sync.Cond // led turned false
}

// job is a transaction on its way.
type job struct {
	fn       func(tx store.Conn) error
	signal   chan bool // true: lead, beginning with this job; false: it is done
	leads    bool      // was told to lead; under writer.mu
	err      error
	panicked any
}

func openWriter(ctx context.Context, path string, o Options) (*writer, error) {
	l, err := connect(ctx, path, o)
	if err != nil {
		return nil, err
	}
	w := &writer{link: l, wait: o.BusyTimeout, maxBatch: o.MaxBatch}
	w.idle = sync.NewCond(&w.mu)
	return w, nil
}

// migrate runs a migration in one transaction. It uses the connection itself,
// as the deadline of a tx is no measure for changing a schema.
func (w *writer) migrate(ctx context.Context, do func(context.Context, store.Conn, store.Dialect) error) error {
	return w.Update(ctx, func(store.Conn) error { return do(ctx, w.link.conn, dialect) })
}

// Update waits for its turn, which ctx may cut short, and then runs fn to the end.
// ErrBusy when the turn does not come in time: within a transaction of the same
// goroutine, for instance, it never would.
func (w *writer) Update(ctx context.Context, fn func(tx store.Conn) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j := &job{fn: fn, signal: make(chan bool, 1)}
	lead, err := w.enter(j)
	if err != nil {
		return err
	}
	if !lead {
		if lead, err = w.await(ctx, j); err != nil {
			return err
		}
	}
	if lead {
		w.lead(j)
	}
	if j.panicked != nil {
		panic(j.panicked)
	}
	return j.err
}

// enter queues j and reports whether its caller leads.
func (w *writer) enter(j *job) (lead bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return false, store.ErrClosed
	}
	if len(w.queue) >= maxQueue {
		return false, store.ErrBusy
	}
	w.queue = append(w.queue, j)
	if w.led {
		return false, nil
	}
	w.led = true
	return true, nil
}

func (w *writer) await(ctx context.Context, j *job) (lead bool, err error) {
	patience := time.NewTimer(w.wait)
	defer patience.Stop()
	select {
	case lead := <-j.signal:
		return lead, nil
	case <-ctx.Done():
		err = ctx.Err()
	case <-patience.C:
		err = store.ErrBusy
	}
	if w.withdraw(j) {
		return false, err
	}
	return <-j.signal, nil // too late, it runs or leads already
}

// withdraw takes j out of the queue, unless it has begun.
func (w *writer) withdraw(j *job) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := slices.Index(w.queue, j)
	if i < 0 || j.leads {
		return false
	}
	w.queue = slices.Delete(w.queue, i, i+1)
	return true
}

// pop takes the next job, or nil when none waits.
func (w *writer) pop() *job {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.queue) == 0 {
		return nil
	}
	j := w.queue[0]
	w.queue = slices.Delete(w.queue, 0, 1)
	return j
}

// lead runs one batch, whose first job is own, and passes the lead on.
func (w *writer) lead(own *job) {
	b := &batch{link: w.link}
	defer func() {
		b.abandon() // nothing is left to do, unless a job ended the goroutine
		w.pass()
		for _, j := range b.jobs {
			if j != own {
				j.signal <- false
			}
		}
	}()
	b.run(w.pop, w.maxBatch)
}

// pass makes the caller who waits longest the leader.
func (w *writer) pass() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.queue) == 0 {
		w.led = false
		w.idle.Broadcast()
		return
	}
	w.queue[0].leads = true
	w.queue[0].signal <- true
}

// close waits for what is queued and closes the file.
func (w *writer) close() error {
	w.mu.Lock()
	w.closed = true
	for w.led {
		w.idle.Wait()
	}
	w.mu.Unlock()
	return w.link.close()
}
