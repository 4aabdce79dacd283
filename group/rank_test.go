package group_test

import (
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/group"
	"github.com/ruyi-im/ruyi/user"
)

func TestManagers(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{Limits: group.Limits{Managers: 2, Batch: 3}})
	no := w.found("bob", "carol", "dave")
	update := `{"cmd":"memberUpdate","param":{"group_no":"G"},"type":99}`
	must(t, w.SetManagers(t.Context(), "alice", no, []string{"bob", "carol", "bob"}))
	w.wantNews("dave", no, update)
	if a, b := w.row(no, "bob"), w.row(no, "carol"); a.Role != group.Manager || b.Role != group.Manager || a.Version == b.Version {
		t.Errorf("rows %+v, %+v", a, b)
	}
	must(t, w.SetManagers(t.Context(), "alice", no, []string{"bob"}))
	w.wantNews("dave", no)
	before := w.stored(no)
	for what, c := range map[string]struct {
		call func(uids []string) error
		uids []string
		want error
	}{
		"set nobody":       {w.set("alice", no), nil, group.ErrManagersMissing},
		"set many":         {w.set("alice", no), []string{"a", "b", "c", "d"}, group.ErrTooMany},
		"set oneself":      {w.set("alice", no), []string{"dave", "alice"}, group.ErrAppointSelf},
		"set a stranger":   {w.set("alice", no), []string{"dave", "eve"}, group.ErrMember},
		"set too many":     {w.set("alice", no), []string{"bob", "dave"}, group.ErrManagersFull},
		"set as manager":   {w.set("bob", no), []string{"dave"}, group.ErrAppoint},
		"set as member":    {w.set("dave", no), []string{"dave"}, group.ErrAppoint},
		"unset nobody":     {w.unset("alice", no), []string{}, group.ErrManagersMissing},
		"unset oneself":    {w.unset("alice", no), []string{"alice"}, group.ErrDemoteSelf},
		"unset a stranger": {w.unset("alice", no), []string{"bob", "eve"}, group.ErrMember},
		"unset as manager": {w.unset("bob", no), []string{"carol"}, group.ErrAppoint},
		"unset a member":   {w.unset("alice", no), []string{"dave"}, nil},
	} {
		wantErr(t, what, c.call(c.uids), c.want)
	}
	if w.stored(no) != before {
		t.Error("a refusal changed the group")
	}
	must(t, w.Blacklist(t.Context(), "alice", no, []string{"carol"}))
	if m := w.row(no, "carol"); m.Role != group.Ordinary || m.Status != group.Blacklisted {
		t.Errorf("row %+v", m)
	}
	wantErr(t, "blacklisted", w.SetManagers(t.Context(), "alice", no, []string{"carol"}), group.ErrTargetBlacklisted)
	must(t, w.SetManagers(t.Context(), "alice", no, []string{"dave"}))
	must(t, w.UnsetManagers(t.Context(), "alice", no, []string{"bob", "dave"}))
	if m := w.row(no, "bob"); m.Role != group.Ordinary {
		t.Errorf("row %+v", m)
	}
}

func (w *world) set(uid, no string) func([]string) error {
	return func(uids []string) error { return w.SetManagers(w.t.Context(), uid, no, uids) }
}

func (w *world) unset(uid, no string) func([]string) error {
	return func(uids []string) error { return w.UnsetManagers(w.t.Context(), uid, no, uids) }
}

func TestTransfer(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{})
	no := w.found("bob", "carol", "dave")
	must(t, w.MuteMember(t.Context(), "alice", no, "bob", 6))
	must(t, w.Blacklist(t.Context(), "alice", no, []string{"carol"}))
	w.account("dave", func(u *user.User) { u.Status = user.Destroyed })
	before := w.stored(no)
	for to, want := range map[string]error{
		"alice": group.ErrTransferSelf, "nobody": group.ErrTransferAccount, "\x00": group.ErrTransferAccount, "": group.ErrTransferAccount,
		"dave": group.ErrTransferAccount, "eve": group.ErrTransferAbsent, "carol": group.ErrTargetBlacklisted,
	} {
		wantErr(t, to, w.Transfer(t.Context(), "alice", no, to), want)
	}
	wantErr(t, "by a member", w.Transfer(t.Context(), "bob", no, "bob"), group.ErrTransfer)
	if w.stored(no) != before {
		t.Error("a refusal changed the group")
	}
	w.news("bob", no)
	must(t, w.Transfer(t.Context(), "alice", no, "bob"))
	w.wantNews("bob", no, `{"content":"“{0}”已成为新群主","extra":[{"uid":"bob","name":"Bob"}],"type":1008}`,
		`{"cmd":"memberUpdate","param":{"group_no":"G"},"type":99}`)
	old, owner := w.row(no, "alice"), w.row(no, "bob")
	if old.Role != group.Ordinary || owner.Role != group.Owner || !owner.MutedUntil.IsZero() || old.Version == owner.Version {
		t.Errorf("rows %+v, %+v", old, owner)
	}
	wantErr(t, "write", w.say(no, "bob"), nil)
	wantErr(t, "twice", w.Transfer(t.Context(), "alice", no, "bob"), group.ErrTransfer)
	g, err := w.db.Groups().Group(t.Context(), no)
	if must(t, err); g.Creator != "alice" {
		t.Errorf("founded by %s", g.Creator)
	}
}

