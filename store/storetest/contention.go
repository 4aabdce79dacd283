package storetest

import (
	"context"
	"fmt"
	"sync/atomic"
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

// CountMessages lets people write to each other in all directions at the same
// time while one of them reads. It returns an error when a number in a queue or
// a channel is missing or used twice, when the reader sees a message before one
// with a smaller number, or when a message is not in every recipient's queue
// exactly once.
func CountMessages(ctx context.Context, s Stores) error {
	people := []string{newUser("p").UID, newUser("q").UID, newUser("r").UID}
	const writers, each = 12, 10
	var writing atomic.Int64
	writing.Store(writers)
	err := together(writers+1, func(i int) error {
		if i == writers {
			return readQueue(ctx, s, people[0], func() bool { return writing.Load() > 0 })
		}
		defer writing.Add(-1)
		from, to := people[i%3], people[(i+1+i/3%2)%3]
		for n := range each {
			text := fmt.Sprintf("%d-%d", i, n)
			if err := emit(ctx, s, say(from, to, text), message.Command(t0, text, nil, to, from)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	copies := map[int64]int{}
	for _, uid := range people {
		queue, err := s.Messages().Queue(ctx, uid, 0, 10*writers*each)
		if err != nil {
			return err
		}
		for i, m := range queue {
			if m.QueueSeq != int64(i)+1 {
				return fmt.Errorf("number %d at place %d of a queue", m.QueueSeq, i+1)
			}
			copies[m.ID]++
		}
	}
	if len(copies) != 2*writers*each {
		return fmt.Errorf("%d messages of %d", len(copies), 2*writers*each)
	}
	for id, n := range copies {
		if n != 2 {
			return fmt.Errorf("message %d is in %d queues, not 2", id, n)
		}
	}
	return checkHistories(ctx, s, people)
}

func checkHistories(ctx context.Context, s Stores, people []string) error {
	for i, a := range people {
		history, err := s.Messages().History(ctx, a, message.PersonChannel(a, people[(i+1)%3]), 0, 10000)
		if err != nil {
			return err
		}
		for n, m := range history {
			if m.Seq != int64(n)+1 {
				return fmt.Errorf("number %d at place %d of a channel", m.Seq, n+1)
			}
		}
	}
	return nil
}

// readQueue follows a queue as long as there is more to come; every message must
// have the number after the one before.
func readQueue(ctx context.Context, s Stores, uid string, more func() bool) error {
	last := int64(0)
	for more() {
		queue, err := s.Messages().Queue(ctx, uid, last, 50)
		if err != nil {
			return err
		}
		for _, m := range queue {
			if m.QueueSeq != last+1 {
				return fmt.Errorf("number %d was visible before number %d", m.QueueSeq, last+1)
			}
			last = m.QueueSeq
		}
	}
	return nil
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
