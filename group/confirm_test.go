package group_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/group"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/user"
)

func TestInvite(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{})
	no := w.found("bob", "carol")
	w.member(no, "carol", func(m *group.Member) { m.Role = group.Manager })
	w.addUser("gone", "Gone")
	w.account("gone", func(u *user.User) { u.Status = user.Disabled })
	w.addUser("apart", "Apart")
	must(t, w.friends.Block(t.Context(), "apart", "bob"))
	w.news("carol", no)
	w.news("bob", no)
	inviteNo := w.invite(no, "eve", "bob", "nobody", "gone", "apart", "\xff", "dave", "eve", message99)
	waits := fmt.Sprintf(`{"content":"“{0}“想邀请2位朋友加入群聊","extra":[{"uid":"bob","name":"Bob"}],"invite_no":"%s","type":1009,"visibles":["alice","carol"]}`, inviteNo)
	w.wantNews("carol", no, waits)
	w.wantNews("bob", no)

	want := group.Invite{
		No: inviteNo, Group: no, Inviter: "bob", InviterName: "Bob", Remark: "r",
		Invited: []group.Person{{UID: "eve", Name: "Eve"}, {UID: "dave", Name: "Dave"}}, CreatedAt: t0, ExpiresAt: t0.Add(group.InviteLife),
	}
	w.wantInvite(want)
	code := w.confirmCode("carol", no, inviteNo)
	found, err := w.ConfirmDetail(t.Context(), code)
	must(t, err)
	if !reflect.DeepEqual(found.Invite, want) || found.Group.Name != "g" || found.Group.Members != 3 {
		t.Errorf("to confirm: %+v", found)
	}
	w.member(no, "eve", func(*group.Member) {})
	w.wantInvite(want)
	w.news("eve", no)
	w.now = t0.Add(time.Minute)
	must(t, w.Confirm(t.Context(), code))
	added := `{"content":"Bob邀请{0}加入群聊","extra":[{"uid":"dave","name":"Dave"}],"from_name":"Bob","from_uid":"bob","type":1002}`
	for _, uid := range []string{"alice", "bob", "dave"} {
		if news := w.news(uid, no); len(news) == 0 || news[0] != added {
			t.Errorf("%s heard %q", uid, news)
		}
	}
	m, err := w.db.Groups().Member(t.Context(), no, "dave")
	if must(t, err); !m.In() || m.Inviter != "bob" || m.Role != group.Ordinary {
		t.Errorf("dave is %+v", m)
	}
	want.Status, want.Allower = group.Confirmed, "carol"
	w.wantInvite(want)
	w.wantRefused("again", w.confirms(), no, code, group.ErrInviteDone)
	_, err = w.ConfirmCode(t.Context(), "alice", no, inviteNo)
	wantErr(t, "a code for what was confirmed", err, group.ErrInviteDone)
}

// message99 is a system account.
const message99 = "u_10000"

func (w *world) wantInvite(want group.Invite) {
	w.t.Helper()
	got, err := w.InviteDetail(w.t.Context(), want.No)
	if must(w.t, err); !reflect.DeepEqual(got, want) {
		w.t.Errorf("invite %+v\nwant %+v", got, want)
	}
}

func TestInvitesThatAreOver(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{})
	no := w.found("bob")
	inviteNo := w.invite(no, "eve")
	w.member(no, "eve", func(*group.Member) {})
	i, err := w.InviteDetail(t.Context(), inviteNo)
	if must(t, err); i.Status != group.Confirmed || i.Allower != "" {
		t.Errorf("all are in: %+v", i)
	}
	detail := func(what, inviteNo string) {
		t.Helper()
		_, err := w.InviteDetail(t.Context(), inviteNo)
		wantErr(t, what, err, group.ErrNoInvite)
	}
	for _, inviteNo := range []string{"", "unknown", "a\x00b", "\xff", strings.Repeat("a", 1000)} {
		detail(inviteNo, inviteNo)
		_, err := w.ConfirmCode(t.Context(), "alice", no, inviteNo)
		wantErr(t, "code for "+inviteNo, err, group.ErrInviteUnknown)
	}
	w.now = t0.Add(group.InviteLife)
	detail("expired", inviteNo)
	_, err = w.ConfirmCode(t.Context(), "alice", no, inviteNo)
	wantErr(t, "a code for what has expired", err, group.ErrInviteUnknown)
	w.now = t0
	_, err = w.ConfirmCode(t.Context(), "alice", w.found("bob"), inviteNo)
	wantErr(t, "another group's", err, group.ErrInviteUnknown)
	w.group(no, func(g *group.Group) { g.Status = group.Disbanded })
	detail("disbanded", inviteNo)
}

