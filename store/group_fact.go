package store

import (
	"context"
	"slices"

	"github.com/ruyi-im/ruyi/group"
)

func (s groups) GroupNames(ctx context.Context, uid string, nos []string) (map[string]string, error) {
	type row struct {
		No   string `db:"no"`
		Name string `db:"name"`
	}
	names := map[string]string{}
	for some := range slices.Chunk(nos, rowsAtOnce) {
		args := padded(some)
		list, err := all(ctx, s.q, func(r row) row { return r }, `SELECT g.no, g.name FROM ruyi_group_member m
			JOIN ruyi_group g ON g.no = m.group_no AND g.status <> 2
			WHERE m.uid = ? AND m.deleted = 0 AND m.group_no IN (`+repeat("?", len(args))+")", append([]any{uid}, args...)...)
		if err != nil {
			return nil, err
		}
		for _, r := range list {
			names[r.No] = r.Name
		}
	}
	return names, nil
}

func (s groups) ByVercode(ctx context.Context, code, applicant, target string) (group.Group, group.Member, error) {
	var r groupRow
	err := s.get(ctx, &r, "SELECT "+groupColumns+` FROM ruyi_group_member m JOIN ruyi_group g ON g.no = m.group_no
		WHERE m.vercode = ? AND m.uid = ? AND m.deleted = 0 AND g.status = 1`, code, target)
	if err != nil {
		return group.Group{}, group.Member{}, absent(err, group.ErrNotFound)
	}
	m, err := s.Member(ctx, r.No, applicant)
	return r.group(), m, err
}
