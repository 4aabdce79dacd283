package message

import (
	"context"
	"sync"
)

// Device is what a connection runs on.
type Device struct {
	Flag uint8  // kind of device: 0 app, 1 web, 2 computer
	ID   string // "" when not told
	// Session names the session that the connection was authenticated with, the
	// hash of its token: the connection ends with it. With "" nobody watches.
	Session string
}

// Conn is somebody's connection to a Hub.
type Conn struct {
	hub    *Hub
	uid    string
	device Device
	out    chan *Queued

	mu     sync.Mutex
	closed bool
	reason error

	here bool // counts for presence; under hub.mu
}

// Connect opens a connection of uid, whom the caller has authenticated. Close it
// when the client is gone. It comes closed, with a reason in Err, when the session
// has ended meanwhile, when that cannot be found out, or when the Hub is closed.
func (h *Hub) Connect(ctx context.Context, uid string, d Device) *Conn {
	c := &Conn{hub: h, uid: uid, device: d, out: make(chan *Queued, h.buffer)}
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		c.end(ErrHubClosed)
		return c
	}
	if h.conns[uid] == nil {
		h.conns[uid] = map[*Conn]struct{}{}
	}
	h.conns[uid][c] = struct{}{}
	h.mu.Unlock()
	// From here on SessionsChanged finds it; what ended before shows now.
	h.check(ctx, []*Conn{c}, true)
	h.arrive(c)
	return c
}

// Deliveries returns what the connection receives, until it is closed. What it
// received before can still be read then. The numbers are those of the queue of
// its user, 0 where a message is in none; the channel is the stored one, see
// Message.ChannelFor. Other connections read the same: nothing may be changed.
func (c *Conn) Deliveries() <-chan *Queued { return c.out }

// UID returns whose connection it is.
func (c *Conn) UID() string { return c.uid }

// Device returns what it runs on.
func (c *Conn) Device() Device { return c.device }

// Err returns why the Hub closed the connection: ErrSlow, ErrSessionEnded,
// ErrHubClosed or the reason of a Kick; nil while it is open, and when Close ended
// it.
func (c *Conn) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.reason
}

// Close ends the connection. Once more does nothing.
func (c *Conn) Close() { c.end(nil) }

// offer reports false when the buffer is full. It is still open then, but takes
// nothing more, for what follows must not be delivered after a gap.
func (c *Conn) offer(q *Queued) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return true
	}
	select {
	case c.out <- q:
		return true
	default:
		c.shut(ErrSlow)
		return false
	}
}

// shut closes the channel; c.mu is held.
func (c *Conn) shut(reason error) bool {
	if c.closed {
		return false
	}
	c.closed, c.reason = true, reason
	close(c.out)
	return true
}

// end closes the connection and takes it out of its Hub. It reports whether it
// was open.
func (c *Conn) end(reason error) bool {
	c.mu.Lock()
	ended := c.shut(reason)
	c.mu.Unlock()
	c.hub.remove(c)
	return ended
}
