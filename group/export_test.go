package group

import (
	"context"

	"github.com/ruyi-im/ruyi/message"
)

// Add makes uid a member of a group, as the use cases that add people do.
func Add(ctx context.Context, s Service, no, uid string) error {
	svc := s.(*service)
	now := svc.now()
	return svc.store.Update(ctx, func(tx Tx) error {
		g, err := tx.LockGroup(ctx, no)
		if err != nil {
			return err
		}
		m := Member{UID: uid, Status: Accepted, CreatedAt: now, UpdatedAt: now}
		if err := tx.SaveMembers(ctx, no, m); err != nil {
			return err
		}
		if err := tx.Subscribe(ctx, Channel(no), true, uid); err != nil {
			return err
		}
		seen := message.Command(now, "for one", nil, uid)
		news, err := svc.grown(ctx, tx, g, 1, now, membersChanged(now, no, ""), seen)
		if err != nil {
			return err
		}
		return tx.Emit(ctx, news...)
	})
}
