package ruyi

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ruyi-im/ruyi/message"
)

// flaky is a gateway whose work ends by itself.
type flaky struct {
	message.Gateway
	runs atomic.Int64
}

func (f *flaky) Run(ctx context.Context) error {
	if f.runs.Add(1) == 1 {
		panic("the gateway breaks")
	}
	<-ctx.Done()
	return ctx.Err()
}

func TestRunSweepsAboutOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		var calls, endless, left atomic.Int64
		left.Store(3 * sweepBatch)
		g := &flaky{}
		c := &Core{gateway: g, log: slog.New(slog.NewTextHandler(&log, nil)), sweepers: []sweeper{
			{"first", func(_ context.Context, limit int) (int, error) {
				calls.Add(1)
				n := min(int(left.Load()), limit)
				left.Add(int64(-n))
				return n, nil
			}},
			{"broken", func(context.Context, int) (int, error) { return 0, errors.New("no store") }},
			{"panics", func(context.Context, int) (int, error) { panic("a bug") }},
			{"endless", func(_ context.Context, limit int) (int, error) { endless.Add(1); return limit, nil }},
		}}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- c.Run(ctx) }()
		time.Sleep(sweepEvery - sweepJitter - time.Nanosecond)
		synctest.Wait()
		if calls.Load() != 0 {
			t.Error("swept at once")
		}
		time.Sleep(2*sweepJitter + time.Nanosecond)
		synctest.Wait()
		if calls.Load() != 4 || left.Load() != 0 || endless.Load() != sweepRounds {
			t.Errorf("%d calls, %d rows left, and %d calls of another", calls.Load(), left.Load(), endless.Load())
		}
		time.Sleep(sweepEvery + sweepJitter)
		synctest.Wait()
		if calls.Load() < 5 || g.runs.Load() != 2 {
			t.Errorf("%d calls; the gateway ran %d times", calls.Load(), g.runs.Load())
		}
		stop()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
		for _, want := range []string{`work="sweep broken" err="no store"`, `work="sweep panics" err="panic: a bug"`, `work=gateway err="panic: the gateway breaks"`} {
			if !strings.Contains(log.String(), "level=WARN") || !strings.Contains(log.String(), want) {
				t.Errorf("the log lacks %s:\n%s", want, &log)
			}
		}
		if strings.Contains(log.String(), "canceled") {
			t.Errorf("the end is logged as a failure:\n%s", &log)
		}
	})
}
