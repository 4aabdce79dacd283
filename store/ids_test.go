package store

import (
	"sync"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/message"
)

func TestMessageIDsGrow(t *testing.T) {
	noon := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	var g messageIDs
	last := int64(0)
	for i, at := range []time.Time{
		{}, time.UnixMilli(idEpoch), noon, noon, noon.Add(time.Millisecond), noon.Add(-time.Hour), noon.Add(-time.Hour),
		noon.Add(2 * time.Millisecond), {}, time.Date(2057, 12, 31, 23, 59, 59, 0, time.UTC),
	} {
		id := g.next(at)
		if id <= last || id >= 1<<53 {
			t.Errorf("%d: id %d after %d", i, id, last)
		}
		last = id
	}
}

// Ids of different processes keep the order of time, to the millisecond.
func TestMessageIDsTellTheTime(t *testing.T) {
	at := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	for range 100 {
		var a, b messageIDs
		if first, second := a.next(at), b.next(at.Add(time.Millisecond)); first >= second {
			t.Fatalf("id %d, and %d a millisecond later", first, second)
		}
	}
}

func TestMessageIDsAreUnique(t *testing.T) {
	const drawers, each = 4, 1000
	var g messageIDs
	var drawn [drawers][]int64
	var wg sync.WaitGroup
	for i := range drawers {
		wg.Go(func() {
			for range each {
				drawn[i] = append(drawn[i], g.next(time.UnixMilli(1767225600123)))
			}
		})
	}
	wg.Wait()
	all := map[int64]bool{}
	for _, ids := range drawn {
		for _, id := range ids {
			all[id] = true
		}
	}
	if len(all) != drawers*each {
		t.Errorf("%d different ids of %d", len(all), drawers*each)
	}
}

// Two processes may draw the same id; the second message takes another one, and
// neither is lost.
func TestMessageWhoseIDIsTaken(t *testing.T) {
	conn := openPlain(t)
	one := plain(conn)
	if err := Migrate(t.Context(), conn, *one.db.dialect); err != nil {
		t.Fatal(err)
	}
	other := plain(conn)
	long := time.Time{} // so that the next id is the one after the last
	one.db.ids.last, other.db.ids.last = 1<<20, 1<<20
	for _, q := range []q{one, one, other} {
		if err := (outbox{q}).Emit(t.Context(), message.Command(long, "x", nil, "u")); err != nil {
			t.Fatal(err)
		}
	}
	queue, err := messages{one}.Queue(t.Context(), "u", 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range queue {
		if want := int64(1<<20 + 1 + i); m.ID != want || m.QueueSeq != int64(i+1) {
			t.Errorf("message %d has id %d and place %d", i, m.ID, m.QueueSeq)
		}
	}
	if len(queue) != 3 {
		t.Errorf("%d messages of 3", len(queue))
	}
}
