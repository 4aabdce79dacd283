package group

import (
	"context"
	"time"

	"github.com/ruyi-im/ruyi/message"
)

// typeOwner is the type of the notice that a group has another owner.
const typeOwner = 1008

func (s *service) Transfer(ctx context.Context, uid, no, to string) error {
	now := s.now()
	return s.asMember(ctx, uid, no, ErrNotMember, func(tx Tx, _ Group, by Named) error {
		switch {
		case by.Role != Owner:
			return ErrTransfer
		case to == uid:
			return ErrTransferSelf
		case !isID(to):
			return ErrTransferAccount
		}
		known, err := tx.Accounts(ctx, []string{to})
		if err != nil {
			return err
		}
		if len(known) == 0 || !known[0].Active {
			return ErrTransferAccount
		}
		rows, err := membersOf(ctx, tx, no, []string{to}, ErrTransferAbsent)
		if err != nil {
			return err
		}
		if rows[0].Status == Blacklisted {
			return ErrTargetBlacklisted
		}
		old := by.Member
		old.Role, old.UpdatedAt = Ordinary, now
		if err := tx.SaveMembers(ctx, no, old, crowned(rows[0].Member, now)); err != nil {
			return err
		}
		return tx.Emit(ctx, owned(now, no, rows[0].person()), membersChanged(now, no, ""))
	})
}

// crowned returns m as an owner, who is not muted.
func crowned(m Member, now time.Time) Member {
	m.Role, m.MutedUntil, m.UpdatedAt = Owner, time.Time{}, now
	return m
}

// owned is the notice that a group belongs to somebody now.
func owned(now time.Time, no string, owner Person) message.Draft {
	return notice(now, no, typeOwner, "“{0}”已成为新群主", []Person{owner}, nil)
}
