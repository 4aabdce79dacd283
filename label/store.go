package label

import (
	"context"
	"time"
)

// Store keeps labels. Package store implements it for SQLite and PostgreSQL;
// store/storetest is the suite an implementation must pass.
type Store interface {
	Reader
	// Update runs fn in one transaction and may run it again after a conflict:
	// fn touches nothing but tx and results it assigns afresh.
	Update(ctx context.Context, fn func(tx Tx) error) error
}

// Reader reads without locking. Every answer is of one moment: it shows no
// change by half.
type Reader interface {
	// Labels returns the labels of owner, the newest update first and of equal ones
	// the higher id, in a number of queries that does not depend on how many there
	// are. Members are those in the owner's contact list, with their names and
	// remarks; groups are all that are stored, without names.
	Labels(ctx context.Context, owner string) ([]Label, error)
	// Label returns label id of owner in the same way. ErrNotFound, also when it is
	// somebody else's.
	Label(ctx context.Context, owner string, id int64) (Label, error)
}

// Tx is everything that commits together when a label changes.
type Tx interface {
	Reader
	Contacts

	// LockOwner holds the number of owner's labels until the end: nobody else who
	// locks it adds one. ErrOwner when there is no such account.
	LockOwner(ctx context.Context, owner string) (labels int, err error)
	// LockLabel holds label id of owner until the end and returns all that is
	// stored in it. ErrNotFound, also when it is somebody else's.
	LockLabel(ctx context.Context, owner string, id int64) (Draft, error)
	// AddLabel stores a label and returns its id, which is higher than any before.
	AddLabel(ctx context.Context, owner string, d Draft, at time.Time) (id int64, err error)
	// SaveLabel replaces all of label id of owner. ErrNotFound.
	SaveLabel(ctx context.Context, owner string, id int64, d Draft, at time.Time) error
	// RemoveLabel removes label id of owner with what is stored in it. ErrNotFound.
	RemoveLabel(ctx context.Context, owner string, id int64) error
}

// Contacts answers who is in a contact list.
type Contacts interface {
	// ContactsAmong returns those of uids, each once, that owner has in the contact
	// list and has not removed from it.
	ContactsAmong(ctx context.Context, owner string, uids []string) ([]string, error)
}
