package friend

import (
	"context"

	"github.com/ruyi-im/ruyi/message"
)

// SendReader is the port through which MaySend learns about two people, in the
// transaction that sends.
type SendReader interface {
	// LockPair returns what decides whether one may write to another, and holds it
	// until the transaction ends.
	LockPair(ctx context.Context, from, to string) (Pair, error)
}

// Pair is two people, as far as it decides whether one may write to the other.
type Pair struct {
	From, To Party
	Friends  bool // each has the other as a contact
	Apart    bool // one has blocked the other
}

// Party is one of them.
type Party struct {
	Exists  bool
	Active  bool // the account may be used
	System  bool // a system account
	Service bool // a customer service
}

// MaySend returns nil when from may write to to, else why not.
//
// Everybody may write to oneself and to an active account, unless one of the two
// has blocked the other, and with friendsOnly to friends alone. Customer services
// are exempt from friendsOnly, system accounts from blocks too.
//
// Who was blocked is told ErrUnwritable, which anybody is told about an account
// that is disabled or destroyed. Where friends are required, who is none is told
// so, block or not. The answer thus depends on a block only where it may as well
// be about the account.
//
// message.ErrSender when the account of from may not be used; ErrPeer when there
// is no account to; ErrNotFriends, ErrUnwritable.
func MaySend(ctx context.Context, r SendReader, from, to string, friendsOnly bool) error {
	p, err := r.LockPair(ctx, from, to)
	if err != nil {
		return err
	}
	system := p.From.System || p.To.System
	exempt := system || p.From.Service || p.To.Service
	switch {
	case !p.From.Active:
		return message.ErrSender
	case from == to:
		return nil
	case !p.To.Exists:
		return ErrPeer
	case friendsOnly && !exempt && !p.Friends:
		return ErrNotFriends
	case !p.To.Active, p.Apart && !system:
		return ErrUnwritable
	}
	return nil
}
