package message

import (
	"context"
	"time"
)

// How many messages one call of Prune deletes.
const (
	DefaultPruneLimit = 100
	MaxPruneLimit     = 1000
)

// Maintaining removes what need not be kept for ever.
type Maintaining interface {
	// Prune deletes the oldest of the messages that were sent before a time, at
	// most limit, and returns how many it deleted. 0 or less means
	// DefaultPruneLimit, more than MaxPruneLimit means that many. With a message go
	// its places in queues, what became of it, who has read, deleted or may see it,
	// and its reminders; favourites and files stay. That a message has expired, see
	// Draft.Expire, makes no difference.
	//
	// One call is one transaction, short enough not to be in the way of those who
	// send, so it may delete less than limit. A program with a rule for retention
	// calls it again and again until it returns 0, and once more the next hour.
	// Several processes may do so at the same time; then one may find 0 because
	// another was just at it.
	//
	// No number of a channel or a queue is given out again, and positions that
	// clients have reached stay: pages just begin later. A conversation whose
	// messages are all gone is not listed until somebody speaks; what was unread in
	// it still counts then.
	Prune(ctx context.Context, before time.Time, limit int) (n int, err error)
}

// PruneTx is the part of Tx that Maintaining needs.
type PruneTx interface {
	// Prune is Maintaining.Prune with a limit that is above 0. It is the last step
	// of a transaction.
	Prune(ctx context.Context, before time.Time, limit int) (n int, err error)
}

func (s *service) Prune(ctx context.Context, before time.Time, limit int) (n int, err error) {
	switch {
	case limit <= 0:
		limit = DefaultPruneLimit
	case limit > MaxPruneLimit:
		limit = MaxPruneLimit
	}
	err = s.store.Update(ctx, func(tx Tx) error {
		n, err = tx.Prune(ctx, before, limit)
		return err
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}