func TestInviteRefusals(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{Limits: group.Limits{Size: 6, Batch: 3}})
	no := w.found("bob", "carol", "dave")
	w.addUser("gone", "Gone")
	w.account("gone", func(u *user.User) { u.Status = user.Disabled })
	w.member(no, "carol", func(m *group.Member) { m.Deleted, m.Status = true, group.Blacklisted })
	w.member(no, "dave", func(m *group.Member) { m.Status = group.Blacklisted })
	crowd := w.crowd(4)
	try := func(what, uid, no string, want error, remark string, uids ...string) {
		t.Helper()
		wantErr(t, what, w.Invite(t.Context(), uid, no, group.Invitation{UIDs: uids, Remark: remark}), want)
	}
	rows := w.rows("ruyi_message")
	try("nobody", "bob", no, group.ErrInviteesMissing, "")
	try("too many", "bob", no, group.ErrTooMany, "", crowd...)
	try("a long reason", "bob", no, group.ErrInviteRemark, strings.Repeat("好", 101), "eve")
	try("no text", "bob", no, group.ErrInviteRemark, "a\x00", "eve")
	try("all in", "bob", no, group.ErrAllIn, "", "alice", "bob")
	try("on the blacklist", "bob", no, group.ErrAllIn, "", "carol", "dave")
	try("unusable", "bob", no, group.ErrUnusable, "", "gone", "nobody", "\xff")
	try("stranger", "eve", no, group.ErrNotFound, "", crowd[0])
	try("former", "carol", no, group.ErrNotMember, "", crowd[0])
	try("blacklisted", "dave", no, group.ErrBlacklisted, "", crowd[0])
	try("unknown", "bob", "unknown", group.ErrNotFound, "", crowd[0])
	try("no group", "bob", "\x00", group.ErrNotFound, "", crowd[0])
	w.member(no, crowd[3], func(*group.Member) {})
	try("full", "bob", no, group.ErrFull, "", crowd[:3]...)
	w.member(no, crowd[3], func(m *group.Member) { m.Deleted = true })
	w.group(no, func(g *group.Group) { g.Status = group.Disabled })
	try("disabled", "bob", no, group.ErrDisabled, "", crowd[0])
	w.group(no, func(g *group.Group) { g.Status = group.Disbanded })
	try("disbanded", "bob", no, group.ErrNotFound, "", crowd[0])
	if w.rows("ruyi_group_invite") != 0 || w.rows("ruyi_message") != rows {
		t.Error("a refused invite was stored")
	}
}

func TestWhoMayConfirm(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{})
	no := w.found("bob", "carol", "dave")
	inviteNo := w.invite(no, "eve")
	try := func(what, uid, no string, want error) {
		t.Helper()
		_, err := w.ConfirmCode(t.Context(), uid, no, inviteNo)
		wantErr(t, what, err, want)
	}
	w.member(no, "carol", func(m *group.Member) { m.Role = group.Manager })
	w.member(no, "dave", func(m *group.Member) { m.Deleted = true })
	try("owner", "alice", no, nil)
	try("manager", "carol", no, nil)
	try("member", "bob", no, group.ErrNotManager)
	try("former", "dave", no, group.ErrNotManager)
	try("stranger", "eve", no, group.ErrNotFound)
	try("unknown", "alice", "unknown", group.ErrNotFound)
	w.group(no, func(g *group.Group) { g.Status = group.Disabled })
	try("disabled", "alice", no, group.ErrDisabled)
}

