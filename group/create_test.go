package group_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/group"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/user"
)

// uidsOf returns who is in a group, without those who left.
func (w *world) uidsOf(no string) string {
	w.t.Helper()
	uids, err := w.db.Groups().MemberUIDs(w.t.Context(), no)
	must(w.t, err)
	slices.Sort(uids)
	return strings.Join(uids, " ")
}

func TestCreate(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db, group.Options{})
		w.addUser("gone", "Gone")
		w.addUser("banned", "Banned")
		w.befriend("alice", "gone")
		w.befriend("alice", "banned")
		w.account("gone", func(u *user.User) { u.Status = user.Destroyed })
		w.account("banned", func(u *user.User) { u.Status = user.Disabled })
		must(t, w.friends.Block(t.Context(), "dave", "alice"))
		w.news("alice", "-")

		v, err := w.Create(t.Context(), "alice", group.Foundation{Name: " {0} ", Members: []string{
			"carol", "bob", "gone", "alice", "bob", "eve", "dave", "nobody", "", "a\x00b", "u_10000", "banned",
		}})
		must(t, err)
		no := v.Group.No
		if len(no) != 32 || v.Quit() || v.Me.UID != "alice" || v.Me.Role != group.Owner || v.Settings != group.DefaultSettings() {
			t.Errorf("view %+v", v)
		}
		want := group.Group{
			No: no, Name: "{0}", Creator: "alice", Status: group.Normal, ViewHistory: true,
			Members: 3, Version: 4, CreatedAt: t0, UpdatedAt: t0,
		}
		if v.Group != want || v.Version() != 4 {
			t.Errorf("group %+v, want %+v", v.Group, want)
		}
		if got := w.uidsOf(no); got != "alice bob carol" {
			t.Errorf("members %s", got)
		}
		rows, err := w.db.Groups().MembersAmong(t.Context(), no, []string{"bob", "carol"})
		must(t, err)
		for i, m := range rows {
			if m.Role != group.Ordinary || m.Status != group.Accepted || m.Inviter != "alice" || !m.CreatedAt.Equal(t0) ||
				len(m.Vercode) != 34 || !strings.HasSuffix(m.Vercode, "@2") || m.Vercode == rows[1-i].Vercode {
				t.Errorf("member %+v", m)
			}
		}
		for _, uid := range []string{"alice", "bob", "carol"} {
			w.wantNews(uid, no,
				`{"content":"Alice邀请{0},{1}加入群聊","creator":"alice","creator_name":"Alice","extra":[{"uid":"carol","name":"Carol"},{"uid":"bob","name":"Bob"}],"type":1001,"version":4}`,
				`{"content":"{0},{1}的账号已停用或注销，无法加入群聊","extra":[{"uid":"gone","name":"Gone"},{"uid":"banned","name":"Banned"}],"type":2000}`)
		}
		w.news("dave", no)
		for _, uid := range []string{"dave", "eve", "gone", "banned"} {
			w.wantNews(uid, no)
		}
	})
}

func TestCreateIsNoticedByPlaceholders(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{})
	w.account("alice", func(u *user.User) { u.Name = "{0}" })
	no := w.found("bob")
	must(t, w.Update(t.Context(), "alice", no, group.Change{Name: ptr("a{0}b"), Notice: ptr("{0}")}))
	w.wantNews("bob", no,
		`{"content":"{0}修改群名为\"a｛0｝b\"","data":{"name":"a{0}b"},"extra":[{"uid":"alice","name":"{0}"}],"type":1005}`,
		`{"content":"{0}修改群公告为\"｛0｝\"","data":{"notice":"{0}"},"extra":[{"uid":"alice","name":"{0}"}],"type":1005}`,
		`{"cmd":"channelUpdate","param":{"channel_id":"G","channel_type":2},"type":99}`)
}

