package storetest_test

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/ruyi-im/ruyi/group"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/storetest"
)

func TestCountRosterNotices(t *testing.T) {
	if err := storetest.CountRoster(t.Context(), open(t)); err != nil {
		t.Errorf("a sound store: %v", err)
	}
	for name, s := range map[string]*flawedRosters{
		"one version for many rows":  {shared: map[string]int64{}},
		"removals that are left out": {living: true},
	} {
		t.Run(name, func(t *testing.T) {
			s.DB = open(t)
			wantNoticed(t, storetest.CountRoster(t.Context(), s))
		})
	}
}

// flawedRosters gives what is saved at once the same version, or leaves out who
// was removed.
type flawedRosters struct {
	*store.DB
	living bool
	mu     sync.Mutex
	shared map[string]int64 // the version of somebody's row, as clients see it
}

func (s *flawedRosters) Groups() group.Store { return flawedGroups{s.DB.Groups(), s} }

type flawedGroups struct {
	group.Store
	s *flawedRosters
}

func (f flawedGroups) Update(ctx context.Context, fn func(tx group.Tx) error) error {
	return f.Store.Update(ctx, func(tx group.Tx) error { return fn(sharedTx{tx, f.s}) })
}

type sharedTx struct {
	group.Tx
	s *flawedRosters
}

func (tx sharedTx) SaveMembers(ctx context.Context, no string, members ...group.Member) error {
	if err := tx.Tx.SaveMembers(ctx, no, members...); err != nil || tx.s.shared == nil {
		return err
	}
	g, err := tx.Group(ctx, no)
	tx.s.mu.Lock()
	defer tx.s.mu.Unlock()
	for _, m := range members {
		tx.s.shared[m.UID] = g.Version
	}
	return err
}

func (f flawedGroups) MembersAfter(ctx context.Context, no string, after int64, limit int) ([]group.Named, error) {
	if f.s.living {
		page, err := f.Store.MembersAfter(ctx, no, after, limit)
		return slices.DeleteFunc(page, func(m group.Named) bool { return m.Deleted }), err
	}
	rows, err := f.Store.MembersAfter(ctx, no, 0, 10000)
	f.s.mu.Lock()
	defer f.s.mu.Unlock()
	for i := range rows {
		rows[i].Version = f.s.shared[rows[i].UID]
	}
	rows = slices.DeleteFunc(rows, func(m group.Named) bool { return m.Version <= after })
	slices.SortFunc(rows, func(a, b group.Named) int {
		return cmp.Or(cmp.Compare(a.Version, b.Version), cmp.Compare(a.ID, b.ID))
	})
	return rows[:min(limit, len(rows))], err
}
