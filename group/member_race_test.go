package group_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/group"
	"github.com/ruyi-im/ruyi/store"
)

// TestRevokedJustBefore takes a right away after a call has begun and before its
// transaction: the act is refused.
func TestRevokedJustBefore(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db, group.Options{})
		m := &meanwhile{Store: db.Groups()}
		late, err := group.New(m, w.people, group.Options{Now: func() time.Time { return w.now }})
		must(t, err)
		for what, c := range map[string]struct {
			call func(no string) error
			want error
		}{
			"add":       {func(no string) error { return late.Add(t.Context(), "bob", no, []string{"eve"}) }, group.ErrInviteOnly},
			"remove":    {func(no string) error { return late.Remove(t.Context(), "bob", no, []string{"dave"}) }, group.ErrRemover},
			"rename":    {func(no string) error { return late.Rename(t.Context(), "bob", no, "dave", "x") }, group.ErrRenamer},
			"mute":      {func(no string) error { return late.MuteMember(t.Context(), "bob", no, "dave", 1) }, group.ErrRight},
			"blacklist": {func(no string) error { return late.Blacklist(t.Context(), "bob", no, []string{"dave"}) }, group.ErrRight},
		} {
			no := w.found("bob", "carol", "dave")
			w.group(no, func(g *group.Group) { g.Invite = true })
			must(t, w.SetManagers(t.Context(), "alice", no, []string{"bob"}))
			var before string
			m.act = func() {
				must(t, w.UnsetManagers(t.Context(), "alice", no, []string{"bob"}))
				before = w.stored(no)
			}
			wantErr(t, what, c.call(no), c.want)
			if w.stored(no) != before {
				t.Errorf("%s changed the group", what)
			}
		}
		for what, c := range map[string]struct {
			call func(no string) error
			want error
		}{
			"appoint":  {func(no string) error { return late.SetManagers(t.Context(), "alice", no, []string{"dave"}) }, group.ErrAppoint},
			"demote":   {func(no string) error { return late.UnsetManagers(t.Context(), "alice", no, []string{"dave"}) }, group.ErrAppoint},
			"transfer": {func(no string) error { return late.Transfer(t.Context(), "alice", no, "dave") }, group.ErrTransfer},
			"disband":  {func(no string) error { return late.Disband(t.Context(), "alice", no) }, group.ErrDisband},
		} {
			no := w.found("bob", "dave")
			m.act = func() { must(t, w.Transfer(t.Context(), "alice", no, "bob")) }
			wantErr(t, what, c.call(no), c.want)
		}
	})
}

// meanwhile is a store in which something else commits just before the next
// transaction begins.
type meanwhile struct {
	group.Store
	act func()
}

func (m *meanwhile) Update(ctx context.Context, fn func(tx group.Tx) error) error {
	if act := m.act; act != nil {
		m.act = nil
		act()
	}
	return m.Store.Update(ctx, fn)
}

// TestAtOnce lets people be added, removed, promoted and leave at the same time:
// the group has one owner, the count is right and the roles fit the memberships.
func TestAtOnce(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db, group.Options{Limits: group.Limits{Managers: 2, Size: 4}})
		for range 6 {
			no := w.found("bob", "carol")
			for i, err := range together(9, func(i int) error {
				switch i {
				case 0:
					return w.Exit(t.Context(), "alice", no)
				case 1:
					return w.Transfer(t.Context(), "alice", no, "carol")
				case 2:
					return w.SetManagers(t.Context(), "alice", no, []string{"bob"})
				case 3:
					return w.Remove(t.Context(), "alice", no, []string{"bob"})
				case 4:
					return w.Exit(t.Context(), "bob", no)
				default:
					return w.Add(t.Context(), "carol", no, []string{[]string{"dave", "eve"}[i%2]})
				}
			}) {
				if err != nil && !refusal(err) {
					t.Errorf("call %d: %v", i, err)
				}
			}
			members, err := db.Groups().Roster(t.Context(), no, 0, 100)
			must(t, err)
			g, err := db.Groups().Group(t.Context(), no)
			must(t, err)
			owners := 0
			for _, m := range members {
				if m.Role == group.Owner {
					owners++
				}
				if w.reads(no, m.UID) == 0 {
					t.Errorf("%s reads nothing", m.UID)
				}
			}
			if owners != 1 || g.Members != len(members) || len(members) > 4 {
				t.Errorf("%d owners, %d members, counted %d", owners, len(members), g.Members)
			}
		}
	})
}

// refusal reports whether err is one of this package.
func refusal(err error) bool {
	var coded interface{ ErrorCode() string }
	return errors.As(err, &coded) && strings.HasPrefix(coded.ErrorCode(), "group.")
}

// TestLimitsAtOnce has more people want in, and more be managers, than may be.
func TestLimitsAtOnce(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db, group.Options{Limits: group.Limits{Size: 8, Managers: 2}})
		no := w.found("bob")
		uids := w.crowd(12)
		done := func(want error, answers []error) (n int) {
			for _, err := range answers {
				if err == nil {
					n++
				} else {
					wantErr(t, "refusal", err, want)
				}
			}
			return n
		}
		if n := done(group.ErrFull, together(12, func(i int) error {
			return w.Add(t.Context(), "alice", no, uids[i:i+1])
		})); n != 6 {
			t.Errorf("%d were added, want 6", n)
		}
		present, err := db.Groups().MemberUIDs(t.Context(), no)
		must(t, err)
		present = slices.DeleteFunc(present, func(uid string) bool { return uid == "alice" })
		if n := done(group.ErrManagersFull, together(len(present), func(i int) error {
			return w.SetManagers(t.Context(), "alice", no, present[i:i+1])
		})); n != 2 {
			t.Errorf("%d became managers, want 2", n)
		}
		if g, err := db.Groups().Group(t.Context(), no); err != nil || g.Members != 8 {
			t.Errorf("%d members, %v", g.Members, err)
		}
	})
}
