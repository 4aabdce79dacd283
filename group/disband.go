package group

import (
	"context"
	"time"

	"github.com/ruyi-im/ruyi/message"
)

func (s *service) Disband(ctx context.Context, uid, no string) error {
	now := s.now()
	return s.asMember(ctx, uid, no, ErrNotMember, func(tx Tx, g Group, by Named) error {
		if by.Role != Owner {
			return ErrDisband
		}
		news, err := disband(ctx, tx, g, by, now)
		if err != nil {
			return err
		}
		return tx.Emit(ctx, news...)
	})
}

// disband ends a group and returns what to tell. Nobody is unsubscribed: people
// keep what was said, and the tip is the last of it, since MaySend refuses more.
func disband(ctx context.Context, tx Tx, g Group, by Named, now time.Time) ([]message.Draft, error) {
	g.Status, g.UpdatedAt = Disbanded, now
	if err := tx.SaveGroup(ctx, g); err != nil {
		return nil, err
	}
	tip := notice(now, g.No, message.TypeTip, "{0}已解散该群聊", []Person{by.person()},
		map[string]any{"from_uid": by.UID, "from_name": by.Name})
	return []message.Draft{tip, changed(now, g.No)}, nil
}
