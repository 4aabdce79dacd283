package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// fewMessages is what many messages are compared with.
const fewMessages = 1000

// pageSize is how many messages a page of the benchmarks has.
const pageSize = 50

// BenchmarkPage compares a page among many messages (-messages) with one among
// 1,000: the median over channels, people and places drawn anew for each read.
func BenchmarkPage(b *testing.B) {
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			few, fewTown := laidIn(b, engine, fewMessages)
			many, manyTown := laidIn(b, engine, *messagesFlag)
			b.Run("history", func(b *testing.B) {
				comparePages(b,
					func() (int, error) { return few.readHistory(b.Context(), fewTown) },
					func() (int, error) { return many.readHistory(b.Context(), manyTown) })
			})
			b.Run("queue", func(b *testing.B) {
				comparePages(b,
					func() (int, error) { return few.readQueue(b.Context(), fewTown) },
					func() (int, error) { return many.readQueue(b.Context(), manyTown) })
			})
		})
	}
}

// readHistory reads a page of a channel.
func (d bench) readHistory(ctx context.Context, t *town) (int, error) {
	c := rand.IntN(t.channels)
	average := t.messages / t.channels
	people := t.members(c)
	page, err := d.Messages().History(ctx, benchUID(people[rand.IntN(len(people))]), t.channel(c),
		rand.Int64N(max(1, int64(average*3/4-pageSize))), pageSize)
	return len(page), err
}

// readQueue reads a page of somebody's queue.
func (d bench) readQueue(ctx context.Context, t *town) (int, error) {
	average := 2 * t.messages / t.people
	page, err := d.Messages().Queue(ctx, benchUID(rand.IntN(t.people)), rand.Int64N(max(1, int64(average*3/4-pageSize))), pageSize)
	return len(page), err
}

// comparePages reads 100 pages of each in turns for every iteration.
func comparePages(b *testing.B, few, many func() (int, error)) {
	var fews, manys []time.Duration
	read := func(into *[]time.Duration, page func() (int, error)) {
		for range 100 {
			began := time.Now()
			n, err := page()
			*into = append(*into, time.Since(began))
			if err != nil || n < pageSize/2 {
				b.Fatal(fmt.Sprintf("a page of %d: ", n), err)
			}
		}
	}
	for b.Loop() {
		read(&fews, few)
		read(&manys, many)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(median(fews).Nanoseconds())/1000, "few-us")
	b.ReportMetric(float64(median(manys).Nanoseconds())/1000, "many-us")
	b.ReportMetric(float64(median(manys))/float64(median(fews)), "ratio")
}
