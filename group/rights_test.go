package group_test

import (
	"fmt"
	"testing"

	"github.com/ruyi-im/ruyi/group"
	"github.com/ruyi-im/ruyi/store"
)

// act is something that bob does in a group: to carol, an ordinary member, where
// it needs somebody.
type act struct {
	name string
	do   func(w *world, no string) error
	// want are the refusals for who left, is on the blacklist, is a member, a
	// manager and the owner. All others hear unknown.
	want    [5]error
	unknown error
}

var acts = []act{
	{"35 add", func(w *world, no string) error { return w.Add(w.t.Context(), "bob", no, []string{"eve"}) },
		[5]error{group.ErrAdder, group.ErrBlacklisted}, group.ErrNotFound},
	{"36 remove", func(w *world, no string) error { return w.Remove(w.t.Context(), "bob", no, []string{"carol"}) },
		[5]error{group.ErrOperator, group.ErrRemover, group.ErrRemover}, group.ErrNotFound},
	{"37 rename oneself", func(w *world, no string) error { return w.Rename(w.t.Context(), "bob", no, "bob", "x") },
		[5]error{group.ErrNotMember, group.ErrBlacklisted}, group.ErrNotFound},
	{"37 rename", func(w *world, no string) error { return w.Rename(w.t.Context(), "bob", no, "carol", "x") },
		[5]error{group.ErrNotMember, group.ErrBlacklisted, group.ErrRenamer}, group.ErrNotFound},
	{"38 sync", func(w *world, no string) error { return second(w.SyncMembers(w.t.Context(), "bob", no, 0, 0)) },
		[5]error{}, group.ErrSyncGroup},
	{"members", func(w *world, no string) error { return second(w.Members(w.t.Context(), "bob", no, "", 1, 0)) },
		[5]error{group.ErrNotMember}, group.ErrNotFound},
	{"39 appoint", func(w *world, no string) error { return w.SetManagers(w.t.Context(), "bob", no, []string{"carol"}) },
		[5]error{group.ErrNotMember, group.ErrAppoint, group.ErrAppoint, group.ErrAppoint}, group.ErrNotFound},
	{"40 demote", func(w *world, no string) error { return w.UnsetManagers(w.t.Context(), "bob", no, []string{"dave"}) },
		[5]error{group.ErrNotMember, group.ErrAppoint, group.ErrAppoint, group.ErrAppoint}, group.ErrNotFound},
	{"43 transfer", func(w *world, no string) error { return w.Transfer(w.t.Context(), "bob", no, "carol") },
		[5]error{group.ErrNotMember, group.ErrTransfer, group.ErrTransfer, group.ErrTransfer}, group.ErrNotFound},
	{"mute", func(w *world, no string) error { return w.MuteMember(w.t.Context(), "bob", no, "carol", 1) },
		[5]error{group.ErrNotMember, group.ErrRight, group.ErrRight}, group.ErrNotFound},
	{"unmute", func(w *world, no string) error { return w.UnmuteMember(w.t.Context(), "bob", no, "carol") },
		[5]error{group.ErrNotMember, group.ErrRight, group.ErrRight}, group.ErrNotFound},
	{"blacklist", func(w *world, no string) error { return w.Blacklist(w.t.Context(), "bob", no, []string{"carol"}) },
		[5]error{group.ErrNotMember, group.ErrRight, group.ErrRight}, group.ErrNotFound},
	{"unblacklist", func(w *world, no string) error { return w.Unblacklist(w.t.Context(), "bob", no, []string{"carol"}) },
		[5]error{group.ErrNotMember, group.ErrRight, group.ErrRight}, group.ErrNotFound},
	{"exit", func(w *world, no string) error { return w.Exit(w.t.Context(), "bob", no) },
		[5]error{group.ErrLeft}, group.ErrNotFound},
	{"disband", func(w *world, no string) error { return w.Disband(w.t.Context(), "bob", no) },
		[5]error{group.ErrNotMember, group.ErrDisband, group.ErrDisband, group.ErrDisband}, group.ErrNotFound},
}

// related founds a group in which bob is what relation says.
func (w *world) related(relation string) string {
	w.t.Helper()
	members := []string{"bob", "carol", "dave"}
	if relation == "stranger" {
		members = members[1:]
	}
	no := w.found(members...)
	w.member(no, "dave", func(m *group.Member) { m.Role = group.Manager })
	ctx := w.t.Context()
	switch relation {
	case "no group":
		return "nowhere"
	case "disbanded":
		must(w.t, w.Disband(ctx, "alice", no))
	case "blacklisted":
		must(w.t, w.Blacklist(ctx, "alice", no, []string{"bob"}))
	case "former member":
		must(w.t, w.Remove(ctx, "alice", no, []string{"bob"}))
	case "manager":
		must(w.t, w.SetManagers(ctx, "alice", no, []string{"bob"}))
	case "owner":
		must(w.t, w.Transfer(ctx, "alice", no, "bob"))
	}
	return no
}

