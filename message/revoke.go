package message

import (
	"context"
	"strconv"
	"time"

	"github.com/ruyi-im/ruyi/internal/text"
)

// DefaultRevokeWindow is how long people may revoke their own messages unless
// Options say otherwise.
const DefaultRevokeWindow = 2 * time.Minute

// Revoking takes messages back for everybody.
type Revoking interface {
	// Revoke takes a message back for everybody and tells them in its channel, from
	// uid (operation 29). People may revoke what they wrote themselves, within
	// RevokeWindow; in a group its owner everybody's messages, and its managers
	// those of ordinary members and of people who left, without limit of time.
	// Nobody may revoke the system's. Doing it again changes nothing.
	//
	// ch is the channel that the message is in, as uid sees it; the zero Channel
	// names none. ErrChannel when ch is no channel's name, ErrNoMessage when uid
	// sees no such message there, ErrRevokeDenied, ErrRevokeLate.
	Revoke(ctx context.Context, uid string, ch Channel, id int64) error

	// RevokeSent is Revoke for a message that uid himself has sent under the
	// number clientMsgNo, when its id is not known: the answer to sending it was
	// lost. ErrRevokeKey when that is no number.
	RevokeSent(ctx context.Context, uid string, ch Channel, clientMsgNo string) error

	// RevokeWindow returns how long people may revoke what they wrote, 0 for ever.
	RevokeWindow() time.Duration
}

// Revocations is what a store changes for Revoking.
type Revocations interface {
	// LockRole returns what uid is in a group, and holds the group until the
	// transaction ends. The numbers are the wire's: 1 its owner, 2 a manager, 0
	// everybody else: ordinary members, those who left, and all where there is no
	// such group. Its lock comes before that of a channel.
	LockRole(ctx context.Context, groupNo, uid string) (role uint8, err error)
	// SetRevoked records in m's channel, which is locked, that revoker took m back.
	SetRevoked(ctx context.Context, m Message, revoker string) error
}

// The roles that give a say in what others wrote.
const (
	roleOwner   uint8 = 1
	roleManager uint8 = 2
)

func (s *service) RevokeWindow() time.Duration { return s.revokeWindow }

func (s *service) RevokeSent(ctx context.Context, uid string, ch Channel, clientMsgNo string) error {
	if !text.Line(clientMsgNo, MaxClientMsgNo) || clientMsgNo == "" {
		return ErrRevokeKey
	}
	m, found, err := s.store.Sent(ctx, uid, clientMsgNo)
	switch {
	case err != nil:
		return err
	case !found:
		return ErrNoMessage
	}
	return s.Revoke(ctx, uid, ch, m.ID)
}

func (s *service) Revoke(ctx context.Context, uid string, ch Channel, id int64) error {
	if ch != (Channel{}) {
		var err error
		if ch, err = storedChannel(uid, ch); err != nil {
			return err
		}
	}
	now := s.now()
	// The channel and the author never change; what does is read again under the
	// locks.
	m, err := revocable(ctx, s.store, uid, ch, id, now)
	if err != nil {
		return err
	}
	return s.store.Update(ctx, func(tx Tx) error {
		may, err := mayRevoke(ctx, tx, uid, m)
		if err != nil {
			return err
		}
		place, err := tx.LockPlace(ctx, uid, m.Channel)
		if err != nil {
			return err
		}
		current, err := revocable(ctx, tx, uid, ch, id, now)
		switch {
		case err != nil:
			return err
		case !may:
			return ErrRevokeDenied
		case current.Revoked:
			return nil
		case m.From == uid && s.revokeWindow > 0 && now.Sub(m.SentAt) > s.revokeWindow:
			return ErrRevokeLate
		}
		if err := tx.SetRevoked(ctx, m, uid); err != nil {
			return err
		}
		return tx.CancelReminders(ctx, now, m.ID, revocation(now, m, uid, place.Large))
	})
}

// revocable returns a message that uid sees, in ch unless that is zero.
func revocable(ctx context.Context, r Pages, uid string, ch Channel, id int64, now time.Time) (Message, error) {
	found, err := r.Find(ctx, uid, id)
	if err != nil {
		return Message{}, err
	}
	if len(found) == 0 || found[0].Hidden || found[0].expired(now) || ch != (Channel{}) && found[0].Channel != ch {
		return Message{}, ErrNoMessage
	}
	return found[0], nil
}

// mayRevoke reports whether uid may revoke m as far as it is a matter of who they
// are. It locks the group where that decides.
func mayRevoke(ctx context.Context, tx Revocations, uid string, m Message) (bool, error) {
	switch {
	case m.From == System || m.From == "":
		return false, nil
	case m.From == uid:
		return true, nil
	case m.Channel.Type != Group:
		return false, nil
	}
	role, err := tx.LockRole(ctx, m.Channel.ID, uid)
	if err != nil || role != roleManager {
		return role == roleOwner, err
	}
	author, err := tx.LockRole(ctx, m.Channel.ID, m.From)
	return author != roleOwner && author != roleManager, err
}

// revocation tells the people of m's channel. In a large one it is not kept: who
// is not connected learns from the extras of the channel.
func revocation(now time.Time, m Message, revoker string, large bool) Draft {
	d := Command(now, "messageRevoke", map[string]string{"message_id": strconv.FormatInt(m.ID, 10)})
	d.From, d.Channel, d.Recipients = revoker, m.Channel, m.Channel.Parties()
	d.Header.NoPersist = large
	return d
}
