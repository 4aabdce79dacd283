package user

import (
	"context"
	"errors"
	"time"
)

// seenEvery is how often it is noted that a session is in use: often enough for
// an idle time of days, rarely enough to cost nothing.
const seenEvery = time.Hour

// Sessions are what keeps track of the use and the end of sessions. Ending what
// has ended changes nothing.
type Sessions interface {
	// SeeSession notes that a live session was used.
	SeeSession(ctx context.Context, tokenHash string, at time.Time) error
	// EndSession ends one session of uid.
	EndSession(ctx context.Context, uid, tokenHash string, at time.Time) error
	// EndSessions ends all sessions of uid but the one with the token hash except,
	// which may be "".
	EndSessions(ctx context.Context, uid, except string, at time.Time) error
	// EndComputers ends the sessions of uid on computers.
	EndComputers(ctx context.Context, uid string, at time.Time) error
}

func (s *service) newSession(uid string, f Flag, d Device, now time.Time) (Session, string) {
	token, hash := newToken()
	return Session{
		TokenHash: hash, UID: uid, Flag: f, DeviceID: d.ID,
		CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(s.limits.SessionLife),
	}, token
}

// open starts a session and remembers the device it runs on.
func (s *service) open(ctx context.Context, tx Tx, n Session, d Device, now time.Time) error {
	if d.ID != "" {
		if err := tx.SaveDevice(ctx, n.UID, d, now); err != nil {
			return err
		}
	}
	return tx.AddSession(ctx, n, s.limits.Computers)
}

func (s *service) Authenticate(ctx context.Context, token string) (Session, error) {
	if token == "" {
		return Session{}, ErrNoToken
	}
	hash, now := hashToken(token), s.now()
	session, status, changes, fresh := s.cache.get(hash, now)
	if !fresh {
		var err error
		session, status, err = s.store.Session(ctx, hash)
		if errors.Is(err, ErrNotFound) {
			return Session{}, ErrSession
		}
		if err != nil {
			return Session{}, err
		}
		s.cache.keep(session, status, changes, now)
	}
	if status != Active || !s.alive(session, now) {
		return Session{}, ErrSession
	}
	if !fresh && now.Sub(session.SeenAt) >= min(seenEvery, s.limits.SessionIdle/2) {
		// Whoever has a session need not be refused because a note of its use was
		// not written: the next request tries again.
		_ = s.store.Update(ctx, func(tx Tx) error { return tx.SeeSession(ctx, hash, now) })
	}
	return session, nil
}

// alive reports whether a session has neither expired nor been idle for too long.
func (s *service) alive(n Session, now time.Time) bool {
	return now.Before(n.ExpiresAt) && now.Before(n.SeenAt.Add(s.limits.SessionIdle))
}
