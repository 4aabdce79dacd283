package message

import (
	"context"
	"errors"
	"time"
)

// The sizes of a list of conversations.
const (
	DefaultConversations = 200
	MaxConversations     = 500
	MaxRecents           = 20 // messages of each conversation
)

// Conversation is what a channel is to one of its people.
type Conversation struct {
	Channel    Channel // as its owner sees it: the other person, or the group
	Unread     int64   // messages of others with a red dot since the owner looked last
	ReadSeq    int64   // the owner has read up to this place of the channel
	ClearedSeq int64   // messages up to this place are hidden from the owner, 0 for none
	Mute       bool
	Top        bool
	// Version grows with every message that moves the conversation: it is the time
	// of the last, in Unix milliseconds, whether or not the owner may see it.
	Version int64
	// Recents are the newest messages that the owner may see, newest first, at
	// least one. None of them was deleted by the owner, is limited to others, is
	// older than what the owner cleared, has expired, or is one that is to leave
	// the list alone.
	Recents []Message
	// Extra is what the owner's devices keep about it, with Version 0 for nothing.
	Extra ConversationExtra
}

// Last returns the newest message that the owner may see.
func (c Conversation) Last() Message { return c.Recents[0] }

// Standing is where one person stands in a channel, for those who change it.
type Standing struct {
	UID       string
	Channel   Channel // as it is stored
	Active    bool    // receives, and may read
	Seq       int64   // the place of the channel's newest message
	Unread    int64   // never negative
	ReadSeq   int64   // read up to here
	HiddenSeq int64   // the conversation is not listed until a later message
}

// Conversing is a user's list of conversations. Channels are named as the user
// sees them; ErrChannel refuses names that cannot be one.
type Conversing interface {
	// Conversations returns the conversations of uid with the newest activity first
	// (operation 46), each with its newest messages, as many as recents: less than
	// 1 means 1, more than MaxRecents means that many. At most limit are returned:
	// less than 1 means DefaultConversations, more than MaxConversations means that
	// many. One without a message that uid may see is not listed, nor is one that
	// uid deleted and that has got no message since, nor a group that uid left.
	Conversations(ctx context.Context, uid string, limit, recents int) ([]Conversation, error)

	// ClearUnread lowers the number of unread messages to unread, never raises it,
	// and moves what uid has read forward to place seq, or to the newest message
	// when unread and seq are 0. The user's devices hear of it by the command
	// unreadClear. Where uid is in no such conversation nothing happens. ErrUnread
	// when a number is negative.
	ClearUnread(ctx context.Context, uid string, ch Channel, unread, seq int64) error

	// DeleteConversation takes the conversation from the list until its next
	// message, with nothing unread. The user's devices hear of it by the command
	// conversationDeleted. Where uid never was in such a conversation nothing
	// happens.
	DeleteConversation(ctx context.Context, uid string, ch Channel) error

	// SaveConversationExtra replaces what uid's devices keep about a conversation and returns
	// its new version, which is the place in uid's queue of the command
	// syncConversationExtra that tells them. Channel and Version of x are not looked
	// at. ErrExtra when it breaks a limit, ErrChannel when uid is in no such
	// conversation.
	SaveConversationExtra(ctx context.Context, uid string, ch Channel, x ConversationExtra) (version int64, err error)

	// ConversationExtras returns what was saved by SaveConversationExtra after
	// version, in ascending order of the versions, one row for a conversation and at
	// most MaxConversationExtras. ErrVersion when version is negative.
	ConversationExtras(ctx context.Context, uid string, version int64) ([]ConversationExtra, error)
}

// ConversationReader reads conversations without locking.
type ConversationReader interface {
	// Conversations returns at most limit conversations of uid with at most recents
	// messages each, as Conversing describes them. Messages that expire until now
	// count as gone. Channels are as stored.
	Conversations(ctx context.Context, uid string, now time.Time, limit, recents int) ([]Conversation, error)
	// ConversationExtras returns at most limit extras of uid with a greater version, ascending.
	// Channels are as stored.
	ConversationExtras(ctx context.Context, uid string, version int64, limit int) ([]ConversationExtra, error)
}

// ConversationTx changes conversations.
type ConversationTx interface {
	// LockStanding returns where uid stands in ch, as stored, and holds the
	// channel: no message is added to it until the transaction ends. ErrChannel
	// when uid never was in such a conversation.
	LockStanding(ctx context.Context, uid string, ch Channel) (Standing, error)
	// SaveStanding stores Unread, ReadSeq and HiddenSeq of a standing that this
	// transaction has locked.
	SaveStanding(ctx context.Context, st Standing) error
	// SaveConversationExtra stores x for a standing that this transaction has locked. Its
	// version is the last number of the user's queue, in which this transaction has
	// put something.
	SaveConversationExtra(ctx context.Context, st Standing, x ConversationExtra) (version int64, err error)
}

func (s *service) Conversations(ctx context.Context, uid string, limit, recents int) ([]Conversation, error) {
	switch {
	case limit <= 0:
		limit = DefaultConversations
	case limit > MaxConversations:
		limit = MaxConversations
	}
	list, err := s.store.Conversations(ctx, uid, s.now(), limit, min(max(recents, 1), MaxRecents))
	for i := range list {
		list[i].Channel = seenAs(uid, list[i].Channel)
		list[i].Extra.Channel = list[i].Channel
	}
	return list, err
}

func (s *service) ClearUnread(ctx context.Context, uid string, ch Channel, unread, seq int64) error {
	if unread < 0 || seq < 0 {
		return ErrUnread
	}
	now := s.now()
	return s.stand(ctx, uid, ch, func(st Standing) (Standing, Draft) {
		if !st.Active {
			return st, Draft{}
		}
		upTo := seq
		if unread == 0 && seq == 0 {
			upTo = st.Seq
		}
		st.Unread = min(st.Unread, unread)
		st.ReadSeq = max(st.ReadSeq, min(upTo, st.Seq))
		return st, Command(now, "unreadClear", map[string]any{
			"channel_id": ch.ID, "channel_type": ch.Type, "unread": st.Unread,
		}, uid)
	})
}

func (s *service) DeleteConversation(ctx context.Context, uid string, ch Channel) error {
	now := s.now()
	return s.stand(ctx, uid, ch, func(st Standing) (Standing, Draft) {
		st.Unread, st.ReadSeq, st.HiddenSeq = 0, st.Seq, st.Seq
		return st, Command(now, "conversationDeleted", map[string]any{
			"channel_id": ch.ID, "channel_type": ch.Type,
		}, uid)
	})
}

// stand changes where uid stands in ch and tells the devices of uid, unless there
// is nothing to change.
func (s *service) stand(ctx context.Context, uid string, ch Channel, change func(Standing) (Standing, Draft)) error {
	stored, err := storedChannel(uid, ch)
	if err != nil {
		return err
	}
	return s.store.Update(ctx, func(tx Tx) error {
		before, err := tx.LockStanding(ctx, uid, stored)
		if errors.Is(err, ErrChannel) {
			return nil
		}
		if err != nil {
			return err
		}
		after, news := change(before)
		if after == before {
			return nil
		}
		if err := tx.SaveStanding(ctx, after); err != nil {
			return err
		}
		return tx.Emit(ctx, news)
	})
}

// seenAs returns how uid sees a channel as stored.
func seenAs(uid string, stored Channel) Channel {
	var ch Channel
	ch.ID, ch.Type = Message{Channel: stored}.ChannelFor(uid)
	return ch
}
