package storetest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/ruyi-im/ruyi/message"
)

// CountUnread lets people write into a group while one of them looks at it again
// and again. It returns an error when a look, or the list in the end, does not
// find unread exactly what others have written since the look before.
func CountUnread(ctx context.Context, s Stores) error {
	reader, writer := newUser("r").UID, newUser("w").UID
	ch := message.Channel{ID: fmt.Sprintf("g%d", serial.Add(1)), Type: message.Group}
	if err := inMessages(ctx, s, func(tx message.Tx) error { return tx.Subscribe(ctx, ch, true, reader, writer) }); err != nil {
		return err
	}
	const callers, each = 8, 15
	looks := make([]message.Standing, 0, callers*each+1)
	var mu sync.Mutex
	err := together(callers, func(i int) error {
		for n := range each {
			if from := []string{"", writer, writer, reader}[i%4]; from != "" {
				if err := emit(ctx, s, post(ch, from, fmt.Sprint(i, n))); err != nil {
					return err
				}
				continue
			}
			look, err := lookAt(ctx, s, reader, ch)
			if err != nil {
				return err
			}
			mu.Lock()
			looks = append(looks, look)
			mu.Unlock()
		}
		return nil
	})
	if err != nil {
		return err
	}
	list, err := s.Messages().Conversations(ctx, reader, t0, 10, 1)
	if err != nil || len(list) != 1 {
		return fmt.Errorf("%d conversations of the reader: %w", len(list), err)
	}
	history, err := s.Messages().History(ctx, reader, ch, 0, 10*callers*each)
	if err != nil {
		return err
	}
	looks = append(looks, message.Standing{Seq: int64(len(history)), Unread: list[0].Unread})
	return checkLooks(looks, history, reader)
}

// lookAt reads everything that is unread and returns what it found.
func lookAt(ctx context.Context, s Stores, uid string, ch message.Channel) (found message.Standing, err error) {
	err = inMessages(ctx, s, func(tx message.Tx) error {
		if found, err = tx.LockStanding(ctx, uid, ch); err != nil {
			return err
		}
		st := found
		st.Unread, st.ReadSeq = 0, st.Seq
		return tx.SaveStanding(ctx, st)
	})
	return found, err
}

// checkLooks compares what each look found with the messages since the one before.
func checkLooks(looks []message.Standing, history []message.Message, reader string) error {
	slices.SortFunc(looks, func(a, b message.Standing) int {
		return cmp.Or(cmp.Compare(a.Seq, b.Seq), cmp.Compare(b.Unread, a.Unread))
	})
	before := int64(0)
	for _, look := range looks {
		want := int64(0)
		for _, m := range history[before:look.Seq] {
			if m.From != reader {
				want++
			}
		}
		if look.Unread != want {
			return fmt.Errorf("%d unread of messages %d to %d, of which others have written %d", look.Unread, before+1, look.Seq, want)
		}
		before = look.Seq
	}
	return nil
}

// saveExtra saves what devices keep, as the service does.
func saveExtra(ctx context.Context, tx message.Tx, uid string, ch message.Channel, x message.ConversationExtra) (int64, error) {
	st, err := tx.LockStanding(ctx, uid, ch)
	if err != nil {
		return 0, err
	}
	if err := tx.Emit(ctx, message.Command(t0, "syncConversationExtra", nil, uid)); err != nil {
		return 0, err
	}
	return tx.SaveConversationExtra(ctx, st, x)
}

