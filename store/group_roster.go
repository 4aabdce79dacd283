package store

import (
	"context"

	"github.com/ruyi-im/ruyi/group"
)

const namedMembers = "SELECT " + namedColumns + " FROM ruyi_group_member m JOIN ruyi_user u ON u.uid = m.uid WHERE m.group_no = ? "

func (s groups) MembersAfter(ctx context.Context, no string, after int64, limit int) ([]group.Named, error) {
	return all(ctx, s.q, groupMemberRow.named, namedMembers+"AND m.version > ? ORDER BY m.version LIMIT ?", no, after, limit)
}

// Roster reads the few who have a rank and the others apart: the order of the
// roles is not that of their numbers, which an index could follow.
func (s groups) Roster(ctx context.Context, no string, offset, limit int) ([]group.Named, error) {
	list, err := all(ctx, s.q, groupMemberRow.named,
		namedMembers+"AND m.deleted = 0 AND m.role > 0 ORDER BY m.role, m.id", no)
	if err != nil {
		return nil, err
	}
	ranked := len(list)
	list = list[min(offset, ranked):min(offset+limit, ranked)]
	if len(list) == limit {
		return list, nil
	}
	rest, err := all(ctx, s.q, groupMemberRow.named,
		namedMembers+"AND m.deleted = 0 AND m.role = 0 ORDER BY m.id LIMIT ? OFFSET ?",
		no, limit-len(list), max(0, offset-ranked))
	return append(list, rest...), err
}

func (s groups) Managers(ctx context.Context, no string) ([]group.Member, error) {
	return all(ctx, s.q, groupMemberRow.member, "SELECT "+memberColumns+` FROM ruyi_group_member m
		WHERE m.group_no = ? AND m.deleted = 0 AND m.role > 0 ORDER BY m.role, m.id`, no)
}

func (s groups) Heir(ctx context.Context, no string) (group.Named, error) {
	var r groupMemberRow
	err := s.get(ctx, &r, namedMembers+`AND m.deleted = 0 AND m.status = 1 AND m.role <> 1
		ORDER BY CASE WHEN u.status = 1 THEN 0 ELSE 1 END, m.role DESC, m.created_at, m.id LIMIT 1`, no)
	return r.named(), absent(err, nil)
}
