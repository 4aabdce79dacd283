package message

import (
	"context"
	"slices"
	"time"
)

// Gateway carries news to the devices that are connected now, over whatever they
// are connected by. [Hub] is one for a single process.
//
// A transaction's news are pushed once it has committed and never when it was
// undone. A push may be lost, repeated, or overtaken by that of a later
// transaction: queues and channels are the record, pushing is a short cut. A
// client therefore takes what it is pushed by the numbers it comes with, those of
// its queue and of the channel, drops what it has, and syncs where there is a gap.
// What is stored nowhere, see Header.NoPersist, has no numbers and no second
// chance.
//
// A Gateway may also be an [Attacher], a [Kicker] and a [Runner]: ruyi.New and
// Core.Run see to that.
type Gateway interface {
	// Push hands over the news of one transaction, in the order of its drafts. It
	// is called by whoever made the change, by several at once, before they are
	// answered. So it waits for no client, does not panic, and has no error: what
	// it cannot deliver is dropped together with the connection, and the client
	// comes back to sync. ctx is not cancelled with the caller. Nothing in
	// deliveries may be changed.
	Push(ctx context.Context, deliveries []Delivery)
}

// Delivery is one message on its way to those who are to hear it now.
type Delivery struct {
	// Message is as its sender sees it. For others ChannelFor tells the channel;
	// the sender's own devices are to show no red dot.
	Message Message
	// To are the people it is for.
	To []Recipient
	// Everybody says that it is for all people of Message.Channel, a group's, who
	// are connected and whom it Reaches: they are not listed, lest a message to
	// thousands cost a row for each. See Audience for how to find them.
	Everybody bool
	// Visibles are the only ones of everybody who may see it, besides the sender.
	// Empty means all.
	Visibles []string
	// Others leaves the sender's own devices out of everybody.
	Others bool
}

// Recipient is somebody a message is for.
type Recipient struct {
	UID      string
	QueueSeq int64 // its number in the queue of UID, 0 where it is in none
}

// Reaches reports whether somebody who belongs to the channel of a Delivery for
// Everybody is to hear it.
func (d Delivery) Reaches(uid string) bool {
	if uid == d.Message.From {
		return !d.Others
	}
	return len(d.Visibles) == 0 || slices.Contains(d.Visibles, uid)
}

// Attacher is a Gateway that asks back. ruyi.New attaches the services to it
// before it returns.
type Attacher interface {
	// Attach tells whom to ask. Only the first call counts.
	Attach(b Backend)
}

// Backend is what a Gateway may ask of the services, besides Authenticate of
// package user when somebody connects.
type Backend interface {
	Audience
	// LiveSessions returns those of the sessions, named by the hashes of their
	// tokens, that may still be used.
	LiveSessions(ctx context.Context, sessions []string) ([]string, error)
	// ReportPresence stores who came and who went, and tells their contacts.
	ReportPresence(ctx context.Context, changes []Presence) error
}

// Audience tells who belongs to a channel. Every Reader is one.
type Audience interface {
	// Subscribers returns those of the uids, in no order, who receive and may read
	// the channel. It costs no more than reading the shorter of the two, the list
	// and the channel's people.
	Subscribers(ctx context.Context, ch Channel, among []string) ([]string, error)
}

// Presence says that somebody came or went on one kind of device: Online when
// there is a connection with that flag, not Online when the last one is gone.
type Presence struct {
	UID    string
	Flag   uint8 // kind of device, see Device
	Online bool
	At     time.Time
}

// Kicker is a Gateway that closes connections whose session has ended.
type Kicker interface {
	// SessionsChanged says that sessions of uid may have ended: somebody signed
	// out, signed in elsewhere, was banned … When it returns, nobody is connected
	// under one that has. It is called after the transaction, whatever came of it.
	// A change that another process made is not told here.
	SessionsChanged(ctx context.Context, uid string)
}

// Runner is a Gateway with background work of its own.
type Runner interface {
	// Run works until ctx ends. Core.Run calls it.
	Run(ctx context.Context) error
}

// Announcer are stores that tell what was committed, as *store.DB does. ruyi.New
// needs them to be one where there is a Gateway.
type Announcer interface {
	// OnCommit has listen called after each transaction with what it emitted, as
	// Gateway.Push describes, until stop is called. It does nothing and reports
	// false where the stores are part of a transaction that somebody else commits:
	// what they emit reaches the listeners of the stores around them.
	OnCommit(listen func(ctx context.Context, deliveries []Delivery)) (stop func(), ok bool)
}

// Telling pushes what is not worth a transaction. A Store embeds it.
type Telling interface {
	// Tell pushes drafts with Header.NoPersist to who listens, at once, or with the
	// transaction that the store is part of. They get ids.
	Tell(ctx context.Context, drafts ...Draft)
}
