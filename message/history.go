package message

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/ruyi-im/ruyi/internal/text"
)

// Paging reads a channel's history in both directions.
type Paging interface {
	// Page returns the messages of a stretch of a channel's history that are
	// nearest to its start, in ascending order, and whether the stretch goes on
	// after them (POST /message/channel/sync). The channel is named as uid sees it.
	// ErrRange when a position is negative, ErrChannel as for History.
	Page(ctx context.Context, uid string, ch Channel, r Range) (page []Message, more bool, err error)
}

// Range is a stretch of a channel's history. The zero Range is its newest
// messages.
type Range struct {
	// Start is the position to begin at, which belongs to the stretch. 0: at the
	// newest message, or at the oldest when Newer.
	Start int64
	// End is the position to stop before, which does not belong to it. 0: go on to
	// the end of the history.
	End int64
	// Newer goes from Start to newer messages; else it goes to older ones.
	Newer bool
	// Limit is how many messages are returned at most. 0 or less means
	// DefaultSyncLimit, more than MaxSyncLimit means that many.
	Limit int
}

// Pages is what a store reads of channels beside their whole history.
type Pages interface {
	// Page returns at most r.Limit messages of a stretch of ch, those nearest to
	// its start, ascending. What viewer sees of them is as in Reader.History.
	Page(ctx context.Context, viewer string, ch Channel, r Range) ([]Message, error)
	// Follows reports whether viewer is an active subscriber of ch.
	Follows(ctx context.Context, viewer string, ch Channel) (bool, error)
	// Find returns those of the messages that viewer sees, by id ascending: they
	// are in the history of a channel that he is an active subscriber of, after the
	// position up to which he cleared it, and not meant for others. What he deleted
	// is Hidden.
	Find(ctx context.Context, viewer string, ids ...int64) ([]Message, error)
}

func (s *service) History(ctx context.Context, uid string, ch Channel, after int64, limit int) ([]Message, error) {
	if after < 0 {
		return nil, ErrAfter
	}
	stored, err := storedChannel(uid, ch)
	if err != nil {
		return nil, err
	}
	history, err := s.store.History(ctx, uid, stored, after, pageLimit(limit))
	if err != nil {
		return nil, err
	}
	conceal(history, s.now())
	return history, s.mayRead(ctx, uid, stored, len(history))
}

func (s *service) Page(ctx context.Context, uid string, ch Channel, r Range) ([]Message, bool, error) {
	if r.Start < 0 || r.End < 0 {
		return nil, false, ErrRange
	}
	stored, err := storedChannel(uid, ch)
	if err != nil {
		return nil, false, err
	}
	limit := pageLimit(r.Limit)
	r.Limit = limit + 1 // one more tells whether there are more
	page, err := s.store.Page(ctx, uid, stored, r)
	if err != nil {
		return nil, false, err
	}
	more := len(page) > limit
	switch {
	case more && r.Newer:
		page = page[:limit]
	case more:
		page = page[1:]
	}
	conceal(page, s.now())
	return page, more, s.mayRead(ctx, uid, stored, len(page))
}

// mayRead refuses a group that uid does not belong to as one that does not exist.
// Whoever has found something there belongs to it. Two people share a channel
// before they have said anything.
func (s *service) mayRead(ctx context.Context, uid string, ch Channel, found int) error {
	if ch.Type != Group || found > 0 {
		return nil
	}
	follows, err := s.store.Follows(ctx, uid, ch)
	if err == nil && !follows {
		err = ErrChannel
	}
	return err
}

// maxChannelID is the longest name of a channel in characters.
const maxChannelID = 100

// storedChannel returns the channel that uid sees as ch. ErrChannel when ch names
// none.
func storedChannel(uid string, ch Channel) (Channel, error) {
	// A uid has no "@", which would name somebody else's channel.
	if ch.ID == "" || strings.Contains(ch.ID, "@") || !text.Line(ch.ID, maxChannelID) {
		return Channel{}, ErrChannel
	}
	switch ch.Type {
	case Person:
		return PersonChannel(uid, ch.ID), nil
	case Group:
		return ch, nil
	default:
		return Channel{}, ErrChannel
	}
}

// conceal takes away the content of what a reader does not see any more, or was
// never to see: it keeps its place only.
func conceal(messages []Message, now time.Time) {
	for i := range messages {
		messages[i].conceal(now)
	}
}

func (m *Message) conceal(now time.Time) {
	m.Hidden = m.Hidden || m.expired(now)
	if !m.Hidden {
		return
	}
	var kept struct {
		Type int64 `json:"type"`
	}
	// A payload is an object with a type; were it none, there would be nothing to keep.
	_ = json.Unmarshal(m.Payload, &kept)
	m.Payload, m.Extra = payload(kept), Extra{}
}

// expired reports whether m has disappeared by now.
func (m *Message) expired(now time.Time) bool {
	return m.Expire > 0 && !now.Before(m.SentAt.Add(time.Duration(m.Expire)*time.Second))
}
