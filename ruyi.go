// Package ruyi assembles the business core of an instant-messaging product.
//
// Open a store (store/sqlite or store/postgres), hand it to [New], and call the
// services of the [Core], or mount them as an HTTP API with package httpapi.
// Each domain package can be used alone with a store of its own.
package ruyi

import (
	"context"
	"time"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/label"
	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/user"
)

// Stores hands out the store of every domain. *store.DB implements it; embed it
// in a struct to replace one of them.
type Stores interface {
	Users() user.Store
	Friends() friend.Store
	Labels() label.Store
	Messages() message.Store
}

// Options are the settings of New. Pepper is required; everything else has a
// working zero value.
type Options struct {
	// Pepper is the secret of at least 32 bytes that password hashes and SMS
	// codes are keyed with. Keep it outside the database and never change it:
	// without it nobody can log in any more.
	Pepper []byte
	// SMS carries codes to phones. Default: sending a code is refused.
	SMS user.SMS
	// DevCode makes every SMS code this one, six digits, and accepts it without
	// one having been sent. SMS, where it is set, is still asked to send it: do not
	// combine this with a real provider. For development only. Default: off.
	DevCode string
	// Node is where clients connect for messages. Default: they are told no
	// address.
	Node user.Node
	// Directory is asked for the node of each user. Default: Node for all.
	Directory user.Directory
	// Blobs keeps the files that people upload, pictures of themselves and what
	// they send each other; a blob.Dir of package store/blob will do. Default:
	// uploads are refused.
	Blobs user.BlobStore
	// MaxFile is the size in bytes of the largest file that can be sent. Default
	// message.DefaultMaxFile. Pictures of users have a limit of their own.
	MaxFile int64
	// UserPolicy is what no user may do here. Default: nothing.
	UserPolicy user.Policy
	// UserLimits bound sessions, codes and guesses. Default: user.DefaultLimits.
	UserLimits user.Limits
	// FriendLimits bound contact lists and blacklists. Default:
	// friend.DefaultLimits.
	FriendLimits friend.Limits
	// LabelLimits bound what one user can store in labels. Default:
	// label.DefaultLimits.
	LabelLimits label.Limits
	// RequireFriends lets people write to their friends only, see message.Options.
	// Default: to everybody who has not blocked them.
	RequireFriends bool
	// NoAddressLimits leaves the limits per address out, for development, where
	// everything comes from one machine. Default: off. A server behind a proxy
	// keeps them and names the proxy in httpapi.Options.TrustedProxies.
	NoAddressLimits bool
	// RequireVercode refuses a friend request that does not say how the two met,
	// see friend.Options. Default off, as the API document knows no vercode.
	RequireVercode bool
	// FriendNotices is the form in which clients hear of friend requests and of
	// their acceptance: friend.NoticeCommands, friend.NoticeTyped or
	// friend.NoticeBoth. Default: commands.
	FriendNotices friend.Notices
	// FriendGreeting is the tip both sides read once they are friends. Default:
	// friend.DefaultGreeting.
	FriendGreeting string
	// RevokeWindow is how long people may revoke their own messages. Default
	// message.DefaultRevokeWindow; negative means for ever.
	RevokeWindow time.Duration
	// Now is the clock of all services. Default time.Now.
	Now func() time.Time
}

// Core is the set of services over one set of stores.
type Core struct {
	User    user.Service
	Friend  friend.Service
	Label   label.Service
	Message message.Service
}

// New assembles the services. It fails when an option is missing or too weak.
// It starts nothing: see [Core.Run].
func New(stores Stores, o Options) (*Core, error) {
	users, err := user.New(stores.Users(), user.Options{
		Pepper: o.Pepper, SMS: o.SMS, DevCode: o.DevCode, Now: o.Now,
		Node: o.Node, Directory: o.Directory, Blobs: o.Blobs, Policy: o.UserPolicy,
		Limits: o.UserLimits, NoAddressLimits: o.NoAddressLimits,
	})
	if err != nil {
		return nil, err
	}
	labels, err := label.New(stores.Labels(), label.Options{Now: o.Now, Limits: o.LabelLimits})
	if err != nil {
		return nil, err
	}
	return &Core{
		User: users,
		Friend: friend.New(stores.Friends(), users, friend.Options{
			Now: o.Now, Limits: o.FriendLimits, RequireVercode: o.RequireVercode,
			Greeting: o.FriendGreeting, Notices: o.FriendNotices,
		}),
		Label: labels,
		Message: message.New(stores.Messages(), message.Options{
			Now: o.Now, RequireFriends: o.RequireFriends, RevokeWindow: o.RevokeWindow,
			Blobs: o.Blobs, MaxFile: o.MaxFile,
		}),
	}, nil
}

// Run does the background work of the services until ctx ends, and returns
// ctx's error. A host calls it once per process; several processes on one
// database may run it at the same time.
func (c *Core) Run(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}
