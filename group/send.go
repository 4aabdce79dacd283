package group

import (
	"context"
	"time"

	"github.com/ruyi-im/ruyi/message"
)

// SendReader is the port through which MaySend learns about a group and one of
// its members, in the transaction that sends.
type SendReader interface {
	// LockStanding returns where uid stands in a group, and holds it until the
	// transaction ends. ErrNotFound when there is no such group.
	LockStanding(ctx context.Context, no, uid string) (Standing, error)
}

// Standing is where somebody stands in a group.
type Standing struct {
	Group  Group
	Member Member // its UID is "" for who never was a member
	Active bool   // the member's account may be used
}

// MaySend returns nil when from may write in the group at the time now, else why
// not. Who never was a member learns nothing about the group.
//
// message.ErrSender when the account of from may not be used; ErrNotFound,
// ErrDisbanded, ErrDisabled, ErrNotMember, ErrBlacklisted, ErrMuted,
// ErrForbidden.
func MaySend(ctx context.Context, r SendReader, from, no string, now time.Time) error {
	s, err := r.LockStanding(ctx, no, from)
	if err != nil {
		return err
	}
	g, m := s.Group, s.Member
	switch {
	case m.UID == "":
		return ErrNotFound
	case !s.Active:
		return message.ErrSender
	case g.Status == Disbanded:
		return ErrDisbanded
	case g.Status != Normal:
		return ErrDisabled
	case m.Deleted:
		return ErrNotMember
	case m.Status != Accepted:
		return ErrBlacklisted
	case m.MutedUntil.After(now):
		return ErrMuted
	case g.Forbidden && m.Role != Owner && m.Role != Manager:
		return ErrForbidden
	}
	return nil
}
