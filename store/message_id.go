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
	id := max(at.UnixMilli()-idEpoch, 0)<<idRandomBits | rand.Int64N(1<<idRandomBits)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.last = max(id, g.last+1) // never twice, nor back with the clock
	return g.last
}
