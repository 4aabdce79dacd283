package store

import (
	"context"
	"errors"

	"github.com/ruyi-im/ruyi/user"
)

// accounts changes accounts that exist: user.Accounts.
type accounts struct{ q }

func (s accounts) LockUser(ctx context.Context, uid string) (user.User, error) {
	var r userRow
	err := s.get(ctx, &r, s.lock("SELECT "+userColumns+" FROM ruyi_user WHERE uid = ?"), uid)
	return r.user(), absent(err, user.ErrNotFound)
}

func (s accounts) SaveUser(ctx context.Context, u user.User) error {
	_, err := s.exec(ctx, `UPDATE ruyi_user SET name = ?, sex = ?, category = ?, password_hash = ?,
			search_by_phone = ?, search_by_short = ?, new_msg_notice = ?, msg_show_detail = ?,
			voice_on = ?, shock_on = ?, offline_protection = ?, device_lock = ?, mute_of_app = ?,
			chat_pwd = ?, lock_screen_pwd = ?, lock_after_minute = ?, msg_expire_second = ?, status = ?
		WHERE uid = ?`,
		u.Name, u.Sex, string(u.Category), u.PasswordHash,
		bit(u.Settings.SearchByPhone), bit(u.Settings.SearchByShort), bit(u.Settings.NewMsgNotice),
		bit(u.Settings.MsgShowDetail), bit(u.Settings.VoiceOn), bit(u.Settings.ShockOn),
		bit(u.Settings.OfflineProtection), bit(u.Settings.DeviceLock), bit(u.Settings.MuteOfApp),
		u.ChatPwd, u.LockScreenPwd, u.LockAfterMinute, u.MsgExpireSecond, int(u.Status), u.UID)
	return err
}

func (s accounts) SaveShortNo(ctx context.Context, uid, shortNo string) error {
	n, err := s.exec(ctx, `UPDATE ruyi_user SET short_no = ?, short_status = 1
		WHERE uid = ? AND NOT EXISTS (
			SELECT 1 FROM ruyi_user o WHERE lower(o.short_no) = lower(?) AND o.uid <> ?)`,
		shortNo, uid, shortNo, uid)
	if err == nil && n == 0 || raced(err) {
		return user.ErrTaken
	}
	return err
}

// raced reports whether err says that another transaction, which committed
// meanwhile, has stored the same unique value. SQLite has one writer and knows
// no such thing.
func raced(err error) bool {
	e, ok := errors.AsType[interface {
		error
		SQLState() string
	}](err)
	return ok && e.SQLState() == "23505"
}
