package user

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"net/netip"
	"time"

	"github.com/ruyi-im/ruyi/internal/text"
)

// Life times and limits of logins by QR code.
const (
	QRScanTime    = time.Minute     // from the picture to the scan
	QRConfirmTime = 2 * time.Minute // from the scan to the grant
	QRFinishTime  = time.Minute     // from the grant to the session
	MaxQRKey      = 2048            // characters of key material that clients exchange
)

// QRStatus tells how far a login by QR code has come.
type QRStatus uint8

// The states of a login by QR code, in their order.
const (
	QRWaiting QRStatus = 0 // for somebody to scan the picture
	QRScanned QRStatus = 1 // by a signed-in app, which has not granted the login yet
	QRGranted QRStatus = 2 // the computer may sign in
	QRExpired QRStatus = 3 // or never there, or none of the caller's; not stored
)

// QRLogin is a login of a computer that waits for a phone. The UUID is in a
// picture that anybody in sight can read: it finds a login and proves nothing.
type QRLogin struct {
	UUID      string // 32 hex digits, 128 random bits
	Status    QRStatus
	PubKey    string     // of the computer, for the phone; opaque
	Encrypt   string     // of the phone, for the computer; opaque
	Address   netip.Addr // of the computer
	Secret    string     // SHA-256 in hex of what only the computer knows, "" when it asked for none
	Device    Device     // the computer
	UID       string     // who scanned
	Session   string     // hash of the token of the session that scanned
	Code      string     // SHA-256 in hex of the code of the next step, "" while waiting
	ExpiresAt time.Time  // end of the current step
}

// SigningInByQR lets a computer sign in by a picture that a phone scans.
//
// The computer starts a login, shows the UUID as a picture and polls. The phone
// scans, shows its user who asks, and grants with the code of the scan. The
// computer learns a code of its own from its next poll and finishes with it.
// Both codes are 64 hex digits derived from the UUID, the scanning session and
// the pepper, each for one step: they can be told again when an answer was lost,
// while the database holds their hashes only.
//
// Only the computer that started a login can poll and finish it: it must have
// the same address (for IPv6 the same /64 network) and, if it asked for a
// secret, know that.
type SigningInByQR interface {
	// StartQRLogin begins a login, which has QRScanTime to be scanned. ErrDevice,
	// ErrQRKey.
	StartQRLogin(ctx context.Context, q QRStart) (QRTicket, error)

	// PollQRLogin tells how far a login has come. While there is nothing new it
	// holds the answer back for p.Wait: nothing new is a login that waits for its
	// scan, or one whose scan this process has told before. It ends early when
	// p.Stop is closed, with what is known, and with ctx, with its error. A login
	// that is over, unknown or somebody else's is QRExpired. ErrBusy when too many
	// wait already.
	PollQRLogin(ctx context.Context, p QRPoll) (QRState, error)

	// ScanQRLogin marks a login as scanned by a session, which has QRConfirmTime
	// to grant it (operation 47). Scanning again from the same session answers the
	// same and gives no more time. ErrQRCode when there is no such login or
	// somebody else scanned it, ErrNotApp when the session is not an app's.
	ScanQRLogin(ctx context.Context, scanner Session, uuid string) (QRScan, error)

	// GrantQRLogin lets the computer sign in as the account of scanner, which must
	// be the session that scanned; the computer has QRFinishTime (operation 9).
	// encrypt is handed to it. ErrAuthCodeMissing, ErrQRKey, ErrAuthCode,
	// ErrNotLoginCode, ErrScanner.
	GrantQRLogin(ctx context.Context, scanner Session, authCode, encrypt string) error

	// FinishQRLogin turns the computer's code into a new session, once.
	// ErrAuthCodeMissing, ErrFlag, ErrAuthCode, ErrNotLoginCode, ErrDisabled.
	FinishQRLogin(ctx context.Context, f QRFinish) (SignedIn, error)
}

// QRStart is the input of StartQRLogin.
type QRStart struct {
	Device  Device     // the computer; may be zero
	PubKey  string     // handed to the phone, at most MaxQRKey characters
	Bind    bool       // ask for a secret
	Address netip.Addr // of the computer
}

// QRTicket is what a computer needs to go on with a login.
type QRTicket struct {
	UUID   string
	Secret string // 64 hex digits, told once; "" unless asked for
}

// QRPoll is the input of PollQRLogin.
type QRPoll struct {
	UUID    string
	Secret  string          // of the ticket
	Address netip.Addr      // of the computer
	Wait    time.Duration   // how long to hold the answer back; 0 or less for not at all
	Stop    <-chan struct{} // closed when nobody should wait any longer; may be nil
}

