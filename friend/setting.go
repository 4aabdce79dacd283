package friend

import (
	"context"
	"errors"
	"time"

	"github.com/ruyi-im/ruyi/internal/text"
	"github.com/ruyi-im/ruyi/message"
)

// MaxFlameSeconds is the longest time after which a message burns, a day.
const MaxFlameSeconds = 24 * 60 * 60

// ContactSettings are what somebody set for the chat with somebody else, friend
// or not.
type ContactSettings struct {
	Remark     string // private name for the other
	Mute       bool
	Top        bool // keep the chat on top
	ChatPwdOn  bool // the chat asks for the chat password
	Screenshot bool // tell the other about screenshots
	Recall     bool // tell me when a message is revoked
	Receipt    bool // ask for read receipts
	Flame      bool // burn messages after reading
	FlameSecs  int  // seconds until then
}

// DefaultContactSettings are the settings of who has set nothing.
func DefaultContactSettings() ContactSettings {
	return ContactSettings{Screenshot: true, Recall: true, Receipt: true}
}

// ContactChange names the settings that change; the others are nil and stay.
type ContactChange struct {
	Remark     *string // at most 64 characters in one line; "" for none
	Mute       *bool
	Top        *bool
	ChatPwdOn  *bool
	Screenshot *bool
	Recall     *bool
	Receipt    *bool
	Flame      *bool
	FlameSecs  *int // 0 to MaxFlameSeconds
}

// Setting keeps what people set for their chats.
type Setting interface {
	// SetContact changes what owner set for peer, who is an active user, owner too,
	// or a contact whatever became of the account, and returns what holds then
	// (operation 5). Where that is new, owner's clients hear of it with a
	// channelUpdate command, and a contact comes again in the next sync. ErrPeer,
	// ErrContactRemark, ErrFlameSeconds.
	SetContact(ctx context.Context, owner, peer string, c ContactChange) (ContactSettings, error)
}

// SettingReader is the part of Reader that Setting needs.
type SettingReader interface {
	// ContactSettings returns what owner set for peer, DefaultContactSettings when
	// nothing.
	ContactSettings(ctx context.Context, owner, peer string) (ContactSettings, error)
}

// SettingTx is the part of Tx that Setting needs.
type SettingTx interface {
	// SaveContactSettings inserts or replaces what owner set for peer.
	SaveContactSettings(ctx context.Context, owner, peer string, c ContactSettings) error
	// Touch gives the row of owner about peer the next version of the owner's
	// clock, see SaveRelation, and changes nothing else. Where there is no such row
	// only the clock moves.
	Touch(ctx context.Context, owner, peer string, now time.Time) error
}

func (s *service) SetContact(ctx context.Context, owner, peer string, c ContactChange) (ContactSettings, error) {
	if peer == "" || !text.Line(peer, maxID) {
		return ContactSettings{}, ErrPeer
	}
	if c.Remark != nil && !text.Line(*c.Remark, maxRemark) {
		return ContactSettings{}, ErrContactRemark
	}
	if n := c.FlameSecs; n != nil && (*n < 0 || *n > MaxFlameSeconds) {
		return ContactSettings{}, ErrFlameSeconds
	}
	_, active, err := s.people.Person(ctx, peer)
	if err != nil {
		return ContactSettings{}, err
	}
	now := s.now()
	var after ContactSettings
	err = s.store.Update(ctx, func(tx Tx) error {
		if err := tx.LockOwners(ctx, owner); err != nil {
			return err
		}
		if !active {
			if err := mustHave(ctx, tx, owner, peer); err != nil {
				return err
			}
		}
		before, err := tx.ContactSettings(ctx, owner, peer)
		if err != nil {
			return err
		}
		after = before.with(c)
		if after == before {
			return nil
		}
		if err := tx.SaveContactSettings(ctx, owner, peer, after); err != nil {
			return err
		}
		if err := tx.Touch(ctx, owner, peer, now); err != nil {
			return err
		}
		return tx.Emit(ctx, message.Command(now, "channelUpdate", map[string]any{
			"channel_id": peer, "channel_type": message.Person,
		}, owner))
	})
	if err != nil {
		return ContactSettings{}, err
	}
	return after, nil
}

// mustHave returns ErrPeer unless peer is a contact of owner.
func mustHave(ctx context.Context, r Reader, owner, peer string) error {
	found, err := has(ctx, r, owner, peer)
	if err == nil && !found {
		return ErrPeer
	}
	return err
}

// has reports whether peer is a contact of owner.
func has(ctx context.Context, r Reader, owner, peer string) (bool, error) {
	rel, err := r.Relation(ctx, owner, peer)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil && !rel.Deleted, err
}

// with returns c after a change.
func (c ContactSettings) with(change ContactChange) ContactSettings {
	set(&c.Remark, change.Remark)
	set(&c.Mute, change.Mute)
	set(&c.Top, change.Top)
	set(&c.ChatPwdOn, change.ChatPwdOn)
	set(&c.Screenshot, change.Screenshot)
	set(&c.Recall, change.Recall)
	set(&c.Receipt, change.Receipt)
	set(&c.Flame, change.Flame)
	set(&c.FlameSecs, change.FlameSecs)
	return c
}

func set[T any](field, value *T) {
	if value != nil {
		*field = *value
	}
}
