package storetest

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/message"
)

// prune deletes at most limit messages sent before a time.
func prune(ctx context.Context, s Stores, before time.Time, limit int) (n int, err error) {
	err = s.Messages().Update(ctx, func(tx message.Tx) error {
		n, err = tx.Prune(ctx, before, limit)
		return err
	})
	return n, err
}

// sayAt is say at a number of hours after t0.
func sayAt(hours int, from, to, content string) message.Draft {
	d := say(from, to, content)
	d.SentAt = t0.Add(time.Duration(hours) * time.Hour)
	return d
}

// places returns the numbers in a queue and in the channel of two people.
func places(t *testing.T, s Stores, uid, other string) string {
	t.Helper()
	queue, err := s.Messages().Queue(t.Context(), uid, 0, 1000)
	must(t, err)
	history, err := s.Messages().History(t.Context(), uid, message.PersonChannel(uid, other), 0, 1000)
	must(t, err)
	q, h := "", ""
	for _, m := range queue {
		q += fmt.Sprintf("%d ", m.QueueSeq)
	}
	for _, m := range history {
		h += fmt.Sprintf("%d ", m.Seq)
	}
	return q + "| " + h
}

func testPruning(t *testing.T, s Stores) {
	ctx := t.Context()
	// Each hour somebody writes to somebody, and b alone gets a command.
	for h := range 6 {
		refresh := message.Command(t0.Add(time.Duration(h)*time.Hour), "refresh", nil, "b")
		must(t, emit(ctx, s, sayAt(h, "a", "b", "hello"), refresh))
	}
	must(t, emit(ctx, s, sayAt(1, "c", "d", "long ago")))
	must(t, s.Messages().Update(ctx, func(tx message.Tx) error { return tx.Acknowledge(ctx, "b", 3) }))
	wantErr(t, s.Messages().Update(ctx, func(tx message.Tx) error {
		if n, err := tx.Prune(ctx, t0.Add(9*time.Hour), 5); n != 5 || err != nil {
			t.Errorf("pruned %d, %v", n, err)
		}
		return errStop
	}), errStop)
	for _, step := range []struct {
		hours, limit, want int
		a, b               string
	}{
		{-24 * 365 * 60, 100, 0, "1 2 3 4 5 6 | 1 2 3 4 5 6 ", "1 2 3 4 5 6 7 8 9 10 11 12 | 1 2 3 4 5 6 "},
		{0, 100, 0, "1 2 3 4 5 6 | 1 2 3 4 5 6 ", "1 2 3 4 5 6 7 8 9 10 11 12 | 1 2 3 4 5 6 "},
		{3, 3, 3, "3 4 5 6 | 3 4 5 6 ", "4 5 6 7 8 9 10 11 12 | 3 4 5 6 "},
		{3, 3, 3, "4 5 6 | 4 5 6 ", "7 8 9 10 11 12 | 4 5 6 "},
		{3, 3, 0, "4 5 6 | 4 5 6 ", "7 8 9 10 11 12 | 4 5 6 "},
		{24, 100, 7, "| ", "| "},
		{24, 100, 0, "| ", "| "},
	} {
		n, err := prune(ctx, s, t0.Add(time.Duration(step.hours)*time.Hour), step.limit)
		must(t, err)
		what := fmt.Sprintf("pruned before hour %d", step.hours)
		equal(t, what, n, step.want)
		equal(t, what+": a", places(t, s, "a", "b"), step.a)
		equal(t, what+": b", places(t, s, "b", "a"), step.b)
	}
	acked, err := s.Messages().Acked(ctx, "b")
	must(t, err)
	equal(t, "acknowledged", acked, 3)

	// The numbers go on, and what comes after is pruned like what came before.
	for h := range 3 {
		must(t, emit(ctx, s, sayAt(30+h, "b", "a", "again")))
		equal(t, "after everything was pruned", places(t, s, "b", "a"), fmt.Sprintf("%d | %d ", 13+h, 7+h))
		n, err := prune(ctx, s, t0.Add(time.Duration(30+h)*time.Hour+time.Minute), 100)
		must(t, err)
		equal(t, "pruned again", n, 1)
		equal(t, "pruned again", places(t, s, "b", "a"), "| ")
	}
}

// errLost says that a check found something missing.
func errLost(format string, args ...any) error { return fmt.Errorf("storetest: "+format, args...) }

func testPruningWhileSending(t *testing.T, s Stores) { must(t, PruneWhileSending(t.Context(), s)) }

// PruneWhileSending lets people write messages, old ones and new ones by turns,
// while several callers prune the old ones and one follows a queue. It returns an
// error when a message that is not old is missing somewhere, an old one is left
// somewhere, or a number is used twice.
func PruneWhileSending(ctx context.Context, s Stores) error {
	const writers, pruners, each = 8, 3, 12
	people := [3]string{newUser("p").UID, newUser("q").UID, newUser("r").UID}
	var writing, pruned atomic.Int64
	writing.Store(writers)
	old := t0.Add(time.Hour)
	err := together(writers+pruners, func(i int) error {
		if i >= writers {
			for {
				more := writing.Load() > 0
				n, err := prune(ctx, s, old, 5)
				pruned.Add(int64(n))
				if err != nil || n == 0 && !more {
					return err
				}
			}
		}
		defer writing.Add(-1)
		for n := range each {
			// One process never gives out a smaller id after a larger one, so the old
			// ones come first.
			hours := 0
			if n >= each/2 {
				hours = 2
			}
			if err := emit(ctx, s, sayAt(hours, people[i%3], people[(i+1)%3], "hello")); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for { // what one pruner left to another
		n, err := prune(ctx, s, old, 1000)
		pruned.Add(int64(n))
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
	}
	left, err := wholeMessages(ctx, s, people)
	if err == nil && left+pruned.Load() != writers*each {
		err = errLost("%d messages are left and %d were pruned of %d", left, pruned.Load(), writers*each)
	}
	return err
}

// wholeMessages counts the messages of three people who write in a ring. Each must
// be in both queues and the channel, under numbers that grow. In a queue they may
// have gaps now: those who wrote at the same time need not have come in turn.
func wholeMessages(ctx context.Context, s Stores, people [3]string) (int64, error) {
	copies := map[int64]int{}
	for i, uid := range people {
		queue, err := s.Messages().Queue(ctx, uid, 0, 10000)
		if err != nil {
			return 0, err
		}
		for n, m := range queue {
			if n > 0 && m.QueueSeq <= queue[n-1].QueueSeq {
				return 0, errLost("number %d follows number %d in a queue", m.QueueSeq, queue[n-1].QueueSeq)
			}
			copies[m.ID]++
		}
		history, err := s.Messages().History(ctx, uid, message.PersonChannel(uid, people[(i+1)%3]), 0, 10000)
		if err != nil {
			return 0, err
		}
		for n, m := range history {
			if n > 0 && m.Seq != history[n-1].Seq+1 {
				return 0, errLost("number %d follows number %d in a channel", m.Seq, history[n-1].Seq)
			}
			copies[m.ID]++
		}
	}
	for id, n := range copies {
		if n != 3 {
			return 0, errLost("message %d is in %d places, not 3", id, n)
		}
	}
	return int64(len(copies)), nil
}
