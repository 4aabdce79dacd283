package message

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// Why a Hub closes a connection.
var (
	// ErrSlow closes a connection whose buffer is full: nothing is left out in
	// silence, the client comes back and syncs.
	ErrSlow = errors.New("message: the connection does not keep up")
	// ErrSessionEnded closes a connection whose session may not be used any more.
	ErrSessionEnded = errors.New("message: the session has ended")
	// ErrHubClosed closes all connections when the Hub is closed, and those that
	// come later.
	ErrHubClosed = errors.New("message: the hub is closed")
)

// Defaults of HubOptions.
const (
	DefaultHubBuffer  = 256
	DefaultHubRecheck = 30 * time.Second
)

// HubOptions are the settings of NewHub. The zero value works.
type HubOptions struct {
	// Buffer is how many messages may wait in a connection. Default
	// DefaultHubBuffer.
	Buffer int
	// Recheck is how often Run asks whether the sessions of all connections still
	// live, for what ended them in another process or by the passing of time.
	// Default DefaultHubRecheck.
	Recheck time.Duration
	// Now is the clock. Default time.Now.
	Now func() time.Time
}

// Hub is a Gateway for the connections of this process, over any protocol: the
// host authenticates a client, connects it, and writes what it receives.
//
//	session, err := core.User.Authenticate(ctx, token)
//	…
//	conn := hub.Connect(ctx, session.UID, message.Device{
//		Flag: uint8(session.Flag), ID: session.DeviceID, Session: session.TokenHash,
//	})
//	defer conn.Close()
//	for m := range conn.Deliveries() {
//		…
//	}
//
// Somebody may have any number of connections, and each receives everything. What
// other processes commit is not pushed here. Pass the Hub to ruyi.New, and let
// Core.Run run: it reports who is online. Its methods may be called at the same
// time.
type Hub struct {
	buffer  int
	recheck time.Duration
	now     func() time.Time
	wake    chan struct{} // there is something to report

	mu      sync.RWMutex
	backend Backend // nil before Attach
	closed  bool
	conns   map[string]map[*Conn]struct{} // by uid
	online  map[place]*standing
	reports map[place]Presence // what Run has to report, the last of each place
}

var (
	_ Gateway  = (*Hub)(nil)
	_ Attacher = (*Hub)(nil)
	_ Kicker   = (*Hub)(nil)
	_ Runner   = (*Hub)(nil)
)

// NewHub returns a Hub without connections. It starts nothing.
func NewHub(o HubOptions) *Hub {
	h := &Hub{
		buffer: o.Buffer, recheck: o.Recheck, now: o.Now, wake: make(chan struct{}, 1),
		conns: map[string]map[*Conn]struct{}{}, online: map[place]*standing{}, reports: map[place]Presence{},
	}
	if h.buffer <= 0 {
		h.buffer = DefaultHubBuffer
	}
	if h.recheck <= 0 {
		h.recheck = DefaultHubRecheck
	}
	if h.now == nil {
		h.now = time.Now
	}
	return h
}

// Attach tells the Hub whom to ask. Only the first call counts.
func (h *Hub) Attach(b Backend) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.backend == nil {
		h.backend = b
	}
}

func (h *Hub) attached() Backend {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.backend
}

// Push puts deliveries into the buffers of those connected. It waits for nobody;
// only a message for everybody in a channel costs a look into the store, by the
// connected people at most.
func (h *Hub) Push(ctx context.Context, deliveries []Delivery) {
	people := map[Channel][]string{} // of the channels that this push is about
	for _, d := range deliveries {
		for _, r := range d.To {
			h.offer(r.UID, r.QueueSeq, d.Message)
		}
		if !d.Everybody {
			continue
		}
		ch := d.Message.Channel
		if _, asked := people[ch]; !asked {
			people[ch] = h.audience(ctx, ch)
		}
		for _, uid := range people[ch] {
			if d.Reaches(uid) {
				h.offer(uid, 0, d.Message)
			}
		}
	}
}

// audienceLimit is how long a push may look for who is to hear it.
const audienceLimit = 2 * time.Second

// audience returns those connected who belong to a channel. When the store does
// not answer there is nobody: clients find a gap in the channel.
func (h *Hub) audience(ctx context.Context, ch Channel) []string {
	h.mu.RLock()
	backend, connected := h.backend, make([]string, 0, len(h.conns))
	for uid := range h.conns {
		connected = append(connected, uid)
	}
	h.mu.RUnlock()
	if backend == nil || len(connected) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, audienceLimit)
	defer cancel()
	people, err := backend.Subscribers(ctx, ch, connected)
	if err != nil {
		return nil
	}
	return people
}

// offer puts m into the buffers of uid and closes those that are full.
func (h *Hub) offer(uid string, seq int64, m Message) {
	if m.From == uid {
		m.Header.RedDot = false // one's own message is not news
	}
	var full []*Conn
	h.mu.RLock()
	if len(h.conns[uid]) > 0 {
		q := &Queued{QueueSeq: seq, Message: m}
		for c := range h.conns[uid] {
			if !c.offer(q) {
				full = append(full, c)
			}
		}
	}
	h.mu.RUnlock()
	for _, c := range full {
		c.end(ErrSlow)
	}
}

// SessionsChanged closes the connections of uid whose session has ended, see
// Kicker.
func (h *Hub) SessionsChanged(ctx context.Context, uid string) {
	h.check(ctx, h.connsOf(uid), true)
}

// check closes those of the connections whose session has ended. Where that
// cannot be found out, doubted ones are closed too: their clients come back and
// authenticate.
func (h *Hub) check(ctx context.Context, conns []*Conn, doubted bool) {
	backend := h.attached()
	bySession := map[string][]*Conn{}
	for _, c := range conns {
		if c.device.Session != "" {
			bySession[c.device.Session] = append(bySession[c.device.Session], c)
		}
	}
	if backend == nil || len(bySession) == 0 {
		return
	}
	sessions := make([]string, 0, len(bySession))
	for s := range bySession {
		sessions = append(sessions, s)
	}
	slices.Sort(sessions)
	live, err := backend.LiveSessions(context.WithoutCancel(ctx), sessions)
	for _, s := range live {
		delete(bySession, s)
	}
	for _, dead := range bySession {
		for _, c := range dead {
			if err == nil || doubted {
				c.end(ErrSessionEnded)
			}
		}
	}
}

// Kick closes the connections of uid on whose device which reports true, all of
// them where it is nil, for a reason that Conn.Err then tells, and returns how
// many there were.
func (h *Hub) Kick(uid string, which func(Device) bool, reason error) int {
	n := 0
	for _, c := range h.connsOf(uid) {
		if (which == nil || which(c.device)) && c.end(reason) {
			n++
		}
	}
	return n
}

// Connections returns how many connections uid has.
func (h *Hub) Connections(uid string) int { return len(h.connsOf(uid)) }

func (h *Hub) connsOf(uid string) []*Conn {
	h.mu.RLock()
	defer h.mu.RUnlock()
	conns := make([]*Conn, 0, len(h.conns[uid]))
	for c := range h.conns[uid] {
		conns = append(conns, c)
	}
	return conns
}

// Close closes all connections, and those that come later, with ErrHubClosed.
func (h *Hub) Close() {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	for _, c := range h.all() {
		c.end(ErrHubClosed)
	}
}

func (h *Hub) all() []*Conn {
	h.mu.RLock()
	defer h.mu.RUnlock()
	var conns []*Conn
	for _, of := range h.conns {
		for c := range of {
			conns = append(conns, c)
		}
	}
	return conns
}
