package message

import (
	"context"
	"slices"
	"time"
)

// DefaultExtrasLimit is how many extras one page has unless the caller names a
// number.
const DefaultExtrasLimit = 100

// Receipting tells what became of messages, and who read those that ask for it.
type Receipting interface {
	// Extras returns the messages of a channel whose Extra changed after version,
	// in the order of their versions, at most limit (POST /message/extra/sync): 0 or
	// less means DefaultExtrasLimit, more than MaxSyncLimit means that many. What uid
	// does not see is left out; payloads are empty. The channel is named as uid sees
	// it. ErrVersion when version is negative, ErrChannel as for History.
	Extras(ctx context.Context, uid string, ch Channel, version int64, limit int) ([]Message, error)

	// MarkRead records that uid has read messages of a channel (POST
	// /message/readed) and tells their senders, in a group those who are connected.
	// Only messages of others count, that uid sees in that channel and whose setting
	// has SettingReceipt; each counts once. Other ids change nothing. ErrNoMessages
	// and ErrManyMessages as for Delete, ErrChannel as for History.
	MarkRead(ctx context.Context, uid string, ch Channel, ids ...int64) error
}

// ReceiptReader is what a store reads for Receipting.
type ReceiptReader interface {
	// Extras returns at most limit messages of ch whose Extra has a version greater
	// than version, in its order, without those that viewer does not see, see
	// Pages.Find, or has deleted. Their payloads are empty.
	Extras(ctx context.Context, viewer string, ch Channel, version int64, limit int) ([]Message, error)
}

// Receipts is what a store changes for Receipting.
type Receipts interface {
	// AddReader records that uid read messages of one channel, which is locked.
	// Those he has read before stay as they are.
	AddReader(ctx context.Context, uid string, at time.Time, messages ...Message) error
}

func (s *service) Extras(ctx context.Context, uid string, ch Channel, version int64, limit int) ([]Message, error) {
	if version < 0 {
		return nil, ErrVersion
	}
	stored, err := storedChannel(uid, ch)
	if err != nil {
		return nil, err
	}
	if limit <= 0 {
		limit = DefaultExtrasLimit
	}
	changed, err := s.store.Extras(ctx, uid, stored, version, min(limit, MaxSyncLimit))
	if err != nil {
		return nil, err
	}
	return changed, s.mayRead(ctx, uid, stored, len(changed))
}

func (s *service) MarkRead(ctx context.Context, uid string, ch Channel, ids ...int64) error {
	ids, err := distinct(ids)
	if err != nil {
		return err
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
		found, err := tx.Find(ctx, uid, ids...)
		if err != nil {
			return err
		}
		read := slices.DeleteFunc(found, func(m Message) bool {
			return m.Channel != stored || !m.awaits(uid) || m.expired(now)
		})
		if len(read) == 0 {
			return nil
		}
		if err := tx.AddReader(ctx, uid, now, read...); err != nil {
			return err
		}
		return tx.Emit(ctx, receipt(now, uid, ch, stored, read))
	})
}

// awaits reports whether m wants to know that uid has read it.
func (m *Message) awaits(uid string) bool {
	return m.Setting&SettingReceipt != 0 && m.From != uid && !m.Hidden && !m.Revoked && !m.Read
}

// receipt tells the senders of what uid read. In a group, where that may be as
// many as its people for each message, it is not kept: who is not connected
// learns from the extras of the channel.
func receipt(now time.Time, uid string, seen, stored Channel, read []Message) Draft {
	var senders []string
	for _, m := range read {
		senders = append(senders, m.From)
	}
	slices.Sort(senders)
	id := seen.ID
	if seen.Type == Person {
		id = uid // as the other sees it
	}
	d := Command(now, "syncMessageExtra", struct {
		ChannelID   string      `json:"channel_id"`
		ChannelType ChannelType `json:"channel_type"`
	}{id, seen.Type}, slices.Compact(senders)...)
	d.From, d.Channel, d.Header.NoPersist = uid, stored, seen.Type == Group
	return d
}
