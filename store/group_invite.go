package store

import (
	"context"

	"github.com/ruyi-im/ruyi/group"
)

func (s groups) Invite(ctx context.Context, no string) (group.Invite, error) {
	var r struct {
		GroupNo     string `db:"group_no"`
		Inviter     string `db:"inviter"`
		InviterName string `db:"inviter_name"`
		Remark      string `db:"remark"`
		Status      uint8  `db:"status"`
		Allower     string `db:"allower"`
		CreatedAt   int64  `db:"created_at"`
		ExpiresAt   int64  `db:"expires_at"`
	}
	err := s.get(ctx, &r, `SELECT i.group_no, i.inviter, COALESCE(u.name, '') AS inviter_name, i.remark, i.status,
			i.allower, i.created_at, i.expires_at
		FROM ruyi_group_invite i LEFT JOIN ruyi_user u ON u.uid = i.inviter WHERE i.no = ?`, no)
	if err != nil {
		return group.Invite{}, absent(err, group.ErrNoInvite)
	}
	type personRow struct {
		UID  string `db:"uid"`
		Name string `db:"name"`
	}
	people, err := all(ctx, s.q, func(p personRow) group.Person { return group.Person(p) },
		`SELECT i.uid, COALESCE(u.name, '') AS name FROM ruyi_group_invited i
		LEFT JOIN ruyi_user u ON u.uid = i.uid WHERE i.invite_no = ? ORDER BY i.position`, no)
	if err != nil {
		return group.Invite{}, err
	}
	return group.Invite{
		No: no, Group: r.GroupNo, Inviter: r.Inviter, InviterName: r.InviterName, Remark: r.Remark,
		Status: group.InviteStatus(r.Status), Allower: r.Allower, Invited: people,
		CreatedAt: instant(r.CreatedAt), ExpiresAt: instant(r.ExpiresAt),
	}, nil
}

func (s groups) ManagerUIDs(ctx context.Context, no string) ([]string, error) {
	type row struct {
		UID string `db:"uid"`
	}
	return all(ctx, s.q, func(r row) string { return r.UID }, `SELECT uid FROM ruyi_group_member
		WHERE group_no = ? AND role IN (1, 2) AND deleted = 0 AND status = 1`, no)
}

func (s groupWriter) AddInvite(ctx context.Context, i group.Invite) error {
	_, err := s.exec(ctx, `INSERT INTO ruyi_group_invite (no, group_no, inviter, remark, status, allower, created_at, expires_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		i.No, i.Group, i.Inviter, i.Remark, int(i.Status), i.Allower, ms(i.CreatedAt), ms(i.ExpiresAt))
	if err != nil {
		return err
	}
	position := 0
	return insertRows(ctx, s.q, "INSERT INTO ruyi_group_invited (invite_no, position, uid) VALUES ", "(?, ?, ?)", "",
		i.Invited, func(p group.Person) []any {
			position++
			return []any{i.No, position, p.UID}
		})
}

func (s groupWriter) ConfirmInvite(ctx context.Context, no, allower string) error {
	_, err := s.exec(ctx, "UPDATE ruyi_group_invite SET status = 1, allower = ? WHERE no = ?", allower, no)
	return err
}
