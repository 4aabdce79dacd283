package group_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/group"
	"github.com/ruyi-im/ruyi/store"
)

const channelUpdate = `{"cmd":"channelUpdate","param":{"channel_id":"G","channel_type":2},"type":99}`

// told is the notice that Alice changed something.
func told(content, attribute, value string) string {
	return `{"content":"{0}` + content + `","data":{"` + attribute + `":"` + value +
		`"},"extra":[{"uid":"alice","name":"Alice"}],"type":1005}`
}

func TestChanges(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{})
	no := w.found("bob")
	long := strings.Repeat("告\n", 500)
	update := func(c group.Change) error { return w.Update(t.Context(), "alice", no, c) }
	wide := func(c group.WideChange) error {
		return w.Set(t.Context(), "alice", no, group.SettingChange{WideChange: c})
	}
	for _, c := range []struct {
		what string
		do   func() error
		want []string
	}{
		{"name", func() error { return update(group.Change{Name: ptr(" 新群 ")}) }, []string{told(`修改群名为\"新群\"`, "name", "新群"), channelUpdate}},
		{"the same name", func() error { return update(group.Change{Name: ptr("新群")}) }, nil},
		{"notice", func() error { return update(group.Change{Notice: ptr("a\tb")}) }, []string{told(`修改群公告为\"a\tb\"`, "notice", `a\tb`), channelUpdate}},
		{"a long notice", func() error { return update(group.Change{Notice: &long}) },
			[]string{told(`修改群公告为\"`+strings.ReplaceAll(long, "\n", `\n`)+`\"`, "notice", strings.ReplaceAll(long, "\n", `\n`)), channelUpdate}},
		{"no notice", func() error { return update(group.Change{Notice: ptr("")}) }, []string{told("清空了群公告", "notice", ""), channelUpdate}},
		{"invite", func() error { return update(group.Change{Invite: ptr(true)}) },
			[]string{told("已启用“群聊邀请确认”，群成员需群主或管理员确认才能邀请朋友进群。", "invite", "1"), channelUpdate}},
		{"invite again", func() error { return wide(group.WideChange{Invite: ptr(true)}) }, nil},
		{"no invite", func() error { return wide(group.WideChange{Invite: ptr(false)}) }, []string{told("已恢复默认进群方式。", "invite", "0"), channelUpdate}},
		{"mute all", func() error { return w.ForbidAll(t.Context(), "alice", no, true) }, []string{told("开启了群禁言", "forbidden", "1"), channelUpdate}},
		{"mute all again", func() error { return w.ForbidAll(t.Context(), "alice", no, true) }, nil},
		{"mute nobody", func() error { return wide(group.WideChange{Forbidden: ptr(false)}) }, []string{told("关闭了群禁言", "forbidden", "0"), channelUpdate}},
		{"not mute", func() error { return w.ForbidAll(t.Context(), "alice", no, false) }, nil},
		{"three at once", func() error { return update(group.Change{Name: ptr("x"), Notice: ptr("y"), Invite: ptr(true)}) },
			[]string{told(`修改群名为\"x\"`, "name", "x"), told(`修改群公告为\"y\"`, "notice", "y"),
				told("已启用“群聊邀请确认”，群成员需群主或管理员确认才能邀请朋友进群。", "invite", "1"), channelUpdate}},
		{"what has no notice", func() error {
			return wide(group.WideChange{ForbiddenAddFriend: ptr(true), ViewHistory: ptr(false), MemberPin: ptr(true)})
		}, []string{channelUpdate}},
		{"nothing", func() error { return w.Set(t.Context(), "alice", no, group.SettingChange{}) }, nil},
		{"own settings", func() error {
			return w.Set(t.Context(), "alice", no, group.SettingChange{OwnChange: group.OwnChange{Mute: ptr(true)}})
		}, nil},
	} {
		before := w.card(no)
		w.now = w.now.Add(time.Second)
		must(t, c.do())
		w.wantNews("bob", no, c.want...)
		after := w.card(no)
		if changed := len(c.want) > 0; after.UpdatedAt.Equal(w.now) != changed || (after.Version > before.Version) != changed {
			t.Errorf("%s: version %d at %v, before %d", c.what, after.Version, after.UpdatedAt, before.Version)
		}
	}
	g := w.card(no)
	g.Version, g.UpdatedAt = 0, time.Time{}
	want := group.Group{
		No: no, Name: "x", Notice: "y", Creator: "alice", Status: group.Normal, Invite: true, ForbiddenAddFriend: true,
		MemberPin: true, Members: 2, CreatedAt: t0,
	}
	if g != want {
		t.Errorf("group %+v, want %+v", g, want)
	}
}

