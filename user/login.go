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
	if err := l.check(); err != nil {
		return SignedIn{}, err
	}
	if s.hasher.full() {
		return SignedIn{}, ErrBusy // a rush is refused before it costs a read
	}
	u, err := s.byLogin(ctx, l.Username)
	if err != nil {
		return SignedIn{}, err
	}
	now := s.now()
	a := attempt{username: l.Username, device: l.Device.ID, from: l.Address}
	try, err := s.prove(ctx, a, u, l.Password, now)
	if err != nil {
		return SignedIn{}, err
	}
	if u.Status == Destroyed {
		return SignedIn{}, ErrCredentials
	}
	// Whoever gave up after the proof has a session all the same, as when the
	// answer is lost; a right password must not count as a wrong one.
	return s.signIn(context.WithoutCancel(ctx), l, u, try, now)
}

func (l Login) check() error {
	if l.Username == "" {
		return ErrUsernameMissing
	}
	if l.Password == "" {
		return ErrPasswordMissing
	}
	return checkClient(l.Flag, l.Device)
}

// signIn opens a session for u, whose password was right, or has it wait for the
// check of the device.
func (s *service) signIn(ctx context.Context, l Login, u User, try counted, now time.Time) (SignedIn, error) {
	session, token := s.newSession(u.UID, l.Flag, l.Device, now)
	proven := u.PasswordHash
	var held *DeviceCheckError
	err := s.store.Update(ctx, func(tx Tx) error {
		// Read again, and held: who disabled the account or changed its password
		// meanwhile has ended the sessions there were, and this one must not follow.
		var err error
		if u, err = tx.LockUser(ctx, session.UID); err != nil {
			return err
		}
		if u.PasswordHash != proven {
			return ErrCredentials
		}
		if u.Status != Active {
			return ErrDisabled
		}
		if err := try.clear(ctx, tx); err != nil {
			return err
		}
		if held, err = holdUp(ctx, tx, u, l, now); err != nil || held != nil {
			return err
		}
		return s.open(ctx, tx, session, l.Device, now)
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
