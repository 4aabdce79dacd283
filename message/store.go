package message

import "context"

// Store keeps messages. Package store implements it for SQLite and PostgreSQL;
// store/storetest is the suite an implementation must pass.
type Store interface {
	Reader
	Telling
	// Update runs fn in one transaction and may run it again after a conflict:
	// fn touches nothing but tx and results it assigns afresh.
	Update(ctx context.Context, fn func(tx Tx) error) error
}

// Reader reads without locking.
type Reader interface {
	SentReader

	Pages
	ReceiptReader
	ConversationReader
	ReminderReader
	FavoriteReader
	FileReader
	SearchReader
	Audience
	TypingReader

	// Queue returns at most limit messages of uid's queue with a position
	// greater than after, ascending, without those of a channel up to the position
	// up to which uid cleared it.
	Queue(ctx context.Context, uid string, after int64, limit int) ([]Queued, error)
	// Acked returns the position uid acknowledged last, 0 at first.
	Acked(ctx context.Context, uid string) (int64, error)
	// History returns at most limit messages of ch with a position greater than
	// after, ascending, as viewer sees them: without those up to the position up
	// to which viewer cleared the channel, and Hidden where he deleted them or they
	// are for others. Who is no active subscriber of a channel sees none.
	History(ctx context.Context, viewer string, ch Channel, after int64, limit int) ([]Message, error)
}

// Tx is everything that commits together when messages change.
type Tx interface {
	Reader
	Outbox
	Subscriptions
	Policy
	Deletions
	Revocations
	Receipts
	ConversationTx
	ReminderTx
	FavoriteTx
	FileTx
	PruneTx
	// Deliver is Emit, and returns the messages as their sender sees them, in the
	// order of the drafts.
	Deliver(ctx context.Context, drafts ...Draft) ([]Message, error)
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
	// a use case emits all its drafts in one call, as its last step. A draft with
	// Header.NoPersist is not stored and gets an id alone. ErrClientMsgNo when the
	// sender of a draft has used its number; the transaction is to be given up then.
	Emit(ctx context.Context, drafts ...Draft) error
}

// Subscriptions is the port through which package group tells who the people of
// a channel are, in its own transaction.
type Subscriptions interface {
	// Subscribe makes the channel a conversation of uids. With history they may
	// read what was said before, else only what follows. Who subscribes already
	// stays as he is.
	Subscribe(ctx context.Context, ch Channel, history bool, uids ...string) error
	// Unsubscribe ends that: uids receive and read nothing of the channel any more,
	// and it leaves their lists of conversations.
	Unsubscribe(ctx context.Context, ch Channel, uids ...string) error
	// SetLarge says whether the channel has too many people for their queues, see
	// Draft.Recipients.
	SetLarge(ctx context.Context, ch Channel, large bool) error
}
