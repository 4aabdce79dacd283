package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/label"
	"github.com/ruyi-im/ruyi/user"
)

func testLabels(t *testing.T, s Stores) {
	t.Run("RoundTrip", func(t *testing.T) { testLabelRoundTrip(t, s) })
	t.Run("Foreign", func(t *testing.T) { testForeignLabels(t, s) })
	t.Run("Order", func(t *testing.T) { testLabelOrder(t, s) })
	t.Run("Members", func(t *testing.T) { testLabelMembers(t, s) })
	t.Run("ContactsAmong", func(t *testing.T) { testContactsAmong(t, s) })
	t.Run("Limit", func(t *testing.T) { must(t, CountLabels(t.Context(), s)) })
	t.Run("Replacements", func(t *testing.T) { must(t, ReplaceLabel(t.Context(), s)) })
}

func changeLabels(t *testing.T, s Stores, fn func(tx label.Tx) error) {
	t.Helper()
	must(t, s.Labels().Update(t.Context(), fn))
}

func addLabel(t *testing.T, s Stores, owner string, d label.Draft, at time.Time) (id int64) {
	t.Helper()
	changeLabels(t, s, func(tx label.Tx) (err error) {
		id, err = tx.AddLabel(t.Context(), owner, d, at)
		return err
	})
	return id
}

// addContacts gives owner n contacts, accounts of their own.
func addContacts(t *testing.T, s Stores, owner string, n int) []string {
	t.Helper()
	list := make([]string, n)
	for i := range list {
		list[i] = addUser(t, s, "p")
		must(t, saveRelation(t.Context(), s, friend.Relation{Owner: owner, Peer: list[i]}, t0))
	}
	return list
}

// content is what a label shows, without what only a reader adds.
func content(l label.Label) label.Draft {
	d := label.Draft{Name: l.Name, Members: []string{}, Groups: []string{}}
	for _, m := range l.Members {
		d.Members = append(d.Members, m.UID)
	}
	for _, g := range l.Groups {
		d.Groups = append(d.Groups, g.No)
	}
	return d
}

func wantLabel(t *testing.T, s Stores, owner string, id int64, d label.Draft, at time.Time) {
	t.Helper()
	l, err := s.Labels().Label(t.Context(), owner, id)
	must(t, err)
	equal(t, "label", fmt.Sprint(l.ID, content(l)), fmt.Sprint(id, d))
	if l.Members == nil || l.Groups == nil || !l.UpdatedAt.Equal(at) {
		t.Errorf("label %+v, want the time %v", l, at)
	}
	changeLabels(t, s, func(tx label.Tx) error {
		stored, err := tx.LockLabel(t.Context(), owner, id)
		equal(t, "locked label", fmt.Sprint(stored), fmt.Sprint(d))
		return err
	})
}

func testLabelRoundTrip(t *testing.T, s Stores) {
	ctx := t.Context()
	owner := addUser(t, s, "o")
	people := addContacts(t, s, owner, 123)
	slices.Reverse(people)
	groups := make([]string, 111)
	for i := range groups {
		groups[i] = fmt.Sprintf("g%d", 999-i)
	}
	d := label.Draft{Name: "标签'\"%_ 👨‍👩‍👧", Members: people, Groups: groups}
	id := addLabel(t, s, owner, d, t0)
	wantLabel(t, s, owner, id, d, t0)
	list, err := s.Labels().Labels(ctx, owner)
	must(t, err)
	equal(t, "labels", len(list), 1)
	equal(t, "label of the list", fmt.Sprint(content(list[0])), fmt.Sprint(d))

	less, later := label.Draft{Name: "x", Members: people[7:10], Groups: []string{}}, t0.Add(time.Hour)
	changeLabels(t, s, func(tx label.Tx) error { return tx.SaveLabel(ctx, owner, id, less, later) })
	wantLabel(t, s, owner, id, less, later)
	none := label.Draft{Name: "y"}
	changeLabels(t, s, func(tx label.Tx) error { return tx.SaveLabel(ctx, owner, id, none, t0) })
	wantLabel(t, s, owner, id, none, t0)

	// What is removed leaves nothing to a later label, whose id is higher.
	changeLabels(t, s, func(tx label.Tx) error { return tx.SaveLabel(ctx, owner, id, d, t0) })
	changeLabels(t, s, func(tx label.Tx) error { return tx.RemoveLabel(ctx, owner, id) })
	list, err = s.Labels().Labels(ctx, owner)
	must(t, err)
	equal(t, "labels after the removal", len(list), 0)
	next := addLabel(t, s, owner, none, t0)
	if next <= id {
		t.Errorf("id %d after %d", next, id)
	}
	wantLabel(t, s, owner, next, none, t0)
}

