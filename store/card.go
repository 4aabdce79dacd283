package store

import (
	"context"

	"github.com/ruyi-im/ruyi/user"
)

type cardRow struct {
	UID           string `db:"uid"`
	Username      string `db:"username"`
	Name          string `db:"name"`
	Zone          string `db:"zone"`
	Phone         string `db:"phone"`
	ShortNo       string `db:"short_no"`
	Sex           int    `db:"sex"`
	Category      string `db:"category"`
	Robot         bool   `db:"robot"`
	Status        uint8  `db:"status"`
	Friend        bool   `db:"friend"`
	Dropped       bool   `db:"dropped"`
	Initiator     bool   `db:"initiator"`
	FriendVercode string `db:"friend_vercode"`
	Source        string `db:"source"`
	Blocked       bool   `db:"blocked"`
	BlockedBy     bool   `db:"blocked_by"`
	Remark        string `db:"remark"`
	Mute          bool   `db:"mute"`
	Top           bool   `db:"top"`
	ChatPwdOn     bool   `db:"chat_pwd_on"`
	Screenshot    bool   `db:"screenshot"`
	Recall        bool   `db:"recall"`
	Receipt       bool   `db:"receipt"`
	Flame         bool   `db:"flame"`
	FlameSecond   int    `db:"flame_second"`
	Mutual        bool   `db:"mutual"`
	App           int64  `db:"app"`
	Web           int64  `db:"web"`
	PC            int64  `db:"pc"`
}

// Card reads the user, both sides of the relation and of a block, the viewer's
// settings and the device that counts (see user.OnlineStatus) in one query, as it is asked for
// whenever a chat is opened.
func (s users) Card(ctx context.Context, viewer, uid string) (user.Card, error) {
	var r cardRow
	err := s.get(ctx, &r, `SELECT u.uid, u.username, u.name, u.zone, u.phone, u.short_no, u.sex,
			u.category, u.robot, u.status,
			CASE WHEN f.deleted = 0 THEN 1 ELSE 0 END AS friend,
			COALESCE(b.deleted, 0) AS dropped,
			COALESCE(f.initiator, 0) AS initiator, COALESCE(f.vercode, '') AS friend_vercode,
			COALESCE(f.source, '') AS source,
			CASE WHEN s.blocked_at > 0 THEN 1 ELSE 0 END AS blocked,
			CASE WHEN o.blocked_at > 0 THEN 1 ELSE 0 END AS blocked_by,
			COALESCE(s.remark, '') AS remark, COALESCE(s.mute, 0) AS mute, COALESCE(s.top, 0) AS top,
			COALESCE(s.chat_pwd_on, 0) AS chat_pwd_on, COALESCE(s.screenshot, 1) AS screenshot,
			COALESCE(s.recall, 1) AS recall, COALESCE(s.receipt, 1) AS receipt,
			COALESCE(s.flame, 0) AS flame, COALESCE(s.flame_second, 0) AS flame_second,
			CASE WHEN f.deleted = 0 AND f.alone = 0 AND b.deleted = 0 AND b.alone = 0 THEN 1 ELSE 0 END AS mutual,
			COALESCE(p0.last_offline * 2 + p0.online, 0) AS app,
			COALESCE(p1.last_offline * 2 + p1.online, 0) AS web,
			COALESCE(p2.last_offline * 2 + p2.online, 0) AS pc
		FROM ruyi_user u
		LEFT JOIN ruyi_friend f ON f.owner = ? AND f.peer = u.uid
		LEFT JOIN ruyi_friend b ON b.owner = u.uid AND b.peer = ?
		LEFT JOIN ruyi_contact_setting s ON s.owner = ? AND s.peer = u.uid
		LEFT JOIN ruyi_contact_setting o ON o.owner = u.uid AND o.peer = ?
		LEFT JOIN ruyi_presence p0 ON p0.uid = u.uid AND p0.flag = 0
		LEFT JOIN ruyi_presence p1 ON p1.uid = u.uid AND p1.flag = 1
		LEFT JOIN ruyi_presence p2 ON p2.uid = u.uid AND p2.flag = 2
		WHERE u.uid = ?`, viewer, viewer, viewer, viewer, uid)
	return user.Card{
		User: user.User{
			UID: r.UID, Username: r.Username, Name: r.Name,
			Phone:   user.Phone{Zone: r.Zone, Number: r.Phone},
			ShortNo: r.ShortNo, Sex: r.Sex, Category: user.Category(r.Category), Robot: r.Robot,
			Status: user.Status(r.Status),
		},
		Friend: r.Friend, Dropped: r.Dropped, Initiator: r.Initiator, Vercode: r.FriendVercode,
		Blocked: r.Blocked, BlockedBy: r.BlockedBy, Source: r.Source,
		Remark: r.Remark, Mute: r.Mute, Top: r.Top, ChatPwdOn: r.ChatPwdOn,
		Screenshot: r.Screenshot, Recall: r.Recall, Receipt: r.Receipt,
		Flame: r.Flame, FlameSecs: r.FlameSecond,
		Mutual: r.Mutual,
		Online: user.Summary([]user.DevicePresence{
			seen(r.UID, user.FlagApp, r.App), seen(r.UID, user.FlagWeb, r.Web), seen(r.UID, user.FlagPC, r.PC),
		}),
	}, absent(err, user.ErrNotFound)
}

// seen returns a device from the one number that Card reads of it: twice the
// milliseconds of when it went, and 1 more when it is online.
func seen(uid string, f user.Flag, n int64) user.DevicePresence {
	return user.DevicePresence{UID: uid, Flag: f, Online: n%2 == 1, LastOffline: instant(n / 2)}
}