// card returns what is stored of a group.
func (w *world) card(no string) group.Group {
	w.t.Helper()
	g, err := w.db.Groups().Group(w.t.Context(), no)
	must(w.t, err)
	return g
}

func TestOwnSettings(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{})
	no := w.found("bob")
	set := func(c group.OwnChange, want group.Settings, news ...string) {
		t.Helper()
		must(t, w.Set(t.Context(), "bob", no, group.SettingChange{OwnChange: c}))
		v, err := w.Group(t.Context(), "bob", no)
		if must(t, err); v.Settings != want {
			t.Errorf("settings %+v, want %+v", v.Settings, want)
		}
		w.wantNews("bob", no, news...)
		w.wantNews("alice", no)
	}
	set(group.OwnChange{Screenshot: ptr(true), Remark: ptr(""), Mute: ptr(false)}, group.DefaultSettings())
	one := group.Settings{Remark: "私", Mute: true, Screenshot: true, Recall: true, Receipt: true, Version: 1}
	set(group.OwnChange{Remark: ptr("私"), Mute: ptr(true)}, one, channelUpdate)
	set(group.OwnChange{Mute: ptr(true)}, one)
	all := group.Settings{
		Remark: "私", Top: true, Save: true, ShowNick: true, ChatPwdOn: true, JoinRemind: true, Flame: true,
		FlameSecs: group.MaxFlameSeconds, Version: 2,
	}
	set(group.OwnChange{
		Mute: ptr(false), Top: ptr(true), Save: ptr(true), ShowNick: ptr(true), ChatPwdOn: ptr(true), Screenshot: ptr(false),
		Recall: ptr(false), Receipt: ptr(false), JoinRemind: ptr(true), Flame: ptr(true), FlameSecs: ptr(group.MaxFlameSeconds),
	}, all, channelUpdate)
	if v, err := w.Group(t.Context(), "alice", no); err != nil || v.Settings != group.DefaultSettings() {
		t.Errorf("settings of another: %+v, %v", v.Settings, err)
	}
}

func TestSetIsAllOrNothing(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{})
	no := w.found("bob")
	both := group.SettingChange{
		OwnChange: group.OwnChange{Mute: ptr(true)}, WideChange: group.WideChange{Forbidden: ptr(true)},
	}
	before := w.stored(no)
	wantErr(t, "a member", w.Set(t.Context(), "bob", no, both), group.ErrRight)
	if after := w.stored(no); after != before {
		t.Errorf("a refusal changed\n%s\ninto\n%s", before, after)
	}
	w.wantNews("bob", no)
	must(t, w.Set(t.Context(), "alice", no, both))
	w.wantNews("alice", no, told("开启了群禁言", "forbidden", "1"), channelUpdate, channelUpdate)
	if s, err := w.db.Groups().Settings(t.Context(), "alice", no); err != nil || !s.Mute || !w.card(no).Forbidden {
		t.Errorf("settings %+v, %v", s, err)
	}
}

func TestMalformedChanges(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{})
	no := w.found("bob")
	before := w.stored(no)
	for _, c := range []struct {
		what string
		err  error
		want error
	}{
		{"nothing", w.Update(t.Context(), "alice", no, group.Change{}), group.ErrNothing},
		{"no name", w.Update(t.Context(), "alice", no, group.Change{Name: ptr(" \u200b")}), group.ErrNameMissing},
		{"a long name", w.Update(t.Context(), "alice", no, group.Change{Name: ptr(strings.Repeat("好", 21))}), group.ErrName},
		{"a name of two lines", w.Update(t.Context(), "alice", no, group.Change{Name: ptr("a\nb")}), group.ErrName},
		{"a name that is no text", w.Update(t.Context(), "alice", no, group.Change{Name: ptr("\xff")}), group.ErrName},
		{"a long notice", w.Update(t.Context(), "alice", no, group.Change{Notice: ptr(strings.Repeat("好", 1001))}), group.ErrNotice},
		{"a notice with NUL", w.Update(t.Context(), "alice", no, group.Change{Name: ptr("ok"), Notice: ptr("\x00")}), group.ErrNotice},
		{"a long remark", w.Set(t.Context(), "alice", no, group.SettingChange{OwnChange: group.OwnChange{Remark: ptr(strings.Repeat("好", 65))}}), group.ErrSettingRemark},
		{"a remark with NUL", w.Set(t.Context(), "alice", no, group.SettingChange{OwnChange: group.OwnChange{Remark: ptr("\x00")}}), group.ErrSettingRemark},
		{"too late", w.Set(t.Context(), "alice", no, group.SettingChange{OwnChange: group.OwnChange{FlameSecs: ptr(86401)}}), group.ErrFlameSeconds},
		{"too early", w.Set(t.Context(), "alice", no, group.SettingChange{OwnChange: group.OwnChange{FlameSecs: ptr(-1)}}), group.ErrFlameSeconds},
		{"no number", w.Update(t.Context(), "alice", "a\x00", group.Change{Name: ptr("x")}), group.ErrNotFound},
		{"no number to set", w.Set(t.Context(), "alice", "\xff", group.SettingChange{}), group.ErrNotFound},
		{"no number to mute", w.ForbidAll(t.Context(), "alice", "", true), group.ErrNotFound},
	} {
		wantErr(t, c.what, c.err, c.want)
	}
	if after := w.stored(no); after != before {
		t.Errorf("a refusal changed\n%s\ninto\n%s", before, after)
	}
}

