package group

import (
	"context"
	"strings"
	"time"

	"github.com/ruyi-im/ruyi/internal/text"
	"github.com/ruyi-im/ruyi/message"
)

// MaxNotice is how many characters the announcement of a group has at most.
const MaxNotice = 1000

// typeChanged is the type of the notice that something of a group changed.
const typeChanged = 1005

// Change names what changes of a group; the rest is nil and stays.
type Change struct {
	Name   *string // 1 to MaxName characters in one line
	Notice *string // at most MaxNotice characters, "" for none
	Invite *bool   // members are invited, and a manager confirms
}

// Changing changes groups, and what people set for them. What is set to the value
// that it has is no change, and nobody hears of it. Changes of the group itself
// are for its owner and managers; of each name, notice, mute and way to join all
// members hear with a notice 1005, and of any with one channelUpdate command.
type Changing interface {
	// Update changes a group in the name of uid (operation 33). ErrNothing,
	// ErrNameMissing, ErrName, ErrNotice; ErrNotFound when there is no such group, it
	// was disbanded, or uid never was in it; ErrEditors when uid may not; ErrDisabled.
	Update(ctx context.Context, uid, no string, c Change) error
	// Set changes what uid set for a group, and settings of the group itself, all or
	// nothing (operation 34). Of one's own settings one's own clients hear with a
	// channelUpdate command. Without any change it only checks. ErrSettingRemark,
	// ErrFlameSeconds; ErrNotFound as Update; ErrNotMember for who left; for settings
	// of the group ErrRight and ErrDisabled.
	Set(ctx context.Context, uid, no string, c SettingChange) error
	// ForbidAll mutes all ordinary members, or ends that (operation 41). ErrNotFound
	// as Update; ErrSilencers when uid may not; ErrDisabled.
	ForbidAll(ctx context.Context, uid, no string, on bool) error
}

func (s *service) Update(ctx context.Context, uid, no string, c Change) error {
	e := edit{Name: c.Name, Notice: c.Notice, Invite: c.Invite}
	if e == (edit{}) {
		return ErrNothing
	}
	if c.Name != nil {
		name := strings.TrimSpace(*c.Name)
		if blank(name) {
			return ErrNameMissing
		}
		if !text.Line(name, MaxName) {
			return ErrName
		}
		e.Name = &name
	}
	if c.Notice != nil && !text.Lines(*c.Notice, MaxNotice) {
		return ErrNotice
	}
	return s.edit(ctx, uid, no, e, ErrEditors)
}

func (s *service) ForbidAll(ctx context.Context, uid, no string, on bool) error {
	return s.edit(ctx, uid, no, edit{Forbidden: &on}, ErrSilencers)
}

// edit changes a group in the name of uid; refusal is for who may not.
func (s *service) edit(ctx context.Context, uid, no string, e edit, refusal error) error {
	now := s.now()
	return s.inGroup(ctx, uid, no, func(tx Tx, g Group, by Named) error {
		news, err := edited(ctx, tx, now, g, by, e, refusal)
		if err != nil || len(news) == 0 {
			return err
		}
		return tx.Emit(ctx, news...)
	})
}

// inGroup lets act work on a group that uid is in, or was once, in one
// transaction that holds the group.
func (s *service) inGroup(ctx context.Context, uid, no string, act func(tx Tx, g Group, by Named) error) error {
	if !isID(no) {
		return ErrNotFound
	}
	return s.store.Update(ctx, func(tx Tx) error {
		g, err := tx.LockGroup(ctx, no)
		if err != nil {
			return err
		}
		rows, err := tx.MembersAmong(ctx, no, []string{uid})
		if err != nil {
			return err
		}
		if len(rows) == 0 || g.Status == Disbanded {
			return ErrNotFound
		}
		return act(tx, g, rows[0])
	})
}

// edit names what changes of a group.
type edit struct {
	Name, Notice       *string
	Invite             *bool
	Forbidden          *bool
	ForbiddenAddFriend *bool
	ViewHistory        *bool
	MemberPin          *bool
}

// edited saves a group, which is locked, after a change in the name of by, and
// returns what to tell: nothing where nothing is new. Refusal is for who may not.
func edited(ctx context.Context, tx Tx, now time.Time, g Group, by Named, e edit, refusal error) ([]message.Draft, error) {
	switch {
	case !by.Manages():
		return nil, refusal
	case g.Status != Normal:
		return nil, ErrDisabled
	}
	after := g
	set(&after.Name, e.Name)
	set(&after.Notice, e.Notice)
	set(&after.Invite, e.Invite)
	set(&after.Forbidden, e.Forbidden)
	set(&after.ForbiddenAddFriend, e.ForbiddenAddFriend)
	set(&after.ViewHistory, e.ViewHistory)
	set(&after.MemberPin, e.MemberPin)
	if after == g {
		return nil, nil
	}
	news := append(changes(now, g, after, by), changed(now, g.No))
	after.UpdatedAt = now
	return news, tx.SaveGroup(ctx, after)
}

// changes returns a notice for each of the changes that have one.
func changes(now time.Time, before, after Group, by Named) (news []message.Draft) {
	who := []Person{{UID: by.UID, Name: by.Name}}
	add := func(is bool, attribute, value, words string) {
		if is {
			news = append(news, notice(now, after.No, typeChanged, "{0}"+words, who,
				map[string]any{"data": map[string]string{attribute: value}}))
		}
	}
	announced := "清空了群公告"
	if after.Notice != "" {
		announced = `修改群公告为"` + plain(after.Notice) + `"`
	}
	add(before.Name != after.Name, "name", after.Name, `修改群名为"`+plain(after.Name)+`"`)
	add(before.Notice != after.Notice, "notice", after.Notice, announced)
	add(before.Forbidden != after.Forbidden, "forbidden", digit(after.Forbidden),
		either(after.Forbidden, "开启了群禁言", "关闭了群禁言"))
	add(before.Invite != after.Invite, "invite", digit(after.Invite),
		either(after.Invite, "已启用“群聊邀请确认”，群成员需群主或管理员确认才能邀请朋友进群。", "已恢复默认进群方式。"))
	return news
}

// digit writes truth as notices do.
func digit(b bool) string { return either(b, "1", "0") }

func either(b bool, yes, no string) string {
	if b {
		return yes
	}
	return no
}

// set stores value in field unless there is none.
func set[T any](field, value *T) {
	if value != nil {
		*field = *value
	}
}
