package message

import (
	"context"
	"strings"
	"unicode/utf8"
)

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
	return s.store.Queue(ctx, uid, after, pageLimit(limit))
}

func (s *service) History(ctx context.Context, uid string, ch Channel, after int64, limit int) ([]Message, error) {
	if after < 0 {
		return nil, ErrAfter
	}
	// A uid has no "@", which would name somebody else's channel. Not every
	// database takes a text that is none.
	if ch.ID == "" || strings.ContainsAny(ch.ID, "@\x00") || !utf8.ValidString(ch.ID) || ch.Type != Person {
		return nil, ErrChannel
	}
	return s.store.History(ctx, uid, PersonChannel(uid, ch.ID), after, pageLimit(limit))
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
