package friend

import (
	"context"
	"errors"
	"time"

	"github.com/ruyi-im/ruyi/internal/text"
	"github.com/ruyi-im/ruyi/message"
)

func (s *service) Sure(ctx context.Context, uid, token string) error {
	if token == "" {
		return ErrTokenMissing
	}
	if !text.Line(token, maxID) {
		return ErrToken
	}
	now := s.now()
	r, err := pending(ctx, s.store, uid, token, now)
	if err != nil {
		return err
	}
	applicant, active, err := s.people.Person(ctx, r.From)
	if err != nil {
		return err
	}
	if !active {
		return ErrApplicantGone
	}
	accepter, active, err := s.people.Person(ctx, uid)
	if err != nil {
		return err
	}
	if !active {
		return ErrAccepter
	}
	if err := s.askGroup(ctx, r.Vercode, r.From, uid); err != nil {
		return err
	}

	return s.store.Update(ctx, func(tx Tx) error {
		if err := tx.LockOwners(ctx, uid, r.From); err != nil {
			return err
		}
		r, err := pending(ctx, tx, uid, token, now)
		if err != nil {
			return err
		}
		if err := s.mayMeet(ctx, tx, uid, r.From, ErrToken); err != nil {
			return err
		}
		if err := accept(ctx, tx, r, now); err != nil {
			return err
		}
		return tx.Emit(ctx, s.acceptance(r, applicant, accepter, now)...)
	})
}

// pending returns the waiting request with that token, made to uid. Whatever
// else is wrong with the token has one answer, which tells a thief nothing.
func pending(ctx context.Context, reader Reader, uid, token string, now time.Time) (Request, error) {
	r, err := reader.RequestByToken(ctx, token)
	if errors.Is(err, ErrNotFound) {
		return Request{}, ErrToken
	}
	if err != nil {
		return Request{}, err
	}
	if r.To != uid || !r.open(now) {
		return Request{}, ErrToken
	}
	return r, nil
}

// accept makes the two friends and settles the request, and the opposite one
// too where both asked.
func accept(ctx context.Context, tx Tx, r Request, now time.Time) error {
	for _, rel := range []Relation{
		{Owner: r.From, Peer: r.To, Initiator: true},
		{Owner: r.To, Peer: r.From},
	} {
		source, err := sourceOf(ctx, tx, rel.Owner, rel.Peer, r.Vercode)
		if err != nil {
			return err
		}
		rel.Vercode, rel.Source, rel.CreatedAt = newVercode(), source, now
		if err := tx.SaveRelation(ctx, rel, now); err != nil {
			return err
		}
	}
	r.Status, r.UpdatedAt = Accepted, now
	if err := tx.SaveRequest(ctx, r); err != nil {
		return err
	}
	opposite, err := tx.Request(ctx, r.From, r.To)
	if errors.Is(err, ErrNotFound) || err == nil && opposite.Status != Waiting {
		return nil
	}
	if err != nil {
		return err
	}
	opposite.Status, opposite.UpdatedAt = Accepted, now
	return tx.SaveRequest(ctx, opposite)
}

// acceptance is what both sides hear (contract, section 3.2): a notice to
// refresh, a tip from the accepter, and the applicant's greeting as the first
// message of the chat.
func (s *service) acceptance(r Request, applicant, accepter string, now time.Time) []message.Draft {
	greeting := r.Remark
	if greeting == "" {
		greeting = "我是" + applicant
	}
	return append(s.accepted(r, accepter, now),
		message.Between(now, r.To, r.From, map[string]any{
			"type": message.TypeTip, "content": s.greeting,
		}),
		message.Between(now, r.From, r.To, map[string]any{
			"type": message.TypeText, "content": greeting,
		}),
	)
}
