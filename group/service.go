package group

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/google/uuid"

	"github.com/ruyi-im/ruyi/internal/text"
)

// People answers what this package asks about users; user.Service satisfies it.
type People interface {
	// Person returns the name of uid and whether the account exists and is
	// active. The name is empty where there is no account, or one that was destroyed.
	Person(ctx context.Context, uid string) (name string, active bool, err error)
}

// Options are the optional settings of New. The zero value works.
type Options struct {
	// Now is the clock. Default time.Now.
	Now func() time.Time
	// Friends are asked who may be put into a group. Default: nobody is asked, as
	// if all were friends.
	Friends Friends
	// AllowStrangers lets people put others into the groups they found who are not
	// their friends, unless one has blocked the other. Default off.
	AllowStrangers bool
	// Limits bound groups. Default DefaultLimits.
	Limits Limits
}

type service struct {
	store          Store
	people         People
	friends        Friends
	allowStrangers bool
	limits         Limits
	now            func() time.Time
}

// New returns the service over store, asking people about users. It fails when a
// limit is negative.
func New(store Store, people People, o Options) (Service, error) {
	limits, err := o.Limits.complete()
	if err != nil {
		return nil, err
	}
	s := &service{
		store: store, people: people, friends: o.Friends, allowStrangers: o.AllowStrangers, limits: limits, now: o.Now,
	}
	if s.now == nil {
		s.now = time.Now
	}
	return s, nil
}

// maxID is more than any uid or group number has. Not every database takes a
// text that is none.
const maxID = 100

// isID reports whether s can be a uid or the number of a group.
func isID(s string) bool { return s != "" && text.Line(s, maxID) }

// newNo draws the number of a group.
func newNo() string {
	id := uuid.New()
	return hex.EncodeToString(id[:])
}

// newVercode draws the proof that somebody is a member.
func newVercode() string { return newNo() + "@2" }
