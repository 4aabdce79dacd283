package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/group"
	"github.com/ruyi-im/ruyi/user"
)

// newGroup returns a group that no other test has.
func newGroup() group.Group {
	return group.Group{
		No: fmt.Sprintf("%032x", serial.Add(1)), Name: "g", Creator: "a", Status: group.Normal, ViewHistory: true,
		CreatedAt: t0, UpdatedAt: t0,
	}
}

// addGroup stores a new group with these members and returns its number.
func addGroup(t *testing.T, s Stores, uids ...string) string {
	t.Helper()
	g := newGroup()
	must(t, s.Groups().Update(t.Context(), func(tx group.Tx) error {
		if err := tx.SaveGroup(t.Context(), g); err != nil {
			return err
		}
		return tx.SaveMembers(t.Context(), g.No, newMembers(uids...)...)
	}))
	return g.No
}

func newMembers(uids ...string) []group.Member {
	list := make([]group.Member, len(uids))
	for i, uid := range uids {
		list[i] = group.Member{UID: uid, Status: group.Accepted, CreatedAt: t0, UpdatedAt: t0}
	}
	return list
}

// changeGroup saves a group after a change under its lock.
func changeGroup(ctx context.Context, s Stores, no string, change func(g *group.Group)) error {
	return s.Groups().Update(ctx, func(tx group.Tx) error {
		g, err := tx.LockGroup(ctx, no)
		if err != nil {
			return err
		}
		change(&g)
		return tx.SaveGroup(ctx, g)
	})
}

func testGroups(t *testing.T, s Stores) {
	ctx := t.Context()
	g := newGroup()
	_, err := s.Groups().Group(ctx, g.No)
	wantErr(t, err, group.ErrNotFound)
	wantErr(t, changeGroup(ctx, s, g.No, func(*group.Group) {}), group.ErrNotFound)

	g.Members, g.Version = 7, 7 // the store counts
	full := group.Group{
		No: g.No, Name: "群'\"%_ 👨‍👩‍👧", Notice: "a\nb\tc", Creator: "a", Status: group.Disabled, Category: "c", Large: true,
		Invite: true, Forbidden: true, ForbiddenAddFriend: true, MemberPin: true, Avatar: 1 << 40,
		CreatedAt: t0, UpdatedAt: t0.Add(time.Millisecond),
	}
	for i, want := range []group.Group{g, full, g} {
		must(t, s.Groups().Update(ctx, func(tx group.Tx) error { return tx.SaveGroup(ctx, want) }))
		want.Version, want.Members = int64(i+1), 0
		got, err := s.Groups().Group(ctx, g.No)
		must(t, err)
		equal(t, "group", got, want)
	}
	undone := errors.New("undone")
	wantErr(t, s.Groups().Update(ctx, func(tx group.Tx) error {
		return errors.Join(tx.SaveGroup(ctx, full), tx.SaveMembers(ctx, g.No, newMembers("a")...), undone)
	}), undone)
	got, err := s.Groups().Group(ctx, g.No)
	must(t, err)
	equal(t, "version after what was undone", got.Version, 3)

	t.Run("Views", func(t *testing.T) { testGroupViews(t, s) })
	t.Run("Accounts", func(t *testing.T) { testGroupAccounts(t, s) })
	t.Run("Founded", func(t *testing.T) { testFounded(t, s) })
}

func testGroupViews(t *testing.T, s Stores) {
	ctx := t.Context()
	a, b := addUser(t, s, "a"), addUser(t, s, "b")
	no, other, gone, left := addGroup(t, s, a, b), addGroup(t, s, b), addGroup(t, s, b), addGroup(t, s, b)
	_, err := s.Groups().View(ctx, a, "nowhere")
	wantErr(t, err, group.ErrNotFound)
	view := func(uid, no string) group.View {
		t.Helper()
		v, err := s.Groups().View(ctx, uid, no)
		must(t, err)
		return v
	}
	g, err := s.Groups().Group(ctx, no)
	must(t, err)
	m, err := s.Groups().Member(ctx, no, a)
	must(t, err)
	equal(t, "view of who has set nothing", view(a, no), group.View{Group: g, Me: m, Settings: group.DefaultSettings()})
	equal(t, "view of a stranger", view("nobody", no), group.View{Group: g, Settings: group.DefaultSettings()})

	set := group.Settings{Remark: "r", Save: true, FlameSecs: 9}
	m.Role, m.Deleted, m.MutedUntil, m.Remark, m.Inviter, m.Vercode = group.Manager, true, t0, "n", "b", "v@2"
	must(t, s.Groups().Update(ctx, func(tx group.Tx) error {
		err := tx.SaveMembers(ctx, left, group.Member{UID: b, Status: group.Accepted, Deleted: true})
		for _, of := range []string{no, gone, left} {
			err = errors.Join(err, tx.SaveSettings(ctx, b, of, set))
		}
		return errors.Join(err, tx.SaveSettings(ctx, b, other, group.Settings{Top: true}), tx.SaveSettings(ctx, a, no, set), tx.SaveMembers(ctx, no, m))
	}))
	must(t, changeGroup(ctx, s, gone, func(g *group.Group) { g.Status = group.Disbanded }))
	set.Version = 1
	if g, err = s.Groups().Group(ctx, no); err != nil {
		t.Fatal(err)
	}
	m.Version = g.Version
	equal(t, "view of who left", view(a, no), group.View{Group: g, Me: m, Settings: set})
	for uid, want := range map[string][]group.View{a: {}, b: {view(b, no)}, "nobody": {}} {
		list, err := s.Groups().Saved(ctx, uid)
		if must(t, err); list == nil || !slices.Equal(list, want) {
			t.Errorf("groups of %s: %+v, want %+v", uid, list, want)
		}
	}
	online := func(uid string, f user.Flag) {
		t.Helper()
		must(t, s.Users().Update(ctx, func(tx user.Tx) error {
			return tx.SavePresence(ctx, user.DevicePresence{UID: uid, Flag: f, Online: true, LastOnline: t0})
		}))
	}
	for _, f := range []user.Flag{user.FlagApp, user.FlagPC} {
		online(a, f)
		online(b, f)
	}
	for of, want := range map[string]int{no: 1, left: 0, "nowhere": 0} {
		n, err := s.Groups().CountOnline(ctx, of)
		must(t, err)
		equal(t, "online in "+of, n, want)
	}
}

