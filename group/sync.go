package group

import (
	"context"
	"errors"
	"strings"
)

// How many members one answer holds: when nothing is said, and at most.
const (
	DefaultMembers = 100
	MaxMembers     = 10000
)

// Syncing tells who is in a group.
type Syncing interface {
	// SyncMembers returns the members of a group that changed after version, in
	// ascending order of their versions, with those who left as deleted ones
	// (operation 38). At most limit are returned: 0 or less means DefaultMembers,
	// more than MaxMembers means that many. The last version is where to go on; an
	// empty answer is the end. Who left is told nothing: an empty answer.
	// ErrSyncGroup when there is no such group, it was disbanded, or uid never was
	// in it; ErrLarge.
	SyncMembers(ctx context.Context, uid, no string, version int64, limit int) ([]Named, error)
	// Members returns a page of the members of a group, from 1: the owner, then the
	// managers, then the others, each in the order in which they first came. With a
	// keyword only those whose name, or name in the group, contains it, whatever the
	// case. Limits are those of SyncMembers. ErrNotFound as in Membership;
	// ErrNotMember for who left.
	Members(ctx context.Context, uid, no, keyword string, page, limit int) ([]Named, error)
}

// RosterReader is the part of Reader that tells about the members of a group.
type RosterReader interface {
	// MembersAfter returns at most limit rows of a group with a version greater than
	// after, ascending, of those too who left.
	MembersAfter(ctx context.Context, no string, after int64, limit int) ([]Named, error)
	// Roster returns at most limit members of a group after the first offset ones:
	// the owner, then the managers, then the others, each by id.
	Roster(ctx context.Context, no string, offset, limit int) ([]Named, error)
	// Managers returns the owner and the managers of a group, by role and id.
	Managers(ctx context.Context, no string) ([]Member, error)
	// Heir returns who owns a group next: of those who are not on its blacklist the
	// manager who joined first, else the member who did. Who has an account that may
	// be used comes before who has not. The zero Named when there is nobody.
	Heir(ctx context.Context, no string) (Named, error)
}

func (s *service) SyncMembers(ctx context.Context, uid, no string, version int64, limit int) ([]Named, error) {
	g, m, err := s.standing(ctx, uid, no)
	switch {
	case errors.Is(err, ErrNotFound):
		return nil, ErrSyncGroup
	case err != nil || m.Deleted:
		return nil, err
	case g.Large:
		return nil, ErrLarge
	}
	return s.store.MembersAfter(ctx, no, version, pageSize(limit))
}

func (s *service) Members(ctx context.Context, uid, no, keyword string, page, limit int) ([]Named, error) {
	g, m, err := s.standing(ctx, uid, no)
	switch {
	case err != nil:
		return nil, err
	case m.Deleted:
		return nil, ErrNotMember
	case page > g.Members: // no page has less than one member
		return nil, nil
	}
	limit = pageSize(limit)
	offset := (max(page, 1) - 1) * limit
	if keyword = fold(strings.TrimSpace(keyword)); keyword != "" {
		return s.search(ctx, no, keyword, offset, limit)
	}
	return s.store.Roster(ctx, no, offset, limit)
}

// search reads the whole group, which has a limit, a part at a time: what people
// look for never becomes a pattern in a query.
func (s *service) search(ctx context.Context, no, keyword string, offset, limit int) ([]Named, error) {
	const part = 500
	var found []Named
	for at := 0; ; at += part {
		rows, err := s.store.Roster(ctx, no, at, part)
		if err != nil {
			return nil, err
		}
		for _, m := range rows {
			if !strings.Contains(fold(m.Name), keyword) && !strings.Contains(fold(m.Remark), keyword) {
				continue
			}
			if offset--; offset >= 0 {
				continue
			}
			if found = append(found, m); len(found) == limit {
				return found, nil
			}
		}
		if len(rows) < part {
			return found, nil
		}
	}
}

// standing returns a group and the row of somebody who is in it, or was once.
func (s *service) standing(ctx context.Context, uid, no string) (Group, Member, error) {
	if !isID(no) {
		return Group{}, Member{}, ErrNotFound
	}
	m, err := s.store.Member(ctx, no, uid)
	if err != nil {
		return Group{}, Member{}, err
	}
	g, err := s.store.Group(ctx, no)
	if err == nil && (m.UID == "" || g.Status == Disbanded) {
		err = ErrNotFound
	}
	return g, m, err
}

func pageSize(limit int) int {
	if limit <= 0 {
		return DefaultMembers
	}
	return min(limit, MaxMembers)
}

// fold returns s such that texts that differ in case alone become equal.
func fold(s string) string { return strings.ToLower(strings.ToUpper(s)) }
