package ruyi

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/ruyi-im/ruyi/message"
)

const (
	// sweepEvery is how often each process tidies up, give or take sweepJitter so
	// that processes started together do not stay together.
	sweepEvery  = time.Minute
	sweepJitter = 10 * time.Second
	// sweepBatch is how many rows of a kind one transaction removes, and sweepRounds
	// how often that is done in a row: what is left waits for the next time.
	sweepBatch  = 500
	sweepRounds = 20
	// restartPause is how long a part of the background work that broke rests.
	restartPause = time.Minute
)

// sweeper removes rows of one domain that have served their time: at most limit
// of each kind, and it returns how many there were.
type sweeper struct {
	domain string
	sweep  func(ctx context.Context, limit int) (removed int, err error)
}

// Run does the background work of the services until ctx ends, and returns
// ctx's error: it removes what is over from the database, about once a minute,
// and runs the Gateway where that is a message.Runner. A host calls it once per
// process; several processes on one database may run it at the same time. What
// goes wrong is logged as a warning and tried again.
func (c *Core) Run(ctx context.Context) error {
	var work sync.WaitGroup
	if g, ok := c.gateway.(message.Runner); ok {
		work.Go(func() {
			for {
				c.attempt(ctx, "gateway", g.Run)
				if !wait(ctx, restartPause) {
					return
				}
			}
		})
	}
	for wait(ctx, sweepEvery-sweepJitter+rand.N(2*sweepJitter)) {
		for _, s := range c.sweepers {
			c.attempt(ctx, "sweep "+s.domain, s.all)
		}
	}
	work.Wait()
	return ctx.Err()
}

// all sweeps until little is left.
func (s sweeper) all(ctx context.Context) error {
	for range sweepRounds {
		n, err := s.sweep(ctx, sweepBatch)
		if err != nil || n < sweepBatch {
			return err
		}
	}
	return nil
}

// attempt does a part of the work and logs what goes wrong, a panic included: the
// host's program is not to end because of it.
func (c *Core) attempt(ctx context.Context, what string, do func(context.Context) error) {
	err := contained(ctx, do)
	if err == nil || errors.Is(err, ctx.Err()) {
		return
	}
	c.log.WarnContext(ctx, "background work failed", "work", what, "err", err)
}

func contained(ctx context.Context, do func(context.Context) error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	return do(ctx)
}

// wait returns false when ctx ends first.
func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
