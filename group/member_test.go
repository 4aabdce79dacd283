package group_test

import (
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/group"
	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/user"
)

// row returns somebody's row in a group.
func (w *world) row(no, uid string) group.Member {
	w.t.Helper()
	m, err := w.db.Groups().Member(w.t.Context(), no, uid)
	must(w.t, err)
	return m
}

// reads returns how many messages of a group's channel uid can read.
func (w *world) reads(no, uid string) int {
	w.t.Helper()
	list, err := w.db.Messages().History(w.t.Context(), uid, group.Channel(no), 0, 1000)
	must(w.t, err)
	return len(list)
}

// say returns whether uid may write in a group.
func (w *world) say(no, uid string) error {
	w.t.Helper()
	return w.db.Messages().Update(w.t.Context(), func(tx message.Tx) error {
		return tx.MaySend(w.t.Context(), uid, group.Channel(no), message.SendRules{Now: w.now})
	})
}

func TestAdd(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{})
	no := w.found("bob")
	w.now = t0.Add(time.Hour)
	must(t, w.Add(t.Context(), "bob", no, []string{"eve", "carol", "bob", "eve", "nobody", "u_10000", "\x00", "fileHelper"}))
	want := `{"content":"Bob邀请{0},{1}加入群聊","extra":[{"uid":"eve","name":"Eve"},{"uid":"carol","name":"Carol"}],"from_name":"Bob","from_uid":"bob","type":1002}`
	for _, uid := range []string{"alice", "bob", "carol", "eve"} {
		w.wantNews(uid, no, want)
	}
	m := w.row(no, "eve")
	if m.Inviter != "bob" || m.Role != group.Ordinary || m.Status != group.Accepted || !strings.HasSuffix(m.Vercode, "@2") ||
		!m.CreatedAt.Equal(w.now) || m.Vercode == w.row(no, "carol").Vercode {
		t.Errorf("row %+v", m)
	}
	wantErr(t, "again", w.Add(t.Context(), "alice", no, []string{"eve", "bob"}), group.ErrAllIn)
	wantErr(t, "nobody", w.Add(t.Context(), "alice", no, nil), group.ErrMembersMissing)
	wantErr(t, "many", w.Add(t.Context(), "alice", no, make([]string, 201)), group.ErrTooMany)
	w.group(no, func(g *group.Group) { g.Invite = true })
	wantErr(t, "invite", w.Add(t.Context(), "bob", no, []string{"dave"}), group.ErrInviteOnly)
	w.member(no, "bob", func(m *group.Member) { m.Role = group.Manager })
	must(t, w.Add(t.Context(), "bob", no, []string{"dave"}))
}

// TestAddLeavesOut has people who cannot become members.
func TestAddLeavesOut(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{})
	no := w.found("bob")
	w.account("carol", func(u *user.User) { u.Status = user.Destroyed })
	must(t, w.friends.Block(t.Context(), "bob", "dave"))
	must(t, w.friends.Block(t.Context(), "eve", "bob"))
	w.news("bob", no)
	wantErr(t, "destroyed", w.Add(t.Context(), "bob", no, []string{"carol"}), group.ErrUnusable)
	wantErr(t, "apart", w.Add(t.Context(), "bob", no, []string{"dave", "eve"}), group.ErrAllIn)
	w.wantNews("bob", no)
	must(t, w.Add(t.Context(), "alice", no, []string{"carol", "dave"}))
	w.wantNews("bob", no,
		`{"content":"Alice邀请{0}加入群聊","extra":[{"uid":"dave","name":"Dave"}],"from_name":"Alice","from_uid":"alice","type":1002}`,
		`{"content":"{0}的账号已停用或注销，无法加入群聊","extra":[{"uid":"carol","name":"Carol"}],"type":2000}`)
	if w.row(no, "carol").UID != "" || w.row(no, "eve").UID != "" {
		t.Error("somebody was added who cannot be")
	}
}

func TestAddSize(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{Limits: group.Limits{Size: 3}})
	no := w.found("bob")
	wantErr(t, "two", w.Add(t.Context(), "alice", no, []string{"carol", "dave"}), group.ErrFull)
	must(t, w.Add(t.Context(), "alice", no, []string{"carol", "bob"}))
	wantErr(t, "one", w.Add(t.Context(), "alice", no, []string{"dave"}), group.ErrFull)
}

// TestComeBack lets a muted manager be removed and added again.
func TestComeBack(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{})
	no := w.found("bob", "carol")
	must(t, w.Rename(t.Context(), "bob", no, "bob", "B"))
	must(t, w.SetManagers(t.Context(), "alice", no, []string{"bob"}))
	must(t, w.MuteMember(t.Context(), "alice", no, "bob", 3))
	before := w.row(no, "bob")
	must(t, w.Remove(t.Context(), "alice", no, []string{"bob"}))
	if m := w.row(no, "bob"); !m.Deleted || m.Role != group.Ordinary || m.Version <= before.Version {
		t.Errorf("row %+v", m)
	}
	w.group(no, func(g *group.Group) { g.ViewHistory = false })
	w.now = w.now.Add(time.Minute)
	must(t, w.Add(t.Context(), "carol", no, []string{"bob"}))
	m := w.row(no, "bob")
	if m.Deleted || m.Remark != "" || m.Inviter != "carol" || m.Vercode == before.Vercode || m.ID != before.ID ||
		!m.CreatedAt.Equal(w.now) || !m.MutedUntil.Equal(before.MutedUntil) || m.Role != group.Ordinary {
		t.Errorf("row %+v, before %+v", m, before)
	}
	if n := w.reads(no, "bob"); n != 1 {
		t.Errorf("reads %d messages, want the one that says who joined", n)
	}
	wantErr(t, "write", w.say(no, "bob"), group.ErrMuted)

	must(t, w.Blacklist(t.Context(), "alice", no, []string{"bob"}))
	must(t, w.Exit(t.Context(), "bob", no))
	wantErr(t, "blacklisted", w.Add(t.Context(), "carol", no, []string{"bob"}), group.ErrAllIn)
	must(t, w.Unblacklist(t.Context(), "alice", no, []string{"bob"}))
	must(t, w.Add(t.Context(), "carol", no, []string{"bob"}))
}

