package user

import (
	"context"
	"errors"
	"net/netip"
)

// ForReset is the purpose of a code that lets its owner choose a new password.
const ForReset Purpose = 2

// Passwords replaces passwords.
type Passwords interface {
	// SendResetCode sends a six-digit code for ResetPassword to phone. Whether the
	// phone has an account is not told: without one nothing is sent, and a
	// provider that fails is not mentioned. ErrZoneMissing, ErrPhoneMissing,
	// ErrPhone, ErrNoSMS, ErrTooOften, ErrTooMany, ErrAddressLimit, ErrSMSBudget.
	SendResetCode(ctx context.Context, phone Phone, from netip.Addr) error

	// ResetPassword gives the account of a phone a new password, ends all its
	// sessions and lifts the waits after wrong passwords. ErrZoneMissing,
	// ErrPhoneMissing, ErrPhone, ErrCodeMissing, ErrPasswordMissing,
	// ErrPasswordLength, ErrPasswordCommon, ErrAddressLimit, ErrBusy, ErrCode,
	// ErrCodeLocked, ErrDisabled.
	ResetPassword(ctx context.Context, r Reset) error

	// ChangePassword replaces the old password of the account of a session, which
	// goes on while all others end. A wrong old password counts like a login.
	// ErrPasswordMissing, ErrNewPasswordMissing, ErrPasswordLength,
	// ErrPasswordCommon, ErrBusy, ErrTooManyLogins, ErrOldPassword, ErrSession.
	ChangePassword(ctx context.Context, session Session, old, password string) error
}

// Reset is the input of ResetPassword.
type Reset struct {
	Phone    Phone
	Code     string     // as sent by SMS
	Password string     // the new one, 8 to 128 characters
	Address  netip.Addr // of the client, for the limits per address; may be zero
}

func (s *service) SendResetCode(ctx context.Context, phone Phone, from netip.Addr) error {
	phone, err := phone.normal()
	if err != nil {
		return err
	}
	if !s.canSend() {
		return ErrNoSMS
	}
	u, err := s.byLogin(ctx, phone.Username())
	if err != nil {
		return err
	}
	to := sending{purpose: ForReset, phone: phone, uid: u.UID, from: from}
	if u.Status != Active {
		// Nobody is treated like somebody, up to the last step.
		to.silent, to.uid = true, s.keyed("nobody", phone.Username())
	}
	err = s.sendCode(ctx, to)
	if errors.Is(err, ErrSMS) {
		return nil // only accounts can have this trouble
	}
	return err
}

func (s *service) ResetPassword(ctx context.Context, r Reset) error {
	phone, err := r.Phone.normal()
	if err != nil {
		return err
	}
	if r.Code == "" {
		return ErrCodeMissing
	}
	if err := checkPassword(r.Password); err != nil {
		return err
	}
	now := s.now()
	if err := s.allow(ctx, now, s.passwordsFrom(r.Address)...); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, r.Password)
	if err != nil {
		return err
	}
	var refusal error
	err = s.store.Update(ctx, func(tx Tx) error {
		refusal = nil
		var err error
		if refusal, err = s.spendCode(ctx, tx, ForReset, phone, r.Code, now); err != nil || refusal != nil {
			return err
		}
		u, err := tx.UserByLogin(ctx, phone.Username())
		if err == nil {
			u, err = tx.LockUser(ctx, u.UID)
		}
		if errors.Is(err, ErrNotFound) || err == nil && u.Status == Destroyed {
			refusal = ErrCode
			return nil
		}
		if err != nil {
			return err
		}
		if u.Status != Active {
			return ErrDisabled
		}
		u.PasswordHash = hash
		if err := tx.SaveUser(ctx, u); err != nil {
			return err
		}
		if err := tx.ClearGuards(ctx, s.guardName(u.Username)); err != nil {
			return err
		}
		return tx.EndSessions(ctx, u.UID, "", now)
	})
	if err == nil {
		err = refusal
	}
	return err
}
