package message

import "context"

// Store keeps messages. Package store implements it for SQLite and PostgreSQL;
// store/storetest is the suite an implementation must pass.
type Store interface {
	Reader
	// Update runs fn in one transaction and may run it again after a conflict:
	// fn touches nothing but tx and results it assigns afresh.
	Update(ctx context.Context, fn func(tx Tx) error) error
}

// Reader reads without locking.
type Reader interface {
	// Queue returns at most limit messages of uid's queue with a position
	// greater than after, ascending.
	Queue(ctx context.Context, uid string, after int64, limit int) ([]Queued, error)
	// Acked returns the position uid acknowledged last, 0 at first.
	Acked(ctx context.Context, uid string) (int64, error)
	// History returns at most limit messages of ch with a position greater than
	// after, ascending.
	History(ctx context.Context, ch Channel, after int64, limit int) ([]Message, error)
}

// Tx is everything that commits together when messages change.
type Tx interface {
	Reader
	Outbox
	// Acknowledge moves uid's position to seq, or to the newest message when seq
	// is beyond it; a position already further on stays.
	Acknowledge(ctx context.Context, uid string, seq int64) error
}

// Outbox is the port through which every domain writes its news, in its own
// transaction. A Tx that emits embeds it.
type Outbox interface {
	// Emit stores the drafts in the given order. Each visible message takes the
	// next position of its channel, and each message the next position of every
	// recipient's queue. All positions stay locked until the transaction ends, so
	// a use case emits all its drafts in one call, as its last step.
	Emit(ctx context.Context, drafts ...Draft) error
}
