package label

import "context"

func (s *service) Delete(ctx context.Context, uid string, id int64) error {
	return s.store.Update(ctx, func(tx Tx) error { return tx.RemoveLabel(ctx, uid, id) })
}
