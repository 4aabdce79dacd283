package user

import (
	"context"
	"errors"
	"time"
)

func (s *service) FinishQRLogin(ctx context.Context, f QRFinish) (SignedIn, error) {
	if f.AuthCode == "" {
		return SignedIn{}, ErrAuthCodeMissing
	}
	if f.Flag > FlagPC {
		return SignedIn{}, ErrFlag
	}
	if f.Flag == FlagApp {
		f.Flag = FlagWeb // an app's session would end the phone's
	}
	now := s.now()
	var signed SignedIn
	err := s.store.Update(ctx, func(tx Tx) error {
		q, err := lockByCode(ctx, tx, f.AuthCode, QRGranted, now)
		if err != nil {
			return err
		}
		if !q.startedBy(f.Secret, f.Address) {
			return ErrAuthCode
		}
		session, token := s.newSession(q.UID, f.Flag, q.Device, now)
		// This locks the account; what is read from here on stays true.
		if err := s.open(ctx, tx, session, q.Device, now); err != nil {
			return err
		}
		if err := stillGranted(ctx, tx, q, now); err != nil {
			return err
		}
		u, err := tx.User(ctx, q.UID)
		if err != nil {
			return err
		}
		signed = SignedIn{User: u, Token: token}
		return tx.DeleteQRLogin(ctx, q.UUID) // used up
	})
	if err != nil {
		return SignedIn{}, err
	}
	return signed, nil
}

// stillGranted refuses a login whose account was disabled, or whose phone was
// signed out, after it was granted.
func stillGranted(ctx context.Context, tx Tx, q QRLogin, now time.Time) error {
	phone, status, err := tx.Session(ctx, q.Session)
	if errors.Is(err, ErrNotFound) {
		return ErrAuthCode
	}
	if err != nil {
		return err
	}
	if status != Active {
		return ErrDisabled
	}
	if !now.Before(phone.ExpiresAt) {
		return ErrAuthCode
	}
	return nil
}
