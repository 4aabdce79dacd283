package group

import (
	"context"
	"slices"
	"time"

	"github.com/ruyi-im/ruyi/message"
)

func (s *service) Add(ctx context.Context, uid, no string, uids []string) error {
	others, err := s.named(uid, uids)
	if err != nil {
		return err
	}
	if others, err = s.near(ctx, uid, others); err != nil {
		return err
	}
	now := s.now()
	return s.asMember(ctx, uid, no, ErrAdder, func(tx Tx, g Group, by Named) error {
		switch {
		case by.Status == Blacklisted:
			return ErrBlacklisted
		case g.Invite && !by.Manages():
			return ErrInviteOnly
		}
		known, err := tx.Accounts(ctx, others)
		if err != nil {
			return err
		}
		c := newCompany(uid, others, known)
		if len(c.others) == 0 && len(c.lost) > 0 {
			return ErrUnusable
		}
		people := make([]Person, len(c.others))
		for i, a := range c.others {
			people[i] = a.Person()
		}
		news, err := s.admit(ctx, tx, g, admission{Operator: by.person(), Inviter: uid, People: people, Now: now})
		if err != nil {
			return err
		}
		if len(c.lost) > 0 {
			news = append(news, unusable(now, no, c.lost))
		}
		return tx.Emit(ctx, news...)
	})
}

// near returns those of others who have not blocked uid and were not blocked.
func (s *service) near(ctx context.Context, uid string, others []string) ([]string, error) {
	if s.friends == nil || len(others) == 0 {
		return others, nil
	}
	apart, err := s.friends.AmongApart(ctx, uid, others)
	return slices.DeleteFunc(others, func(other string) bool { return slices.Contains(apart, other) }), err
}

// unusable is the tip that the accounts of some people cannot be used.
func unusable(now time.Time, no string, people []Person) message.Draft {
	return notice(now, no, message.TypeTip, places(0, len(people))+"的账号已停用或注销，无法加入群聊", people, nil)
}
