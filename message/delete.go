package message

import (
	"context"
	"math"
	"slices"
	"strconv"
	"time"
)

// MaxIDs is how many messages one call may name.
const MaxIDs = 200

// Deleting hides messages from the one who deletes them; others keep them.
type Deleting interface {
	// Delete hides messages from uid for ever and tells those of his devices that
	// are connected (operation 28). What uid does not see, or has deleted before,
	// changes nothing. ErrNoMessages when ids is empty or holds something that is
	// no id, ErrManyMessages when it holds more than MaxIDs.
	Delete(ctx context.Context, uid string, ids ...int64) error

	// Clear hides what was said in a channel up to position seq from uid, for ever
	// (POST /message/offset). The position never goes down, nor beyond the newest
	// message. What is left decides the unread count, of which all devices of uid
	// learn. The channel is named as uid sees it. ErrClear when seq is not positive,
	// ErrChannel as for History.
	Clear(ctx context.Context, uid string, ch Channel, seq int64) error

	// ClearAll is Clear up to the newest message (operation 28 with a channel and no
	// message).
	ClearAll(ctx context.Context, uid string, ch Channel) error
}

// Deletions is what a store changes for Deleting.
type Deletions interface {
	// LockPlace returns what ch is to uid, and holds the channel until the
	// transaction ends. The zero Place when there is no such channel or uid has
	// never belonged to it. Its lock comes after that of the channel's group.
	LockPlace(ctx context.Context, uid string, ch Channel) (Place, error)
	// Hide deletes messages for uid. What he has deleted before stays so.
	Hide(ctx context.Context, uid string, ids ...int64) error
	// Clear hides what stands in ch up to seq from uid, who belongs to it, and
	// returns how many of the messages that are left he has not read. The channel is
	// locked, and seq lies between Place.Cleared and Place.Last.
	Clear(ctx context.Context, uid string, ch Channel, seq int64) (unread int64, err error)
}

// Place is what a channel is to one of its people.
type Place struct {
	Follows bool  // an active subscriber, who receives and may read
	Cleared int64 // messages up to this position are hidden
	Last    int64 // position of the channel's newest message
	Large   bool  // the channel has too many people for their queues
}

func (s *service) Delete(ctx context.Context, uid string, ids ...int64) error {
	ids, err := distinct(ids)
	if err != nil {
		return err
	}
	now := s.now()
	return s.store.Update(ctx, func(tx Tx) error {
		found, err := tx.Find(ctx, uid, ids...)
		if err != nil {
			return err
		}
		found = slices.DeleteFunc(found, func(m Message) bool { return m.Hidden })
		if len(found) == 0 {
			return nil
		}
		if err := tx.Hide(ctx, uid, idsOf(found)...); err != nil {
			return err
		}
		return tx.Emit(ctx, deletion(now, uid, found))
	})
}

// deletion tells uid's connected devices which messages to take away. It is not
// kept: a device that is away finds them deleted when it syncs.
func deletion(now time.Time, uid string, messages []Message) Draft {
	type deleted struct {
		MessageID   string      `json:"message_id"`
		ChannelID   string      `json:"channel_id"`
		ChannelType ChannelType `json:"channel_type"`
		MessageSeq  int64       `json:"message_seq"`
	}
	list := make([]deleted, len(messages))
	for i, m := range messages {
		channel, typ := m.ChannelFor(uid)
		list[i] = deleted{strconv.FormatInt(m.ID, 10), channel, typ, m.Seq}
	}
	d := Command(now, "messageDeleted", map[string]any{"messages": list}, uid)
	d.Header.NoPersist = true
	return d
}

func (s *service) Clear(ctx context.Context, uid string, ch Channel, seq int64) error {
	if seq <= 0 {
		return ErrClear
	}
	stored, err := storedChannel(uid, ch)
	if err != nil {
		return err
	}
	now := s.now()
	return s.store.Update(ctx, func(tx Tx) error {
		place, err := tx.LockPlace(ctx, uid, stored)
		if err != nil {
			return err
		}
		if !place.Follows {
			return outside(ch)
		}
		upTo := min(seq, place.Last)
		if upTo <= place.Cleared {
			return nil
		}
		unread, err := tx.Clear(ctx, uid, stored, upTo)
		if err != nil {
			return err
		}
		return tx.Emit(ctx, Command(now, "unreadClear", struct {
			ChannelID   string      `json:"channel_id"`
			ChannelType ChannelType `json:"channel_type"`
			Unread      int64       `json:"unread"`
		}{ch.ID, ch.Type, unread}, uid))
	})
}

func (s *service) ClearAll(ctx context.Context, uid string, ch Channel) error {
	return s.Clear(ctx, uid, ch, math.MaxInt64)
}

// outside is the answer to somebody who does not belong to a channel. Between
// two people it only means that they have not spoken yet.
func outside(ch Channel) error {
	if ch.Type == Person {
		return nil
	}
	return ErrChannel
}

// distinct returns ids sorted and each once.
func distinct(ids []int64) ([]int64, error) {
	if len(ids) > MaxIDs {
		return nil, ErrManyMessages
	}
	ids = slices.Sorted(slices.Values(ids))
	if len(ids) == 0 || ids[0] <= 0 {
		return nil, ErrNoMessages
	}
	return slices.Compact(ids), nil
}

func idsOf(messages []Message) []int64 {
	ids := make([]int64, len(messages))
	for i, m := range messages {
		ids[i] = m.ID
	}
	return ids
}
