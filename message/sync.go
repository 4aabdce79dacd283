package message

import "context"

func (s *service) Queue(ctx context.Context, uid string, after int64, limit int) ([]Queued, error) {
	if after < 0 {
		return nil, ErrAfter
	}
	if after == 0 {
		acked, err := s.store.Acked(ctx, uid)
		if err != nil {
			return nil, err
		}
		after = acked
	}
	queue, err := s.store.Queue(ctx, uid, after, pageLimit(limit))
	now := s.now()
	for i := range queue {
		queue[i].conceal(now)
	}
	return queue, err
}

func (s *service) Ack(ctx context.Context, uid string, seq int64) error {
	if seq <= 0 {
		return ErrSeq
	}
	return s.store.Update(ctx, func(tx Tx) error {
		return tx.Acknowledge(ctx, uid, seq)
	})
}

func pageLimit(n int) int {
	switch {
	case n <= 0:
		return DefaultSyncLimit
	case n > MaxSyncLimit:
		return MaxSyncLimit
	}
	return n
}
