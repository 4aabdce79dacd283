package message

import (
	"slices"
	"time"

	"github.com/ruyi-im/ruyi/internal/text"
)

// Limits of what a draft says besides its payload.
const (
	MaxClientMsgNo = 128                     // characters
	MaxExpire      = 10 * 365 * 24 * 60 * 60 // seconds
)

// complete checks a draft, its channel aside, and fills in what it leaves out.
func (d *Draft) complete(now time.Time) (content, error) {
	if d.ClientMsgNo == "" {
		d.ClientMsgNo = newClientMsgNo()
	}
	if d.SentAt.IsZero() {
		d.SentAt = now
	}
	d.SentAt = time.UnixMilli(d.SentAt.UnixMilli()) // as it will be read again
	if d.Recipients == nil {
		d.Recipients = d.Channel.Parties()
	} else {
		d.Recipients = once(d.Recipients)
	}
	d.Visibles = once(d.Visibles)
	switch {
	case !areIDs(d.From) || !areIDs(d.Recipients...) || !areIDs(d.Visibles...):
		return content{}, ErrRecipient
	case !text.Line(d.ClientMsgNo, MaxClientMsgNo):
		return content{}, ErrClientMsgNoFormat
	case d.Expire < 0 || d.Expire > MaxExpire:
		return content{}, ErrExpire
	}
	c, err := readPayload(d.Payload)
	if len(d.Visibles) == 0 {
		d.Visibles = c.visibles
	}
	return c, err
}

// goesSomewhere reports whether a draft has a channel that can exist, or
// recipients.
func (d *Draft) goesSomewhere() bool {
	switch people := d.Channel.Parties(); d.Channel.Type {
	case Person:
		return len(people) > 0 && areIDs(people...) && d.Channel == PersonChannel(people[0], people[len(people)-1])
	case Group:
		return areIDs(d.Channel.ID)
	default:
		return d.Channel == Channel{} && len(d.Recipients) > 0
	}
}

// once returns each uid once.
func once(uids []string) []string { return slices.Compact(slices.Sorted(slices.Values(uids))) }
