package group

import (
	"context"
	"slices"
	"time"
)

// Muting keeps members from writing. It is for the owner, over everybody else, and
// for managers, over ordinary members; and refused with ErrNotFound and ErrDisabled
// as in Membership, with ErrNotMember for who left, and with ErrRight for who is
// not above a member concerned. Clients hear of it with a memberUpdate command, and
// who is muted with channelUpdate.
type Muting interface {
	// MuteMember lets member not write for one of MuteTimes, from now on. ErrMuteTime
	// for an unknown key; ErrMember when member is not in the group.
	MuteMember(ctx context.Context, uid, no, member string, key int) error
	// UnmuteMember ends that. ErrMember.
	UnmuteMember(ctx context.Context, uid, no, member string) error
	// Blacklist puts people on the blacklist of a group, all or none. They stay in
	// the group as ordinary members who can read, and leave, and nothing else; who
	// has left cannot come back. ErrMembersMissing, ErrTooMany; ErrMember when one of
	// them never was in the group.
	Blacklist(ctx context.Context, uid, no string, uids []string) error
	// Unblacklist takes people off it again, all or none. The errors are those of
	// Blacklist.
	Unblacklist(ctx context.Context, uid, no string, uids []string) error
}

// MuteTime is a time for which somebody can be muted.
type MuteTime struct {
	Key  int    // its number on the wire
	Text string // as people read it
	For  time.Duration
}

// MuteTimes returns the times for which somebody can be muted, the shortest first.
func MuteTimes() []MuteTime {
	const day = 24 * time.Hour
	return []MuteTime{
		{1, "1分钟", time.Minute}, {2, "10分钟", 10 * time.Minute}, {3, "1小时", time.Hour},
		{4, "1天", day}, {5, "1周", 7 * day}, {6, "1个月", 30 * day},
	}
}

func (s *service) MuteMember(ctx context.Context, uid, no, member string, key int) error {
	times := MuteTimes()
	i := slices.IndexFunc(times, func(t MuteTime) bool { return t.Key == key })
	if i < 0 {
		return ErrMuteTime
	}
	now := s.now()
	return s.mute(ctx, uid, no, member, now, now.Add(times[i].For))
}

func (s *service) UnmuteMember(ctx context.Context, uid, no, member string) error {
	return s.mute(ctx, uid, no, member, s.now(), time.Time{})
}

func (s *service) mute(ctx context.Context, uid, no, member string, now, until time.Time) error {
	return s.asMember(ctx, uid, no, ErrNotMember, func(tx Tx, _ Group, by Named) error {
		if !by.Manages() {
			return ErrRight
		}
		rows, err := membersOf(ctx, tx, no, []string{member}, ErrMember)
		if err != nil {
			return err
		}
		m := rows[0].Member
		switch {
		case !by.Outranks(m):
			return ErrRight
		case m.MutedUntil.Equal(until):
			return nil
		}
		m.MutedUntil, m.UpdatedAt = until, now
		if err := tx.SaveMembers(ctx, no, m); err != nil {
			return err
		}
		card := changed(now, no)
		card.Recipients = []string{member}
		return tx.Emit(ctx, membersChanged(now, no, member), card)
	})
}

func (s *service) Blacklist(ctx context.Context, uid, no string, uids []string) error {
	return s.list(ctx, uid, no, uids, Blacklisted)
}

func (s *service) Unblacklist(ctx context.Context, uid, no string, uids []string) error {
	return s.list(ctx, uid, no, uids, Accepted)
}

// list puts people on the blacklist of a group or takes them off.
func (s *service) list(ctx context.Context, uid, no string, uids []string, status MemberStatus) error {
	targets, err := s.targets(uids, ErrMembersMissing)
	if err != nil {
		return err
	}
	now := s.now()
	return s.asMember(ctx, uid, no, ErrNotMember, func(tx Tx, _ Group, by Named) error {
		if !by.Manages() {
			return ErrRight
		}
		rows, err := rowsOf(ctx, tx, no, targets, ErrMember)
		if err != nil {
			return err
		}
		var changed []Member
		for _, r := range rows {
			if !by.Outranks(r.Member) {
				return ErrRight
			}
			if r.Status != status {
				r.Status, r.Role, r.UpdatedAt = status, Ordinary, now
				changed = append(changed, r.Member)
			}
		}
		if len(changed) == 0 {
			return nil
		}
		if err := tx.SaveMembers(ctx, no, changed...); err != nil {
			return err
		}
		return tx.Emit(ctx, membersChanged(now, no, ""))
	})
}
