package message

import (
	"context"
	"maps"
	"slices"
	"time"
)

// place is somebody on one kind of device.
type place struct {
	uid  string
	flag uint8
}

// standing is how many connections there are at a place.
type standing struct {
	conns int
	since time.Time
}

const (
	// reportsAtOnce bounds what one report stores in one transaction.
	reportsAtOnce = 100
	// reportPause is how long Run waits after a report that failed.
	reportPause = time.Second
	// lastReport is how long Run takes at its end to report who is gone.
	lastReport = 5 * time.Second
)

// arrive counts a connection, unless it was closed meanwhile.
func (h *Hub) arrive(c *Conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, open := h.conns[c.uid][c]; !open {
		return
	}
	c.here = true
	p := place{c.uid, c.device.Flag}
	if h.online[p] == nil {
		h.online[p] = &standing{since: h.now()}
		h.report(p, true, h.online[p].since)
	}
	h.online[p].conns++
}

// remove takes a connection out, once.
func (h *Hub) remove(c *Conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, open := h.conns[c.uid][c]; !open {
		return
	}
	delete(h.conns[c.uid], c)
	if len(h.conns[c.uid]) == 0 {
		delete(h.conns, c.uid)
	}
	if !c.here {
		return
	}
	p := place{c.uid, c.device.Flag}
	s := h.online[p]
	if s.conns--; s.conns > 0 {
		return
	}
	delete(h.online, p)
	// Of two reports about one millisecond the one of having come counts.
	at := h.now()
	if least := s.since.Truncate(time.Millisecond).Add(time.Millisecond); at.Before(least) {
		at = least
	}
	h.report(p, false, at)
}

// report notes a change for Run, unless there is nobody to report to; h.mu is
// held.
func (h *Hub) report(p place, online bool, at time.Time) {
	if h.backend == nil {
		return
	}
	h.reports[p] = Presence{UID: p.uid, Flag: p.flag, Online: online, At: at}
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// Run reports who comes and goes, and closes connections whose session has ended
// elsewhere, until ctx ends. Then it closes the Hub, reports that everybody is
// gone, and returns ctx's error.
func (h *Hub) Run(ctx context.Context) error {
	recheck := time.NewTicker(h.recheck)
	defer recheck.Stop()
	var again <-chan time.Time
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-recheck.C:
			h.recheckAll(ctx)
		case <-h.wake:
			again = h.flushed(ctx, again)
		case <-again:
			again = h.flushed(ctx, nil)
		}
	}
	h.Close()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastReport)
	defer cancel()
	_ = h.flush(last) // there is no later
	return ctx.Err()
}

// flushed reports, unless that is to wait for again, and returns when to do so
// again.
func (h *Hub) flushed(ctx context.Context, again <-chan time.Time) <-chan time.Time {
	if again != nil {
		return again
	}
	if h.flush(ctx) != nil {
		return time.After(reportPause)
	}
	return nil
}

// flush reports all that there is. What fails is left to be reported again.
func (h *Hub) flush(ctx context.Context) error {
	h.mu.Lock()
	reports, backend := h.reports, h.backend
	h.reports = map[place]Presence{}
	h.mu.Unlock()
	places := slices.Collect(maps.Keys(reports))
	for len(places) > 0 {
		some := places[:min(len(places), reportsAtOnce)]
		changes := make([]Presence, len(some))
		for i, p := range some {
			changes[i] = reports[p]
		}
		if err := backend.ReportPresence(ctx, changes); err != nil {
			h.putBack(reports, places)
			return err
		}
		places = places[len(some):]
	}
	return nil
}

// putBack notes reports again, except where something newer happened.
func (h *Hub) putBack(reports map[place]Presence, places []place) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, p := range places {
		if _, newer := h.reports[p]; !newer {
			h.reports[p] = reports[p]
		}
	}
}

// recheckAll asks after the sessions of all connections, some at a time. While
// the store does not answer, nobody is closed.
func (h *Hub) recheckAll(ctx context.Context) {
	for conns := range slices.Chunk(h.all(), reportsAtOnce) {
		if ctx.Err() != nil {
			return
		}
		h.check(ctx, conns, false)
	}
}