// QRState is how far a login has come, as far as the computer may know.
type QRState struct {
	Status   QRStatus
	UID      string // who scanned, from QRScanned on
	AuthCode string // for FinishQRLogin, when QRGranted
	Encrypt  string // as the phone sent it, when QRGranted
}

// QRScan is what the phone needs to ask its user, and to grant.
type QRScan struct {
	AuthCode string     // for GrantQRLogin
	PubKey   string     // of the computer
	Device   Device     // the computer
	Address  netip.Addr // of the computer
}

// QRFinish is the input of FinishQRLogin.
type QRFinish struct {
	AuthCode string
	Flag     Flag       // FlagApp counts as FlagWeb: a picture signs in computers
	Secret   string     // of the ticket
	Address  netip.Addr // of the computer
}

// QRLoginReader reads logins by QR code without locking.
type QRLoginReader interface {
	// QRLogin returns the login with that UUID, over or not. ErrNotFound.
	QRLogin(ctx context.Context, uuid string) (QRLogin, error)
}

// QRLoginTx changes logins by QR code.
type QRLoginTx interface {
	// AddQRLogin inserts q, whose UUID must be new.
	AddQRLogin(ctx context.Context, q QRLogin) error
	// DropQRLogins removes at most limit logins that were over at the time at, the
	// oldest first.
	DropQRLogins(ctx context.Context, at time.Time, limit int) error
	// LockQRLogin returns the login with that UUID, over or not, and holds it
	// until the end. ErrNotFound.
	LockQRLogin(ctx context.Context, uuid string) (QRLogin, error)
	// LockQRLoginByCode does the same for the hash of its current code.
	LockQRLoginByCode(ctx context.Context, code string) (QRLogin, error)
	// SaveQRLogin stores Status, Encrypt, UID, Session, Code and ExpiresAt.
	SaveQRLogin(ctx context.Context, q QRLogin) error
	// DeleteQRLogin removes the login.
	DeleteQRLogin(ctx context.Context, uuid string) error
}

// dropped is how many old logins a new one clears away: more than one, so that
// they cannot pile up, and few, so that nobody waits for it.
const dropped = 16

func (s *service) StartQRLogin(ctx context.Context, st QRStart) (QRTicket, error) {
	if err := checkClient(FlagWeb, st.Device); err != nil {
		return QRTicket{}, err
	}
	if !text.Line(st.PubKey, MaxQRKey) {
		return QRTicket{}, ErrQRKey
	}
	now := s.now()
	ticket := QRTicket{UUID: newQRLoginID()}
	q := QRLogin{
		UUID: ticket.UUID, PubKey: st.PubKey, Device: st.Device,
		Address: st.Address.WithZone(""), ExpiresAt: now.Add(QRScanTime),
	}
	if st.Bind {
		ticket.Secret, q.Secret = newToken()
	}
	err := s.store.Update(ctx, func(tx Tx) error {
		if err := tx.DropQRLogins(ctx, now, dropped); err != nil {
			return err
		}
		return tx.AddQRLogin(ctx, q)
	})
	if err != nil {
		return QRTicket{}, err
	}
	return ticket, nil
}

func newQRLoginID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// isQRLoginID reports whether s may be the UUID of a login. Not every database
// takes a text that cannot.
func isQRLoginID(s string) bool {
	_, err := hex.DecodeString(s)
	return err == nil && len(s) == 32
}

func (q QRLogin) live(now time.Time) bool { return now.Before(q.ExpiresAt) }

// startedBy reports whether it is the computer that started the login.
func (q QRLogin) startedBy(secret string, from netip.Addr) bool {
	if q.Secret != "" && subtle.ConstantTimeCompare([]byte(q.Secret), []byte(hashToken(secret))) == 0 {
		return false
	}
	return network(q.Address) == network(from)
}

// network is the part of an address that stays the same: computers change the
// rest of an IPv6 address themselves, to be harder to follow.
func network(a netip.Addr) netip.Prefix {
	a = a.Unmap()
	bits := a.BitLen()
	if a.Is6() {
		bits = 64
	}
	p, _ := a.Prefix(bits) // fails for no address, which is a network of its own
	return p
}

// grantCode is what the phone grants with.
func (s *service) grantCode(q QRLogin) string { return s.keyed("qr grant", q.UUID, q.Session) }

// finishCode is what the computer signs in with.
func (s *service) finishCode(q QRLogin) string { return s.keyed("qr finish", q.UUID, q.Session) }
