package store

import (
	"context"
	"slices"
	"strings"

	"github.com/ruyi-im/ruyi/group"
)

type groupMemberRow struct {
	ID         int64  `db:"id"`
	UID        string `db:"uid"`
	Role       uint8  `db:"role"`
	Status     uint8  `db:"status"`
	Deleted    bool   `db:"deleted"`
	Version    int64  `db:"version"`
	Remark     string `db:"remark"`
	Inviter    string `db:"invite_uid"`
	Vercode    string `db:"vercode"`
	MutedUntil int64  `db:"muted_until"`
	CreatedAt  int64  `db:"created_at"`
	UpdatedAt  int64  `db:"updated_at"`
	Name       string `db:"name"`
	Robot      bool   `db:"robot"`
	Destroyed  bool   `db:"destroyed"`
}

func (r groupMemberRow) member() group.Member {
	return group.Member{
		ID: r.ID, UID: r.UID, Role: group.Role(r.Role), Status: group.MemberStatus(r.Status), Deleted: r.Deleted,
		Version: r.Version, Remark: r.Remark, Inviter: r.Inviter, Vercode: r.Vercode,
		MutedUntil: instant(r.MutedUntil), CreatedAt: instant(r.CreatedAt), UpdatedAt: instant(r.UpdatedAt),
	}
}

func (r groupMemberRow) named() group.Named {
	return group.Named{Member: r.member(), Name: r.Name, Robot: r.Robot, Destroyed: r.Destroyed}
}

const (
	memberColumns = `m.id, m.uid, m.role, m.status, m.deleted, m.version, m.remark, m.invite_uid, m.vercode,
		m.muted_until, m.created_at, m.updated_at`
	namedColumns = memberColumns + ", u.name, u.robot, CASE WHEN u.status = 2 THEN 1 ELSE 0 END AS destroyed"
)

func (s groups) Member(ctx context.Context, no, uid string) (group.Member, error) {
	var r groupMemberRow
	err := s.get(ctx, &r, "SELECT "+memberColumns+" FROM ruyi_group_member m WHERE m.group_no = ? AND m.uid = ?", no, uid)
	return r.member(), absent(err, nil)
}

func (s groups) MembersAmong(ctx context.Context, no string, uids []string) ([]group.Named, error) {
	var list []group.Named
	for chunk := range slices.Chunk(slices.Sorted(slices.Values(uids)), rowsAtOnce) {
		args := []any{no}
		for _, uid := range chunk {
			args = append(args, uid)
		}
		rows, err := all(ctx, s.q, groupMemberRow.named, "SELECT "+namedColumns+` FROM ruyi_group_member m
			JOIN ruyi_user u ON u.uid = m.uid WHERE m.group_no = ? AND m.uid IN (`+repeat("?", len(chunk))+")", args...)
		if err != nil {
			return nil, err
		}
		list = append(list, rows...)
	}
	slices.SortFunc(list, func(a, b group.Named) int { return strings.Compare(a.UID, b.UID) })
	return list, nil
}

// SaveMembers takes one version for each row from the group's clock. It counts only
// the members it touches: a large group must not cost more than a small one.
func (s groupWriter) SaveMembers(ctx context.Context, no string, members ...group.Member) error {
	if len(members) == 0 {
		return nil
	}
	grown, err := s.growth(ctx, no, members)
	if err != nil {
		return err
	}
	var version int64
	err = s.get(ctx, &version, "UPDATE ruyi_group SET version = version + ? WHERE no = ? RETURNING version", len(members), no)
	if err != nil {
		return absent(err, group.ErrNotFound)
	}
	version -= int64(len(members))
	err = insertRows(ctx, s.q, `INSERT INTO ruyi_group_member (group_no, uid, role, status, deleted, version, remark,
			invite_uid, vercode, muted_until, created_at, updated_at) VALUES `, "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		` ON CONFLICT (group_no, uid) DO UPDATE SET role = excluded.role, status = excluded.status,
			deleted = excluded.deleted, version = excluded.version, remark = excluded.remark,
			invite_uid = excluded.invite_uid, vercode = excluded.vercode, muted_until = excluded.muted_until,
			created_at = excluded.created_at, updated_at = excluded.updated_at`, members, func(m group.Member) []any {
			version++
			return []any{no, m.UID, int(m.Role), int(m.Status), bit(m.Deleted), version, m.Remark, m.Inviter,
				m.Vercode, ms(m.MutedUntil), ms(m.CreatedAt), ms(m.UpdatedAt)}
		})
	if err != nil {
		return err
	}
	_, err = s.exec(ctx, "UPDATE ruyi_group SET members = members + ? WHERE no = ?", grown, no)
	return err
}

// growth returns by how many members a group grows with these rows.
func (s groupWriter) growth(ctx context.Context, no string, members []group.Member) (grown int, err error) {
	for chunk := range slices.Chunk(members, rowsAtOnce) {
		args := []any{no}
		for _, m := range chunk {
			args = append(args, m.UID)
			grown += bit(!m.Deleted)
		}
		var before int
		err := s.get(ctx, &before, `SELECT count(*) FROM ruyi_group_member WHERE group_no = ? AND deleted = 0
			AND uid IN (`+repeat("?", len(chunk))+")", args...)
		if err != nil {
			return 0, err
		}
		grown -= before
	}
	return grown, nil
}
