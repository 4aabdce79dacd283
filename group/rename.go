package group

import (
	"context"
	"strings"

	"github.com/ruyi-im/ruyi/internal/text"
)

// MaxNick is how many characters a name inside a group has at most.
const MaxNick = 64

func (s *service) Rename(ctx context.Context, uid, no, member, nick string) error {
	nick = strings.TrimSpace(nick)
	if !text.Line(nick, MaxNick) {
		return ErrNick
	}
	if blank(nick) {
		nick = ""
	}
	now := s.now()
	return s.asMember(ctx, uid, no, ErrNotMember, func(tx Tx, _ Group, by Named) error {
		m := by.Member
		switch {
		case by.Status == Blacklisted:
			return ErrBlacklisted
		case member == uid:
		case !by.Manages():
			return ErrRenamer
		default:
			rows, err := membersOf(ctx, tx, no, []string{member}, ErrMember)
			if err != nil {
				return err
			}
			if m = rows[0].Member; !by.Outranks(m) {
				return ErrRight
			}
		}
		if m.Remark == nick {
			return nil
		}
		m.Remark, m.UpdatedAt = nick, now
		if err := tx.SaveMembers(ctx, no, m); err != nil {
			return err
		}
		return tx.Emit(ctx, membersChanged(now, no, member))
	})
}