// relations are what bob can be to a group of alice's, and what each operation
// answers him then; nil is done.
var relations = []struct {
	name                             string
	put                              func(w *world, no string)
	group, update, own, wide, forbid error
	detail                           error
}{
	{"no group", nil, group.ErrNotFound, group.ErrNotFound, group.ErrNotFound, group.ErrNotFound, group.ErrNotFound, group.ErrNotFound},
	{"disbanded", func(w *world, no string) {
		w.member(no, "bob", func(m *group.Member) { m.Role = group.Manager })
		w.group(no, func(g *group.Group) { g.Status = group.Disbanded })
	}, group.ErrNotFound, group.ErrNotFound, group.ErrNotFound, group.ErrNotFound, group.ErrNotFound, group.ErrNotFound},
	{"stranger", func(*world, string) {}, group.ErrNotFound, group.ErrNotFound, group.ErrNotFound, group.ErrNotFound, group.ErrNotFound, nil},
	{"blacklisted", func(w *world, no string) {
		w.member(no, "bob", func(m *group.Member) { m.Status = group.Blacklisted })
	}, nil, group.ErrEditors, nil, group.ErrRight, group.ErrSilencers, nil},
	{"blacklisted manager", func(w *world, no string) {
		w.member(no, "bob", func(m *group.Member) { m.Status, m.Role = group.Blacklisted, group.Manager })
	}, nil, group.ErrEditors, nil, group.ErrRight, group.ErrSilencers, nil},
	{"former member", func(w *world, no string) {
		w.member(no, "bob", func(m *group.Member) { m.Deleted = true })
	}, nil, group.ErrEditors, group.ErrNotMember, group.ErrNotMember, group.ErrSilencers, nil},
	{"former manager", func(w *world, no string) {
		w.member(no, "bob", func(m *group.Member) { m.Deleted, m.Role = true, group.Manager })
	}, nil, group.ErrEditors, group.ErrNotMember, group.ErrNotMember, group.ErrSilencers, nil},
	{"member", func(w *world, no string) {
		w.member(no, "bob", func(*group.Member) {})
	}, nil, group.ErrEditors, nil, group.ErrRight, group.ErrSilencers, nil},
	{"manager", func(w *world, no string) {
		w.member(no, "bob", func(m *group.Member) { m.Role = group.Manager })
	}, nil, nil, nil, nil, nil, nil},
	{"owner", func(w *world, no string) {
		w.member(no, "bob", func(m *group.Member) { m.Role = group.Owner })
	}, nil, nil, nil, nil, nil, nil},
	{"manager of a disabled group", func(w *world, no string) {
		w.member(no, "bob", func(m *group.Member) { m.Role = group.Manager })
		w.group(no, func(g *group.Group) { g.Status = group.Disabled })
	}, nil, group.ErrDisabled, nil, group.ErrDisabled, group.ErrDisabled, nil},
}