func testGroupAccounts(t *testing.T, s Stores) {
	ctx := t.Context()
	names := []string{"nobody", user.SystemUID}
	want := map[string]group.Account{}
	must(t, s.Users().Update(ctx, func(tx user.Tx) error {
		for i := range 450 {
			u := newUser("n")
			u.Status = []user.Status{user.Active, user.Disabled, user.Destroyed}[i%3]
			want[u.UID] = group.Account{UID: u.UID, Name: "n", Active: i%3 == 0}
			if err := tx.AddUser(ctx, u); err != nil {
				return err
			}
			names = append(names, u.UID, u.UID)
		}
		return nil
	}))
	list, err := s.Groups().Accounts(ctx, names)
	must(t, err)
	equal(t, "accounts", len(list), 451)
	for _, a := range list {
		if a.UID == user.SystemUID {
			equal(t, "system account", a.System && a.Active, true)
			continue
		}
		equal(t, "account", a, want[a.UID])
	}
	if list, err = s.Groups().Accounts(ctx, nil); err != nil || len(list) != 0 {
		t.Errorf("accounts of nobody: %v, %v", list, err)
	}
}

func testFounded(t *testing.T, s Stores) {
	must(t, CountFounded(t.Context(), s))
	must(t, s.Groups().Update(t.Context(), func(tx group.Tx) error {
		since, n, err := tx.LockFounded(t.Context(), "nobody")
		if !since.IsZero() || n != 0 {
			t.Errorf("founded by nobody: %d since %v", n, since)
		}
		return err
	}))
}

// CountFounded lets many callers count a group of one founder at the same time,
// and returns an error when one of them is lost.
func CountFounded(ctx context.Context, s Stores) error {
	const callers, each = 8, 4
	founder := newUser("a").UID
	count := func(by int) (n int, err error) {
		err = s.Groups().Update(ctx, func(tx group.Tx) error {
			var since time.Time
			since, n, err = tx.LockFounded(ctx, founder)
			if err == nil && n > 0 && !since.Equal(t0) {
				err = fmt.Errorf("counted since %v, want %v", since, t0)
			}
			return errors.Join(err, tx.SaveFounded(ctx, founder, t0, n+by))
		})
		return n, err
	}
	err := together(callers, func(int) error {
		for range each {
			if _, err := count(1); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	n, err := count(0)
	if err == nil && n != callers*each {
		err = fmt.Errorf("%d groups were counted of %d", n, callers*each)
	}
	return err
}

// testGathering asks who among many are friends, or apart.
func testGathering(t *testing.T, s Stores) {
	ctx := t.Context()
	me := newUser("me").UID
	names := []string{"nobody", me}
	var friends, apart []string
	must(t, s.Friends().Update(ctx, func(tx friend.Tx) (err error) {
		friends, apart = nil, nil
		for i := range 420 {
			uid := fmt.Sprintf("%s-%03d", me, i)
			names = append(names, uid, uid)
			mine, theirs := friend.Relation{Owner: me, Peer: uid}, friend.Relation{Owner: uid, Peer: me}
			switch i % 7 {
			case 0, 1:
				friends = append(friends, uid)
			case 2:
				mine.Deleted = true
			case 3:
				theirs.Deleted = true
			case 4:
				theirs.Alone = true
			case 5:
				err = errors.Join(err, tx.SetBlocked(ctx, me, uid, t0))
				apart = append(apart, uid)
			case 6:
				err = errors.Join(err, tx.SetBlocked(ctx, uid, me, t0))
				apart = append(apart, uid)
			}
			err = errors.Join(err, tx.SaveRelation(ctx, mine, t0), tx.SaveRelation(ctx, theirs, t0))
		}
		return errors.Join(err, tx.SetBlocked(ctx, friends[0], me, time.Time{}), tx.SetBlocked(ctx, apart[0], me, t0),
			tx.SaveRelation(ctx, friend.Relation{Owner: me, Peer: "one-sided"}, t0), tx.SetBlocked(ctx, me, "unasked", t0))
	}))
	names = append(names, "one-sided")
	for what, c := range map[string]struct {
		list func(ctx context.Context, uid string, among []string) ([]string, error)
		want []string
	}{"friends": {s.Friends().FriendsAmong, friends}, "apart": {s.Friends().ApartAmong, apart}} {
		got, err := c.list(ctx, me, names)
		must(t, err)
		slices.Sort(got)
		equal(t, what, strings.Join(got, " "), strings.Join(c.want, " "))
		if got, err = c.list(ctx, me, nil); err != nil || len(got) != 0 {
			t.Errorf("%s among nobody: %v, %v", what, got, err)
		}
	}
}