// TestRights tries every act as everybody who bob can be to a group. A refusal
// changes nothing.
func TestRights(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db, group.Options{Limits: group.Limits{Daily: 1000}})
		known := []string{"former member", "blacklisted", "member", "manager", "owner"}
		for i, relation := range append(known, "no group", "disbanded", "stranger") {
			no := w.related(relation)
			for _, a := range acts {
				want := a.unknown
				if i < len(known) {
					want = a.want[i]
				}
				what := relation + ": " + a.name
				if want == nil {
					wantErr(t, what, a.do(w, w.related(relation)), nil)
					continue
				}
				before, sent := w.stored(no), w.rows("ruyi_message")
				wantErr(t, what, a.do(w, no), want)
				if w.stored(no) != before || w.rows("ruyi_message") != sent {
					t.Errorf("%s: refused, and something changed", what)
				}
			}
		}
	})
}

// TestRanks lets everybody act on everybody in the five ways that depend on both
// roles. Bob acts on carol.
func TestRanks(t *testing.T) {
	relations := []string{"stranger", "former member", "member", "manager", "owner"}
	manage := func(absent, member, manager, owner error) [5]error {
		return [5]error{absent, absent, member, manager, owner}
	}
	ctx := t.Context()
	type rank struct {
		name string
		do   func(w *world, no string) error
		// want is by the role of bob, then by what carol is.
		member, manager, owner [5]error
	}
	all := func(err error) [5]error { return [5]error{err, err, err, err, err} }
	ranks := []rank{
		{"36 remove", func(w *world, no string) error { return w.Remove(ctx, "bob", no, []string{"carol"}) }, all(group.ErrRemover),
			manage(group.ErrRemoveAbsent, nil, group.ErrRemoveManager, group.ErrRemoveOwner), manage(group.ErrRemoveAbsent, nil, nil, nil)},
		{"37 rename", func(w *world, no string) error { return w.Rename(ctx, "bob", no, "carol", "x") }, all(group.ErrRenamer),
			manage(group.ErrMember, nil, group.ErrRight, group.ErrRight), manage(group.ErrMember, nil, nil, nil)},
		{"39 appoint", func(w *world, no string) error { return w.SetManagers(ctx, "bob", no, []string{"carol"}) }, all(group.ErrAppoint),
			all(group.ErrAppoint), manage(group.ErrMember, nil, nil, nil)},
		{"40 demote", func(w *world, no string) error { return w.UnsetManagers(ctx, "bob", no, []string{"carol"}) }, all(group.ErrAppoint),
			all(group.ErrAppoint), manage(group.ErrMember, nil, nil, nil)},
		{"43 transfer", func(w *world, no string) error { return w.Transfer(ctx, "bob", no, "carol") }, all(group.ErrTransfer),
			all(group.ErrTransfer), manage(group.ErrTransferAbsent, nil, nil, nil)},
		{"mute", func(w *world, no string) error { return w.MuteMember(ctx, "bob", no, "carol", 1) }, all(group.ErrRight),
			manage(group.ErrMember, nil, group.ErrRight, group.ErrRight), manage(group.ErrMember, nil, nil, nil)},
		{"blacklist", func(w *world, no string) error { return w.Blacklist(ctx, "bob", no, []string{"carol"}) }, all(group.ErrRight),
			[5]error{group.ErrMember, nil, nil, group.ErrRight, group.ErrRight}, [5]error{group.ErrMember}},
	}
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db, group.Options{Limits: group.Limits{Daily: 1000}})
		for _, r := range ranks {
			for i, actor := range [][5]error{r.member, r.manager, r.owner} {
				for k, want := range actor {
					if i == 2 && relations[k] == "owner" {
						continue // there is one owner
					}
					no := w.found("bob", "dave")
					w.rankedAs(no, "bob", relations[2+i])
					w.rankedAs(no, "carol", relations[k])
					before := w.stored(no)
					what := fmt.Sprintf("%s: %s on %s", r.name, relations[2+i], relations[k])
					wantErr(t, what, r.do(w, no), want)
					if want != nil && w.stored(no) != before {
						t.Errorf("%s: refused, and something changed", what)
					}
				}
			}
		}
	})
}

// rankedAs makes uid what relation says; who was the owner is a member then.
func (w *world) rankedAs(no, uid, relation string) {
	w.t.Helper()
	if relation == "stranger" {
		return
	}
	if relation == "owner" {
		w.member(no, "alice", func(m *group.Member) { m.Role = group.Ordinary })
	}
	w.member(no, uid, func(m *group.Member) {
		m.Deleted = relation == "former member"
		m.Role = map[string]group.Role{"manager": group.Manager, "owner": group.Owner}[relation]
	})
}
