package message

import (
	"context"
	"math"
	"strings"
	"unicode/utf8"
)

// The limits of what devices keep about conversations.
const (
	MaxConversationExtras = 5000  // rows of one answer
	MaxDraft              = 10000 // characters
)

// ConversationExtra is what a user's devices keep about a conversation, for each
// other. It means nothing to this library.
type ConversationExtra struct {
	Channel        Channel
	BrowseTo       int64  // the place that was read up to on the screen, from 0
	KeepMessageSeq int64  // the message to open the conversation at, 0 for the newest
	KeepOffsetY    int64  // how far that message is scrolled, 0 to 2^31-1
	Draft          string // what was typed and not sent, at most MaxDraft characters
	Version        int64  // place in the user's queue, see Conversing.SaveConversationExtra
}

// check returns ErrExtra for what no device keeps. A draft is for its author's
// eyes, so it may hold line breaks and whatever else is text.
func (x ConversationExtra) check() error {
	if x.BrowseTo < 0 || x.KeepMessageSeq < 0 || x.KeepOffsetY < 0 || x.KeepOffsetY > math.MaxInt32 ||
		!utf8.ValidString(x.Draft) ||
		strings.ContainsRune(x.Draft, 0) || utf8.RuneCountInString(x.Draft) > MaxDraft {
		return ErrExtra
	}
	return nil
}

func (s *service) SaveConversationExtra(ctx context.Context, uid string, ch Channel, x ConversationExtra) (version int64, err error) {
	if err := x.check(); err != nil {
		return 0, err
	}
	stored, err := storedChannel(uid, ch)
	if err != nil {
		return 0, err
	}
	now := s.now()
	err = s.store.Update(ctx, func(tx Tx) error {
		st, err := tx.LockStanding(ctx, uid, stored)
		if err == nil && !st.Active {
			err = ErrChannel
		}
		if err != nil {
			return err
		}
		// The command comes first, for its place in the queue is the version.
		if err := tx.Emit(ctx, Command(now, "syncConversationExtra", map[string]any{
			"channel_id": ch.ID, "channel_type": ch.Type,
		}, uid)); err != nil {
			return err
		}
		version, err = tx.SaveConversationExtra(ctx, st, x)
		return err
	})
	if err != nil {
		return 0, err
	}
	return version, nil
}

func (s *service) ConversationExtras(ctx context.Context, uid string, version int64) ([]ConversationExtra, error) {
	if version < 0 {
		return nil, ErrVersion
	}
	list, err := s.store.ConversationExtras(ctx, uid, version, MaxConversationExtras)
	for i := range list {
		list[i].Channel = seenAs(uid, list[i].Channel)
	}
	return list, err
}
