package user

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"github.com/ruyi-im/ruyi/internal/text"
)

// Limits of logins that wait for a code.
const (
	DeviceCheckLife = 5 * time.Minute
	MaxDeviceChecks = 10 // of one user at a time; more end the oldest
)

// VerifyingDevices lets a login through that the device lock of its account
// holds up, see DeviceCheckError.
type VerifyingDevices interface {
	// SendDeviceCode sends a code to the phone of uid for the login that waits for
	// one (operation 17). The login is named by its challenge or, with an empty
	// one, by the address it came from. Where no login waits nothing is sent, and
	// nothing tells. ErrUIDMissing, ErrDeviceAmbiguous, ErrPhoneMissing, ErrNoSMS,
	// ErrTooOften, ErrTooMany, ErrSMS.
	SendDeviceCode(ctx context.Context, uid, challenge string, from netip.Addr) error

	// VerifyDevice opens the session that waited for the code, and remembers its
	// device (operation 18). ErrUIDMissing, ErrCodeMissing, ErrDeviceExpired,
	// ErrDeviceAmbiguous, ErrDisabled, ErrCode, ErrCodeLocked.
	VerifyDevice(ctx context.Context, p DeviceProof) (SignedIn, error)
}

// DeviceProof is the input of VerifyingDevices.VerifyDevice.
type DeviceProof struct {
	UID       string
	Challenge string     // of the DeviceCheckError; "" names the login by Address
	Code      string     // as sent by SMS
	Address   netip.Addr // of the client
}

// DeviceCheckError refuses a login whose password was right: the account has its
// device lock on, and does not know the device yet. A code sent to the phone
// lets the login through, see VerifyingDevices. It is an ErrDeviceCheck.
type DeviceCheckError struct {
	UID       string
	Phone     string // with stars in its middle, "" when it is too short for them
	Challenge string // names the login for DeviceCheckLife; a secret, told once
}

// Error returns the text of ErrDeviceCheck, for logs.
func (e *DeviceCheckError) Error() string { return ErrDeviceCheck.Error() }

// Unwrap returns ErrDeviceCheck.
func (e *DeviceCheckError) Unwrap() error { return ErrDeviceCheck }

// DeviceCheck is a login that waits for a code.
type DeviceCheck struct {
	Challenge string // SHA-256 of the challenge in hex
	UID       string
	Address   netip.Addr // where the login came from, zero when not known
	Flag      Flag
	Device    Device
	ExpiresAt time.Time
}

// DeviceCheckReader reads the logins that wait for a code.
type DeviceCheckReader interface {
	// DeviceChecks returns those of uid, expired or not, the newest first.
	DeviceChecks(ctx context.Context, uid string) ([]DeviceCheck, error)
}

// DeviceCheckTx changes the logins that wait for a code. Callers hold the
// account, see Accounts.LockUser.
type DeviceCheckTx interface {
	// AddDeviceCheck inserts c and deletes the user's checks that it replaces: of
	// the same device, those expired at now, and the oldest ones beyond keep.
	AddDeviceCheck(ctx context.Context, c DeviceCheck, now time.Time, keep int) error
	// RemoveDeviceCheck deletes the check with that challenge.
	RemoveDeviceCheck(ctx context.Context, challenge string) error
}

// holdUp returns the refusal of a login that the device lock of u holds up, and
// stores what waits; nil when it may pass.
func holdUp(ctx context.Context, tx Tx, u User, l Login, now time.Time) (*DeviceCheckError, error) {
	if l.Flag != FlagApp || !u.Settings.DeviceLock {
		return nil, nil
	}
	if l.Device.ID == "" {
		return nil, ErrDeviceMissing
	}
	if _, err := tx.DeviceOf(ctx, u.UID, l.Device.ID); !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	challenge, hash := newToken()
	err := tx.AddDeviceCheck(ctx, DeviceCheck{
		Challenge: hash, UID: u.UID, Address: l.Address.Unmap(), Flag: l.Flag, Device: l.Device,
		ExpiresAt: now.Add(DeviceCheckLife),
	}, now, MaxDeviceChecks)
	return &DeviceCheckError{UID: u.UID, Phone: u.Phone.starred(), Challenge: challenge}, err
}

