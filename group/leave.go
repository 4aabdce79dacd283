package group

import (
	"context"
	"time"

	"github.com/ruyi-im/ruyi/message"
)

// typeLeft is the type of the notice that somebody left.
const typeLeft = 1021

func (s *service) Exit(ctx context.Context, uid, no string) error {
	now := s.now()
	return s.inGroup(ctx, uid, no, func(tx Tx, g Group, by Named) error {
		if !by.In() {
			return ErrLeft
		}
		if err := dismiss(ctx, tx, g, now, by.Member); err != nil {
			return err
		}
		if err := unsave(ctx, tx, uid, no); err != nil {
			return err
		}
		var news []message.Draft
		if by.Role == Owner {
			var err error
			if news, err = inherit(ctx, tx, g, by, now); err != nil {
				return err
			}
		}
		left, err := leaving(ctx, tx, by, no, now)
		if err != nil {
			return err
		}
		return tx.Emit(ctx, append(left, news...)...)
	})
}

// unsave takes a group out of the list of uid's groups.
func unsave(ctx context.Context, tx Tx, uid, no string) error {
	own, err := tx.Settings(ctx, uid, no)
	if err != nil || !own.Save {
		return err
	}
	own.Save = false
	return tx.SaveSettings(ctx, uid, no, own)
}

// inherit gives a group whose owner has left a new one, or ends it where there is
// nobody, and returns what to tell.
func inherit(ctx context.Context, tx Tx, g Group, owner Named, now time.Time) ([]message.Draft, error) {
	heir, err := tx.Heir(ctx, g.No)
	if err != nil {
		return nil, err
	}
	if heir.UID == "" {
		return disband(ctx, tx, g, owner, now)
	}
	if err := tx.SaveMembers(ctx, g.No, crowned(heir.Member, now)); err != nil {
		return nil, err
	}
	return []message.Draft{owned(now, g.No, heir.person())}, nil
}

// leaving tells the managers, the clients of the group and those of who left.
func leaving(ctx context.Context, tx Tx, by Named, no string, now time.Time) ([]message.Draft, error) {
	managers, err := tx.Managers(ctx, no)
	if err != nil {
		return nil, err
	}
	news := []message.Draft{
		membersChanged(now, no, by.UID),
		message.Command(now, "conversationDeleted", map[string]any{"channel_id": no, "channel_type": message.Group}, by.UID),
	}
	if uids := uidsOf(managers); len(uids) > 0 {
		d := notice(now, no, typeLeft, "“{0}“退出群聊", []Person{by.person()}, map[string]any{"visibles": uids})
		d.Recipients, d.Visibles = uids, uids
		news = append([]message.Draft{d}, news...)
	}
	return news, nil
}
