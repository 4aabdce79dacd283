// Package ruyi assembles the business core of an instant-messaging product.
//
// Open a store (store/sqlite or store/postgres), hand it to [New], and call the
// services of the [Core], or mount them as an HTTP API with package httpapi.
// Each domain package can be used alone with a store of its own.
package ruyi

import (
	"cmp"
	"log/slog"
	"time"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/group"
	"github.com/ruyi-im/ruyi/label"
	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/user"
)

// Stores hands out the store of every domain. *store.DB implements it; embed it
// in a struct to replace one of them.
type Stores interface {
	Users() user.Store
	Friends() friend.Store
	Groups() group.Store
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
	// Blobs keeps the files that people upload, such as pictures of themselves; a
	// blob.Dir of package store/blob will do. Default: uploads are refused.
	Blobs user.BlobStore
	// Gateway is told what was committed, to push it to connected devices: a
	// message.Hub, or one of the host's own. The stores must be a
	// message.Announcer, as *store.DB is. Where it is also a message.Attacher, a
	// message.Kicker or a message.Runner, it gets what it asks for. Give it to one
	// Core only, those made inside joined transactions aside, which leave it alone.
	// Default: nothing is pushed, and clients look into their queues.
	Gateway message.Gateway
	// Logger receives what goes wrong in Run. Default slog.Default().
	Logger *slog.Logger
	// Now is the clock of all services. Default time.Now.
	Now func() time.Time

	// The settings of each domain. What stands above is for all of them: New puts
	// it in the place of their own Pepper, Blobs and Now.
	// Where Friend.MemberCodes, Group.Friends or Label.Groups are nil, they are the
	// friends and groups of this core.
	User    user.Options
	Friend  friend.Options
	Group   group.Options
	Label   label.Options
	Message message.Options
}

// Core is the set of services over one set of stores.
type Core struct {
	User    user.Service
	Friend  friend.Service
	Group   group.Service
	Label   label.Service
	Message message.Service

	gateway  message.Gateway // nil for none
	sweepers []sweeper
	log      *slog.Logger
}

// New assembles the services. It fails when an option is missing or too weak.
// It starts nothing: see [Core.Run].
func New(stores Stores, o Options) (*Core, error) {
	o.User.Pepper, o.User.Blobs, o.User.Now = o.Pepper, o.Blobs, o.Now
	o.Friend.Now, o.Group.Now, o.Label.Now = o.Now, o.Now, o.Now
	o.Message.Blobs, o.Message.Now = o.Blobs, o.Now
	stop, err := listen(stores, &o)
	if err != nil {
		return nil, err
	}
	if k, ok := o.Gateway.(message.Kicker); ok {
		o.User.SessionsChanged = both(o.User.SessionsChanged, k.SessionsChanged)
	}
	core, err := assemble(stores, o)
	if err != nil {
		stop()
		return nil, err
	}
	if g, ok := o.Gateway.(message.Attacher); ok {
		g.Attach(backend{stores, core.User})
	}
	return core, nil
}

func assemble(stores Stores, o Options) (*Core, error) {
	users, err := user.New(stores.Users(), o.User)
	if err != nil {
		return nil, err
	}
	var codes memberCodes // friends ask groups, and groups ask friends
	if o.Friend.MemberCodes == nil {
		o.Friend.MemberCodes = &codes
	}
	friends := friend.New(stores.Friends(), users, o.Friend)
	if o.Group.Friends == nil {
		o.Group.Friends = friends
	}
	groups, err := group.New(stores.Groups(), users, o.Group)
	if err != nil {
		return nil, err
	}
	codes.Service = groups
	if o.Label.Groups == nil {
		o.Label.Groups = groups
	}
	labels, err := label.New(stores.Labels(), o.Label)
	if err != nil {
		return nil, err
	}
	return &Core{
		User:    users,
		Friend:  friends,
		Group:   groups,
		Label:   labels,
		Message: message.New(stores.Messages(), o.Message),

		gateway:  o.Gateway,
		sweepers: []sweeper{{"accounts", users.Sweep}},
		log:      cmp.Or(o.Logger, slog.Default()),
	}, nil
}

// memberCodes are those of the groups of a core, once it has them.
type memberCodes struct{ group.Service }
