package group

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/ruyi-im/ruyi/internal/errs"
)

// Confirmation is what a manager is asked to confirm.
type Confirmation struct {
	Group  Brief
	Invite Invite
}

func (s *service) ConfirmCode(ctx context.Context, uid, no, inviteNo string) (code string, err error) {
	now := s.now()
	err = s.inGroup(ctx, uid, no, func(tx Tx, g Group, by Named) error {
		switch {
		case !by.Manages():
			return ErrNotManager
		case g.Status != Normal:
			return ErrDisabled
		}
		if _, err := pending(ctx, tx, no, inviteNo, now); err != nil {
			return err
		}
		var err error
		code, err = issue(ctx, tx, now, Code{
			Kind: ConfirmCode, Group: no, UID: uid, Invite: inviteNo, ExpiresAt: now.Add(ConfirmCodeLife),
		})
		return err
	})
	if err != nil {
		return "", err
	}
	return code, nil
}

// pending returns an invite to the group no that waits for a manager.
func pending(ctx context.Context, r Reader, no, inviteNo string, now time.Time) (Invite, error) {
	if !isID(inviteNo) {
		return Invite{}, ErrInviteUnknown
	}
	i, err := r.Invite(ctx, inviteNo)
	switch {
	case errors.Is(err, ErrNoInvite):
		return Invite{}, ErrInviteUnknown
	case err != nil:
		return Invite{}, err
	case i.Group != no || !now.Before(i.ExpiresAt):
		return Invite{}, ErrInviteUnknown
	case i.Status != Pending:
		return Invite{}, ErrInviteDone
	}
	return i, nil
}

func (s *service) InviteDetail(ctx context.Context, inviteNo string) (Invite, error) {
	if !isID(inviteNo) {
		return Invite{}, ErrNoInvite
	}
	i, err := s.store.Invite(ctx, inviteNo)
	if err != nil {
		return Invite{}, err
	}
	g, err := s.store.Group(ctx, i.Group)
	switch {
	case errors.Is(err, ErrNotFound):
		return Invite{}, ErrNoInvite
	case err != nil:
		return Invite{}, err
	case g.Status == Disbanded || !s.now().Before(i.ExpiresAt):
		return Invite{}, ErrNoInvite
	}
	rows, err := s.store.MembersAmong(ctx, i.Group, invitedUIDs(i))
	if err != nil {
		return Invite{}, err
	}
	if out := slices.IndexFunc(rows, func(m Named) bool { return !m.In() }); out < 0 && len(rows) == len(i.Invited) {
		i.Status = Confirmed
	}
	return i, nil
}

func (s *service) ConfirmDetail(ctx context.Context, code string) (Confirmation, error) {
	now := s.now()
	c, apart, err := s.confirming(ctx, code, now)
	if err != nil {
		return Confirmation{}, err
	}
	g, err := s.store.Group(ctx, c.Group)
	if err != nil {
		return Confirmation{}, err
	}
	i, _, err := s.confirmable(ctx, s.store, g, c, apart, now)
	if err != nil {
		return Confirmation{}, err
	}
	return Confirmation{Group: g.brief(), Invite: i}, nil
}

func (s *service) Confirm(ctx context.Context, code string) error {
	now := s.now()
	c, apart, err := s.confirming(ctx, code, now)
	if err != nil {
		return err
	}
	return s.store.Update(ctx, func(tx Tx) error {
		g, err := tx.LockGroup(ctx, c.Group)
		if err != nil {
			return err
		}
		c, err := tx.LockCode(ctx, c.Hash)
		if err != nil {
			return err
		}
		i, people, err := s.confirmable(ctx, tx, g, c, apart, now)
		if err != nil {
			return err
		}
		if err := tx.UseCode(ctx, c.Hash, now); err != nil {
			return err
		}
		if err := tx.ConfirmInvite(ctx, i.No, c.UID); err != nil {
			return err
		}
		news, err := s.admit(ctx, tx, g, admission{
			Operator: Person{UID: i.Inviter, Name: i.InviterName}, Inviter: i.Inviter, People: people, Now: now,
		})
		if err != nil {
			return err
		}
		return tx.Emit(ctx, news...)
	})
}

// confirming returns a code that confirms, and who of those it would take in must
// not meet the inviter. What it returns is only good for finding the group:
// confirmable decides.
func (s *service) confirming(ctx context.Context, code string, now time.Time) (c Code, apart []string, err error) {
	c, err = s.store.Code(ctx, hashCode(code))
	switch {
	case err != nil:
		return c, nil, err
	case !c.live(now):
		return c, nil, ErrConfirmCode
	case c.Kind != ConfirmCode:
		return c, nil, ErrNotConfirmCode
	}
	i, err := s.store.Invite(ctx, c.Invite)
	if s.friends == nil || errors.Is(err, ErrNoInvite) {
		return c, nil, nil
	}
	if err == nil {
		apart, err = s.friends.AmongApart(ctx, i.Inviter, invitedUIDs(i))
	}
	return c, apart, err
}

// confirmable returns the invite that c confirms and who of it can be taken in, or
// why c confirms nothing.
func (s *service) confirmable(ctx context.Context, r Reader, g Group, c Code, apart []string, now time.Time) (Invite, []Person, error) {
	switch {
	case !c.live(now): // cleared away since confirming saw it
		return Invite{}, nil, ErrConfirmCode
	case g.Status == Disbanded:
		return Invite{}, nil, ErrNotFound
	}
	i, err := pending(ctx, r, g.No, c.Invite, now)
	if err != nil {
		return Invite{}, nil, err
	}
	allower, err := r.Member(ctx, g.No, c.UID)
	if err != nil {
		return Invite{}, nil, err
	}
	inviter, err := r.Member(ctx, g.No, i.Inviter)
	if err != nil {
		return Invite{}, nil, err
	}
	switch {
	case !c.UsedAt.IsZero():
		return Invite{}, nil, ErrConfirmCode
	case !allower.Manages():
		return Invite{}, nil, ErrNotManager
	case g.Status != Normal:
		return Invite{}, nil, ErrDisabled
	}
	if err := mayShare(g, inviter, ErrNotMember); err != nil {
		return Invite{}, nil, errs.Because(ErrAddFailed, err)
	}
	uids := slices.DeleteFunc(invitedUIDs(i), func(uid string) bool { return slices.Contains(apart, uid) })
	people, err := s.admissible(ctx, r, g, uids)
	if errors.Is(err, ErrAllIn) || errors.Is(err, ErrUnusable) || errors.Is(err, ErrFull) {
		err = errs.Because(ErrAddFailed, err)
	}
	return i, people, err
}
