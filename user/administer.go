package user

import (
	"context"

	"github.com/ruyi-im/ruyi/internal/text"
)

// Administering is the back office: whoever calls it may do so, which is for the
// host to know. System accounts cannot be changed.
type Administering interface {
	// SetCategory puts the account into CategoryCustomerService or back into
	// CategoryNone, and tells its contacts to look again. ErrCategory,
	// ErrSystemAccount, ErrNotFound when there is no such account or it was
	// destroyed.
	SetCategory(ctx context.Context, uid string, c Category) error
	// Ban disables the account and ends all its sessions. Once more changes
	// nothing. ErrSystemAccount, ErrNotFound.
	Ban(ctx context.Context, uid string) error
	// Unban lets the account sign in again. ErrSystemAccount, ErrNotFound.
	Unban(ctx context.Context, uid string) error
	// SetPassword gives the account a new password, 8 to 128 characters, ends all
	// its sessions and lifts the waits after wrong passwords. ErrPasswordMissing,
	// ErrPasswordLength, ErrPasswordCommon, ErrBusy, ErrSystemAccount, ErrNotFound.
	SetPassword(ctx context.Context, uid, newPassword string) error
}

func (s *service) SetCategory(ctx context.Context, uid string, c Category) error {
	if c != CategoryNone && c != CategoryCustomerService {
		return ErrCategory
	}
	now := s.now()
	return s.administer(ctx, uid, func(tx Tx, u User) error {
		if u.Category == c {
			return nil
		}
		u.Category = c
		if err := tx.SaveUser(ctx, u); err != nil {
			return err
		}
		return announce(ctx, tx, uid, now)
	})
}

func (s *service) Ban(ctx context.Context, uid string) error {
	now := s.now()
	return s.administer(ctx, uid, func(tx Tx, u User) error {
		u.Status = Disabled
		if err := tx.SaveUser(ctx, u); err != nil {
			return err
		}
		return tx.EndSessions(ctx, uid, "", now)
	})
}

func (s *service) Unban(ctx context.Context, uid string) error {
	return s.administer(ctx, uid, func(tx Tx, u User) error {
		u.Status = Active
		return tx.SaveUser(ctx, u)
	})
}

func (s *service) SetPassword(ctx context.Context, uid, newPassword string) error {
	if err := checkPassword(newPassword); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, newPassword)
	if err != nil {
		return err
	}
	now := s.now()
	return s.administer(ctx, uid, func(tx Tx, u User) error {
		u.PasswordHash = hash
		if err := tx.SaveUser(ctx, u); err != nil {
			return err
		}
		if err := tx.ClearGuards(ctx, s.guardName(u.Username)); err != nil {
			return err
		}
		return tx.EndSessions(ctx, uid, "", now)
	})
}

// administer lets change work on the account of uid, in one transaction, unless
// it belongs to the system or was destroyed, which nothing undoes.
func (s *service) administer(ctx context.Context, uid string, change func(tx Tx, u User) error) error {
	if !text.Line(uid, maxUsername) {
		return ErrNotFound
	}
	return s.store.Update(ctx, func(tx Tx) error {
		u, err := tx.LockUser(ctx, uid)
		switch {
		case err != nil:
			return err
		case u.Category == CategorySystem:
			return ErrSystemAccount
		case u.Status == Destroyed:
			return ErrNotFound
		}
		return change(tx, u)
	})
}
