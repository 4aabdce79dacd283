package group_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi/group"
)

func uids(list []group.Named) string {
	var s []string
	for _, m := range list {
		name := m.UID
		if m.Deleted {
			name = "-" + name
		}
		s = append(s, name)
	}
	return strings.Join(s, " ")
}

func TestSyncMembers(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{})
	no := w.found("bob", "carol", "dave")
	want := func(uid string, version int64, limit int, want string) (last int64) {
		t.Helper()
		list, err := w.SyncMembers(t.Context(), uid, no, version, limit)
		must(t, err)
		if got := uids(list); got != want {
			t.Errorf("after %d: %s, want %s", version, got, want)
		}
		if len(list) > 0 {
			last = list[len(list)-1].Version
		}
		return last
	}
	last := want("bob", 0, 0, "alice bob carol dave")
	must(t, w.SetManagers(t.Context(), "alice", no, []string{"dave", "bob"}))
	must(t, w.Exit(t.Context(), "carol", no))
	next := want("bob", last, 2, "dave bob")
	last = want("bob", next, 2, "-carol")
	want("bob", last, 2, "")
	want("bob", -5, 1, "alice")
	want("alice", 0, 20000, "alice dave bob -carol")
	want("carol", 0, 0, "")
	for what, c := range map[string][2]string{"stranger": {"eve", no}, "no group": {"bob", "nowhere"}, "no number": {"bob", "\xff"}} {
		wantErr(t, what, second(w.SyncMembers(t.Context(), c[0], c[1], 0, 0)), group.ErrSyncGroup)
	}
	must(t, w.Disband(t.Context(), "alice", no))
	wantErr(t, "disbanded", second(w.SyncMembers(t.Context(), "bob", no, 0, 0)), group.ErrSyncGroup)
}

func TestMembers(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{})
	no := w.found("bob", "carol", "dave")
	must(t, w.SetManagers(t.Context(), "alice", no, []string{"dave"}))
	must(t, w.Rename(t.Context(), "carol", no, "carol", "ÀB%_ſ"))
	want := func(keyword string, page, limit int, want string) {
		t.Helper()
		list, err := w.Members(t.Context(), "bob", no, keyword, page, limit)
		must(t, err)
		if got := uids(list); got != want {
			t.Errorf("%q, page %d of %d: %s, want %s", keyword, page, limit, got, want)
		}
	}
	const all = "alice dave bob carol"
	want("", 0, 0, all)
	want("", 1, 3, "alice dave bob")
	want("", 2, 3, "carol")
	want("", 2, 1, "dave")
	want("", 3, 1, "bob")
	want("", 5, 1, "")
	want("", 1<<62, 10000, "")
	want("", -1, 1<<62, all)
	want("  aL ", 1, 0, "alice")
	want("b", 1, 0, "bob carol")
	want("B", 2, 1, "carol")
	want("àb%_S", 1, 0, "carol")
	want("%", 1, 0, "carol")
	want("x\x00\xff", 1, 0, "")
	must(t, w.Exit(t.Context(), "carol", no))
	want("", 1, 0, "alice dave bob")
	wantErr(t, "who left", second(w.Members(t.Context(), "carol", no, "", 1, 0)), group.ErrNotMember)
	wantErr(t, "stranger", second(w.Members(t.Context(), "eve", no, "", 1, 0)), group.ErrNotFound)
	wantErr(t, "no number", second(w.Members(t.Context(), "bob", "\xff", "", 1, 0)), group.ErrNotFound)
}

// TestMembersOfMany looks through more members than are read at once.
func TestMembersOfMany(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{Limits: group.Limits{Batch: 1200}})
	crowd := w.crowd(1100)
	no := w.found(crowd...)
	for _, i := range []int{3, 400, 901, 1099} {
		must(t, w.Rename(t.Context(), crowd[i], no, crowd[i], fmt.Sprint("needle", i)))
	}
	list, err := w.Members(t.Context(), "alice", no, "NEEDLE", 2, 2)
	must(t, err)
	if got := uids(list); got != "u0901 u1099" {
		t.Errorf("found %s", got)
	}
	list, err = w.Members(t.Context(), "alice", no, "", 12, 100)
	if must(t, err); len(list) != 1 || list[0].UID != crowd[1099] {
		t.Errorf("last page %s", uids(list))
	}
}
