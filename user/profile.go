package user

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/ruyi-im/ruyi/internal/text"
	"github.com/ruyi-im/ruyi/message"
)

// Profiling changes what people see of an account and how it behaves.
type Profiling interface {
	// UpdateProfile makes all changes of c or none, and tells the contacts of uid
	// and its other devices to look again (operation 21). Nothing given, or nothing
	// new, changes and tells nothing. ErrNameMissing, ErrName, ErrSex, ErrShortNo,
	// ErrShortNoFixed, ErrShortNoChanged, ErrTaken, ErrMsgExpire, ErrSession when
	// the account of uid is not active.
	UpdateProfile(ctx context.Context, uid string, c ProfileChange) error
	// UpdateSettings changes the switches that c gives. ErrSession when the account
	// of uid is not active.
	UpdateSettings(ctx context.Context, uid string, c SettingsChange) error
}

// Accounts changes accounts that exist.
type Accounts interface {
	// LockUser returns the account with that uid and holds it until the end.
	// ErrNotFound.
	LockUser(ctx context.Context, uid string) (User, error)
	// SaveUser stores of the locked account u its name, sex, category, password
	// hash, settings, client locks, message expiry and status.
	SaveUser(ctx context.Context, u User) error
	// SaveShortNo gives the locked account of uid a short number and remembers
	// that it was chosen. ErrTaken when another account has it, in either case;
	// then the transaction can only be undone.
	SaveShortNo(ctx context.Context, uid, shortNo string) error
}

// ProfileChange is the input of UpdateProfile; nil changes nothing.
type ProfileChange struct {
	Name *string // 1 to 32 characters besides space around them, which is cut
	Sex  *int    // Female or Male
	// ShortNo is 6 to 20 letters, digits, "_" and "-", first a letter and with a
	// digit among them. It can be chosen once; the one the account has is no
	// choice.
	ShortNo         *string
	MsgExpireSecond *int // 0, for ever, to MaxMsgExpireSecond
	Settings        SettingsChange
}

// MaxMsgExpireSecond is the longest life of messages but for ever: a year.
const MaxMsgExpireSecond = 365 * 24 * 60 * 60

func (s *service) UpdateProfile(ctx context.Context, uid string, c ProfileChange) error {
	if err := c.normalize(); err != nil {
		return err
	}
	now := s.now()
	return s.store.Update(ctx, func(tx Tx) error {
		u, err := lockOwn(ctx, tx, uid)
		if err != nil {
			return err
		}
		was := u
		c.apply(&u)
		if u.ShortNo != was.ShortNo {
			if err := s.saveShortNo(ctx, tx, u); err != nil {
				return err
			}
		}
		if u == was {
			return nil
		}
		if err := tx.SaveUser(ctx, u); err != nil {
			return err
		}
		return announce(ctx, tx, uid, now)
	})
}

// normalize refuses what no account may have.
func (c *ProfileChange) normalize() error {
	if c.Name != nil {
		name := strings.TrimSpace(*c.Name)
		if name == "" {
			return ErrNameMissing
		}
		if !text.Line(name, maxName) {
			return ErrName
		}
		c.Name = &name
	}
	if c.Sex != nil && *c.Sex != Female && *c.Sex != Male {
		return ErrSex
	}
	if n := c.MsgExpireSecond; n != nil && (*n < 0 || *n > MaxMsgExpireSecond) {
		return ErrMsgExpire
	}
	return nil
}

func (c *ProfileChange) apply(u *User) {
	set(&u.Name, c.Name)
	set(&u.Sex, c.Sex)
	set(&u.ShortNo, c.ShortNo)
	if c.MsgExpireSecond != nil {
		u.MsgExpireSecond = int64(*c.MsgExpireSecond)
	}
	c.Settings.apply(&u.Settings)
}

// saveShortNo stores a short number that differs from the one u had.
func (s *service) saveShortNo(ctx context.Context, tx Tx, u User) error {
	switch {
	case s.policy.ShortNoFixed:
		return ErrShortNoFixed
	case u.ShortNoChanged:
		return ErrShortNoChanged
	case !validShortNo(u.ShortNo):
		return ErrShortNo
	}
	return tx.SaveShortNo(ctx, u.UID, u.ShortNo)
}

// validShortNo reports whether a user may choose that short number. One that
// begins with a letter is never somebody's phone number, nor one that
// registration draws.
func validShortNo(no string) bool {
	if len(no) < 6 || len(no) > 20 || !isLetter(no[0]) {
		return false
	}
	for i := range len(no) {
		if c := no[i]; !isLetter(c) && !isDigits(no[i:i+1]) && c != '_' && c != '-' {
			return false
		}
	}
	return strings.ContainsAny(no, "0123456789")
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// set assigns what was given.
func set[T any](field, given *T) {
	if given != nil {
		*field = *given
	}
}

// changeOwn lets change work on the acting user's account, in one transaction.
func (s *service) changeOwn(ctx context.Context, uid string, change func(u *User) error) error {
	return s.store.Update(ctx, func(tx Tx) error {
		u, err := lockOwn(ctx, tx, uid)
		if err != nil {
			return err
		}
		if err := change(&u); err != nil {
			return err
		}
		return tx.SaveUser(ctx, u)
	})
}

// lockOwn returns the account of the acting user. One that is gone or disabled
// since the request came in is told what its next request would be.
func lockOwn(ctx context.Context, tx Tx, uid string) (User, error) {
	if !text.Line(uid, maxUsername) {
		return User{}, ErrSession
	}
	u, err := tx.LockUser(ctx, uid)
	if errors.Is(err, ErrNotFound) || err == nil && u.Status != Active {
		return User{}, ErrSession
	}
	return u, err
}

// announce tells the contacts of uid, and its own devices, to read again what
// they show of it.
func announce(ctx context.Context, tx Tx, uid string, now time.Time) error {
	contacts, err := tx.Contacts(ctx, uid)
	if err != nil {
		return err
	}
	return tx.Emit(ctx, message.Command(now, "channelUpdate", map[string]any{
		"channel_id": uid, "channel_type": message.Person,
	}, append(contacts, uid)...))
}
