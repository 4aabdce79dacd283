package user

import (
	"context"
	"errors"
	"time"

	"github.com/ruyi-im/ruyi/internal/text"
)

// maxUsername is more than any username or uid has.
const maxUsername = 100

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
	u, err := s.byLogin(ctx, l.Username)
	if err != nil {
		return SignedIn{}, err
	}
	match, err := s.hasher.verify(ctx, l.Password, u.PasswordHash)
	if err != nil {
		return SignedIn{}, err
	}
	if !match || u.Status == Destroyed {
		return SignedIn{}, ErrCredentials
	}

	now, proven := s.now(), u.PasswordHash
	session, token := newSession(u.UID, l.Flag, l.Device, now)
	var held *DeviceCheckError
	err = s.store.Update(ctx, func(tx Tx) error {
		// Read again, and held: who disabled the account or changed its password
		// meanwhile has ended the sessions there were, and this one must not follow.
		var err error
		if u, err = tx.LockUser(ctx, session.UID); err != nil {
			return err
		}
		if u.Status != Active {
			return ErrDisabled
		}
		if u.PasswordHash != proven {
			return ErrCredentials
		}
		if held, err = holdUp(ctx, tx, u, l, now); err != nil || held != nil {
			return err
		}
		return open(ctx, tx, session, l.Device, now)
	})
	if err != nil {
		return SignedIn{}, err
	}
	if held != nil {
		return SignedIn{}, held
	}
	return SignedIn{User: u, Token: token}, nil
}

// byLogin returns the account with that username, the zero User when there is
// none. Not every database takes a text that no username can be.
func (s *service) byLogin(ctx context.Context, username string) (User, error) {
	if !text.Line(username, maxUsername) {
		return User{}, nil
	}
	u, err := s.store.UserByLogin(ctx, username)
	if errors.Is(err, ErrNotFound) {
		return User{}, nil
	}
	return u, err
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
