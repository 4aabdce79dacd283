package friend

import (
	"context"
	"errors"

	"github.com/ruyi-im/ruyi/internal/text"
	"github.com/ruyi-im/ruyi/message"
)

const maxRemark = 64

// maxID is more than any uid or token has. Not every database takes a text that
// is none.
const maxID = 100

func (s *service) Apply(ctx context.Context, from, to, greeting string) error {
	if to == "" {
		return ErrToMissing
	}
	if to == from {
		return ErrSelf
	}
	if !text.Line(greeting, maxRemark) {
		return ErrRemark
	}
	if !text.Line(to, maxID) {
		return ErrNobody
	}
	name, active, err := s.people.Person(ctx, from)
	if err != nil {
		return err
	}
	if !active {
		return ErrApplicant
	}
	target, reachable, err := s.people.Person(ctx, to)
	if err != nil {
		return err
	}

	now := s.now()
	return s.store.Update(ctx, func(tx Tx) error {
		if err := tx.LockOwners(ctx, from, to); err != nil {
			return err
		}
		if friends, err := areFriends(ctx, tx, from, to); err != nil {
			return err
		} else if friends {
			return ErrFriends
		}
		if target == "" && !reachable {
			return ErrNobody
		}
		if err := s.mayMeet(ctx, tx, from, to, ErrUnreachable); err != nil {
			return err
		}
		if !reachable {
			return ErrUnreachable
		}
		r := Request{
			To: to, From: from, Token: newToken(), Remark: greeting, Status: Waiting,
			CreatedAt: now, UpdatedAt: now, ExpiresAt: now.Add(RequestLife),
		}
		if err := tx.SaveRequest(ctx, r); err != nil {
			return err
		}
		return tx.Emit(ctx, message.Command(now, "friendRequest", map[string]string{
			"apply_uid": from, "apply_name": name, "to_uid": to, "remark": greeting, "token": r.Token,
		}, to))
	})
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
