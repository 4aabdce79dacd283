package label

import "context"

func (s *service) Replace(ctx context.Context, uid string, id int64, d Draft) error {
	d, err := s.clean(d)
	if err != nil {
		return err
	}
	joined, err := s.groupNames(ctx, uid, d.Groups)
	if err != nil {
		return err
	}
	now := s.now()
	return s.store.Update(ctx, func(tx Tx) error {
		before, err := tx.LockLabel(ctx, uid, id)
		if err != nil {
			return err
		}
		after := d
		if after.Groups == nil {
			after.Groups = before.Groups
		}
		if err := admit(ctx, tx, uid, after, before, joined); err != nil {
			return err
		}
		return tx.SaveLabel(ctx, uid, id, after, now)
	})
}