// testForeignLabels looks for a label that is not there, in the name of its
// owner, and for one that is, in the name of somebody else.
func testForeignLabels(t *testing.T, s Stores) {
	ctx := t.Context()
	owner, other := addUser(t, s, "o"), addUser(t, s, "x")
	d := label.Draft{Name: "x", Members: addContacts(t, s, owner, 2), Groups: []string{"g"}}
	id := addLabel(t, s, owner, d, t0)
	for _, c := range []struct {
		uid string
		id  int64
	}{{other, id}, {"", id}, {owner, id + 1}, {owner, 0}, {owner, -1}} {
		_, err := s.Labels().Label(ctx, c.uid, c.id)
		wantErr(t, err, label.ErrNotFound)
		for _, act := range []func(tx label.Tx) error{
			func(tx label.Tx) error { _, err := tx.LockLabel(ctx, c.uid, c.id); return err },
			func(tx label.Tx) error { return tx.SaveLabel(ctx, c.uid, c.id, label.Draft{Name: "y"}, t0) },
			func(tx label.Tx) error { return tx.RemoveLabel(ctx, c.uid, c.id) },
		} {
			wantErr(t, s.Labels().Update(ctx, act), label.ErrNotFound)
		}
	}
	wantLabel(t, s, owner, id, d, t0)
	list, err := s.Labels().Labels(ctx, other)
	must(t, err)
	if list == nil || len(list) != 0 {
		t.Errorf("labels of who has none: %v", list)
	}
	err = s.Labels().Update(ctx, func(tx label.Tx) error { _, err := tx.LockOwner(ctx, "nobody"); return err })
	wantErr(t, err, label.ErrOwner)
}

func testLabelOrder(t *testing.T, s Stores) {
	ctx := t.Context()
	owner, other := addUser(t, s, "o"), addUser(t, s, "x")
	d := label.Draft{Name: "x", Members: addContacts(t, s, owner, 2), Groups: []string{"b", "a"}}
	a := addLabel(t, s, owner, d, t0)
	b := addLabel(t, s, owner, d, t0)
	c := addLabel(t, s, owner, d, t0.Add(-time.Millisecond))
	addLabel(t, s, other, d, t0)
	want := func(ids ...int64) {
		t.Helper()
		list, err := s.Labels().Labels(ctx, owner)
		must(t, err)
		got := []int64{}
		for _, l := range list {
			got = append(got, l.ID)
			equal(t, "content", fmt.Sprint(content(l)), fmt.Sprint(d))
		}
		equal(t, "order", fmt.Sprint(got), fmt.Sprint(ids))
		changeLabels(t, s, func(tx label.Tx) error {
			n, err := tx.LockOwner(ctx, owner)
			equal(t, "labels", n, len(ids))
			return err
		})
	}
	want(b, a, c)
	changeLabels(t, s, func(tx label.Tx) error { return tx.SaveLabel(ctx, owner, c, d, t0.Add(time.Millisecond)) })
	want(c, b, a)
}