// FollowConversationExtras lets devices of one user save at the same time what
// they keep, while messages come in and another device follows. It returns an
// error when a version is given twice, or when the follower misses a change.
func FollowConversationExtras(ctx context.Context, s Stores) error {
	uid := newUser("u").UID
	var chats []message.Channel
	for range 3 {
		peer := newUser("p").UID
		chats = append(chats, message.PersonChannel(uid, peer))
		if err := emit(ctx, s, say(peer, uid, "hi")); err != nil {
			return err
		}
	}
	return follow(6, 4, func(i, n int) error {
		if i%3 == 2 {
			parties := chats[n%3].Parties()
			return emit(ctx, s, say(parties[0], parties[1], "news"))
		}
		return inMessages(ctx, s, func(tx message.Tx) error {
			_, err := saveExtra(ctx, tx, uid, chats[(i+n)%3], message.ConversationExtra{Draft: fmt.Sprint(i, n)})
			return err
		})
	}, func(after int64) ([]news, error) {
		list, err := s.Messages().ConversationExtras(ctx, uid, after, 2)
		changes := make([]news, len(list))
		for i, x := range list {
			changes[i] = news{what: x.Channel.ID, state: fmt.Sprint(x), version: x.Version}
		}
		return changes, err
	})
}

// FollowReminders lets people mention somebody, who marks reminders as done, all
// at the same time, while a device follows. It returns an error when the device
// misses a change.
func FollowReminders(ctx context.Context, s Stores) error {
	uid, writer := newUser("u").UID, newUser("w").UID
	ch := message.Channel{ID: fmt.Sprintf("g%d", serial.Add(1)), Type: message.Group}
	if err := inMessages(ctx, s, func(tx message.Tx) error { return tx.Subscribe(ctx, ch, true, uid, writer) }); err != nil {
		return err
	}
	return follow(6, 4, func(i, _ int) error {
		if i%2 == 0 {
			return emit(ctx, s, calling(ch, writer, true), calling(ch, writer, false, uid))
		}
		list, err := s.Messages().Reminders(ctx, uid, 0, 500)
		if err != nil {
			return err
		}
		var open []int64
		for _, r := range list {
			if !r.Done && len(open) < 1 {
				open = append(open, r.ID)
			}
		}
		return inMessages(ctx, s, func(tx message.Tx) error {
			if err := tx.Emit(ctx, message.RemindersChanged(t0, uid)); err != nil {
				return err
			}
			return tx.FinishReminders(ctx, uid, open)
		})
	}, func(after int64) ([]news, error) {
		list, err := s.Messages().Reminders(ctx, uid, after, 2)
		changes := make([]news, len(list))
		for i, r := range list {
			changes[i] = news{what: fmt.Sprint(r.ID), state: fmt.Sprint(r), version: r.Version}
		}
		return changes, err
	})
}

// news is that something of a user has changed.
type news struct {
	what, state string
	version     int64
}

// follow calls do from several callers at once, while somebody reads page by page
// what changed. It returns an error when that does not lead to the state that is
// read in the end.
func follow(callers, each int, do func(i, n int) error, page func(after int64) ([]news, error)) error {
	followed, after := map[string]string{}, int64(0)
	catchUp := func(state map[string]string, after int64) (int64, error) {
		for {
			changes, err := page(after)
			if err != nil || len(changes) == 0 {
				return after, err
			}
			for _, c := range changes {
				if c.version < after {
					return after, fmt.Errorf("version %d comes after %d", c.version, after)
				}
				state[c.what], after = c.state, c.version
			}
		}
	}
	for round := range 2 { // in the second there is much to be missed
		var writing atomic.Int64
		writing.Store(int64(callers))
		err := together(callers+1, func(i int) (err error) {
			if i == callers {
				for writing.Load() > 0 && err == nil {
					after, err = catchUp(followed, after)
				}
				return err
			}
			defer writing.Add(-1)
			for n := range each {
				if err := do(i, round*each+n); err != nil {
					return err
				}
			}
			return nil
		})
		if err == nil {
			after, err = catchUp(followed, after)
		}
		if err != nil {
			return err
		}
	}
	truth := map[string]string{}
	if _, err := catchUp(truth, 0); err != nil {
		return err
	}
	if len(truth) == 0 || len(truth) != len(followed) {
		return fmt.Errorf("the follower knows %d things of %d", len(followed), len(truth))
	}
	for what, state := range truth {
		if followed[what] != state {
			return fmt.Errorf("the follower knows %s of %s", followed[what], state)
		}
	}
	return nil
}
