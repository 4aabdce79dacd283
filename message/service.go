package message

import (
	"cmp"
	"encoding/hex"
	"time"

	"github.com/google/uuid"
)

// Limits of one page of a sync.
const (
	DefaultSyncLimit = 200
	MaxSyncLimit     = 500
)

// Options are the optional settings of New. The zero value works.
type Options struct {
	// Now is the clock. Default time.Now.
	Now func() time.Time
	// RequireFriends lets people write to their friends only: each must have the
	// other as a contact. System accounts, customer services and oneself are
	// exempt. Default: people may write to everybody who has not blocked them.
	RequireFriends bool
	// RevokeWindow is how long people may revoke their own messages. Default
	// DefaultRevokeWindow; negative means for ever.
	RevokeWindow time.Duration
	// MaxFavorites is how many favourites a user keeps at most. Default
	// DefaultMaxFavorites, also for a negative number.
	MaxFavorites int
	// Blobs keeps the content of files. Default: uploads are refused.
	Blobs BlobStore
	// MaxFile is the size in bytes of the largest file. Default DefaultMaxFile, also
	// for a negative number.
	MaxFile int64
}

type service struct {
	store Store
	now   func() time.Time

	requireFriends bool
	revokeWindow   time.Duration // 0 for ever
	maxFavorites   int
	blobs          BlobStore
	maxFile        int64
}

// New returns the service over store.
func New(store Store, o Options) Service {
	s := &service{
		store: store, now: o.Now, requireFriends: o.RequireFriends,
		revokeWindow: max(cmp.Or(o.RevokeWindow, DefaultRevokeWindow), 0),
		maxFavorites: o.MaxFavorites, blobs: o.Blobs, maxFile: o.MaxFile,
	}
	if s.maxFavorites <= 0 {
		s.maxFavorites = DefaultMaxFavorites
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.maxFile <= 0 {
		s.maxFile = DefaultMaxFile
	}
	return s
}

// newClientMsgNo draws the number of a message that a program sends. Clients
// drop what they have seen under the same number.
func newClientMsgNo() string { return newRandomNo() }

// newRandomNo draws 32 hex digits that nobody guesses.
func newRandomNo() string {
	id := uuid.New()
	return hex.EncodeToString(id[:])
}