func TestMute(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{})
	no := w.found("bob", "carol", "dave")
	must(t, w.SetManagers(t.Context(), "alice", no, []string{"bob", "carol"}))
	w.news("dave", no)
	w.news("carol", no)
	must(t, w.MuteMember(t.Context(), "bob", no, "dave", 2))
	update := `{"cmd":"memberUpdate","param":{"group_no":"G","uid":"dave"},"type":99}`
	card := `{"cmd":"channelUpdate","param":{"channel_id":"G","channel_type":2},"type":99}`
	w.wantNews("carol", no, update)
	w.wantNews("dave", no, update, card)
	wantErr(t, "write", w.say(no, "dave"), group.ErrMuted)
	w.now = t0.Add(10*time.Minute - time.Millisecond)
	wantErr(t, "write", w.say(no, "dave"), group.ErrMuted)
	w.now = t0.Add(10 * time.Minute)
	wantErr(t, "write", w.say(no, "dave"), nil)
	must(t, w.MuteMember(t.Context(), "alice", no, "bob", 1)) // the owner may mute managers
	wantErr(t, "write", w.say(no, "bob"), group.ErrMuted)
	must(t, w.UnmuteMember(t.Context(), "alice", no, "bob"))
	must(t, w.UnmuteMember(t.Context(), "alice", no, "bob"))
	wantErr(t, "write", w.say(no, "bob"), nil)
	for _, key := range []int{0, 7, -1} {
		wantErr(t, "key", w.MuteMember(t.Context(), "alice", no, "dave", key), group.ErrMuteTime)
	}
	want := []time.Duration{time.Minute, 10 * time.Minute, time.Hour, 24 * time.Hour, 7 * 24 * time.Hour, 30 * 24 * time.Hour}
	for i, m := range group.MuteTimes() {
		if m.Key != i+1 || m.For != want[i] || m.Text == "" {
			t.Errorf("time %d: %+v", i, m)
		}
	}
}

func TestBlacklist(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{})
	no := w.found("bob", "carol", "dave")
	w.member(no, "bob", func(m *group.Member) { m.Role = group.Manager })
	must(t, w.Blacklist(t.Context(), "bob", no, []string{"carol", "carol"}))
	w.wantNews("dave", no, `{"cmd":"memberUpdate","param":{"group_no":"G"},"type":99}`)
	must(t, w.Blacklist(t.Context(), "bob", no, []string{"carol"}))
	w.wantNews("dave", no)
	wantErr(t, "write", w.say(no, "carol"), group.ErrBlacklisted)
	wantErr(t, "add", w.Add(t.Context(), "carol", no, []string{"eve"}), group.ErrBlacklisted)
	wantErr(t, "rename", w.Rename(t.Context(), "carol", no, "carol", "x"), group.ErrBlacklisted)
	if w.reads(no, "carol") == 0 {
		t.Error("who is on the blacklist reads nothing")
	}
	for what, c := range map[string]struct {
		uids []string
		want error
	}{
		"nobody": {nil, group.ErrMembersMissing}, "owner": {[]string{"dave", "alice"}, group.ErrRight},
		"self": {[]string{"bob"}, group.ErrRight}, "stranger": {[]string{"dave", "eve"}, group.ErrMember},
		"no uid": {[]string{"\xff"}, group.ErrMember},
	} {
		wantErr(t, what, w.Blacklist(t.Context(), "bob", no, c.uids), c.want)
	}
	if m := w.row(no, "dave"); m.Status != group.Accepted {
		t.Errorf("row %+v", m)
	}
	wantErr(t, "own", w.Unblacklist(t.Context(), "carol", no, []string{"carol"}), group.ErrRight)
	must(t, w.Unblacklist(t.Context(), "bob", no, []string{"carol"}))
	wantErr(t, "write", w.say(no, "carol"), nil)
}