func TestCreateNames(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{Limits: group.Limits{Daily: 100}})
	w.account("dave", func(u *user.User) { u.Name = strings.Repeat("好", 20) })
	for _, c := range []struct {
		name    string
		members []string
		want    string
	}{
		{"", []string{"carol", "bob"}, "Alice、Carol、Bob"},
		{" \u200b ", []string{"bob"}, "Alice、Bob"},
		{"", []string{"dave"}, "Alice、" + strings.Repeat("好", 14)},
		{"  x  ", []string{"bob"}, "x"},
		{strings.Repeat("好", 21), []string{"bob"}, strings.Repeat("好", 20)},
		{strings.Repeat("x", 19) + " y", []string{"bob"}, strings.Repeat("x", 19)},
		{strings.Repeat("👍", 5000), []string{"bob"}, strings.Repeat("👍", 20)},
	} {
		v, err := w.Create(t.Context(), "alice", group.Foundation{Name: c.name, Members: c.members})
		if must(t, err); v.Group.Name != c.want {
			t.Errorf("%q: %q, want %q", c.name, v.Group.Name, c.want)
		}
	}
}

func TestCreateRefuses(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{Limits: group.Limits{Size: 3, Batch: 5}})
	for uid, status := range map[string]user.Status{"gone": user.Destroyed, "banned": user.Disabled} {
		w.addUser(uid, uid)
		w.befriend("alice", uid)
		w.befriend("banned", "bob")
		w.account(uid, func(u *user.User) { u.Status = status })
	}
	must(t, w.friends.Block(t.Context(), "carol", "alice"))
	must(t, w.friends.Block(t.Context(), "alice", "dave"))
	for _, c := range []struct {
		what, uid string
		f         group.Foundation
		want      error
	}{
		{"nobody", "alice", group.Foundation{}, group.ErrMembersMissing},
		{"oneself", "alice", group.Foundation{Members: []string{"alice", "alice"}}, group.ErrMembersMissing},
		{"too many", "alice", group.Foundation{Members: []string{"bob", "bob", "bob", "bob", "bob", "bob"}}, group.ErrTooMany},
		{"the file helper", "alice", group.Foundation{Members: []string{"bob", "fileHelper"}}, group.ErrFileHelper},
		{"a stranger", "alice", group.Foundation{Members: []string{"eve"}}, group.ErrNotFriends},
		{"nobody there", "alice", group.Foundation{Members: []string{"nobody"}}, group.ErrNotFriends},
		{"no uid", "alice", group.Foundation{Members: []string{"\x00", "\xff", ""}}, group.ErrNotFriends},
		{"who blocked", "alice", group.Foundation{Members: []string{"carol"}}, group.ErrNotFriends},
		{"the blocked", "alice", group.Foundation{Members: []string{"dave"}}, group.ErrNotFriends},
		{"the destroyed", "alice", group.Foundation{Members: []string{"gone", "banned"}}, group.ErrUnusable},
		{"more than fit", "alice", group.Foundation{Members: []string{"bob", "u0000", "u0001"}}, group.ErrFull},
		{"a name with NUL", "alice", group.Foundation{Name: "a\x00", Members: []string{"bob"}}, group.ErrNameText},
		{"a name that is no text", "alice", group.Foundation{Name: "\xff", Members: []string{"bob"}}, group.ErrNameText},
		{"a name turned around", "alice", group.Foundation{Name: strings.Repeat("x", 30) + "\u202e", Members: []string{"bob"}}, group.ErrNameText},
		{"a banned founder", "banned", group.Foundation{Members: []string{"bob"}}, group.ErrFounder},
	} {
		if c.want == group.ErrFull {
			w.crowd(2)
		}
		v, err := w.Create(t.Context(), c.uid, c.f)
		wantErr(t, c.what, err, c.want)
		if v != (group.View{}) {
			t.Errorf("%s: %+v", c.what, v)
		}
	}
	for _, table := range []string{"ruyi_group", "ruyi_group_member", "ruyi_throttle", "ruyi_chat"} {
		if n := w.rows(table); n != 0 {
			t.Errorf("%d rows of %s after nothing but refusals", n, table)
		}
	}
}

func TestStrangersMayBeAllowed(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{AllowStrangers: true})
	must(t, w.friends.Block(t.Context(), "carol", "alice"))
	must(t, w.friends.Block(t.Context(), "alice", "dave"))
	v, err := w.Create(t.Context(), "alice", group.Foundation{Members: []string{"bob", "carol", "dave", "eve", "nobody", "u_10000"}})
	must(t, err)
	if got := w.uidsOf(v.Group.No); got != "alice bob eve" {
		t.Errorf("members %s", got)
	}
	_, err = w.Create(t.Context(), "alice", group.Foundation{Members: []string{"carol"}})
	wantErr(t, "nobody but who blocked", err, group.ErrNotFriends)
}

