package store

import (
	"math/rand/v2"
	"sync"
	"time"
)

// messageIDs gives out message ids that grow with time and stay below 2^53, so
// that a JavaScript client may read them as numbers: 40 bits of milliseconds
// since idEpoch, which last until 2058, and 13 random ones.
type messageIDs struct {
	mu   sync.Mutex
	last int64
}

const (
	idEpoch      = 1704067200000 // 2024-01-01
	idRandomBits = 13
)

func (g *messageIDs) next(at time.Time) int64 {
	id := firstID(at) | rand.Int64N(1<<idRandomBits)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.last = max(id, g.last+1) // never twice, nor back with the clock
	return g.last
}

// firstID is the smallest id of a message sent at that time. Every message with a
// smaller one was sent before, for an id is never behind its time.
func firstID(at time.Time) int64 { return max(at.UnixMilli()-idEpoch, 0) << idRandomBits }

// place is where the message lies in its channel: at its position, or for what has
// none at a number of its own below 0.
func place(seq, id int64) int64 {
	if seq > 0 {
		return seq
	}
	return -id
}
