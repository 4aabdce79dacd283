package store

import (
	"context"
	"time"

	"github.com/ruyi-im/ruyi/user"
)

// users reads and writes accounts, and satisfies user.Reader.
type users struct{ q }

type userStore struct {
	users
	db *DB
}

// userTx is everything that commits together when an account changes.
type userTx struct {
	users
	accounts
	contacts
	avatars
	outbox
	qrLogins
}

func (s userStore) Update(ctx context.Context, fn func(user.Tx) error) error {
	view := func(q q) user.Tx {
		return userTx{users{q}, accounts{q}, contacts{q}, avatars{q}, outbox{q}, qrLogins{q}}
	}
	return update(ctx, s.db, view, fn)
}

type userRow struct {
	UID               string `db:"uid"`
	Username          string `db:"username"`
	Name              string `db:"name"`
	Zone              string `db:"zone"`
	Phone             string `db:"phone"`
	ShortNo           string `db:"short_no"`
	Sex               int    `db:"sex"`
	Category          string `db:"category"`
	Robot             bool   `db:"robot"`
	Vercode           string `db:"vercode"`
	QRVercode         string `db:"qr_vercode"`
	PasswordHash      string `db:"password_hash"`
	SearchByPhone     bool   `db:"search_by_phone"`
	SearchByShort     bool   `db:"search_by_short"`
	NewMsgNotice      bool   `db:"new_msg_notice"`
	MsgShowDetail     bool   `db:"msg_show_detail"`
	VoiceOn           bool   `db:"voice_on"`
	ShockOn           bool   `db:"shock_on"`
	OfflineProtection bool   `db:"offline_protection"`
	DeviceLock        bool   `db:"device_lock"`
	MuteOfApp         bool   `db:"mute_of_app"`
	Status            uint8  `db:"status"`
	ChatPwd           string `db:"chat_pwd"`
	LockScreenPwd     string `db:"lock_screen_pwd"`
	LockAfterMinute   int    `db:"lock_after_minute"`
	ShortStatus       bool   `db:"short_status"`
	MsgExpireSecond   int64  `db:"msg_expire_second"`
	Avatar            int64  `db:"avatar"`
	CreatedAt         int64  `db:"created_at"`
}

func (r userRow) user() user.User {
	return user.User{
		UID: r.UID, Username: r.Username, Name: r.Name,
		Phone:   user.Phone{Zone: r.Zone, Number: r.Phone},
		ShortNo: r.ShortNo, Sex: r.Sex, Category: user.Category(r.Category), Robot: r.Robot,
		Vercode: r.Vercode, QRVercode: r.QRVercode, PasswordHash: r.PasswordHash,
		Settings: user.Settings{
			SearchByPhone: r.SearchByPhone, SearchByShort: r.SearchByShort,
			NewMsgNotice: r.NewMsgNotice, MsgShowDetail: r.MsgShowDetail,
			VoiceOn: r.VoiceOn, ShockOn: r.ShockOn, OfflineProtection: r.OfflineProtection,
			DeviceLock: r.DeviceLock, MuteOfApp: r.MuteOfApp,
		},
		Status: user.Status(r.Status), CreatedAt: instant(r.CreatedAt),
		ChatPwd: r.ChatPwd, LockScreenPwd: r.LockScreenPwd, LockAfterMinute: r.LockAfterMinute,
		ShortNoChanged: r.ShortStatus, MsgExpireSecond: r.MsgExpireSecond, Avatar: r.Avatar,
	}
}

const userColumns = `uid, username, name, zone, phone, short_no, sex, category, robot, vercode,
	qr_vercode, password_hash, search_by_phone, search_by_short, new_msg_notice, msg_show_detail,
	voice_on, shock_on, offline_protection, device_lock, mute_of_app, status, created_at,
	chat_pwd, lock_screen_pwd, lock_after_minute, short_status, msg_expire_second, avatar`

func (s users) User(ctx context.Context, uid string) (user.User, error) {
	var r userRow
	err := s.get(ctx, &r, "SELECT "+userColumns+" FROM ruyi_user WHERE uid = ?", uid)
	return r.user(), absent(err, user.ErrNotFound)
}

func (s users) UserByLogin(ctx context.Context, username string) (user.User, error) {
	var r userRow
	err := s.get(ctx, &r, "SELECT "+userColumns+" FROM ruyi_user WHERE username = ?", username)
	return r.user(), absent(err, user.ErrNotFound)
}

func (s users) AddUser(ctx context.Context, u user.User) error {
	// Nothing inserted, rather than a constraint error, which on PostgreSQL would
	// end the transaction.
	n, err := s.exec(ctx, "INSERT INTO ruyi_user ("+userColumns+`)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO NOTHING`,
		u.UID, u.Username, u.Name, u.Phone.Zone, u.Phone.Number, u.ShortNo, u.Sex, string(u.Category),
		bit(u.Robot), u.Vercode, u.QRVercode, u.PasswordHash,
		bit(u.Settings.SearchByPhone), bit(u.Settings.SearchByShort), bit(u.Settings.NewMsgNotice),
		bit(u.Settings.MsgShowDetail), bit(u.Settings.VoiceOn), bit(u.Settings.ShockOn),
		bit(u.Settings.OfflineProtection), bit(u.Settings.DeviceLock), bit(u.Settings.MuteOfApp),
		int(u.Status), ms(u.CreatedAt), u.ChatPwd, u.LockScreenPwd, u.LockAfterMinute,
		bit(u.ShortNoChanged), u.MsgExpireSecond, u.Avatar)
	if err == nil && n == 0 {
		return user.ErrTaken
	}
	return err
}

func (s users) SaveDevice(ctx context.Context, uid string, d user.Device, at time.Time) error {
	_, err := s.exec(ctx, `INSERT INTO ruyi_device (uid, device_id, name, model, last_login)
		VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (uid, device_id) DO UPDATE SET
			name = excluded.name, model = excluded.model, last_login = excluded.last_login`,
		uid, d.ID, d.Name, d.Model, ms(at))
	return err
}
