package user

import (
	"context"
	"net/netip"
	"time"
)

// Category sets an account apart from ordinary ones. The values are the wire's.
type Category string

// The categories.
const (
	CategoryNone            Category = ""
	CategorySystem          Category = "system"
	CategoryCustomerService Category = "customerService"
)

// The accounts that exist from the first migration. Everyone has both as
// contacts from registration on.
const (
	SystemUID     = "u_10000"    // sends notices
	FileHelperUID = "fileHelper" // carries files between one's own devices
)

// Flag tells what kind of device a session runs on. The numbers are the wire's:
// the API document names 0 and 1, its descendants use 2 as well.
type Flag uint8

// The device flags. An account has one live session on an app and may have
// several on computers.
const (
	FlagApp Flag = 0
	FlagWeb Flag = 1
	FlagPC  Flag = 2
)

// Sex of a user as on the wire.
const (
	Female = 0
	Male   = 1
)

// Phone is a telephone number: Zone as the country prefix written with zeros,
// for example "0086", and Number its digits.
type Phone struct {
	Zone   string
	Number string
}

// Username is the login name of the account that a phone registered.
func (p Phone) Username() string { return p.Zone + p.Number }

// User is an account.
type User struct {
	UID          string // 32 hex digits, for the system accounts a fixed name
	Username     string // unique login name, see Phone.Username
	Name         string // nickname
	Phone        Phone
	ShortNo      string // unique short number people find each other by
	Sex          int
	Category     Category
	Robot        bool
	Vercode      string // proof that somebody found this user by search, "…@1"
	QRVercode    string // the same by scanning the personal QR code, "…@3"
	PasswordHash string // argon2id in PHC form, "" when the account has no password
	Settings     Settings

	ChatPwd         string // as the client sent it; a lock that clients enforce
	LockScreenPwd   string // the same for the whole client
	LockAfterMinute int    // minutes until the client locks, 0 to 60
	ShortNoChanged  bool   // the short number can be chosen once
	MsgExpireSecond int64  // life of the user's messages, 0 for ever
	Avatar          int64  // version of the uploaded picture, 0 for none

	Status    Status
	CreatedAt time.Time
}

// Status tells whether an account may be used.
type Status uint8

// The account states.
const (
	Disabled  Status = 0
	Active    Status = 1
	Destroyed Status = 2
)

// Settings are the switches of an account that its own clients read.
type Settings struct {
	SearchByPhone     bool
	SearchByShort     bool
	NewMsgNotice      bool
	MsgShowDetail     bool
	VoiceOn           bool
	ShockOn           bool
	OfflineProtection bool
	DeviceLock        bool
	MuteOfApp         bool
}

// DefaultSettings are the settings of a new account.
func DefaultSettings() Settings {
	return Settings{
		SearchByPhone: true, SearchByShort: true, NewMsgNotice: true,
		MsgShowDetail: true, VoiceOn: true, ShockOn: true,
	}
}

// Device is an installation of a client. A zero Device means "not told".
type Device struct {
	ID    string // stable per installation, at most 40 characters
	Name  string // for example maker and model, at most 100 characters
	Model string // at most 100 characters
}

// Session is one signed-in client.
type Session struct {
	TokenHash string // SHA-256 of the token in hex
	UID       string
	Flag      Flag
	DeviceID  string
	CreatedAt time.Time
	SeenAt    time.Time // when it was last used, to the hour
	ExpiresAt time.Time
}

// SignedIn is the answer to a registration or login: the account and the token
// of the new session, which is told once and never stored.
type SignedIn struct {
	User  User
	Token string
}

