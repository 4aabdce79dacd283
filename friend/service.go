package friend

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"time"

	"github.com/google/uuid"
)

// Limits of one page of a sync.
const (
	DefaultSyncLimit = 1000
	MaxSyncLimit     = 1000
)

// DefaultGreeting is the tip both sides read once they are friends.
const DefaultGreeting = "我们已经是好友了，可以愉快的聊天了！"

// People answers what this package asks about users; user.Service satisfies it.
type People interface {
	// Person returns the name of uid and whether the account exists and is
	// active. The name is "" when it does not exist or was destroyed; a disabled
	// account has one.
	Person(ctx context.Context, uid string) (name string, active bool, err error)
}

// Options are the optional settings of New. The zero value works.
type Options struct {
	// Now is the clock. Default time.Now.
	Now func() time.Time
	// Greeting is the tip both sides read once they are friends. Default
	// DefaultGreeting.
	Greeting string
	// Limits bound contact lists and blacklists. Default DefaultLimits.
	Limits Limits
	// RequireVercode refuses a request that does not say how the two met, unless
	// the applicant's contact list still keeps that of an earlier friendship.
	// Default off: a request needs no vercode. A vercode that is told must be right
	// in either case.
	RequireVercode bool
	// MemberCodes knows the codes of group members. Default: there are none.
	MemberCodes MemberCodes
	// Notices is the form in which clients hear of requests and acceptances.
	// Default NoticeCommands.
	Notices Notices
}

type service struct {
	store    Store
	people   People
	now      func() time.Time
	greeting string
	limits   Limits

	requireVercode bool
	members        MemberCodes
	notices        Notices
}

// New returns the service over store, asking people about users.
func New(store Store, people People, o Options) Service {
	s := &service{
		store: store, people: people, now: o.Now, greeting: o.Greeting, limits: o.Limits.complete(),
		requireVercode: o.RequireVercode, members: o.MemberCodes, notices: o.Notices,
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.greeting == "" {
		s.greeting = DefaultGreeting
	}
	return s
}

// newToken draws a request token of 128 bits.
func newToken() string {
	b := make([]byte, 16)
	rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// newVercode draws the proof that somebody is a contact.
func newVercode() string {
	id := uuid.New()
	return hex.EncodeToString(id[:]) + "@4"
}
