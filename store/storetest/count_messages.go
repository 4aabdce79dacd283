package storetest

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/ruyi-im/ruyi/message"
)

// CountMessages lets people write to each other and to a group, in all directions
// at the same time, while others read. It returns an error when a number in a
// queue or a channel is missing or used twice, when a reader sees a message before
// one with a smaller number, or when a message is not in every recipient's queue
// exactly once. A number taken from a sequence of the database, which does not wait
// for the commits of smaller ones, shows like that.
func CountMessages(ctx context.Context, s Stores) error {
	c := conversations{people: []string{newUser("p").UID, newUser("q").UID, newUser("r").UID}}
	c.group = message.Channel{ID: newUser("g").UID, Type: message.Group}
	err := s.Messages().Update(ctx, func(tx message.Tx) error {
		return tx.Subscribe(ctx, c.group, true, c.people...)
	})
	if err != nil {
		return err
	}
	const writers, readers, each = 32, 8, 4
	var writing atomic.Int64
	writing.Store(writers)
	err = together(writers+readers, func(i int) error {
		if i >= writers {
			return c.read(ctx, s, i-writers, func() bool { return writing.Load() > 0 })
		}
		defer writing.Add(-1)
		for n := range each {
			if err := c.write(ctx, s, i, fmt.Sprintf("%d-%d", i, n)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.check(ctx, s, writers*each)
}

// conversations are what three people say to each other and in a group.
type conversations struct {
	people []string
	group  message.Channel
}

// write sends a text and a command to a person and a text to all.
func (c conversations) write(ctx context.Context, s Stores, i int, text string) error {
	from, to := c.people[i%3], c.people[(i+1+i/3%2)%3]
	all := say(from, to, text)
	all.Channel, all.Recipients, all.ClientMsgNo = c.group, nil, text
	return emit(ctx, s, say(from, to, text), message.Command(t0, text, nil, to, from), all)
}

// read follows a queue or a channel as long as there is more to come; every
// message must have the number after the one before.
func (c conversations) read(ctx context.Context, s Stores, i int, more func() bool) error {
	uid, last := c.people[i%3], int64(0)
	next := func(seq int64) error {
		if seq != last+1 {
			return fmt.Errorf("number %d was visible before number %d", seq, last+1)
		}
		last = seq
		return nil
	}
	for more() {
		if i%2 == 0 {
			queue, err := s.Messages().Queue(ctx, uid, last, 50)
			for _, m := range queue {
				if err = next(m.QueueSeq); err != nil {
					return err
				}
			}
			if err != nil {
				return err
			}
			continue
		}
		history, err := s.Messages().History(ctx, uid, c.group, last, 50)
		for _, m := range history {
			if err = next(m.Seq); err != nil {
				return err
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// check returns an error unless everybody has what was written so many times.
func (c conversations) check(ctx context.Context, s Stores, times int) error {
	missing := map[int64]int{} // copies that each message lacks
	for _, uid := range c.people {
		queue, err := s.Messages().Queue(ctx, uid, 0, 10*times)
		if err != nil {
			return err
		}
		for i, m := range queue {
			if m.QueueSeq != int64(i)+1 {
				return fmt.Errorf("number %d at place %d of a queue", m.QueueSeq, i+1)
			}
			if _, known := missing[m.ID]; !known {
				missing[m.ID] = 2
				if m.Channel == c.group {
					missing[m.ID] = 3
				}
			}
			missing[m.ID]--
		}
	}
	if len(missing) != 3*times {
		return fmt.Errorf("%d messages of %d", len(missing), 3*times)
	}
	for id, n := range missing {
		if n != 0 {
			return fmt.Errorf("message %d is in %d queues too few", id, n)
		}
	}
	return c.checkHistories(ctx, s, times)
}

// checkHistories returns an error unless the channels are numbered without gaps.
func (c conversations) checkHistories(ctx context.Context, s Stores, times int) error {
	channels := []message.Channel{c.group}
	for i, a := range c.people {
		channels = append(channels, message.PersonChannel(a, c.people[(i+1)%3]))
	}
	for i, ch := range channels {
		history, err := s.Messages().History(ctx, c.people[max(i-1, 0)], ch, 0, 10*times)
		if err != nil {
			return err
		}
		if i == 0 && len(history) != times {
			return fmt.Errorf("%d messages of %d in the group", len(history), times)
		}
		for n, m := range history {
			if m.Seq != int64(n)+1 {
				return fmt.Errorf("number %d at place %d of a channel", m.Seq, n+1)
			}
		}
	}
	return nil
}
