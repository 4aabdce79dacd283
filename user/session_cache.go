package user

import (
	"context"
	"sync"
	"time"
)

const (
	// freshness is how long a session that was read counts as what it was. It
	// bounds how long another process may take to notice the end of a session.
	freshness = time.Second
	// maxCached is how many sessions are kept; one more empties the cache, whose
	// content is hardly older than freshness anyway.
	maxCached = 10_000
)

// sessionCache keeps sessions that were read a moment ago, so that a client which
// asks a lot is looked up once a second.
type sessionCache struct {
	mu    sync.RWMutex
	known map[string]cached   // by token hash
	of    map[string][]string // the token hashes of a user
	// changes counts forget, for what was read before one must not be kept after.
	changes uint64
}

type cached struct {
	session Session
	status  Status
	read    time.Time
}

func newSessionCache() *sessionCache {
	return &sessionCache{known: map[string]cached{}, of: map[string][]string{}}
}

// get returns the session of a token hash when it is fresh. What keep needs to
// know is the state before the session is read: changes.
func (c *sessionCache) get(hash string, now time.Time) (s Session, status Status, changes uint64, fresh bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	e, ok := c.known[hash]
	age := now.Sub(e.read)
	return e.session, e.status, c.changes, ok && age >= 0 && age < freshness
}

// keep remembers a session that was read after changes were counted, at the
// moment now or later.
func (c *sessionCache) keep(s Session, status Status, changes uint64, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.changes != changes {
		return
	}
	if _, ok := c.known[s.TokenHash]; !ok {
		if len(c.known) >= maxCached {
			clear(c.known)
			clear(c.of)
		}
		c.of[s.UID] = append(c.of[s.UID], s.TokenHash)
	}
	c.known[s.TokenHash] = cached{s, status, now}
}

// forget drops the sessions of a user.
func (c *sessionCache) forget(uid string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changes++
	for _, hash := range c.of[uid] {
		delete(c.known, hash)
	}
	delete(c.of, uid)
}

// watched is a store whose transactions, when they end sessions or change the
// status of an account, make the cache forget them, and gateways look again,
// before their caller goes on.
type watched struct {
	Store
	cache   *sessionCache
	changed func(ctx context.Context, uid string) // nil for nobody
}

// Update forgets however the transaction ends, for its outcome may be unknown.
func (w watched) Update(ctx context.Context, fn func(Tx) error) error {
	touched := map[string]bool{}
	defer func() {
		for uid := range touched {
			w.cache.forget(uid)
			if w.changed != nil {
				w.changed(context.WithoutCancel(ctx), uid)
			}
		}
	}()
	return w.Store.Update(ctx, func(tx Tx) error { return fn(watchedTx{tx, touched}) })
}

type watchedTx struct {
	Tx
	touched map[string]bool
}

func (t watchedTx) AddSession(ctx context.Context, s Session, keep int) error {
	t.touched[s.UID] = true
	return t.Tx.AddSession(ctx, s, keep)
}

func (t watchedTx) EndSession(ctx context.Context, uid, tokenHash string, at time.Time) error {
	t.touched[uid] = true
	return t.Tx.EndSession(ctx, uid, tokenHash, at)
}

func (t watchedTx) EndSessions(ctx context.Context, uid, except string, at time.Time) error {
	t.touched[uid] = true
	return t.Tx.EndSessions(ctx, uid, except, at)
}

func (t watchedTx) EndComputers(ctx context.Context, uid string, at time.Time) error {
	t.touched[uid] = true
	return t.Tx.EndComputers(ctx, uid, at)
}

func (t watchedTx) RemoveDevice(ctx context.Context, uid, deviceID, keep string, at time.Time) error {
	t.touched[uid] = true
	return t.Tx.RemoveDevice(ctx, uid, deviceID, keep, at)
}

func (t watchedTx) SaveUser(ctx context.Context, u User) error {
	t.touched[u.UID] = true
	return t.Tx.SaveUser(ctx, u)
}
