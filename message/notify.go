package message

import (
	"context"
	"slices"
)

func (s *service) Notify(ctx context.Context, drafts ...Draft) ([]Message, error) {
	now := s.now()
	drafts = slices.Clone(drafts)
	for i := range drafts {
		d := &drafts[i]
		if !d.goesSomewhere() {
			return nil, ErrChannel
		}
		if d.From == "" {
			d.From = System
		}
		if _, err := d.complete(now); err != nil {
			return nil, err
		}
	}
	var sent []Message
	err := s.store.Update(ctx, func(tx Tx) (err error) {
		sent, err = tx.Deliver(ctx, drafts...)
		return err
	})
	if err != nil {
		return nil, err
	}
	return sent, nil
}
