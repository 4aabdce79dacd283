package group

import (
	"context"

	"github.com/ruyi-im/ruyi/internal/text"
	"github.com/ruyi-im/ruyi/message"
)

// MaxFlameSeconds is the longest time after which a message burns, a day.
const MaxFlameSeconds = 24 * 60 * 60

// maxSettingRemark is how many characters a private name for a group has at most.
const maxSettingRemark = 64

// SettingChange names the settings that change; the others are nil and stay.
type SettingChange struct {
	OwnChange
	WideChange
}

// OwnChange names what somebody changes of the own settings for a group.
type OwnChange struct {
	Remark     *string // at most 64 characters in one line; "" for none
	Mute       *bool
	Top        *bool
	Save       *bool
	ShowNick   *bool
	ChatPwdOn  *bool
	Screenshot *bool
	Recall     *bool
	Receipt    *bool
	JoinRemind *bool
	Flame      *bool
	FlameSecs  *int // 0 to MaxFlameSeconds
}

// WideChange names settings that a manager changes for all.
type WideChange struct {
	Forbidden          *bool // only the owner and managers may write
	Invite             *bool // members are invited, and a manager confirms
	ForbiddenAddFriend *bool // members may not become friends through the group
	ViewHistory        *bool // who joins may read what was said before
	MemberPin          *bool // members may pin messages
}

func (s *service) Set(ctx context.Context, uid, no string, c SettingChange) error {
	if c.Remark != nil && !text.Line(*c.Remark, maxSettingRemark) {
		return ErrSettingRemark
	}
	if n := c.FlameSecs; n != nil && (*n < 0 || *n > MaxFlameSeconds) {
		return ErrFlameSeconds
	}
	now := s.now()
	return s.inGroup(ctx, uid, no, func(tx Tx, g Group, by Named) error {
		if !by.In() {
			return ErrNotMember
		}
		var news []message.Draft
		if c.WideChange != (WideChange{}) {
			w := c.WideChange
			wide, err := edited(ctx, tx, now, g, by, edit{
				Forbidden: w.Forbidden, Invite: w.Invite, ForbiddenAddFriend: w.ForbiddenAddFriend,
				ViewHistory: w.ViewHistory, MemberPin: w.MemberPin,
			}, ErrRight)
			if err != nil {
				return err
			}
			news = wide
		}
		before, err := tx.Settings(ctx, uid, no)
		if err != nil {
			return err
		}
		if after := before.with(c.OwnChange); after != before {
			if err := tx.SaveSettings(ctx, uid, no, after); err != nil {
				return err
			}
			news = append(news, changedFor(now, no, uid))
		}
		if len(news) == 0 {
			return nil
		}
		return tx.Emit(ctx, news...)
	})
}

// with returns s after a change.
func (s Settings) with(c OwnChange) Settings {
	set(&s.Remark, c.Remark)
	set(&s.Mute, c.Mute)
	set(&s.Top, c.Top)
	set(&s.Save, c.Save)
	set(&s.ShowNick, c.ShowNick)
	set(&s.ChatPwdOn, c.ChatPwdOn)
	set(&s.Screenshot, c.Screenshot)
	set(&s.Recall, c.Recall)
	set(&s.Receipt, c.Receipt)
	set(&s.JoinRemind, c.JoinRemind)
	set(&s.Flame, c.Flame)
	set(&s.FlameSecs, c.FlameSecs)
	return s
}
