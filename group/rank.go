package group

import (
	"context"
	"slices"
	"time"

	"github.com/ruyi-im/ruyi/message"
)

// Ranking says who has which role. All of it is for the owner, and refused with
// ErrNotFound and ErrDisabled as in Membership, and with ErrNotMember for who left.
// Clients hear of it with a memberUpdate command; large groups with one for each
// member concerned.
type Ranking interface {
	// SetManagers makes members managers, all or none (operation 39). Who is one
	// already stays so. ErrManagersMissing, ErrTooMany, ErrAppoint, ErrAppointSelf;
	// ErrMember when one of them is not in the group; ErrTargetBlacklisted;
	// ErrManagersFull for more managers than Limits.Managers.
	SetManagers(ctx context.Context, uid, no string, uids []string) error
	// UnsetManagers makes managers ordinary members, all or none (operation 40).
	// Ordinary members stay so. ErrManagersMissing, ErrTooMany, ErrAppoint,
	// ErrDemoteSelf; ErrMember when one of them is not in the group.
	UnsetManagers(ctx context.Context, uid, no string, uids []string) error
	// Transfer makes to the owner of a group, and uid an ordinary member (operation
	// 43). The group hears of it with notice 1008; to is not muted any more.
	// ErrTransfer for who is not the owner; ErrTransferSelf; ErrTransferAccount when
	// the account of to may not be used; ErrTransferAbsent when to is not in the
	// group; ErrTargetBlacklisted.
	Transfer(ctx context.Context, uid, no, to string) error
}

func (s *service) SetManagers(ctx context.Context, uid, no string, uids []string) error {
	return s.rank(ctx, uid, no, uids, Manager, ErrAppointSelf)
}

func (s *service) UnsetManagers(ctx context.Context, uid, no string, uids []string) error {
	return s.rank(ctx, uid, no, uids, Ordinary, ErrDemoteSelf)
}

// rank gives members a role; self is the refusal for the own uid.
func (s *service) rank(ctx context.Context, uid, no string, uids []string, role Role, self error) error {
	targets, err := s.targets(uids, ErrManagersMissing)
	if err != nil {
		return err
	}
	now := s.now()
	return s.asMember(ctx, uid, no, ErrNotMember, func(tx Tx, g Group, by Named) error {
		switch {
		case by.Role != Owner:
			return ErrAppoint
		case slices.Contains(targets, uid):
			return self
		}
		rows, err := membersOf(ctx, tx, no, targets, ErrMember)
		if err != nil {
			return err
		}
		changed, err := s.ranked(ctx, tx, no, rows, role, now)
		if err != nil || len(changed) == 0 {
			return err
		}
		if err := tx.SaveMembers(ctx, no, changed...); err != nil {
			return err
		}
		news := []message.Draft{membersChanged(now, no, "")}
		if g.Large {
			news = nil
			for _, m := range changed {
				news = append(news, membersChanged(now, no, m.UID))
			}
		}
		return tx.Emit(ctx, news...)
	})
}

// ranked returns those of rows whose role changes, as they will be.
func (s *service) ranked(ctx context.Context, tx Tx, no string, rows []Named, role Role, now time.Time) ([]Member, error) {
	var changed []Member
	for _, r := range rows {
		if role == Manager && r.Status == Blacklisted {
			return nil, ErrTargetBlacklisted
		}
		if r.Role != role {
			r.Role, r.UpdatedAt = role, now
			changed = append(changed, r.Member)
		}
	}
	if role != Manager || len(changed) == 0 {
		return changed, nil
	}
	managers, err := tx.Managers(ctx, no)
	if err == nil && len(managers)-1+len(changed) > s.limits.Managers { // one of them is the owner
		err = ErrManagersFull
	}
	return changed, err
}
