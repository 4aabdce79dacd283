package group_test

import (
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/group"
	"github.com/ruyi-im/ruyi/user"
)

// online says that a device of uid is online or not.
func (w *world) online(uid string, f user.Flag, online bool) {
	w.t.Helper()
	must(w.t, w.db.Users().Update(w.t.Context(), func(tx user.Tx) error {
		return tx.SavePresence(w.t.Context(), user.DevicePresence{UID: uid, Flag: f, Online: online, LastOnline: t0})
	}))
}

func TestGroup(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{})
	no := w.found("bob", "carol")
	w.online("alice", user.FlagApp, true)
	w.online("alice", user.FlagPC, true)
	w.online("bob", user.FlagApp, false)
	w.online("carol", user.FlagApp, true)
	w.online("dave", user.FlagApp, true)
	until := t0.Add(time.Hour)
	w.member(no, "bob", func(m *group.Member) { m.MutedUntil = until })
	must(t, w.Set(t.Context(), "bob", no, group.SettingChange{OwnChange: group.OwnChange{Top: ptr(true)}}))

	v, err := w.Group(t.Context(), "bob", no)
	must(t, err)
	if v.Online != 2 || v.Group.Members != 3 || !v.Me.MutedUntil.Equal(until) || v.Me.Role != group.Ordinary || !v.Settings.Top ||
		v.Version() != v.Group.Version+1 || v.Quit() {
		t.Errorf("view %+v", v)
	}
	w.member(no, "bob", func(m *group.Member) { m.Deleted, m.Role = true, group.Manager })
	w.group(no, func(g *group.Group) { g.Notice, g.Status = "secret", group.Disabled })
	v, err = w.Group(t.Context(), "bob", no)
	must(t, err)
	want := group.View{Group: group.Group{No: no, Name: "g", Status: group.Normal}, Me: group.Member{UID: "bob", Deleted: true}}
	if v != want || !v.Quit() || v.Version() != 0 {
		t.Errorf("view of who left %+v, want %+v", v, want)
	}
	_, err = w.Group(t.Context(), "alice", "\x00")
	wantErr(t, "no number", err, group.ErrNotFound)
}

// TestOnlineIsCountedInSmallGroups founds a group of as many as are counted.
func TestOnlineIsCountedInSmallGroups(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{Limits: group.Limits{Batch: 500}})
	no := w.found(w.crowd(499)...)
	w.online("alice", user.FlagApp, true)
	for _, want := range []int{1, 0} {
		v, err := w.Group(t.Context(), "alice", no)
		if must(t, err); v.Online != want {
			t.Errorf("%d of %d are online, want %d", v.Online, v.Group.Members, want)
		}
		w.member(no, "bob", func(*group.Member) {})
	}
}

func TestMy(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{})
	kept, left, gone, other := w.found("bob"), w.found("bob"), w.found("bob"), w.found("bob")
	for _, no := range []string{kept, left, gone} {
		must(t, w.Set(t.Context(), "bob", no, group.SettingChange{OwnChange: group.OwnChange{Save: ptr(true), Remark: ptr("r")}}))
	}
	must(t, w.Set(t.Context(), "bob", other, group.SettingChange{OwnChange: group.OwnChange{Top: ptr(true)}}))
	w.member(left, "bob", func(m *group.Member) { m.Deleted = true })
	w.group(gone, func(g *group.Group) { g.Status = group.Disbanded })
	list, err := w.My(t.Context(), "bob")
	must(t, err)
	if len(list) != 1 || list[0].Group.No != kept || list[0].Settings.Remark != "r" || list[0].Me.UID != "bob" || list[0].Quit() {
		t.Errorf("groups %+v", list)
	}
	if list, err = w.My(t.Context(), "alice"); err != nil || list == nil || len(list) != 0 {
		t.Errorf("groups of who keeps none: %+v, %v", list, err)
	}
}

func TestDetail(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{})
	no := w.found("bob")
	must(t, w.Update(t.Context(), "alice", no, group.Change{Notice: ptr("welcome")}))
	must(t, w.ForbidAll(t.Context(), "alice", no, true))
	got, err := w.Detail(t.Context(), no)
	must(t, err)
	want := group.Brief{No: no, Name: "g", Notice: "welcome", Forbidden: true, Members: 2, Version: 5, CreatedAt: t0, UpdatedAt: t0}
	if got != want {
		t.Errorf("detail %+v, want %+v", got, want)
	}
	for _, no := range []string{"", "\x00", "unknown"} {
		_, err := w.Detail(t.Context(), no)
		wantErr(t, "detail of "+no, err, group.ErrNotFound)
	}
}
