package group

import (
	"context"

	"github.com/ruyi-im/ruyi/message"
)

// Store keeps groups. Package store implements it for SQLite and PostgreSQL;
// store/storetest is the suite an implementation must pass.
type Store interface {
	Reader
	// Update runs fn in one transaction and may run it again after a conflict:
	// fn touches nothing but tx and results it assigns afresh.
	Update(ctx context.Context, fn func(tx Tx) error) error
}

// Reader reads without locking.
type Reader interface {
	FactReader
	AccountReader
	RollReader
	RosterReader
	ViewReader
	CodeReader
	InviteReader

	// Group returns a group, disbanded ones too. ErrNotFound.
	Group(ctx context.Context, no string) (Group, error)
	// Member returns somebody's row in a group, deleted or not, the zero Member for
	// who never was in it.
	Member(ctx context.Context, no, uid string) (Member, error)
	// MembersAmong returns the rows of uids in a group, deleted ones too, in the
	// order of uids, without those who never were in it.
	MembersAmong(ctx context.Context, no string, uids []string) ([]Named, error)
	// Settings returns what uid set for a group, DefaultSettings when nothing.
	Settings(ctx context.Context, uid, no string) (Settings, error)
}

// Tx is everything that commits together when a group changes.
type Tx interface {
	Reader
	FoundingTx
	CodeTx
	InviteTx
	message.Outbox
	message.Subscriptions

	// LockGroup returns a group and holds it until the end, with all that belongs to
	// it: its members too are changed under this lock. It is the first step of a
	// change. ErrNotFound.
	LockGroup(ctx context.Context, no string) (Group, error)
	// SaveGroup inserts or replaces a group with the next version of its clock.
	// Version and Members of g are ignored: the store counts.
	SaveGroup(ctx context.Context, g Group) error
	// SaveMembers inserts or replaces rows of a group's members, each with a version
	// of its own, the next ones of the group's clock, and counts the group's members
	// anew. ID and Version of the rows are ignored.
	SaveMembers(ctx context.Context, no string, members ...Member) error
	// SaveSettings inserts or replaces what uid set for a group.
	SaveSettings(ctx context.Context, uid, no string, s Settings) error
}
