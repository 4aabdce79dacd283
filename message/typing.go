package message

import (
	"context"
	"strings"

	"github.com/ruyi-im/ruyi/internal/text"
)

// Typing tells that somebody is about to say something.
type Typing interface {
	// Typing pushes a typing command to the other people of a conversation of uid
	// (POST /message/typing). The channel is named as uid sees it. It is stored
	// nowhere, and nothing is pushed where one of two people has blocked the other.
	// ErrChannel when uid has no such conversation.
	Typing(ctx context.Context, uid string, ch Channel) error
}

// TypingReader is the part of Reader that Typing needs.
type TypingReader interface {
	// Typist returns how uid stands in a channel. ErrChannel when uid is no active
	// subscriber of it.
	Typist(ctx context.Context, uid string, ch Channel) (Typist, error)
}

// Typist is somebody who types in a channel.
type Typist struct {
	Name  string
	Apart bool // one of two people has blocked the other
}

func (s *service) Typing(ctx context.Context, uid string, ch Channel) error {
	if ch.ID == "" || !text.Line(ch.ID, maxChannelID) {
		return ErrChannel
	}
	stored, seen := ch, ch
	var recipients []string // in a group everybody
	switch {
	case ch.Type == Person && !strings.Contains(ch.ID, "@"):
		stored, seen.ID = PersonChannel(uid, ch.ID), uid
		recipients = []string{ch.ID}
	case ch.Type != Group:
		return ErrChannel
	}
	typist, err := s.store.Typist(ctx, uid, stored)
	if err != nil || typist.Apart || ch.Type == Person && ch.ID == uid {
		return err
	}
	d := Command(s.now(), "typing", map[string]any{
		"from_uid": uid, "from_name": typist.Name, "channel_id": seen.ID, "channel_type": seen.Type,
	}, recipients...)
	d.From, d.Channel, d.Others = uid, stored, true
	s.store.Tell(ctx, d.Live())
	return nil
}

// Live returns d as a message that is only pushed, to who is connected, and
// stored nowhere.
func (d Draft) Live() Draft {
	d.Header.NoPersist = true
	return d
}