// Card is what viewer sees of a user (operation 4).
type Card struct {
	User
	Own        bool   // the card is the viewer's own
	Friend     bool   // the user is a contact of the viewer
	Dropped    bool   // the user removed the viewer
	Blocked    bool   // the viewer has blocked the user
	BlockedBy  bool   // the user has blocked the viewer
	Initiator  bool   // the viewer asked for the friendship
	Source     string // vercode that the request for the friendship quoted
	Vercode    string // proof for a friend request to this user
	Remark     string // the viewer's private name for the user
	Mute, Top  bool   // the viewer's switches for the chat
	ChatPwdOn  bool
	Screenshot bool
	Recall     bool // tell me when a message is revoked
	Receipt    bool
	Flame      bool // burn after reading
	FlameSecs  int

	Mutual bool         // each has the other as a contact
	Online OnlineStatus // of the user, zero unless Mutual; without LastOnline and Name
}

// Service is what a program does with accounts. It may gain methods in a minor
// release; embed it in a struct to implement it elsewhere.
type Service interface {
	Registering
	SigningIn
	SigningOut
	Passwords
	Viewing
	People
	Presence
	Connecting
	SigningInByQR
	PersonalCodes
	Avatars
	Searching
	Profiling
	Locking
	Administering
	ManagingDevices
	VerifyingDevices
	Pushing
	Supervising
	Sweeping
}

// Registering opens accounts.
type Registering interface {
	// SendRegisterCode sends a six-digit code to phone for Register and reports
	// whether the phone has an account already, in which case nothing is sent
	// (operation 19). ErrZoneMissing,
	// ErrPhoneMissing, ErrPhone, ErrNoSMS, ErrTooOften, ErrTooMany,
	// ErrAddressLimit, ErrSMSBudget, ErrSMS.
	SendRegisterCode(ctx context.Context, phone Phone, from netip.Addr) (exists bool, err error)

	// Register opens an account and signs it in (operation 1).
	// ErrZoneMissing, ErrPhoneMissing, ErrPhone, ErrCodeMissing,
	// ErrPasswordMissing, ErrPasswordLength, ErrPasswordCommon, ErrName, ErrFlag,
	// ErrDevice, ErrBusy, ErrExists, ErrCode, ErrCodeLocked.
	Register(ctx context.Context, r Registration) (SignedIn, error)
}

// Registration is the input of Register.
type Registration struct {
	Phone    Phone
	Code     string // as sent by SMS
	Password string // 8 to 128 characters
	Name     string // nickname of at most 32 characters; empty draws one
	Flag     Flag
	Device   Device
	Address  netip.Addr // of the client, for the limits per address; may be zero
}

// SigningIn opens and checks sessions.
type SigningIn interface {
	// Login opens a session for the account with that username and password
	// (operation 2). The answer and the work are the same whether the account is
	// unknown or the password wrong; wrong ones in a row have to wait, strangers
	// apart from every device the account knows. ErrUsernameMissing,
	// ErrPasswordMissing, ErrFlag, ErrDevice, ErrBusy, ErrAddressLimit,
	// ErrTooManyLogins, ErrCredentials, ErrDisabled. On an app whose account has the
	// device lock on, ErrDeviceMissing and *DeviceCheckError.
	Login(ctx context.Context, l Login) (SignedIn, error)

	// Authenticate returns the session of a token. ErrNoToken when it is empty,
	// ErrSession when it is unknown, expired, revoked or was not used for long, or
	// when its account is disabled.
	Authenticate(ctx context.Context, token string) (Session, error)
}

// Login is the input of SigningIn.Login.
type Login struct {
	Username string // or zone and phone in one string
	Password string
	Flag     Flag
	Device   Device
	Address  netip.Addr // of the client, for the limits per address; may be zero
}

// Viewing shows one user to another.
type Viewing interface {
	// Card returns what viewer sees of uid (operation 4). Phone, short number and
	// online status are left empty where the viewer may not see them. ErrNoCard when there is no
	// such user.
	Card(ctx context.Context, viewer, uid string) (Card, error)
}

// People answers other domains' questions about users.
type People interface {
	// Person returns the name of uid and whether the account exists and is
	// active. The name is "" when it does not exist or was destroyed; a disabled
	// account has one.
	Person(ctx context.Context, uid string) (name string, active bool, err error)
}