func TestRemove(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{})
	no := w.found("bob", "carol", "dave", "eve")
	must(t, w.Add(t.Context(), "alice", no, []string{"eve"}))
	w.member(no, "bob", func(m *group.Member) { m.Role = group.Manager })
	w.member(no, "carol", func(m *group.Member) { m.Role = group.Manager })
	for _, uid := range []string{"alice", "bob", "dave", "eve"} {
		w.news(uid, no)
	}
	before := w.stored(no)
	for what, c := range map[string]struct {
		by   string
		uids []string
		want error
	}{
		"none": {"alice", nil, group.ErrMembersMissing}, "many": {"alice", make([]string, 201), group.ErrTooMany},
		"by a member": {"dave", []string{"eve"}, group.ErrRemover}, "self": {"bob", []string{"eve", "bob"}, group.ErrRemoveSelf},
		"nobody": {"bob", []string{"eve", "nobody"}, group.ErrRemoveAbsent}, "no uid": {"bob", []string{"eve", "\xff"}, group.ErrRemoveAbsent},
		"manager": {"bob", []string{"eve", "carol"}, group.ErrRemoveManager}, "owner": {"bob", []string{"eve", "alice"}, group.ErrRemoveOwner},
	} {
		wantErr(t, what, w.Remove(t.Context(), c.by, no, c.uids), c.want)
	}
	if w.stored(no) != before {
		t.Error("a refusal changed the group")
	}
	must(t, w.Remove(t.Context(), "bob", no, []string{"eve", "dave", "eve"}))
	event := `{"content":"Bob将{0},{1}移除群聊","extra":[{"uid":"eve","name":"Eve"},{"uid":"dave","name":"Dave"}],"type":1003}`
	you := `{"content":"你被{0}移除群聊","extra":[{"uid":"bob","name":"Bob"}],"type":1020,"visibles":["eve","dave"]}`
	w.wantNews("alice", no, event)
	w.wantNews("eve", no, event, you)
	w.wantNews("dave", no, event, you)
	if w.reads(no, "eve") != 0 || w.reads(no, "alice") == 0 {
		t.Errorf("eve reads %d messages, alice %d", w.reads(no, "eve"), w.reads(no, "alice"))
	}
	wantErr(t, "write", w.say(no, "eve"), group.ErrNotMember)
	wantErr(t, "again", w.Remove(t.Context(), "bob", no, []string{"eve"}), group.ErrRemoveAbsent)
	wantErr(t, "by who left", w.Remove(t.Context(), "eve", no, []string{"bob"}), group.ErrOperator)
	must(t, w.Remove(t.Context(), "alice", no, []string{"bob"}))
}

// TestRemoveFromLarge: who is removed learns of it, though queues get nothing else.
func TestRemoveFromLarge(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{Limits: group.Limits{FanOut: 3}})
	no := w.found("bob", "carol")
	must(t, w.Add(t.Context(), "alice", no, []string{"dave"}))
	if last := w.news("dave", no); len(last) != 3 || !strings.Contains(last[1], "1022") {
		t.Errorf("dave heard %q", last)
	}
	w.news("bob", no)
	must(t, w.Remove(t.Context(), "alice", no, []string{"dave"}))
	if last := w.news("dave", no); len(last) != 2 || !strings.Contains(last[1], "1020") {
		t.Errorf("dave heard %q", last)
	}
	w.wantNews("bob", no)
	wantErr(t, "sync", second(w.SyncMembers(t.Context(), "bob", no, 0, 0)), group.ErrLarge)
}

func second[T any](_ T, err error) error { return err }

func TestRename(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{})
	no := w.found("bob", "carol")
	must(t, w.Rename(t.Context(), "bob", no, "bob", " 小鲍 "))
	w.wantNews("carol", no, `{"cmd":"memberUpdate","param":{"group_no":"G","uid":"bob"},"type":99}`)
	if m := w.row(no, "bob"); m.Remark != "小鲍" {
		t.Errorf("remark %q", m.Remark)
	}
	must(t, w.Rename(t.Context(), "bob", no, "bob", "小鲍"))
	w.wantNews("carol", no)
	wantErr(t, "long", w.Rename(t.Context(), "bob", no, "bob", strings.Repeat("好", 65)), group.ErrNick)
	wantErr(t, "control", w.Rename(t.Context(), "bob", no, "bob", "a\x00"), group.ErrNick)
	wantErr(t, "other", w.Rename(t.Context(), "bob", no, "carol", "x"), group.ErrRenamer)
	wantErr(t, "nobody", w.Rename(t.Context(), "alice", no, "nobody", "x"), group.ErrMember)
	wantErr(t, "no uid", w.Rename(t.Context(), "alice", no, "\xff", "x"), group.ErrMember)
	w.member(no, "bob", func(m *group.Member) { m.Role = group.Manager })
	wantErr(t, "owner", w.Rename(t.Context(), "bob", no, "alice", "x"), group.ErrRight)
	must(t, w.Rename(t.Context(), "bob", no, "carol", "c"))
	must(t, w.Rename(t.Context(), "alice", no, "carol", "\u200b"))
	if m := w.row(no, "carol"); m.Remark != "" {
		t.Errorf("remark %q", m.Remark)
	}
}