// TestConfirmingIsDecidedWhenItActs changes something between the code and its
// use.
func TestConfirmingIsDecidedWhenItActs(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db, group.Options{Limits: group.Limits{Size: 4, Daily: 100}})
		for what, c := range map[string]struct {
			change func(no string)
			want   error
		}{
			"disbanded":  {func(no string) { w.group(no, func(g *group.Group) { g.Status = group.Disbanded }) }, group.ErrNotFound},
			"disabled":   {func(no string) { w.group(no, func(g *group.Group) { g.Status = group.Disabled }) }, group.ErrDisabled},
			"no manager": {func(no string) { w.member(no, "carol", func(m *group.Member) { m.Role = group.Ordinary }) }, group.ErrNotManager},
			"gone":       {func(no string) { w.member(no, "carol", func(m *group.Member) { m.Deleted = true }) }, group.ErrNotManager},
			"inviter left": {func(no string) { w.member(no, "bob", func(m *group.Member) { m.Deleted = true }) },
				group.ErrAddFailed},
			"all in": {func(no string) { w.member(no, "eve", func(*group.Member) {}) }, group.ErrAddFailed},
			"blacklisted": {func(no string) {
				w.member(no, "eve", func(m *group.Member) { m.Deleted, m.Status = true, group.Blacklisted })
			}, group.ErrAddFailed},
			"full": {func(no string) { w.member(no, "dave", func(*group.Member) {}) }, group.ErrAddFailed},
		} {
			no := w.found("bob", "carol")
			w.member(no, "carol", func(m *group.Member) { m.Role = group.Manager })
			code := w.confirmCode("carol", no, w.invite(no, "eve"))
			c.change(no)
			w.wantRefused(what, w.confirms(), no, code, c.want)
		}
		no := w.found("bob")
		code := w.confirmCode("alice", no, w.invite(no, "eve"))
		must(t, w.friends.Block(t.Context(), "eve", "bob"))
		w.wantRefused("blocked since", w.confirms(), no, code, group.ErrAddFailed)
		must(t, w.friends.Unblock(t.Context(), "eve", "bob"))
		must(t, w.Confirm(t.Context(), code)) // the refusal did not use it up
	})
}

func TestRacingConfirmationsAddOnce(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db, group.Options{})
		no := w.found("bob")
		inviteNo := w.invite(no, "carol", "eve")
		codes := []string{w.confirmCode("alice", no, inviteNo), w.confirmCode("alice", no, inviteNo)}
		answers := together(100, func(i int) error { return w.Confirm(t.Context(), codes[i%2]) })
		wantOnce(t, answers, group.ErrInviteDone)
		g, err := db.Groups().Group(t.Context(), no)
		if must(t, err); g.Members != 4 {
			t.Errorf("%d members", g.Members)
		}
		if added := count(w.news("alice", no), `"type":1002`); added != 1 {
			t.Errorf("alice heard %d times that people were added", added)
		}
	})
}

// TestConfirmingRacesWithRevoking lets a manager's role end while the code acts:
// whichever is first decides for both.
func TestConfirmingRacesWithRevoking(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db, group.Options{Limits: group.Limits{Daily: 100}})
		for range 10 {
			no := w.found("bob", "carol")
			w.member(no, "carol", func(m *group.Member) { m.Role = group.Manager })
			code := w.confirmCode("carol", no, w.invite(no, "eve"))
			answers := together(2, func(i int) error {
				if i == 0 {
					w.member(no, "carol", func(m *group.Member) { m.Role = group.Ordinary })
					return nil
				}
				return w.Confirm(t.Context(), code)
			})
			rows, err := db.Groups().MembersAmong(t.Context(), no, []string{"carol", "eve"})
			must(t, err)
			in := slices.IndexFunc(rows, func(m group.Named) bool { return m.UID == "eve" })
			switch {
			case answers[1] == nil && (in < 0 || rows[in].Version > rows[0].Version):
				t.Errorf("confirmed after the role ended: %+v", rows)
			case answers[1] != nil:
				wantErr(t, "refused", answers[1], group.ErrNotManager)
			}
		}
	})
}
