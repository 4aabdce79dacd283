package user

import (
	"context"
	"time"

	"github.com/ruyi-im/ruyi/message"
)

// Store keeps accounts. Package store implements it for SQLite and PostgreSQL;
// store/storetest is the suite an implementation must pass.
type Store interface {
	Reader
	// Update runs fn in one transaction and may run it again after a conflict:
	// fn touches nothing but tx and results it assigns afresh.
	Update(ctx context.Context, fn func(tx Tx) error) error
}

// Reader reads without locking.
type Reader interface {
	DeviceCheckReader
	DeviceReader
	Finder
	PresenceReader
	PushReader
	QRLoginReader
	QRVercodes
	SessionReader

	// User returns the account with that uid. ErrNotFound.
	User(ctx context.Context, uid string) (User, error)
	// UserByLogin returns the account with that username. ErrNotFound.
	UserByLogin(ctx context.Context, username string) (User, error)
	// Session returns the session with that token hash, expired or not, and the
	// status of its account. ErrNotFound.
	Session(ctx context.Context, tokenHash string) (Session, Status, error)
	// Card returns all that is known between viewer and uid, nothing hidden.
	// ErrNotFound.
	Card(ctx context.Context, viewer, uid string) (Card, error)
}

// Tx is everything that commits together when an account changes.
type Tx interface {
	Reader
	Accounts
	AvatarTx
	Contacts
	DeviceCheckTx
	DeviceTx
	Guards
	PresenceTx
	PushTx
	QRLoginTx
	Sessions
	SweepTx
	Throttles
	message.Outbox

	// AddUser inserts u. ErrTaken when its uid, username or short number exists.
	AddUser(ctx context.Context, u User) error
	// SaveDevice inserts or updates a device of uid and its last login.
	SaveDevice(ctx context.Context, uid string, d Device, at time.Time) error
	// AddSession inserts s and ends the sessions it replaces: for FlagApp every
	// other app session of the user, for the rest the oldest ones beyond keep.
	AddSession(ctx context.Context, s Session, keep int) error

	// LockCode returns the state of the codes of a phone for one purpose, the
	// zero Code when there is none yet, and holds it until the end.
	LockCode(ctx context.Context, purpose Purpose, p Phone) (Code, error)
	// SaveCode stores the state.
	SaveCode(ctx context.Context, purpose Purpose, p Phone, c Code) error
	// LockQuota returns how much was sent to a phone, the zero Quota when nothing
	// was, and holds it until the end.
	LockQuota(ctx context.Context, p Phone) (Quota, error)
	// SaveQuota stores it.
	SaveQuota(ctx context.Context, p Phone, q Quota) error
}

// Contacts is what this package needs of the relations between people.
type Contacts interface {
	// AddContact makes peer a contact of owner, one way.
	AddContact(ctx context.Context, owner, peer string, at time.Time) error
	// Contacts returns the uids of the people, system accounts aside, that owner
	// has as contacts and who have owner.
	Contacts(ctx context.Context, owner string) ([]string, error)
}

// Purpose tells what an SMS code is for. A code for one purpose is worth nothing
// for another. The numbers are those of the contract, section 1.4.
type Purpose uint8

// The purposes.
const (
	ForRegister Purpose = 0
	ForDevice   Purpose = 3
)

// Code is the state of the codes sent to a phone for one purpose.
type Code struct {
	Hash      string    // HMAC-SHA-256 in hex of the live code; "" when none
	Tries     int       // wrong tries so far
	ExpiresAt time.Time // end of the live code, and of a lock
}

// Quota counts the messages sent to a phone, whatever their purpose.
type Quota struct {
	LastAt   time.Time // of the last message
	HourFrom time.Time // start of the hour that Hour counts
	Hour     int
	DayFrom  time.Time // start of the day that Day counts
	Day      int
}
