package group_test

import (
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/group"
	"github.com/ruyi-im/ruyi/user"
)

func TestExit(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{})
	no := w.found("bob", "carol", "dave")
	must(t, w.SetManagers(t.Context(), "alice", no, []string{"carol"}))
	must(t, w.Set(t.Context(), "bob", no, group.SettingChange{OwnChange: group.OwnChange{Save: ptr(true), Top: ptr(true)}}))
	for _, uid := range []string{"alice", "bob", "carol", "dave"} {
		w.news(uid, no)
	}
	must(t, w.Exit(t.Context(), "bob", no))
	left := `{"content":"“{0}“退出群聊","extra":[{"uid":"bob","name":"Bob"}],"type":1021,"visibles":["alice","carol"]}`
	update := `{"cmd":"memberUpdate","param":{"group_no":"G","uid":"bob"},"type":99}`
	w.wantNews("alice", no, left, update)
	w.wantNews("carol", no, left, update)
	w.wantNews("dave", no, update)
	w.wantNews("bob", no, `{"cmd":"conversationDeleted","param":{"channel_id":"G","channel_type":2},"type":99}`)
	if s, err := w.db.Groups().Settings(t.Context(), "bob", no); err != nil || s.Save || !s.Top {
		t.Errorf("settings %+v, %v", s, err)
	}
	if m := w.row(no, "bob"); !m.Deleted || w.reads(no, "bob") != 0 {
		t.Errorf("row %+v, reads %d", m, w.reads(no, "bob"))
	}
	wantErr(t, "again", w.Exit(t.Context(), "bob", no), group.ErrLeft)
	wantErr(t, "stranger", w.Exit(t.Context(), "eve", no), group.ErrNotFound)
	w.group(no, func(g *group.Group) { g.Status = group.Disabled })
	must(t, w.Exit(t.Context(), "dave", no)) // nobody is held
}

// TestInherit follows who owns a group when one after the other leaves.
func TestInherit(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{})
	no := w.found("bob", "carol", "dave")
	must(t, w.Add(t.Context(), "alice", no, []string{"eve"}))
	joined := func(uid string, minutes int, change func(m *group.Member)) {
		w.member(no, uid, func(m *group.Member) {
			m.CreatedAt = t0.Add(time.Duration(minutes) * time.Minute)
			change(m)
		})
	}
	joined("bob", 9, func(m *group.Member) { m.Role, m.MutedUntil = group.Manager, t0.Add(time.Hour) })
	joined("carol", 1, func(*group.Member) {})
	joined("dave", 0, func(m *group.Member) { m.Status = group.Blacklisted })
	joined("eve", 2, func(*group.Member) {})
	w.news("eve", no)
	owner := func(uid string) {
		t.Helper()
		if m := w.row(no, uid); m.Role != group.Owner || !m.MutedUntil.IsZero() {
			t.Errorf("%s: %+v", uid, m)
		}
		for _, line := range w.news("eve", no) {
			if strings.Contains(line, "1008") {
				if want := `{"content":"“{0}”已成为新群主","extra":[{"uid":"` + uid + `","name":"` + w.people[uid] + `"}],"type":1008}`; line != want {
					t.Errorf("eve heard %s, want %s", line, want)
				}
				return
			}
		}
		t.Error("eve heard of no new owner")
	}
	must(t, w.Exit(t.Context(), "alice", no))
	owner("bob") // a manager, though he came last
	w.account("carol", func(u *user.User) { u.Status = user.Destroyed })
	w.news("eve", no)
	must(t, w.Exit(t.Context(), "bob", no))
	owner("eve") // the older one was destroyed
	must(t, w.Exit(t.Context(), "eve", no))
	must(t, w.Exit(t.Context(), "carol", no))
	g, err := w.db.Groups().Group(t.Context(), no)
	must(t, err)
	if g.Status != group.Disbanded || g.Members != 1 { // whom nobody trusts
		t.Errorf("group %+v", g)
	}
}

func TestDisband(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{})
	no := w.found("bob", "carol")
	must(t, w.SetManagers(t.Context(), "alice", no, []string{"bob"}))
	must(t, w.Exit(t.Context(), "carol", no))
	wantErr(t, "manager", w.Disband(t.Context(), "bob", no), group.ErrDisband)
	wantErr(t, "gone", w.Disband(t.Context(), "carol", no), group.ErrNotMember)
	w.news("bob", no)
	must(t, w.Disband(t.Context(), "alice", no))
	w.wantNews("bob", no, `{"content":"{0}已解散该群聊","extra":[{"uid":"alice","name":"Alice"}],"from_name":"Alice","from_uid":"alice","type":2000}`,
		`{"cmd":"channelUpdate","param":{"channel_id":"G","channel_type":2},"type":99}`)
	if w.reads(no, "bob") < 2 {
		t.Error("what was said is gone")
	}
	wantErr(t, "write", w.say(no, "bob"), group.ErrDisbanded)
	wantErr(t, "again", w.Disband(t.Context(), "alice", no), group.ErrNotFound)
	wantErr(t, "exit", w.Exit(t.Context(), "bob", no), group.ErrNotFound)
}