// starred returns the number with its middle hidden.
func (p Phone) starred() string {
	n := p.Number
	if len(n) <= 5 {
		return ""
	}
	return n[:3] + "******" + n[len(n)-2:]
}

// waiting returns the login of uid that waits for a code: the one with that
// challenge, or the only one from that address. Two from one address would let
// the code of one person let in another. ErrDeviceExpired, ErrDeviceAmbiguous.
func waiting(ctx context.Context, r DeviceCheckReader, uid, challenge string, from netip.Addr, now time.Time) (DeviceCheck, error) {
	if !text.Line(uid, maxUsername) {
		return DeviceCheck{}, ErrDeviceExpired
	}
	checks, err := r.DeviceChecks(ctx, uid)
	if err != nil {
		return DeviceCheck{}, err
	}
	var found []DeviceCheck
	for _, c := range checks {
		named := c.Challenge == hashToken(challenge)
		if challenge == "" {
			named = from.IsValid() && c.Address == from.Unmap()
		}
		if named && now.Before(c.ExpiresAt) {
			found = append(found, c)
		}
	}
	switch len(found) {
	case 0:
		return DeviceCheck{}, ErrDeviceExpired
	case 1:
		return found[0], nil
	default:
		return DeviceCheck{}, ErrDeviceAmbiguous
	}
}

func (s *service) SendDeviceCode(ctx context.Context, uid, challenge string, from netip.Addr) error {
	if uid == "" {
		return ErrUIDMissing
	}
	c, err := waiting(ctx, s.store, uid, challenge, from, s.now())
	if errors.Is(err, ErrDeviceExpired) {
		return nil
	}
	if err != nil {
		return err
	}
	u, err := s.store.User(ctx, c.UID)
	if err != nil {
		return err
	}
	switch {
	case u.Status != Active:
		return nil
	case u.Phone.Number == "":
		return ErrPhoneMissing
	case !s.canSend():
		return ErrNoSMS
	}
	return s.sendCode(ctx, sending{
		purpose: ForDevice, phone: u.Phone, bound: []string{c.Device.ID}, uid: u.UID, from: from,
	})
}

func (s *service) VerifyDevice(ctx context.Context, p DeviceProof) (SignedIn, error) {
	if p.UID == "" {
		return SignedIn{}, ErrUIDMissing
	}
	if p.Code == "" {
		return SignedIn{}, ErrCodeMissing
	}
	now := s.now()
	// Nobody may hold up an account with calls that lead nowhere.
	if _, err := waiting(ctx, s.store, p.UID, p.Challenge, p.Address, now); err != nil {
		return SignedIn{}, err
	}
	var signed SignedIn
	var refusal error
	err := s.store.Update(ctx, func(tx Tx) (err error) {
		signed, refusal, err = s.letIn(ctx, tx, p, now)
		return err
	})
	if err == nil {
		err = refusal
	}
	if err != nil {
		return SignedIn{}, err
	}
	return signed, nil
}

// letIn spends the code and the check, and opens the session. The refusal of a
// code is a result, see spendCode.
func (s *service) letIn(ctx context.Context, tx Tx, p DeviceProof, now time.Time) (in SignedIn, refusal, err error) {
	u, err := tx.LockUser(ctx, p.UID)
	if err != nil {
		return SignedIn{}, nil, err
	}
	c, err := waiting(ctx, tx, p.UID, p.Challenge, p.Address, now)
	if err != nil {
		return SignedIn{}, nil, err
	}
	switch u.Status {
	case Active:
	case Destroyed:
		return SignedIn{}, nil, ErrDeviceExpired
	default:
		return SignedIn{}, nil, ErrDisabled
	}
	if refusal, err = s.spendCode(ctx, tx, ForDevice, u.Phone, p.Code, now, c.Device.ID); err != nil || refusal != nil {
		return SignedIn{}, refusal, err
	}
	if err := tx.RemoveDeviceCheck(ctx, c.Challenge); err != nil {
		return SignedIn{}, nil, err
	}
	session, token := s.newSession(u.UID, c.Flag, c.Device, now)
	return SignedIn{User: u, Token: token}, nil, s.open(ctx, tx, session, c.Device, now)
}
