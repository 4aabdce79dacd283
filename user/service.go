package user

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// minPepper is the least number of bytes of Options.Pepper.
const minPepper = 32

// SMS carries codes to phones.
type SMS interface {
	// Send delivers code to p. It must not keep or log either. An error is told
	// to the client as ErrSMS, but for ForReset, where it would tell that there is
	// an account; so would a long wait for a provider, which is why Send should
	// rather queue the message than wait until it is taken.
	Send(ctx context.Context, p Phone, purpose Purpose, code string) error
}

// Options are the settings of New. Pepper is required.
type Options struct {
	// Pepper is the secret of at least 32 bytes that password hashes and SMS
	// codes are keyed with. It belongs outside the database.
	Pepper []byte
	// SMS carries codes to phones. Default: sending is refused with ErrNoSMS.
	SMS SMS
	// DevCode makes every code this one and accepts it without one having been
	// sent, so that development needs no phone. SMS, where it is set, is still asked
	// to send it: not for real providers. The limits of tries stay. Six digits;
	// default off.
	DevCode string
	// Node is where clients connect for messages. Default: they are told no
	// address.
	Node Node
	// Directory is asked for the node of each user. Default: Node for all.
	Directory Directory
	// QRReread is how often a held poll of a login by QR code looks for a change
	// that another process made. Default one second.
	QRReread time.Duration
	// Blobs keeps uploaded pictures. Default: uploads are refused with
	// ErrNoUploads.
	Blobs BlobStore
	// Policy is what nobody may do here. Default: nothing.
	Policy Policy
	// Limits bound sessions, codes and guesses. Default: those of DefaultLimits.
	Limits Limits
	// SessionsChanged is called after each transaction that may have ended sessions
	// of a user, whatever came of it: a gateway closes the connections of those that
	// LiveSessions does not return. Default: nobody is told.
	SessionsChanged func(ctx context.Context, uid string)
	// NoAddressLimits takes all addresses for unknown ones, whose clients are not
	// limited together: for development, where everything comes from one machine.
	NoAddressLimits bool
	// Now is the clock. Default time.Now.
	Now func() time.Time
}

type service struct {
	store     Store
	cache     *sessionCache
	hasher    *hasher
	pepper    []byte
	sms       SMS
	devCode   string
	limits    Limits
	policy    Policy
	blobs     BlobStore // nil for none
	studio    *studio
	directory Directory
	polls     *qrPolls
	qrReread  time.Duration
	now       func() time.Time

	noAddressLimits bool
}

// New returns the service over store. It fails when Pepper is shorter than 32
// bytes, DevCode is neither empty nor six digits, or a limit is too weak.
func New(store Store, o Options) (Service, error) {
	if len(o.Pepper) < minPepper {
		return nil, fmt.Errorf("user: the pepper has %d bytes, at least %d are needed", len(o.Pepper), minPepper)
	}
	if o.DevCode != "" && (len(o.DevCode) != 6 || !isDigits(o.DevCode)) {
		return nil, fmt.Errorf("user: DevCode is not six digits")
	}
	studio, err := newStudio()
	if err != nil {
		return nil, err
	}
	limits, err := o.Limits.complete()
	if err != nil {
		return nil, err
	}
	cache := newSessionCache()
	s := &service{
		store: watched{store, cache, o.SessionsChanged}, cache: cache, hasher: newHasher(o.Pepper, limits.Hashes), pepper: o.Pepper,
		sms: o.SMS, devCode: o.DevCode, limits: limits, noAddressLimits: o.NoAddressLimits,
		policy: o.Policy, blobs: o.Blobs, studio: studio, directory: o.Directory,
		polls: newQRPolls(), qrReread: o.QRReread, now: o.Now,
	}
	if s.directory == nil {
		s.directory = o.Node
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.qrReread <= 0 {
		s.qrReread = defaultQRReread
	}
	return s, nil
}

// keyed returns the HMAC-SHA-256 of the parts under the pepper. What it is for
// comes first, so that no hash of one kind can stand for one of another.
func (s *service) keyed(purpose string, parts ...string) string {
	return hex.EncodeToString(mac(s.pepper, purpose, parts...))
}

func mac(key []byte, purpose string, parts ...string) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(purpose))
	for _, p := range parts {
		m.Write([]byte{0})
		m.Write([]byte(p))
	}
	return m.Sum(nil)
}

// newID returns 32 random hex digits.
func newID() string {
	id := uuid.New()
	return hex.EncodeToString(id[:])
}

// newToken returns a session token of 256 random bits and its hash.
func newToken() (token, hash string) {
	b := make([]byte, 32)
	rand.Read(b) // never fails
	token = hex.EncodeToString(b)
	return token, hashToken(token)
}

func hashToken(token string) string {
	h := sha256.Sum256([]byte(token))
	return hex.EncodeToString(h[:])
}

// randomDigits returns n random decimal digits.
func randomDigits(n int) string {
	d := make([]byte, 0, n)
	var b [1]byte
	for len(d) < n {
		rand.Read(b[:])
		if b[0] < 250 { // the largest multiple of ten, so that all are as likely
			d = append(d, '0'+b[0]%10)
		}
	}
	return string(d)
}
