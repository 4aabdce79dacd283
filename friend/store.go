package friend

import (
	"context"
	"time"

	"github.com/ruyi-im/ruyi/message"
)

// Store keeps relations. Package store implements it for SQLite and PostgreSQL;
// store/storetest is the suite an implementation must pass.
type Store interface {
	Reader
	// Update runs fn in one transaction and may run it again after a conflict:
	// fn touches nothing but tx and results it assigns afresh.
	Update(ctx context.Context, fn func(tx Tx) error) error
}

// Reader reads without locking.
type Reader interface {
	SettingReader
	BlockReader
	SourceReader
	PartingReader
	InboxReader
	GatheringReader

	// Relation returns what owner has about peer, deleted or not. ErrNotFound.
	Relation(ctx context.Context, owner, peer string) (Relation, error)
	// Contacts returns at most limit contacts of owner that follow c, in
	// ascending order of version.
	Contacts(ctx context.Context, owner string, c Cursor, limit int) ([]Contact, error)
	// RequestByToken returns the request with that token. ErrNotFound.
	RequestByToken(ctx context.Context, token string) (Request, error)
	// Request returns the request that from made to to. ErrNotFound.
	Request(ctx context.Context, to, from string) (Request, error)
}

// Tx is everything that commits together when a relation changes.
type Tx interface {
	Reader
	SettingTx
	BlockTx
	InboxTx
	message.Outbox

	// LockOwners holds the contact lists of these users until the end. What is
	// read about them afterwards stays true. It is the first step of a change.
	LockOwners(ctx context.Context, owners ...string) error
	// SaveRelation inserts or replaces the row of r.Owner about r.Peer with the
	// next version of the owner's clock, which reads now at least. ID and Version
	// of r are ignored, and so is CreatedAt where the row exists.
	SaveRelation(ctx context.Context, r Relation, now time.Time) error
	// SaveRequest inserts or replaces the request that r.From made to r.To. One that
	// waits is not seen; else what was seen stays so. ID and Seen of r are ignored,
	// and so is CreatedAt where the request exists.
	SaveRequest(ctx context.Context, r Request) error
}
