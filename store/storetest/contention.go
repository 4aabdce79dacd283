package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/user"
)

func testContention(t *testing.T, s Stores) {
	ctx := t.Context()
	t.Run("Tries", func(t *testing.T) { must(t, CountTries(ctx, s)) })
	t.Run("Conservation", func(t *testing.T) { must(t, CountMessages(ctx, s)) })
	t.Run("Contacts", func(t *testing.T) { must(t, CountContacts(ctx, s)) })
	t.Run("Sends", func(t *testing.T) { must(t, CountSends(ctx, s)) })
	t.Run("Unread", func(t *testing.T) { must(t, CountUnread(ctx, s)) })
	t.Run("ConversationExtras", func(t *testing.T) { must(t, FollowConversationExtras(ctx, s)) })
	t.Run("Reminders", func(t *testing.T) { must(t, FollowReminders(ctx, s)) })
	t.Run("Devices", func(t *testing.T) { must(t, CountDevices(ctx, s, addUser(t, s, "u"))) })
	t.Run("Logins", func(t *testing.T) { must(t, CountLogins(ctx, s)) })
	t.Run("Passwords", func(t *testing.T) { must(t, CountPasswords(ctx, s)) })
	t.Run("AppSessions", func(t *testing.T) {
		uid := addUser(t, s, "u")
		token := func(i int) string { return fmt.Sprintf("%s-%d", uid, i) }
		const logins = 16
		must(t, together(logins, func(i int) error {
			return s.Users().Update(ctx, func(tx user.Tx) error {
				return tx.AddSession(ctx, user.Session{TokenHash: token(i), UID: uid, CreatedAt: t0, ExpiresAt: t0.Add(time.Hour)}, 20)
			})
		}))
		alive := 0
		for i := range logins {
			if _, _, err := s.Users().Session(ctx, token(i)); err == nil {
				alive++
			}
		}
		equal(t, "live app sessions", alive, 1)
	})
}

// CountTries lets many callers count a wrong try of one code at the same time,
// and returns an error when a try is not counted. An attacker's guesses in
// parallel look like this.
func CountTries(ctx context.Context, s Stores) error {
	phone := newUser("u").Phone
	const callers, each = 16, 4
	err := together(callers, func(int) error {
		for range each {
			err := s.Users().Update(ctx, func(tx user.Tx) error {
				c, err := tx.LockCode(ctx, user.ForRegister, phone)
				if err != nil {
					return err
				}
				c.Tries++
				return tx.SaveCode(ctx, user.ForRegister, phone, c)
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.Users().Update(ctx, func(tx user.Tx) error {
		c, err := tx.LockCode(ctx, user.ForRegister, phone)
		if err == nil && c.Tries != callers*each {
			err = fmt.Errorf("%d tries were counted of %d", c.Tries, callers*each)
		}
		return err
	})
}

// testRetry runs transactions that need the same rows in opposite orders. An
// engine with row locks must undo and repeat some of them, unseen.
func testRetry(t *testing.T, s Stores) {
	ctx := t.Context()
	a, b := addUser(t, s, "a"), addUser(t, s, "b")
	const callers, each = 2, 3
	must(t, together(callers, func(i int) error {
		order := [2]string{a, b}
		if i%2 == 1 {
			order = [2]string{b, a}
		}
		for range each {
			err := s.Friends().Update(ctx, func(tx friend.Tx) error {
				for _, uid := range order {
					if err := tx.Emit(ctx, message.Command(t0, "x", nil, uid)); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	}))
	for _, uid := range []string{a, b} {
		queue, err := s.Messages().Queue(ctx, uid, 0, 100)
		must(t, err)
		equal(t, "messages after conflicts", len(queue), callers*each)
	}
}
