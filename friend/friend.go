package friend

import (
	"context"
	"time"
)

// RequestLife is how long a request can be accepted.
const RequestLife = 15 * 24 * time.Hour

// Relation is what owner has in the contact list about peer.
type Relation struct {
	ID        int64 // unique, for the life of the row
	Owner     string
	Peer      string
	Version   int64  // tick of the owner's clock at the last change
	Deleted   bool   // owner removed peer; kept so that clients learn of it
	Alone     bool   // one of the two removed the other
	Initiator bool   // owner asked for the friendship
	Vercode   string // on the card of peer that owner shows, "…@4"
	Source    string // vercode by which they met, "" when it is not known
	CreatedAt time.Time
}

// UpdatedAt returns the time of the last change, in whole seconds. A version is
// a Unix time in seconds, moved on where needed so that no two changes of one
// owner share it and none goes back: what API clients know as the update time
// therefore orders an owner's rows exactly.
func (r Relation) UpdatedAt() time.Time { return time.Unix(r.Version, 0) }

// Contact is a relation together with what its owner sees of the peer.
type Contact struct {
	Relation
	Name      string
	ShortNo   string
	Sex       int
	Category  string
	Robot     bool
	Destroyed bool
	Remark    string
	Mute, Top bool
	ChatPwdOn bool
	Receipt   bool

	Screenshot bool
	Recall     bool
	Flame      bool
	FlameSecs  int

	Dropped   bool // the peer removed the owner
	Blocked   bool // the owner has blocked the peer
	BlockedBy bool // the peer has blocked the owner
}

// RequestStatus is the state of a friend request. The numbers are the wire's.
type RequestStatus uint8

// The states.
const (
	Waiting  RequestStatus = 0
	Accepted RequestStatus = 1
	Refused  RequestStatus = 2
)

// Request is the one request that From made to To, renewed when it is repeated.
type Request struct {
	ID        int64 // unique, for the life of the row
	To        string
	From      string
	Token     string // 128 random bits in hex; only To can use it, once
	Remark    string // greeting
	Vercode   string // how they met, see Application
	Status    RequestStatus
	Seen      bool      // To has looked at the inbox since it was made or repeated
	CreatedAt time.Time // of the first request
	UpdatedAt time.Time
	ExpiresAt time.Time
}

// Service is what a program does with relations. It may gain methods in a minor
// release; embed it in a struct to implement it elsewhere.
type Service interface {
	Requesting
	Syncing
	Setting
	Blocking
	Parting
	Inbox
	Gathering
}

// Requesting asks for friendship and agrees to it.
type Requesting interface {
	// Apply asks a.To for friendship in from's name and tells a.To with a
	// friendRequest command that carries the token of the request (operation 23).
	// Repeating it renews the token and replaces the rest. ErrToMissing, ErrSelf,
	// ErrRemark, ErrApplicant, ErrNobody, ErrFriends; ErrBlocking and
	// ErrContactsFull for what from has done; ErrUnreachable, without saying why,
	// when a.To has blocked from, has a full contact list or a disabled account; of
	// a vercode ErrSource, ErrSourceUnknown, what MemberCodes refuses, and where
	// one is needed ErrVercodeMissing, ErrStranger.
	Apply(ctx context.Context, from string, a Application) error

	// Sure accepts the request that has this token, in the name of the one who
	// received it, and tells both sides (operation 24). Both keep the vercode of
	// the request as the source of their friendship, or the source of an earlier
	// one where it has none. A group whose member's code was quoted is asked again,
	// as it may forbid by now what it allowed then; the other ways to meet stay
	// true. ErrTokenMissing, ErrToken, also when the applicant has blocked uid
	// since; ErrApplicantGone, ErrAccepter; ErrBlocking, ErrContactsFull for what
	// uid has done; ErrUnreachable when the applicant's contact list is full;
	// ErrSourceUnknown, what MemberCodes refuses.
	Sure(ctx context.Context, uid, token string) error
}

// Syncing reads a contact list in steps.
type Syncing interface {
	// Sync returns the contacts of owner that changed after c, in the order of
	// their changes, deleted ones included, without a short number (operation 25). At most limit are
	// returned: 0 or less means DefaultSyncLimit, more than MaxSyncLimit that
	// many. ErrSyncKey when c is malformed.
	Sync(ctx context.Context, owner string, c Cursor, limit int) ([]Contact, error)
}

// Cursor is how far a client has read a contact list. The zero Cursor is the
// beginning.
type Cursor struct {
	// Version is the version, which is also the update time in Unix seconds, of
	// the last row read.
	Version int64
	// ID is the id of that row, 0 when not known.
	ID int64
	// Again is the second moment named by the same local time as Version, when
	// clocks were set back in between, else 0. The row with ID tells which of the
	// two is meant; where it cannot, rows are delivered twice rather than not at
	// all.
	Again int64
}
