package user

import (
	"context"
	"errors"
	"time"
)

func (s *service) Login(ctx context.Context, l Login) (SignedIn, error) {
	if l.Username == "" {
		return SignedIn{}, ErrUsernameMissing
	}
	if l.Password == "" {
		return SignedIn{}, ErrPasswordMissing
	}
	if err := checkClient(l.Flag, l.Device); err != nil {
		return SignedIn{}, err
	}
	// An unknown user has an empty hash, which costs as much as a wrong password.
	u, err := s.store.UserByLogin(ctx, l.Username)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return SignedIn{}, err
	}
	match, err := s.hasher.verify(ctx, l.Password, u.PasswordHash)
	if err != nil {
		return SignedIn{}, err
	}
	if !match || u.Status == Destroyed {
		return SignedIn{}, ErrCredentials
	}

	now := s.now()
	session, token := newSession(u.UID, l.Flag, l.Device, now)
	err = s.store.Update(ctx, func(tx Tx) error {
		// Read again: the account may have been disabled meanwhile.
		if u, err = tx.User(ctx, u.UID); err != nil {
			return err
		}
		if u.Status != Active {
			return ErrDisabled
		}
		return open(ctx, tx, session, l.Device, now)
	})
	if err != nil {
		return SignedIn{}, err
	}
	return SignedIn{User: u, Token: token}, nil
}

func newSession(uid string, f Flag, d Device, now time.Time) (Session, string) {
	token, hash := newToken()
	return Session{
		TokenHash: hash, UID: uid, Flag: f, DeviceID: d.ID,
		CreatedAt: now, ExpiresAt: now.Add(SessionLife),
	}, token
}

// open starts a session and remembers the device it runs on.
func open(ctx context.Context, tx Tx, s Session, d Device, now time.Time) error {
	if d.ID != "" {
		if err := tx.SaveDevice(ctx, s.UID, d, now); err != nil {
			return err
		}
	}
	return tx.AddSession(ctx, s, MaxSessions)
}

func (s *service) Authenticate(ctx context.Context, token string) (Session, error) {
	if token == "" {
		return Session{}, ErrNoToken
	}
	session, status, err := s.store.Session(ctx, hashToken(token))
	if errors.Is(err, ErrNotFound) {
		return Session{}, ErrSession
	}
	if err != nil {
		return Session{}, err
	}
	if status != Active || !s.now().Before(session.ExpiresAt) {
		return Session{}, ErrSession
	}
	return session, nil
}
