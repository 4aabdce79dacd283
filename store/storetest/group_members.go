package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/group"
	"github.com/ruyi-im/ruyi/user"
)

func testGroupMembers(t *testing.T, s Stores) {
	ctx := t.Context()
	a, b := addUser(t, s, "a"), addUser(t, s, "b")
	no, other := addGroup(t, s), addGroup(t, s, a)
	save := func(members ...group.Member) error {
		return s.Groups().Update(ctx, func(tx group.Tx) error { return tx.SaveMembers(ctx, no, members...) })
	}
	read := func(uid string) group.Member {
		t.Helper()
		m, err := s.Groups().Member(ctx, no, uid)
		must(t, err)
		return m
	}
	equal(t, "member who never was", read(a), group.Member{})
	must(t, save())
	full := group.Member{
		ID: 7, UID: a, Role: group.Manager, Status: group.Blacklisted, Version: 7, Remark: "名'\"%_ 👨‍👩‍👧", Inviter: b,
		Vercode: "v@2", MutedUntil: t0.Add(time.Hour), CreatedAt: t0, UpdatedAt: t0.Add(time.Millisecond),
	}
	empty := group.Member{UID: a, Status: group.Accepted, Deleted: true, CreatedAt: t0.Add(time.Second), UpdatedAt: t0.Add(time.Second)}
	var id int64
	for i, c := range []struct {
		row     group.Member
		members int
	}{{full, 1}, {full, 1}, {empty, 0}, {empty, 0}, {full, 1}} {
		must(t, save(c.row))
		got := read(a)
		if id = max(id, got.ID); got.ID != id || id == 0 {
			t.Errorf("id %d, before %d", got.ID, id)
		}
		want := c.row
		want.ID, want.Version = id, int64(2+i)
		equal(t, "member", got, want)
		g, err := s.Groups().Group(ctx, no)
		must(t, err)
		equal(t, "members", g.Members, c.members)
		equal(t, "clock", g.Version, want.Version)
	}
	wantErr(t, s.Groups().Update(ctx, func(tx group.Tx) error { return tx.SaveMembers(ctx, "nowhere", full) }), group.ErrNotFound)
	g, err := s.Groups().Group(ctx, other)
	must(t, err)
	equal(t, "members of another group", g.Members, 1)
	uids, err := s.Groups().MemberUIDs(ctx, other)
	if must(t, err); !slices.Equal(uids, []string{a}) {
		t.Errorf("members of another group: %v", uids)
	}
	t.Run("Many", func(t *testing.T) { testManyMembers(t, s) })
	t.Run("Contention", func(t *testing.T) { must(t, CountMembers(ctx, s)) })
}

// testManyMembers saves more rows at once than one statement writes.
func testManyMembers(t *testing.T, s Stores) {
	ctx := t.Context()
	var uids []string
	must(t, s.Users().Update(ctx, func(tx user.Tx) error {
		uids = nil
		for i := range 450 {
			u := newUser("m")
			u.Robot, u.Name = i == 1, fmt.Sprint(i)
			if i == 2 {
				u.Status = user.Destroyed
			}
			if err := tx.AddUser(ctx, u); err != nil {
				return err
			}
			uids = append(uids, u.UID)
		}
		return nil
	}))
	no := addGroup(t, s, uids...)
	must(t, s.Groups().Update(ctx, func(tx group.Tx) error {
		left := newMembers(uids[3:5]...)
		left[0].Deleted, left[1].Deleted = true, true
		return tx.SaveMembers(ctx, no, left...)
	}))
	g, err := s.Groups().Group(ctx, no)
	must(t, err)
	equal(t, "members", g.Members, 448)
	equal(t, "clock", g.Version, 1+450+2)
	rows, err := s.Groups().MembersAmong(ctx, no, append([]string{"nobody"}, uids...))
	must(t, err)
	equal(t, "rows", len(rows), 450)
	if !slices.IsSortedFunc(rows, func(a, b group.Named) int { return slices.Compare([]string{a.UID}, []string{b.UID}) }) {
		t.Error("the rows are in no order")
	}
	versions := map[int64]bool{}
	for _, m := range rows {
		i := slices.Index(uids, m.UID)
		equal(t, "name", m.Name, fmt.Sprint(i))
		equal(t, m.UID, [3]bool{m.Robot, m.Destroyed, m.Deleted}, [3]bool{i == 1, i == 2, i == 3 || i == 4})
		if versions[m.Version] || m.Version < 2 || m.Version > g.Version {
			t.Errorf("version %d of %s", m.Version, m.UID)
		}
		versions[m.Version] = true
		if want := int64(2 + i); m.Version != want && !m.Deleted {
			t.Errorf("version %d of member %d, want %d", m.Version, i, want)
		}
	}
	present, err := s.Groups().MemberUIDs(ctx, no)
	must(t, err)
	slices.Sort(present)
	want := slices.Sorted(slices.Values(slices.Concat(uids[:3], uids[5:])))
	if !slices.Equal(present, want) {
		t.Errorf("%d members, want %d", len(present), len(want))
	}
}

