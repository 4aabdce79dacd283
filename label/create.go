package label

import "context"

func (s *service) Create(ctx context.Context, uid string, d Draft) (int64, error) {
	d, err := s.clean(d)
	if err != nil {
		return 0, err
	}
	joined, err := s.groupNames(ctx, uid, d.Groups)
	if err != nil {
		return 0, err
	}
	now := s.now()
	var id int64
	err = s.store.Update(ctx, func(tx Tx) error {
		labels, err := tx.LockOwner(ctx, uid)
		if err != nil {
			return err
		}
		if labels >= s.limits.Labels {
			return ErrLabels
		}
		if err := admit(ctx, tx, uid, d, Draft{}, joined); err != nil {
			return err
		}
		id, err = tx.AddLabel(ctx, uid, d, now)
		return err
	})
	if err != nil {
		return 0, err
	}
	return id, nil
}
