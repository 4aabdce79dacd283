package user

import (
	"context"
	"errors"

	"github.com/ruyi-im/ruyi/internal/text"
)

func (s *service) Card(ctx context.Context, viewer, uid string) (Card, error) {
	if !text.Line(uid, maxUsername) {
		return Card{}, ErrNoCard
	}
	c, err := s.store.Card(ctx, viewer, uid)
	if errors.Is(err, ErrNotFound) {
		return Card{}, ErrNoCard
	}
	if err != nil {
		return Card{}, err
	}
	c.Own = viewer == uid
	if !c.Own {
		c.Phone = Phone{}
		if !c.Robot {
			c.Username = ""
		}
		if !c.Friend {
			c.ShortNo = ""
		}
	}
	if c.Own || !c.Mutual || c.User.Status != Active {
		c.Online = OnlineStatus{}
	}
	return c, nil
}

func (s *service) Person(ctx context.Context, uid string) (name string, active bool, err error) {
	if !text.Line(uid, maxUsername) {
		return "", false, nil
	}
	u, err := s.store.User(ctx, uid)
	if errors.Is(err, ErrNotFound) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	if u.Status == Destroyed {
		return "", false, nil
	}
	return u.Name, u.Status == Active, nil
}
