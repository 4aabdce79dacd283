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
	// knows the login password (operation 13). ErrChatPwdMissing,
	// ErrLoginPwdMissing, ErrChatPwd, ErrLoginPwd, ErrBusy, ErrSession when the
	// account of uid is not active.
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
	proven, err := s.prove(ctx, uid, loginPwd)
	if err != nil {
		return err
	}
	return s.changeOwn(ctx, uid, func(u *User) error {
		if u.PasswordHash != proven {
			return ErrLoginPwd // it was changed meanwhile
		}
		u.ChatPwd = chatPwd
		return nil
	})
}

// prove returns the password hash of the acting user, once that matches the
// password given. Hashing is dear and happens outside any transaction.
func (s *service) prove(ctx context.Context, uid, password string) (hash string, err error) {
	if !text.Line(uid, maxUsername) {
		return "", ErrSession
	}
	u, err := s.store.User(ctx, uid)
	if errors.Is(err, ErrNotFound) {
		return "", ErrSession
	}
	if err != nil {
		return "", err
	}
	match, err := s.hasher.verify(ctx, password, u.PasswordHash)
	if err != nil {
		return "", err
	}
	if !match {
		return "", ErrLoginPwd
	}
	return u.PasswordHash, nil
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
