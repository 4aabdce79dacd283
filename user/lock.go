package user

import (
	"context"
	"errors"

	"github.com/ruyi-im/ruyi/internal/text"
)

// Locking keeps the locks that clients put on themselves: nothing here enforces
// them. Passwords are stored as clients send them, which is hashed, and handed
// out at login.
type Locking interface {
	// SetChatPassword stores what unlocks chats, at most 40 characters, for whoever
	// knows the login password (operation 13); a wrong one counts like a login.
	// ErrChatPwdMissing, ErrLoginPwdMissing, ErrChatPwd, ErrTooManyLogins,
	// ErrLoginPwd, ErrBusy, ErrSession when the account of uid is not active.
	SetChatPassword(ctx context.Context, uid, chatPwd, loginPwd string) error
	// SetLockScreenPassword stores what unlocks the whole client, at most 40
	// characters. ErrLockScreenPwdMissing, ErrLockScreenPwd, ErrSession.
	SetLockScreenPassword(ctx context.Context, uid, pwd string) error
	// RemoveLockScreenPassword forgets it. ErrSession.
	RemoveLockScreenPassword(ctx context.Context, uid string) error
	// SetLockAfter stores after how many minutes the client locks, 0 to
	// MaxLockMinutes. ErrLockTooSoon, ErrLockTooLate, ErrSession.
	SetLockAfter(ctx context.Context, uid string, minutes int) error
}

// MaxLockMinutes is the longest time a client stays unlocked while nobody uses
// it.
const MaxLockMinutes = 60

// maxLockPwd is the length of a client's lock password in characters.
const maxLockPwd = 40

func (s *service) SetChatPassword(ctx context.Context, uid, chatPwd, loginPwd string) error {
	if chatPwd == "" {
		return ErrChatPwdMissing
	}
	if loginPwd == "" {
		return ErrLoginPwdMissing
	}
	if !text.Line(chatPwd, maxLockPwd) {
		return ErrChatPwd
	}
	proven, try, err := s.provenHash(ctx, uid, loginPwd)
	if err != nil {
		return err
	}
	return s.store.Update(ctx, func(tx Tx) error {
		u, err := lockOwn(ctx, tx, uid)
		if err != nil {
			return err
		}
		if u.PasswordHash != proven {
			return ErrLoginPwd // it was changed meanwhile
		}
		if err := try.clear(ctx, tx); err != nil {
			return err
		}
		u.ChatPwd = chatPwd
		return tx.SaveUser(ctx, u)
	})
}

// provenHash returns the password hash of the acting user, once that matches the
// password given, and the try to clear then.
func (s *service) provenHash(ctx context.Context, uid, password string) (hash string, try counted, err error) {
	if !text.Line(uid, maxUsername) {
		return "", try, ErrSession
	}
	u, err := s.store.User(ctx, uid)
	if errors.Is(err, ErrNotFound) {
		return "", try, ErrSession
	}
	if err != nil {
		return "", try, err
	}
	try, err = s.prove(ctx, attempt{username: u.Username}, u, password, s.now())
	if errors.Is(err, ErrCredentials) {
		err = ErrLoginPwd
	}
	return u.PasswordHash, try, err
}

func (s *service) SetLockScreenPassword(ctx context.Context, uid, pwd string) error {
	if pwd == "" {
		return ErrLockScreenPwdMissing
	}
	if !text.Line(pwd, maxLockPwd) {
		return ErrLockScreenPwd
	}
	return s.changeOwn(ctx, uid, func(u *User) error {
		u.LockScreenPwd = pwd
		return nil
	})
}

func (s *service) RemoveLockScreenPassword(ctx context.Context, uid string) error {
	return s.changeOwn(ctx, uid, func(u *User) error {
		u.LockScreenPwd = ""
		return nil
	})
}

func (s *service) SetLockAfter(ctx context.Context, uid string, minutes int) error {
	if minutes < 0 {
		return ErrLockTooSoon
	}
	if minutes > MaxLockMinutes {
		return ErrLockTooLate
	}
	return s.changeOwn(ctx, uid, func(u *User) error {
		u.LockAfterMinute = minutes
		return nil
	})
}
