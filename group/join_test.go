package group_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/group"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/user"
)

func TestJoinByPicture(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{})
	no := w.found("bob")
	picture := w.picture("bob", no)
	if w.picture("bob", no) == picture {
		t.Error("two pictures show one code")
	}
	for _, uid := range []string{"alice", "bob"} {
		scanned, err := w.Scan(t.Context(), uid, picture)
		if must(t, err); scanned != (group.Scanned{Group: no}) {
			t.Errorf("%s scanned %+v", uid, scanned)
		}
	}
	w.member(no, "eve", func(m *group.Member) { m.Deleted, m.MutedUntil = true, t0.Add(time.Hour) })
	code := w.joinCode("bob", "eve", no)
	found, err := w.JoinDetail(t.Context(), code, no)
	must(t, err)
	if found.Group.Name != "g" || found.Group.Members != 2 || found.Sharer != (group.Person{UID: "bob", Name: "Bob"}) {
		t.Errorf("detail %+v", found)
	}
	w.now = t0.Add(group.JoinCodeLife - time.Millisecond)
	must(t, w.Join(t.Context(), code, no))
	joined := `{"content":"“{0}”通过“{1}”的二维码加入群聊","extra":[{"uid":"eve","name":"Eve"},{"uid":"bob","name":"Bob"}],"type":1007}`
	for _, uid := range []string{"alice", "bob", "eve"} {
		if news := w.news(uid, no); len(news) == 0 || news[0] != joined {
			t.Errorf("%s heard %q", uid, news)
		}
	}
	m, err := w.db.Groups().Member(t.Context(), no, "eve")
	must(t, err)
	if !m.In() || m.Inviter != "bob" || m.Role != group.Ordinary || !m.MutedUntil.Equal(t0.Add(time.Hour)) || !m.CreatedAt.Equal(w.now) {
		t.Errorf("eve is %+v", m)
	}

	w.now = t0
	w.wantRefused("again", w.joins(no), no, code, group.ErrAlreadyIn)
	w.wantRefused("again by another code", w.joins(no), no, w.joinCode("bob", "dave", no)[:31]+"g", group.ErrJoinCode)
	w.member(no, "eve", func(m *group.Member) { m.Deleted = true })
	w.wantRefused("again, removed since", w.joins(no), no, code, group.ErrJoinCode)
}

func TestWhoMayShareAPicture(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{})
	no := w.found("bob", "carol", "dave")
	w.member(no, "carol", func(m *group.Member) { m.Deleted = true })
	w.member(no, "dave", func(m *group.Member) { m.Status = group.Blacklisted })
	try := func(what, uid, no string, want error) {
		t.Helper()
		_, err := w.QRCode(t.Context(), uid, no)
		wantErr(t, what, err, want)
	}
	try("owner", "alice", no, nil)
	try("member", "bob", no, nil)
	try("former member", "carol", no, group.ErrQRMembers)
	try("blacklisted", "dave", no, group.ErrBlacklisted)
	try("stranger", "eve", no, group.ErrNotFound)
	try("unknown", "alice", "unknown", group.ErrNotFound)
	try("no text", "alice", "\x00", group.ErrNotFound)
	w.group(no, func(g *group.Group) { g.Invite = true })
	try("invites only", "bob", no, nil)
	w.group(no, func(g *group.Group) { g.Status = group.Disabled })
	try("disabled", "alice", no, group.ErrDisabled)
	w.group(no, func(g *group.Group) { g.Status = group.Disbanded })
	try("disbanded", "alice", no, group.ErrNotFound)
}

// TestJoiningIsDecidedWhenItActs changes something between the code and its use.
func TestJoiningIsDecidedWhenItActs(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db, group.Options{Limits: group.Limits{Size: 5}})
		crowd := w.crowd(3)
		for what, c := range map[string]struct {
			change func(no string)
			scan   error // of another scanner, by then
			want   error
		}{
			"disbanded":    {func(no string) { w.group(no, func(g *group.Group) { g.Status = group.Disbanded }) }, group.ErrQRCode, group.ErrNotFound},
			"disabled":     {func(no string) { w.group(no, func(g *group.Group) { g.Status = group.Disabled }) }, nil, group.ErrDisabled},
			"invites only": {func(no string) { w.group(no, func(g *group.Group) { g.Invite = true }) }, nil, group.ErrJoinClosed},
			"blacklisted": {func(no string) {
				w.member(no, "eve", func(m *group.Member) { m.Deleted, m.Status = true, group.Blacklisted })
			}, nil, group.ErrBlacklisted},
			"sharer left": {func(no string) { w.member(no, "bob", func(m *group.Member) { m.Deleted = true }) }, group.ErrQRCode, group.ErrSharer},
			"sharer blacklisted": {func(no string) {
				w.member(no, "bob", func(m *group.Member) { m.Status = group.Blacklisted })
			}, group.ErrQRCode, group.ErrSharer},
			"in already": {func(no string) { w.member(no, "eve", func(*group.Member) {}) }, nil, group.ErrAlreadyIn},
			"full": {func(no string) {
				for _, uid := range crowd {
					w.member(no, uid, func(*group.Member) {})
				}
			}, nil, group.ErrFull},
		} {
			no := w.found("bob")
			picture, code := w.picture("bob", no), w.joinCode("bob", "eve", no)
			c.change(no)
			w.wantRefused(what, w.joins(no), no, code, c.want)
			_, err := w.Scan(t.Context(), "dave", picture)
			wantErr(t, what+", scan", err, c.scan)
		}
		no := w.found("bob")
		code := w.joinCode("bob", "eve", no)
		w.account("eve", func(u *user.User) { u.Status = user.Disabled })
		w.wantRefused("account disabled", w.joins(no), no, code, group.ErrUnusable)
		w.account("eve", func(u *user.User) { u.Status = user.Active })
		must(t, w.Join(t.Context(), code, no)) // none of the refusals used it up
	})
}

func TestRacingJoinsAddOnce(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db, group.Options{Limits: group.Limits{Size: 3}})
		no := w.found("bob")
		codes := []string{w.joinCode("bob", "eve", no), w.joinCode("alice", "eve", no)}
		answers := together(20, func(i int) error { return w.Join(t.Context(), codes[i%2], no) })
		wantOnce(t, answers, group.ErrAlreadyIn)
		g, err := db.Groups().Group(t.Context(), no)
		if must(t, err); g.Members != 3 {
			t.Errorf("%d members", g.Members)
		}
		if joined := count(w.news("alice", no), `"type":1007`); joined != 1 {
			t.Errorf("alice heard %d times that somebody joined", joined)
		}

		// One place is left for many.
		no = w.found("bob")
		codes = nil
		for _, uid := range []string{"carol", "dave", "eve"} {
			codes = append(codes, w.joinCode("bob", uid, no))
		}
		wantOnce(t, together(3, func(i int) error { return w.Join(t.Context(), codes[i], no) }), group.ErrFull)
	})
}

// wantOnce wants one call to have gone well and all others to answer refusal.
func wantOnce(t *testing.T, answers []error, refusal error) {
	t.Helper()
	done := 0
	for _, err := range answers {
		switch {
		case err == nil:
			done++
		case !errors.Is(err, refusal):
			t.Errorf("answer %v, want %v", err, refusal)
		}
	}
	if done != 1 {
		t.Errorf("%d calls went well, want 1", done)
	}
}

// count returns how many of lines hold s.
func count(lines []string, s string) int {
	return len(slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return !strings.Contains(line, s) }))
}