// CountMembers lets many callers come and go in one group at the same time, each
// under the group's lock, and returns an error when the group's count or clock is
// wrong in the end, or two rows share a version.
func CountMembers(ctx context.Context, s Stores) error {
	const callers, each = 8, 4
	g := newGroup()
	if err := s.Groups().Update(ctx, func(tx group.Tx) error { return tx.SaveGroup(ctx, g) }); err != nil {
		return err
	}
	uid := func(caller int) string { return fmt.Sprintf("%s-%d", g.No, caller) }
	err := together(callers, func(i int) error {
		for range each {
			if err := s.Groups().Update(ctx, func(tx group.Tx) error { return comeOrGo(ctx, tx, g.No, uid(i)) }); err != nil {
				return err
			}
		}
		// Who comes an even number of times has left again.
		if i%2 == 0 {
			return s.Groups().Update(ctx, func(tx group.Tx) error { return comeOrGo(ctx, tx, g.No, uid(i)) })
		}
		return nil
	})
	if err != nil {
		return err
	}
	const changes = callers*each + callers/2
	versions, present := map[int64]bool{}, 0
	for i := range callers {
		m, err := s.Groups().Member(ctx, g.No, uid(i))
		if err != nil {
			return err
		}
		if versions[m.Version] = true; m.In() {
			present++
		}
	}
	got, err := s.Groups().Group(ctx, g.No)
	if err == nil && (got.Members != callers/2 || present != callers/2 || len(versions) != callers || got.Version != 1+changes) {
		err = fmt.Errorf("%d members, %d rows of them, %d versions, clock %d after %d changes",
			got.Members, present, len(versions), got.Version, changes)
	}
	return err
}

// comeOrGo turns whether uid is in a group.
func comeOrGo(ctx context.Context, tx group.Tx, no, uid string) error {
	_, err := tx.LockGroup(ctx, no)
	if err != nil {
		return err
	}
	m, err := tx.Member(ctx, no, uid)
	present := m.In()
	m = newMembers(uid)[0]
	m.Deleted = present
	return errors.Join(err, tx.SaveMembers(ctx, no, m))
}

func testGroupSettings(t *testing.T, s Stores) {
	ctx := t.Context()
	read := func(uid, no string) group.Settings {
		t.Helper()
		got, err := s.Groups().Settings(ctx, uid, no)
		must(t, err)
		return got
	}
	equal(t, "settings of who has none", read("a", "g"), group.DefaultSettings())
	for i, want := range []group.Settings{
		{Remark: "备注'\"%_ 👨‍👩‍👧", Mute: true, Save: true, ChatPwdOn: true, Recall: true, JoinRemind: true, FlameSecs: group.MaxFlameSeconds},
		{Top: true, ShowNick: true, Screenshot: true, Receipt: true, Flame: true, Version: 99},
		group.DefaultSettings(),
	} {
		must(t, s.Groups().Update(ctx, func(tx group.Tx) error {
			err := tx.SaveSettings(ctx, "a", "g", want)
			want.Version = int64(i + 1)
			got, err2 := tx.Settings(ctx, "a", "g")
			equal(t, "settings within the transaction", got, want)
			return errors.Join(err, err2)
		}))
		equal(t, "settings", read("a", "g"), want)
	}
	equal(t, "settings of another", read("b", "g"), group.DefaultSettings())
	equal(t, "settings for another group", read("a", "h"), group.DefaultSettings())
}
