package message

import (
	"context"
	"time"

	"github.com/ruyi-im/ruyi/internal/errs"
)

// Sending puts messages into channels and queues.
type Sending interface {
	// Send sends o in the name of from, who may do so where the rules of packages
	// friend and group allow it at that moment. It returns the message as it was
	// stored; when it returns, all recipients can read it.
	//
	// A number says which message is meant: sending again under the number of a
	// message that was stored changes nothing and returns that message, whatever
	// became of the permission since, or ErrClientMsgNo when o is another message.
	// What is not stored, see Header, is not remembered either.
	//
	// ErrSender when the account of from may not be used, or is System, which
	// speaks with Notify. ErrChannel, ErrClientMsgNoFormat, ErrExpire,
	// ErrPayloadSize, ErrPayload, ErrPayloadType, ErrReserved, ErrVisibles. To a
	// person friend.ErrPeer, friend.ErrUnwritable, friend.ErrNotFriends. To a group
	// group.ErrNotFound, group.ErrDisbanded, group.ErrDisabled, group.ErrNotMember,
	// group.ErrBlacklisted, group.ErrMuted, group.ErrForbidden.
	Send(ctx context.Context, from string, o Outgoing) (Message, error)

	// Notify stores drafts that a program composed, all or none, and returns the
	// messages in their order. It is the program's own voice: nobody's permission
	// is asked, any type goes, notices and commands too, see Command and Between,
	// and From may be anybody. What a draft leaves out is filled in: From is System,
	// ClientMsgNo is drawn, SentAt is now, Recipients of a person's channel are both
	// people, Visibles are those that the payload names. A domain that changes data
	// emits its news through its own transaction instead, see Outbox.
	//
	// ErrChannel, also for a draft that has neither a channel nor recipients;
	// ErrRecipient, ErrClientMsgNoFormat, ErrExpire, ErrPayloadSize, ErrPayload,
	// ErrPayloadType, ErrVisibles; ErrClientMsgNo for a number that its sender used.
	Notify(ctx context.Context, drafts ...Draft) ([]Message, error)
}

// Outgoing is what somebody sends. Channel and Payload are required.
type Outgoing struct {
	// Channel is the other person's uid, or a group's number.
	Channel Channel
	// ClientMsgNo is the number that the client gave the message: 1 to 128
	// characters in one line, unique for the sender. Default: one is drawn, so
	// that nothing protects a program that sends once more.
	ClientMsgNo string
	// Payload is a JSON object of at most MaxPayload bytes, kept byte for byte. Its
	// "type" is an integer from 0. Refused are those that only programs may say, with
	// Notify: 10 (money was transferred), TypeCommand, and notices, 1000 to 2000.
	// "visibles", in a group only, is a list of at most MaxVisibles uids who alone,
	// besides the sender, see the message.
	Payload []byte
	// Header holds the delivery flags. With NoPersist the message gets an id and no
	// place; with SyncOnce it is in queues alone, and only pushed in a large group.
	Header Header
	// Setting are the bits of the wire, kept as they are, see SettingNoConversation.
	Setting uint8
	// Expire is after how many seconds the message disappears, at most MaxExpire.
	// Default 0, never.
	Expire int
}

// SendRules are the settings and the moment that Policy decides by.
type SendRules struct {
	Now            time.Time
	RequireFriends bool // see Options
}

// Policy is the port through which packages friend and group say who may send,
// in the transaction that sends.
type Policy interface {
	// MaySend returns nil when from may send to ch, which is named as from sees it,
	// else one of the refusals that Sending.Send lists. What it rests on stays true
	// until the transaction ends. It is the first step of a transaction.
	MaySend(ctx context.Context, from string, ch Channel, rules SendRules) error
}

// SentReader is the part of Reader that Sending needs.
type SentReader interface {
	// Sent returns the message that from sent under a number, without Extra, and
	// whether there is one. The numbers of System are not kept apart: it finds none
	// of them.
	Sent(ctx context.Context, from, clientMsgNo string) (Message, bool, error)
}

func (s *service) Send(ctx context.Context, from string, o Outgoing) (Message, error) {
	now := s.now()
	d, err := o.draft(from, now)
	if err != nil {
		return Message{}, err
	}
	var sent []Message
	err = s.store.Update(ctx, func(tx Tx) error {
		err := tx.MaySend(ctx, from, o.Channel, SendRules{Now: now, RequireFriends: s.requireFriends})
		if err == nil {
			sent, err = tx.Deliver(ctx, d)
		}
		return err
	})
	if err != nil {
		return s.sentBefore(ctx, d, err)
	}
	return sent[0], nil
}

// sentBefore answers a send that failed: when the message was stored before, as
// it was answered then. It is asked only now because few sends are repeated; two
// at the same time are told apart by the store, which keeps numbers unique.
func (s *service) sentBefore(ctx context.Context, d Draft, failed error) (Message, error) {
	switch errs.KindOf(failed) {
	case errs.Denied, errs.NotFound, errs.Conflict:
	default:
		return Message{}, failed
	}
	first, found, err := s.store.Sent(ctx, d.From, d.ClientMsgNo)
	switch {
	case err != nil:
		return Message{}, err
	case found && d.isThat(first):
		return first, nil
	}
	return Message{}, failed
}

// isThat reports whether m is what became of d.
func (d Draft) isThat(m Message) bool {
	return d.Channel == m.Channel && d.Header == m.Header && d.Setting == m.Setting &&
		d.Expire == m.Expire && string(d.Payload) == string(m.Payload)
}

// draft checks o and returns the message that from sends.
func (o Outgoing) draft(from string, now time.Time) (Draft, error) {
	if from == System || !areIDs(from) {
		return Draft{}, ErrSender
	}
	d := Draft{
		Channel: o.Channel, From: from, ClientMsgNo: o.ClientMsgNo, Expire: o.Expire,
		Header: o.Header, Setting: o.Setting, Payload: o.Payload,
	}
	switch {
	case !areIDs(o.Channel.ID) || o.Channel.Type != Person && o.Channel.Type != Group:
		return Draft{}, ErrChannel
	case o.Channel.Type == Person:
		d.Channel = PersonChannel(from, o.Channel.ID)
	}
	c, err := d.complete(now)
	switch {
	case err != nil:
		return Draft{}, err
	case reserved(c.kind):
		return Draft{}, ErrReserved
	case len(d.Visibles) > 0 && d.Channel.Type == Person:
		return Draft{}, ErrVisibles
	}
	return d, nil
}

// reserved reports whether a content type is one that people cannot be allowed to
// forge: clients obey commands and believe notices.
func reserved(kind int64) bool {
	const transfer, firstNotice, lastNotice = 10, 1000, 2000
	return kind == transfer || kind == TypeCommand || kind >= firstNotice && kind <= lastNotice
}
