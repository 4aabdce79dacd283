package group

import (
	"context"
	"time"

	"github.com/ruyi-im/ruyi/message"
)

// typeJoined is the type of the notice that somebody joined by a QR code.
const typeJoined = 1007

// Joinable is what somebody is asked to join.
type Joinable struct {
	Group  Brief
	Sharer Person // whose picture it was
}

// joiners are the two whom a joining concerns.
type joiners struct{ scanner, sharer Person }

func (s *service) JoinDetail(ctx context.Context, code, no string) (Joinable, error) {
	now := s.now()
	if err := mayBeGroup(no); err != nil {
		return Joinable{}, err
	}
	g, err := s.store.Group(ctx, no)
	if err != nil {
		return Joinable{}, err
	}
	c, err := s.store.Code(ctx, hashCode(code))
	if err != nil {
		return Joinable{}, err
	}
	who, err := s.joinable(ctx, s.store, g, c, now)
	if err != nil {
		return Joinable{}, err
	}
	return Joinable{Group: g.brief(), Sharer: who.sharer}, nil
}

func (s *service) Join(ctx context.Context, code, no string) error {
	now := s.now()
	if err := mayBeGroup(no); err != nil {
		return err
	}
	return s.store.Update(ctx, func(tx Tx) error {
		g, err := tx.LockGroup(ctx, no)
		if err != nil {
			return err
		}
		c, err := tx.LockCode(ctx, hashCode(code))
		if err != nil {
			return err
		}
		who, err := s.joinable(ctx, tx, g, c, now)
		if err != nil {
			return err
		}
		if err := tx.UseCode(ctx, c.Hash, now); err != nil {
			return err
		}
		news, err := s.admit(ctx, tx, g, admission{
			Operator: who.sharer, Inviter: c.UID, People: []Person{who.scanner}, Now: now,
			Notice: func([]Person) message.Draft {
				return notice(now, no, typeJoined, "“{0}”通过“{1}”的二维码加入群聊", []Person{who.scanner, who.sharer}, nil)
			},
		})
		if err != nil {
			return err
		}
		return tx.Emit(ctx, news...)
	})
}

func mayBeGroup(no string) error {
	switch {
	case no == "":
		return ErrNoMissing
	case !isID(no):
		return ErrNotFound
	}
	return nil
}

// joinable returns who joins g with c, or why nobody does. Whose joining was the
// one that used c learns that it went well: the answer may have been lost.
func (s *service) joinable(ctx context.Context, r Reader, g Group, c Code, now time.Time) (joiners, error) {
	switch {
	case g.Status == Disbanded:
		return joiners{}, ErrNotFound
	case g.Invite:
		return joiners{}, ErrJoinClosed
	case !c.live(now):
		return joiners{}, ErrJoinCode
	case c.Kind != JoinCode:
		return joiners{}, ErrNotJoinCode
	case c.Group != g.No:
		return joiners{}, ErrOtherGroup
	}
	scanner, err := r.Member(ctx, g.No, c.Scanner)
	if err != nil {
		return joiners{}, err
	}
	sharer, err := r.Member(ctx, g.No, c.UID)
	if err != nil {
		return joiners{}, err
	}
	switch {
	case scanner.In():
		return joiners{}, ErrAlreadyIn
	case !c.UsedAt.IsZero():
		return joiners{}, ErrJoinCode
	case g.Status != Normal:
		return joiners{}, ErrDisabled
	case scanner.Status == Blacklisted:
		return joiners{}, ErrBlacklisted
	case !sharer.In() || sharer.Status == Blacklisted:
		return joiners{}, ErrSharer
	case g.Members >= s.limits.Size:
		return joiners{}, ErrFull
	}
	return joining(ctx, r, c)
}

// joining names the two whom c concerns. ErrUnusable when the account of who joins
// may not be used.
func joining(ctx context.Context, r Reader, c Code) (who joiners, err error) {
	accounts, err := r.Accounts(ctx, []string{c.Scanner, c.UID})
	if err != nil {
		return who, err
	}
	able := false
	for _, a := range accounts {
		if a.UID == c.Scanner {
			who.scanner, able = a.Person(), a.Active
		} else {
			who.sharer = a.Person()
		}
	}
	if !able {
		return who, ErrUnusable
	}
	return who, nil
}