func TestNobodyIsAskedWithoutFriends(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{})
	alone, err := group.New(w.db.Groups(), w.people, group.Options{})
	must(t, err)
	v, err := alone.Create(t.Context(), "eve", group.Foundation{Members: []string{"bob"}})
	must(t, err)
	if got := w.uidsOf(v.Group.No); got != "bob eve" {
		t.Errorf("members %s", got)
	}
}

func TestOneSidedContactsAreNoFriends(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{})
	must(t, w.db.Friends().Update(t.Context(), func(tx friend.Tx) error {
		return errors.Join(
			tx.SaveRelation(t.Context(), friend.Relation{Owner: "alice", Peer: "eve"}, t0),
			tx.SaveRelation(t.Context(), friend.Relation{Owner: "bob", Peer: "alice", Deleted: true}, t0),
			tx.SaveRelation(t.Context(), friend.Relation{Owner: "alice", Peer: "carol", Alone: true}, t0))
	}))
	v, err := w.Create(t.Context(), "alice", group.Foundation{Members: []string{"eve", "bob", "carol", "dave"}})
	must(t, err)
	if got := w.uidsOf(v.Group.No); got != "alice dave" {
		t.Errorf("members %s", got)
	}
}

func TestDailyLimit(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{Limits: group.Limits{Daily: 2}})
	create := func(uid, with string) error {
		_, err := w.Create(t.Context(), uid, group.Foundation{Members: []string{with}})
		return err
	}
	must(t, create("alice", "bob"))
	wantErr(t, "a refusal", create("alice", "eve"), group.ErrNotFriends)
	w.now = t0.Add(23 * time.Hour)
	must(t, create("alice", "bob"))
	wantErr(t, "a third", create("alice", "bob"), group.ErrDaily)
	must(t, create("bob", "alice"))
	w.now = t0.Add(24*time.Hour - time.Millisecond)
	wantErr(t, "within a day", create("alice", "bob"), group.ErrDaily)
	w.now = t0.Add(24 * time.Hour)
	must(t, create("alice", "bob"))
	must(t, create("alice", "bob"))
	w.now = t0.Add(20 * time.Hour) // set back
	must(t, create("alice", "bob"))
}

func TestDailyLimitHoldsForCallsAtOnce(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db, group.Options{})
		made := 0
		for _, err := range together(25, func(int) error {
			_, err := w.Create(t.Context(), "alice", group.Foundation{Members: []string{"bob"}})
			return err
		}) {
			if err == nil {
				made++
			} else if !errors.Is(err, group.ErrDaily) {
				t.Error(err)
			}
		}
		if n := w.rows("ruyi_group"); made != 10 || n != 10 {
			t.Errorf("%d calls made %d groups, want 10", made, n)
		}
	})
}

func TestLimits(t *testing.T) {
	for _, l := range []group.Limits{{Size: -1}, {FanOut: -1}, {Batch: -1}, {Daily: -1}} {
		if s, err := group.New(nil, nil, group.Options{Limits: l}); s != nil || err == nil {
			t.Errorf("%+v was accepted", l)
		}
	}
	if l := (group.Limits{Size: 2000, FanOut: 1000, Batch: 200, Managers: 20, Daily: 10}); group.DefaultLimits() != l {
		t.Errorf("defaults %+v, want %+v", group.DefaultLimits(), l)
	}
}

// TestCreateFull founds a group of as many as one request may name.
func TestCreateFull(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{})
	uids := w.crowd(200)
	v, err := w.Create(t.Context(), "alice", group.Foundation{Members: uids})
	must(t, err)
	if v.Group.Members != 201 || v.Group.Version != 202 {
		t.Errorf("group %+v", v.Group)
	}
	if heard := w.news(uids[199], v.Group.No); len(heard) != 1 || !strings.Contains(heard[0], `{199}加入群聊`) {
		t.Errorf("the last heard %s", fmt.Sprint(heard))
	}
	_, err = w.Create(t.Context(), "alice", group.Foundation{Members: append(uids, "bob")})
	wantErr(t, "one more", err, group.ErrTooMany)
}
