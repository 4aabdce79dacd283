package friend

import (
	"context"
	"errors"
	"time"

	"github.com/ruyi-im/ruyi/internal/text"
	"github.com/ruyi-im/ruyi/message"
)

// systemCategory is the Contact.Category of the accounts that come with the
// library.
const systemCategory = "system"

// Parting ends friendships.
type Parting interface {
	// Remove takes peer out of owner's contact list. The row stays as a tombstone,
	// what owner set for peer goes back to DefaultContactSettings, and peer, who
	// keeps owner, is told with a channelUpdate command, owner's clients with a
	// friendDeleted command. Requests that wait between the two are refused, so
	// that they become friends again only if one of them asks anew. Removing again
	// is a success that changes nothing. ErrNoContact when peer never was a
	// contact, ErrSystemContact.
	Remove(ctx context.Context, owner, peer string) error
}

// PartingReader is the part of Reader that Parting needs.
type PartingReader interface {
	// Category returns the Contact.Category of uid, "" when there is no such user.
	Category(ctx context.Context, uid string) (string, error)
}

func (s *service) Remove(ctx context.Context, owner, peer string) error {
	if peer == "" || !text.Line(peer, maxID) {
		return ErrNoContact
	}
	now := s.now()
	return s.store.Update(ctx, func(tx Tx) error {
		if err := tx.LockOwners(ctx, owner, peer); err != nil {
			return err
		}
		mine, err := tx.Relation(ctx, owner, peer)
		if errors.Is(err, ErrNotFound) {
			return ErrNoContact
		}
		if err != nil || mine.Deleted {
			return err
		}
		// Nobody could make friends with a system account again: it accepts nothing.
		if category, err := tx.Category(ctx, peer); err != nil {
			return err
		} else if category == systemCategory {
			return ErrSystemContact
		}
		kept, err := part(ctx, tx, mine, now)
		if err != nil {
			return err
		}
		if err := forget(ctx, tx, owner, peer, now); err != nil {
			return err
		}
		return tx.Emit(ctx, farewell(owner, peer, kept, now)...)
	})
}

// part ends the friendship in both rows and reports whether the other side keeps
// its own.
func part(ctx context.Context, tx Tx, mine Relation, now time.Time) (kept bool, err error) {
	mine.Deleted, mine.Alone = true, true
	if err := tx.SaveRelation(ctx, mine, now); err != nil {
		return false, err
	}
	theirs, err := tx.Relation(ctx, mine.Peer, mine.Owner)
	if errors.Is(err, ErrNotFound) || err == nil && theirs.Deleted {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	// This row takes a new version as well. A descendant left the version alone and
	// trusted the command, but a device that missed the command would then never
	// learn from a sync that it was removed.
	theirs.Alone = true
	return true, tx.SaveRelation(ctx, theirs, now)
}

// forget resets what owner set for peer, a block aside, which is no part of the
// ContactSettings, and refuses what waits between the two: an old token must not
// make them friends without anybody asking.
func forget(ctx context.Context, tx Tx, owner, peer string, now time.Time) error {
	settings, err := tx.ContactSettings(ctx, owner, peer)
	if err != nil {
		return err
	}
	if settings != DefaultContactSettings() {
		if err := tx.SaveContactSettings(ctx, owner, peer, DefaultContactSettings()); err != nil {
			return err
		}
	}
	for _, side := range [2][2]string{{owner, peer}, {peer, owner}} {
		r, err := tx.Request(ctx, side[0], side[1])
		if errors.Is(err, ErrNotFound) || err == nil && r.Status != Waiting {
			continue
		}
		if err != nil {
			return err
		}
		r.Status, r.UpdatedAt = Refused, now
		if err := tx.SaveRequest(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// farewell is what both sides hear (contract, section 3.2). Who has no contact to
// lose learns nothing.
func farewell(owner, peer string, kept bool, now time.Time) []message.Draft {
	news := []message.Draft{message.Command(now, "friendDeleted", map[string]string{"uid": peer}, owner)}
	if kept {
		news = append(news, message.Command(now, "channelUpdate", map[string]any{
			"channel_id": owner, "channel_type": message.Person,
		}, peer))
	}
	return news
}
