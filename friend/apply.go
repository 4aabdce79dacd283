package friend

import (
	"context"
	"errors"

	"github.com/ruyi-im/ruyi/internal/text"
)

const maxRemark = 64

// maxID is more than any uid or token has. Not every database takes a text that
// is none.
const maxID = 100

func (s *service) Apply(ctx context.Context, from string, a Application) error {
	if err := checkApplication(from, a); err != nil {
		return err
	}
	name, active, err := s.people.Person(ctx, from)
	if err != nil {
		return err
	}
	if !active {
		return ErrApplicant
	}
	target, reachable, err := s.people.Person(ctx, a.To)
	if err != nil {
		return err
	}
	group := s.askGroup(ctx, a.Vercode, from, a.To) // told in its turn

	now := s.now()
	return s.store.Update(ctx, func(tx Tx) error {
		if err := tx.LockOwners(ctx, from, a.To); err != nil {
			return err
		}
		if friends, err := areFriends(ctx, tx, from, a.To); err != nil {
			return err
		} else if friends {
			return ErrFriends
		}
		if target == "" && !reachable {
			return ErrNobody
		}
		if err := s.mayMeet(ctx, tx, from, a.To, ErrUnreachable); err != nil {
			return err
		}
		if !reachable {
			return ErrUnreachable
		}
		if err := s.mayAsk(ctx, tx, from, a, group); err != nil {
			return err
		}
		r := Request{
			To: a.To, From: from, Token: newToken(), Remark: a.Greeting, Vercode: a.Vercode,
			Status: Waiting, CreatedAt: now, UpdatedAt: now, ExpiresAt: now.Add(RequestLife),
		}
		if err := tx.SaveRequest(ctx, r); err != nil {
			return err
		}
		return tx.Emit(ctx, s.requested(r, name, now)...)
	})
}

// checkApplication refuses what can be told from a by itself.
func checkApplication(from string, a Application) error {
	switch {
	case a.To == "":
		return ErrToMissing
	case a.To == from:
		return ErrSelf
	case !text.Line(a.Greeting, maxRemark):
		return ErrRemark
	case !fits(a.Vercode):
		return ErrSource
	case !text.Line(a.To, maxID):
		return ErrNobody
	}
	return nil
}

// areFriends reports whether both have each other as contacts. A one-sided
// remainder may apply again.
func areFriends(ctx context.Context, r Reader, a, b string) (bool, error) {
	for _, side := range [2][2]string{{a, b}, {b, a}} {
		rel, err := r.Relation(ctx, side[0], side[1])
		if errors.Is(err, ErrNotFound) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		if rel.Deleted || rel.Alone {
			return false, nil
		}
	}
	return true, nil
}
