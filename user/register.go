package user

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/ruyi-im/ruyi/internal/text"
)

const maxName = 32

// shortNoTries is how many short numbers are drawn before giving up. Each try
// is one digit longer, so a full range is no obstacle.
const shortNoTries = 6

func (s *service) Register(ctx context.Context, r Registration) (SignedIn, error) {
	phone, err := r.Phone.normal()
	if err != nil {
		return SignedIn{}, err
	}
	if r.Code == "" {
		return SignedIn{}, ErrCodeMissing
	}
	r.Name = strings.TrimSpace(r.Name)
	if err := r.check(); err != nil {
		return SignedIn{}, err
	}
	// Hashing is dear and happens outside the transaction; a number that is
	// taken already need not pay for it.
	if exists, err := s.registered(ctx, phone); err != nil {
		return SignedIn{}, err
	} else if exists {
		return SignedIn{}, ErrExists
	}
	hash, err := s.hasher.hash(ctx, r.Password)
	if err != nil {
		return SignedIn{}, err
	}

	now := s.now()
	u := newUser(phone, r.Name, hash, now)
	session, token := s.newSession(u.UID, r.Flag, r.Device, now)
	var refusal error
	err = s.store.Update(ctx, func(tx Tx) error {
		refusal = nil
		// The lock lets a second registration of the phone see the first one's
		// account instead of colliding with it.
		if _, err := tx.LockCode(ctx, ForRegister, phone.whole()); err != nil {
			return err
		}
		if _, err := tx.UserByLogin(ctx, u.Username); err == nil {
			return ErrExists
		} else if !errors.Is(err, ErrNotFound) {
			return err
		}
		var err error
		if refusal, err = s.spendCode(ctx, tx, ForRegister, phone, r.Code, now); err != nil || refusal != nil {
			return err
		}
		if u, err = s.addUser(ctx, tx, u); err != nil {
			return err
		}
		return s.open(ctx, tx, session, r.Device, now)
	})
	if err == nil {
		err = refusal
	}
	if err != nil {
		return SignedIn{}, err
	}
	return SignedIn{User: u, Token: token}, nil
}

func (r Registration) check() error {
	if err := checkPassword(r.Password); err != nil {
		return err
	}
	if !text.Line(r.Name, maxName) {
		return ErrName
	}
	return checkClient(r.Flag, r.Device)
}

// checkClient refuses a flag or a device that no client sends.
func checkClient(f Flag, d Device) error {
	if f > FlagPC {
		return ErrFlag
	}
	if !text.Line(d.ID, maxDeviceID) || !text.Line(d.Name, 100) || !text.Line(d.Model, 100) {
		return ErrDevice
	}
	return nil
}

// registered reports whether phone has an account.
func (s *service) registered(ctx context.Context, phone Phone) (bool, error) {
	u, err := s.byLogin(ctx, phone.Username())
	return u.UID != "", err
}

func newUser(phone Phone, name, passwordHash string, now time.Time) User {
	if name == "" {
		name = "用户" + randomDigits(4)
	}
	return User{
		UID: newID(), Username: phone.Username(), Name: name, Phone: phone, Sex: Male,
		Vercode: newID() + "@1", QRVercode: newID() + "@3",
		PasswordHash: passwordHash, Settings: DefaultSettings(), Status: Active, CreatedAt: now,
	}
}

// addUser inserts u under a short number of its own and makes the system
// accounts its contacts.
func (s *service) addUser(ctx context.Context, tx Tx, u User) (User, error) {
	err := ErrTaken
	for n := 0; n < shortNoTries && errors.Is(err, ErrTaken); n++ {
		u.ShortNo = randomDigits(7 + n)
		err = tx.AddUser(ctx, u)
	}
	if err != nil {
		return u, err
	}
	for _, peer := range []string{SystemUID, FileHelperUID} {
		if err := tx.AddContact(ctx, u.UID, peer, u.CreatedAt); err != nil {
			return u, err
		}
	}
	// Tries from before there was an account were not at its password.
	return u, tx.ClearGuards(ctx, s.guardName(u.Username))
}