func TestWhoMayReadAndChange(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db, group.Options{Limits: group.Limits{Daily: 1000}})
		for _, r := range relations {
			for op, call := range map[string]struct {
				do   func(ctx context.Context, no string) error
				want error
				acts bool
			}{
				"group":  {func(ctx context.Context, no string) error { _, err := w.Group(ctx, "bob", no); return err }, r.group, false},
				"detail": {func(ctx context.Context, no string) error { _, err := w.Detail(ctx, no); return err }, r.detail, false},
				"update": {func(ctx context.Context, no string) error {
					return w.Update(ctx, "bob", no, group.Change{Name: ptr("new")})
				}, r.update, true},
				"own": {func(ctx context.Context, no string) error {
					return w.Set(ctx, "bob", no, group.SettingChange{OwnChange: group.OwnChange{Top: ptr(true)}})
				}, r.own, true},
				"wide": {func(ctx context.Context, no string) error {
					return w.Set(ctx, "bob", no, group.SettingChange{WideChange: group.WideChange{MemberPin: ptr(true)}})
				}, r.wide, true},
				"forbid": {func(ctx context.Context, no string) error { return w.ForbidAll(ctx, "bob", no, true) }, r.forbid, true},
			} {
				no := "0123456789abcdef0123456789abcdef"
				if r.put != nil {
					no = w.found("carol")
					r.put(w, no)
				}
				w.news("carol", no)
				before := w.stored(no)
				wantErr(t, r.name+": "+op, call.do(t.Context(), no), call.want)
				if changed := w.stored(no) != before; changed != (call.acts && call.want == nil) {
					t.Errorf("%s: %s changed: %t", r.name, op, changed)
				}
				if heard := w.news("carol", no); call.want != nil && len(heard) > 0 {
					t.Errorf("%s: of a refused %s was heard %s", r.name, op, heard)
				}
			}
		}
	})
}

// TestARoleRevokedMeanwhile revokes a role in a transaction that holds the group,
// while an operation that rests on the role is on its way.
func TestARoleRevokedMeanwhile(t *testing.T) {
	for op, c := range map[string]struct {
		do   func(ctx context.Context, s group.Service, no string) error
		want error
	}{
		"update": {func(ctx context.Context, s group.Service, no string) error {
			return s.Update(ctx, "bob", no, group.Change{Name: ptr("new")})
		}, group.ErrEditors},
		"set": {func(ctx context.Context, s group.Service, no string) error {
			return s.Set(ctx, "bob", no, group.SettingChange{
				OwnChange: group.OwnChange{Top: ptr(true)}, WideChange: group.WideChange{Invite: ptr(true)},
			})
		}, group.ErrNotMember},
		"forbid": {func(ctx context.Context, s group.Service, no string) error { return s.ForbidAll(ctx, "bob", no, true) }, group.ErrSilencers},
	} {
		t.Run(op, func(t *testing.T) {
			onBothEngines(t, func(t *testing.T, db *store.DB) {
				w := start(t, db, group.Options{})
				no := w.found("bob")
				w.member(no, "bob", func(m *group.Member) { m.Role = group.Manager })
				coming := &approach{Store: db.Groups(), atLock: strings.HasSuffix(t.Name(), "postgres"), near: make(chan struct{})}
				s, err := group.New(coming, w.people, group.Options{})
				must(t, err)
				held, answer := make(chan struct{}), make(chan error)
				go func() {
					<-held
					answer <- c.do(t.Context(), s, no)
				}()
				must(t, db.Groups().Update(t.Context(), func(tx group.Tx) error {
					if _, err := tx.LockGroup(t.Context(), no); err != nil {
						return err
					}
					close(held)
					<-coming.near
					m, err := tx.Member(t.Context(), no, "bob")
					if err != nil {
						return err
					}
					m.Deleted = true
					return tx.SaveMembers(t.Context(), no, m)
				}))
				before := w.stored(no)
				wantErr(t, op, <-answer, c.want)
				if after := w.stored(no); after != before {
					t.Errorf("changed\n%s\ninto\n%s", before, after)
				}
			})
		})
	}
}

// approach tells when somebody is about to lock a group: with LockGroup, or with
// Update where one transaction excludes all others.
type approach struct {
	group.Store
	atLock bool
	near   chan struct{}
	once   sync.Once // a transaction may run again
}

func (a *approach) arrive() { a.once.Do(func() { close(a.near) }) }

func (a *approach) Update(ctx context.Context, fn func(tx group.Tx) error) error {
	if !a.atLock {
		a.arrive()
		return a.Store.Update(ctx, fn)
	}
	return a.Store.Update(ctx, func(tx group.Tx) error { return fn(approachTx{tx, a}) })
}

type approachTx struct {
	group.Tx
	a *approach
}

func (tx approachTx) LockGroup(ctx context.Context, no string) (group.Group, error) {
	tx.a.arrive()
	return tx.Tx.LockGroup(ctx, no)
}
