package user

import (
	"context"
	"errors"
)

func (s *service) ChangePassword(ctx context.Context, session Session, old, password string) error {
	if old == "" {
		return ErrPasswordMissing
	}
	if password == "" {
		return ErrNewPasswordMissing
	}
	if err := checkPassword(password); err != nil {
		return err
	}
	u, err := s.store.User(ctx, session.UID)
	if errors.Is(err, ErrNotFound) {
		return ErrSession
	}
	if err != nil {
		return err
	}
	now := s.now()
	try, err := s.prove(ctx, attempt{username: u.Username, device: session.DeviceID}, u, old, now)
	if errors.Is(err, ErrCredentials) {
		return ErrOldPassword
	}
	if err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	return s.store.Update(ctx, func(tx Tx) error {
		// Read again: somebody else may have changed it meanwhile.
		current, err := tx.LockUser(ctx, u.UID)
		if err != nil {
			return err
		}
		if current.Status != Active {
			return ErrSession
		}
		if current.PasswordHash != u.PasswordHash {
			return ErrOldPassword
		}
		current.PasswordHash = hash
		if err := tx.SaveUser(ctx, current); err != nil {
			return err
		}
		if err := try.clear(ctx, tx); err != nil {
			return err
		}
		return tx.EndSessions(ctx, u.UID, session.TokenHash, now)
	})
}
