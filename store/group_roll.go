package store

import "context"

func (s groups) MemberUIDs(ctx context.Context, no string) ([]string, error) {
	type row struct {
		UID string `db:"uid"`
	}
	return all(ctx, s.q, func(r row) string { return r.UID },
		"SELECT uid FROM ruyi_group_member WHERE group_no = ? AND deleted = 0", no)
}
