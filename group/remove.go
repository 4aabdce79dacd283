package group

import (
	"context"
	"slices"
	"time"

	"github.com/ruyi-im/ruyi/message"
)

// The types of the notices that somebody was removed: to the group, and to those
// who were.
const (
	typeRemoved    = 1003
	typeYouRemoved = 1020
)

func (s *service) Remove(ctx context.Context, uid, no string, uids []string) error {
	targets, err := s.targets(uids, ErrMembersMissing)
	if err != nil {
		return err
	}
	now := s.now()
	return s.asMember(ctx, uid, no, ErrOperator, func(tx Tx, g Group, by Named) error {
		switch {
		case !by.Manages():
			return ErrRemover
		case slices.Contains(targets, uid):
			return ErrRemoveSelf
		}
		rows, err := membersOf(ctx, tx, no, targets, ErrRemoveAbsent)
		if err != nil {
			return err
		}
		people, members := make([]Person, len(rows)), make([]Member, len(rows))
		for i, r := range rows {
			if err := removable(by.Member, r.Member); err != nil {
				return err
			}
			people[i], members[i] = r.person(), r.Member
		}
		told := targets
		if !g.Large {
			if told, err = tx.MemberUIDs(ctx, no); err != nil {
				return err
			}
		}
		if err := dismiss(ctx, tx, g, now, members...); err != nil {
			return err
		}
		return tx.Emit(ctx, removed(now, no, by.person(), people, told), youRemoved(now, no, by.person(), targets))
	})
}

// removable returns why by may not remove m.
func removable(by, m Member) error {
	switch {
	case by.Outranks(m):
		return nil
	case m.Role == Owner:
		return ErrRemoveOwner
	default:
		return ErrRemoveManager
	}
}

// removed is what a group reads. Those who were removed are no subscribers any
// more, and have it from their queues, so these are named: told.
func removed(now time.Time, no string, by Person, people []Person, told []string) message.Draft {
	d := notice(now, no, typeRemoved, plain(by.Name)+"将"+places(0, len(people))+"移除群聊", people, nil)
	d.Recipients = told
	return d
}

// youRemoved is what those read who were removed, and nobody else.
func youRemoved(now time.Time, no string, by Person, uids []string) message.Draft {
	d := notice(now, no, typeYouRemoved, "你被{0}移除群聊", []Person{by}, map[string]any{"visibles": uids})
	d.Recipients, d.Visibles = uids, uids
	d.Header, d.Setting = message.Header{}, message.SettingNoConversation
	return d
}
