package user

import (
	"context"
	"errors"
	"time"

	"github.com/ruyi-im/ruyi/internal/text"
)

// PushType names the service that carries notices to a device. The values are
// the wire's.
type PushType string

// The services.
const (
	PushIOS      PushType = "IOS"
	PushMI       PushType = "MI"
	PushHMS      PushType = "HMS"
	PushOPPO     PushType = "OPPO"
	PushVIVO     PushType = "VIVO"
	PushFirebase PushType = "FIREBASE"
)

// MaxBadge is the largest number on the icon of a client.
const MaxBadge = 99999

// The length of what a client tells of its push service, in characters.
const (
	maxPushToken = 200
	maxBundleID  = 100
)

// PushDevice is where notices go while a user is not connected.
type PushDevice struct {
	Token    string // by which the service knows the device, at most 200 characters
	Type     PushType
	BundleID string // the client's name at its vendor, at most 100 characters
}

// PushTarget is what a sender of notices needs to know.
type PushTarget struct {
	PushDevice
	Badge int // on the icon of the client before the notice
}

// Pushing keeps where notices go: to one device a user, and to one user a device.
type Pushing interface {
	// RegisterPush makes d the device of uid, and of nobody else (operation 6). It
	// stays so while the session with the token hash lives, or until UnregisterPush
	// when that is "". ErrPushTokenMissing, ErrPushTypeMissing, ErrBundleMissing,
	// ErrPushToken, ErrPushType, ErrBundle, ErrNotFound.
	RegisterPush(ctx context.Context, uid, session string, d PushDevice) error

	// UnregisterPush stops notices to uid (operation 7).
	UnregisterPush(ctx context.Context, uid string) error

	// SetBadge sets the number on the icon of uid's client, 0 to MaxBadge, which
	// the next notice counts on from (operation 8). Without a device there is none
	// to keep. ErrBadge.
	SetBadge(ctx context.Context, uid string, badge int) error

	// PushTarget returns where notices to uid go, and whether they go anywhere.
	PushTarget(ctx context.Context, uid string) (t PushTarget, ok bool, err error)
}

// PushReader reads where notices go.
type PushReader interface {
	// PushTarget returns the device of uid whose session lives at now, or has none.
	// ErrNotFound.
	PushTarget(ctx context.Context, uid string, now time.Time) (PushTarget, error)
}

// PushTx changes where notices go.
type PushTx interface {
	// SavePush makes d the one device of uid, for as long as the session with the
	// token hash lives or for good when that is "", and takes it from whoever had
	// it. The badge stays. Callers hold the account, see Accounts.LockUser.
	SavePush(ctx context.Context, uid, session string, d PushDevice) error
	// RemovePush forgets device and badge of uid.
	RemovePush(ctx context.Context, uid string) error
	// SaveBadge sets the badge of the device of uid, if there is one.
	SaveBadge(ctx context.Context, uid string, badge int) error
}

func (s *service) RegisterPush(ctx context.Context, uid, session string, d PushDevice) error {
	if err := d.check(); err != nil {
		return err
	}
	return s.store.Update(ctx, func(tx Tx) error {
		if _, err := tx.LockUser(ctx, uid); err != nil {
			return err
		}
		return tx.SavePush(ctx, uid, session, d)
	})
}

func (d PushDevice) check() error {
	switch {
	case d.Token == "":
		return ErrPushTokenMissing
	case d.Type == "":
		return ErrPushTypeMissing
	case d.BundleID == "":
		return ErrBundleMissing
	case !text.Line(d.Token, maxPushToken):
		return ErrPushToken
	case !text.Line(d.BundleID, maxBundleID):
		return ErrBundle
	}
	switch d.Type {
	case PushIOS, PushMI, PushHMS, PushOPPO, PushVIVO, PushFirebase:
		return nil
	default:
		return ErrPushType
	}
}

func (s *service) UnregisterPush(ctx context.Context, uid string) error {
	return s.store.Update(ctx, func(tx Tx) error { return tx.RemovePush(ctx, uid) })
}

func (s *service) SetBadge(ctx context.Context, uid string, badge int) error {
	if badge < 0 || badge > MaxBadge {
		return ErrBadge
	}
	return s.store.Update(ctx, func(tx Tx) error { return tx.SaveBadge(ctx, uid, badge) })
}

func (s *service) PushTarget(ctx context.Context, uid string) (PushTarget, bool, error) {
	if !text.Line(uid, maxUsername) {
		return PushTarget{}, false, nil
	}
	t, err := s.store.PushTarget(ctx, uid, s.now())
	if errors.Is(err, ErrNotFound) {
		return PushTarget{}, false, nil
	}
	return t, err == nil, err
}
