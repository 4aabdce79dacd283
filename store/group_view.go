package store

import (
	"context"

	"github.com/ruyi-im/ruyi/group"
)

type groupViewRow struct {
	groupRow
	Me  groupMemberRow  `db:"me"`
	Set groupSettingRow `db:"set"`
}

func (r groupViewRow) view() group.View {
	return group.View{Group: r.group(), Me: r.Me.member(), Settings: r.Set.settings()}
}

// groupView reads a group, g, the row of somebody in it, m, and what they set for
// it, s, as far as there are such rows: by DefaultSettings where there are none.
const groupView = "SELECT " + groupColumns + `,
		COALESCE(m.id, 0) AS "me.id", COALESCE(m.uid, '') AS "me.uid", COALESCE(m.role, 0) AS "me.role",
		COALESCE(m.status, 0) AS "me.status", COALESCE(m.deleted, 0) AS "me.deleted",
		COALESCE(m.version, 0) AS "me.version", COALESCE(m.remark, '') AS "me.remark",
		COALESCE(m.invite_uid, '') AS "me.invite_uid", COALESCE(m.vercode, '') AS "me.vercode",
		COALESCE(m.muted_until, 0) AS "me.muted_until", COALESCE(m.created_at, 0) AS "me.created_at",
		COALESCE(m.updated_at, 0) AS "me.updated_at",
		COALESCE(s.remark, '') AS "set.remark", COALESCE(s.mute, 0) AS "set.mute", COALESCE(s.top, 0) AS "set.top",
		COALESCE(s.save, 0) AS "set.save", COALESCE(s.show_nick, 0) AS "set.show_nick",
		COALESCE(s.chat_pwd_on, 0) AS "set.chat_pwd_on", COALESCE(s.screenshot, 1) AS "set.screenshot",
		COALESCE(s.recall, 1) AS "set.recall", COALESCE(s.receipt, 1) AS "set.receipt",
		COALESCE(s.join_remind, 0) AS "set.join_remind", COALESCE(s.flame, 0) AS "set.flame",
		COALESCE(s.flame_second, 0) AS "set.flame_second", COALESCE(s.version, 0) AS "set.version" `

func (s groups) View(ctx context.Context, uid, no string) (group.View, error) {
	var r groupViewRow
	err := s.get(ctx, &r, groupView+`FROM ruyi_group g
		LEFT JOIN ruyi_group_member m ON m.group_no = g.no AND m.uid = ?
		LEFT JOIN ruyi_group_setting s ON s.uid = ? AND s.group_no = g.no
		WHERE g.no = ?`, uid, uid, no)
	if err != nil {
		return group.View{}, absent(err, group.ErrNotFound)
	}
	return r.view(), nil
}

func (s groups) Saved(ctx context.Context, uid string) ([]group.View, error) {
	return all(ctx, s.q, groupViewRow.view, groupView+`FROM ruyi_group_setting s
		JOIN ruyi_group_member m ON m.group_no = s.group_no AND m.uid = s.uid AND m.deleted = 0
		JOIN ruyi_group g ON g.no = s.group_no AND g.status <> 2
		WHERE s.uid = ? AND s.save = 1 ORDER BY s.group_no`, uid)
}

func (s groups) CountOnline(ctx context.Context, no string) (n int, err error) {
	err = s.get(ctx, &n, `SELECT count(DISTINCT m.uid) FROM ruyi_group_member m
		JOIN ruyi_presence p ON p.uid = m.uid AND p.online = 1
		WHERE m.group_no = ? AND m.deleted = 0`, no)
	return n, err
}
