package friend

import (
	"context"
	"strings"
	"time"

	"github.com/ruyi-im/ruyi/internal/text"
	"github.com/ruyi-im/ruyi/message"
)

// Blocked is somebody on a blacklist.
type Blocked struct {
	UID      string
	Name     string    // "" when the account is not there any more
	Username string    // of a robot, else "": a person's has the phone number in it
	At       time.Time // since when
}

// Blocking keeps who wants nothing to do with whom. A block goes one way and
// leaves a friendship as it is; what it forbids, it forbids to both.
type Blocking interface {
	// Block puts peer on the blacklist of owner (operation 15). Peer is an account
	// that was not destroyed, or a contact whatever became of the account. Both
	// hear of it with a channelUpdate command, and where they have each other as
	// contacts these come again in the next sync. Once more changes nothing.
	// ErrBlockMissing, ErrBlockSelf, ErrPeer, ErrBlacklistFull.
	Block(ctx context.Context, owner, peer string) error
	// Unblock takes peer off the blacklist of owner, whatever became of the
	// account, and tells both as Block does (operation 16). It changes nothing when
	// peer is not on it. ErrUnblockMissing; ErrPeer when peer cannot be a uid.
	Unblock(ctx context.Context, owner, peer string) error
	// Blacklist returns whom owner has blocked, the newest first (operation 14).
	Blacklist(ctx context.Context, owner string) ([]Blocked, error)
	// Blocks reports whether owner has blocked peer, which says nothing about what
	// peer has done.
	Blocks(ctx context.Context, owner, peer string) (bool, error)
	// Apart reports whether either of the two has blocked the other, so that
	// neither may write, give or transfer to the other, nor add the other to a
	// group. Who refuses for this reason does not tell which of them it was, nor
	// that there is a block.
	Apart(ctx context.Context, a, b string) (bool, error)
}

// BlockReader is the part of Reader that Blocking and the limits need.
type BlockReader interface {
	// BlockedAt returns when owner blocked peer, the zero time when owner has not.
	BlockedAt(ctx context.Context, owner, peer string) (time.Time, error)
	// Apart reports whether either of the two has blocked the other.
	Apart(ctx context.Context, a, b string) (bool, error)
	// Blacklist returns whom owner has blocked, the newest first, those blocked in
	// the same millisecond in descending order of uid.
	Blacklist(ctx context.Context, owner string) ([]Blocked, error)
	// CountBlocked returns how many people owner has blocked.
	CountBlocked(ctx context.Context, owner string) (int, error)
	// CountContacts returns how many contacts owner has, removed ones not counted.
	CountContacts(ctx context.Context, owner string) (int, error)
}

// BlockTx is the part of Tx that Blocking needs.
type BlockTx interface {
	// SetBlocked stores when owner blocked peer, the zero time for not any more,
	// and leaves what owner has set for peer otherwise.
	SetBlocked(ctx context.Context, owner, peer string, at time.Time) error
}

func (s *service) Block(ctx context.Context, owner, peer string) error {
	switch {
	case strings.TrimSpace(peer) == "":
		return ErrBlockMissing
	case peer == owner:
		return ErrBlockSelf
	case !text.Line(peer, maxID):
		return ErrPeer
	}
	name, active, err := s.people.Person(ctx, peer)
	if err != nil {
		return err
	}
	now := s.now()
	return s.store.Update(ctx, func(tx Tx) error {
		if err := tx.LockOwners(ctx, owner, peer); err != nil {
			return err
		}
		if since, err := tx.BlockedAt(ctx, owner, peer); err != nil || !since.IsZero() {
			return err
		}
		if !active && name == "" {
			if err := mustHave(ctx, tx, owner, peer); err != nil {
				return err
			}
		}
		if n, err := tx.CountBlocked(ctx, owner); err != nil {
			return err
		} else if n >= s.limits.Blocked {
			return ErrBlacklistFull
		}
		return block(ctx, tx, owner, peer, now, now)
	})
}

func (s *service) Unblock(ctx context.Context, owner, peer string) error {
	if strings.TrimSpace(peer) == "" {
		return ErrUnblockMissing
	}
	if !text.Line(peer, maxID) {
		return ErrPeer
	}
	// Asked first without a lock, which would leave a row for any name.
	if since, err := s.store.BlockedAt(ctx, owner, peer); err != nil || since.IsZero() {
		return err
	}
	now := s.now()
	return s.store.Update(ctx, func(tx Tx) error {
		if err := tx.LockOwners(ctx, owner, peer); err != nil {
			return err
		}
		if since, err := tx.BlockedAt(ctx, owner, peer); err != nil || since.IsZero() {
			return err
		}
		return block(ctx, tx, owner, peer, time.Time{}, now)
	})
}

// block stores since when owner blocks peer, the zero time for not any more, and
// lets the clients of both look again: each sees the block on the other's card
// and among the contacts.
func block(ctx context.Context, tx Tx, owner, peer string, since, now time.Time) error {
	if err := tx.SetBlocked(ctx, owner, peer, since); err != nil {
		return err
	}
	if err := tx.Touch(ctx, owner, peer, now); err != nil {
		return err
	}
	if err := tx.Touch(ctx, peer, owner, now); err != nil {
		return err
	}
	update := func(about, to string) message.Draft {
		return message.Command(now, "channelUpdate", map[string]any{
			"channel_id": about, "channel_type": message.Person,
		}, to)
	}
	return tx.Emit(ctx, update(owner, peer), update(peer, owner))
}

func (s *service) Blacklist(ctx context.Context, owner string) ([]Blocked, error) {
	return s.store.Blacklist(ctx, owner)
}

func (s *service) Blocks(ctx context.Context, owner, peer string) (bool, error) {
	if !text.Line(owner, maxID) || !text.Line(peer, maxID) {
		return false, nil
	}
	return blocks(ctx, s.store, owner, peer)
}

func (s *service) Apart(ctx context.Context, a, b string) (bool, error) {
	if !text.Line(a, maxID) || !text.Line(b, maxID) {
		return false, nil
	}
	return s.store.Apart(ctx, a, b)
}

func blocks(ctx context.Context, r Reader, owner, peer string) (bool, error) {
	since, err := r.BlockedAt(ctx, owner, peer)
	return !since.IsZero(), err
}

// mayMeet returns why uid may not become a friend of other. What is uid's own
// doing comes first and is told. A block by other is answered with blocked, one
// of the refusals that have other reasons as well, and a full list of other with
// ErrUnreachable. The lists of both are locked.
func (s *service) mayMeet(ctx context.Context, tx Tx, uid, other string, blocked error) error {
	if mine, err := blocks(ctx, tx, uid, other); err != nil {
		return err
	} else if mine {
		return ErrBlocking
	}
	if room, err := s.hasRoom(ctx, tx, uid, other); err != nil {
		return err
	} else if !room {
		return ErrContactsFull
	}
	if theirs, err := blocks(ctx, tx, other, uid); err != nil {
		return err
	} else if theirs {
		return blocked
	}
	if room, err := s.hasRoom(ctx, tx, other, uid); err != nil {
		return err
	} else if !room {
		return ErrUnreachable
	}
	return nil
}