// testLabelMembers keeps everybody who is stored and shows who is a contact.
func testLabelMembers(t *testing.T, s Stores) {
	ctx := t.Context()
	owner := addUser(t, s, "o")
	people := addContacts(t, s, owner, 4)
	id := addLabel(t, s, owner, label.Draft{Name: "x", Members: append(people, "nobody", owner)}, t0)
	must(t, saveRelation(ctx, s, friend.Relation{Owner: owner, Peer: people[0], Deleted: true}, t0))
	must(t, saveRelation(ctx, s, friend.Relation{Owner: owner, Peer: people[1], Alone: true}, t0))
	must(t, saveRelation(ctx, s, friend.Relation{Owner: people[2], Peer: owner, Deleted: true}, t0))
	must(t, s.Friends().Update(ctx, func(tx friend.Tx) error {
		return errors.Join(
			tx.SaveContactSettings(ctx, owner, people[1], friend.ContactSettings{Remark: "备注"}),
			tx.SaveContactSettings(ctx, people[2], owner, friend.ContactSettings{Remark: "not the owner's"}),
			tx.SaveContactSettings(ctx, people[0], people[2], friend.ContactSettings{Remark: "not the owner's"}))
	}))
	l, err := s.Labels().Label(ctx, owner, id)
	must(t, err)
	equal(t, "members", fmt.Sprint(l.Members), fmt.Sprint([]label.Member{
		{UID: people[1], Name: "p", Remark: "备注"}, {UID: people[2], Name: "p"}, {UID: people[3], Name: "p"},
	}))
	changeLabels(t, s, func(tx label.Tx) error {
		stored, err := tx.LockLabel(ctx, owner, id)
		equal(t, "stored", len(stored.Members), 6)
		return err
	})
}

func testContactsAmong(t *testing.T, s Stores) {
	ctx := t.Context()
	owner, stranger, gone := addUser(t, s, "o"), addUser(t, s, "x"), addUser(t, s, "y")
	people := addContacts(t, s, owner, 120)
	must(t, saveRelation(ctx, s, friend.Relation{Owner: stranger, Peer: owner}, t0))
	must(t, saveRelation(ctx, s, friend.Relation{Owner: owner, Peer: gone, Deleted: true}, t0))
	for _, c := range []struct{ among, want []string }{
		{nil, nil},
		{[]string{stranger, gone, owner, "nobody", ""}, nil},
		{[]string{people[3], gone, people[3]}, people[3:4]},
		{slices.Concat([]string{stranger}, people[:101], people[7:9]), people[:101]},
	} {
		changeLabels(t, s, func(tx label.Tx) error {
			got, err := tx.ContactsAmong(ctx, owner, c.among)
			slices.Sort(got)
			equal(t, "contacts", fmt.Sprint(got), fmt.Sprint(slices.Sorted(slices.Values(c.want))))
			return err
		})
	}
}

// CountLabels lets many callers make labels of one owner at the same time, each
// as long as there are fewer than a limit, and returns an error when there are
// more in the end, or fewer.
func CountLabels(ctx context.Context, s Stores) error {
	u := newUser("o")
	if err := s.Users().Update(ctx, func(tx user.Tx) error { return tx.AddUser(ctx, u) }); err != nil {
		return err
	}
	const callers, limit = 12, 5
	err := together(callers, func(int) error {
		return s.Labels().Update(ctx, func(tx label.Tx) error {
			n, err := tx.LockOwner(ctx, u.UID)
			if err != nil || n >= limit {
				return err
			}
			_, err = tx.AddLabel(ctx, u.UID, label.Draft{Name: "x"}, t0)
			return err
		})
	})
	if err != nil {
		return err
	}
	list, err := s.Labels().Labels(ctx, u.UID)
	if err == nil && len(list) != limit {
		err = fmt.Errorf("%d labels are there, want %d", len(list), limit)
	}
	return err
}

// ReplaceLabel lets many callers add a group to what they read of one label, each
// under its lock, and returns an error when one of them is lost.
func ReplaceLabel(ctx context.Context, s Stores) error {
	owner := newUser("o").UID
	var id int64
	err := s.Labels().Update(ctx, func(tx label.Tx) (err error) {
		id, err = tx.AddLabel(ctx, owner, label.Draft{Name: "x"}, t0)
		return err
	})
	if err != nil {
		return err
	}
	const callers, each = 8, 3
	err = together(callers, func(i int) error {
		for n := range each {
			err := s.Labels().Update(ctx, func(tx label.Tx) error {
				d, err := tx.LockLabel(ctx, owner, id)
				if err != nil {
					return err
				}
				d.Groups = append(d.Groups, fmt.Sprintf("g%d", i*each+n))
				return tx.SaveLabel(ctx, owner, id, d, t0)
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	l, err := s.Labels().Label(ctx, owner, id)
	if err == nil && len(l.Groups) != callers*each {
		err = fmt.Errorf("%d groups are there of %d", len(l.Groups), callers*each)
	}
	return err
}
