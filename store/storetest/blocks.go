package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/user"
)

func setBlocked(ctx context.Context, s Stores, owner, peer string, at time.Time) error {
	return s.Friends().Update(ctx, func(tx friend.Tx) error {
		if err := tx.LockOwners(ctx, owner, peer); err != nil {
			return err
		}
		if err := tx.SetBlocked(ctx, owner, peer, at); err != nil {
			return err
		}
		got, err := tx.BlockedAt(ctx, owner, peer)
		if err == nil && !got.Equal(at) {
			err = fmt.Errorf("blocked at %v within the transaction, want %v", got, at)
		}
		return err
	})
}

func testBlocks(t *testing.T, s Stores) {
	ctx := t.Context()
	a, b, c := addUser(t, s, "a"), addUser(t, s, "b"), addUser(t, s, "c")
	want := func(blockedAt time.Time, apart bool) {
		t.Helper()
		got, err := s.Friends().BlockedAt(ctx, a, b)
		must(t, err)
		equal(t, "blocked at", got, blockedAt)
		got, err = s.Friends().BlockedAt(ctx, b, a)
		must(t, err)
		equal(t, "the other way round", got, time.Time{})
		for _, pair := range [][2]string{{a, b}, {b, a}} {
			is, err := s.Friends().Apart(ctx, pair[0], pair[1])
			must(t, err)
			equal(t, "apart", is, apart)
		}
		for _, pair := range [][2]string{{a, c}, {c, b}, {a, a}, {a, "nobody"}} {
			is, err := s.Friends().Apart(ctx, pair[0], pair[1])
			must(t, err)
			equal(t, fmt.Sprintf("%s and %s apart", pair[0], pair[1]), is, false)
		}
	}
	want(time.Time{}, false)
	must(t, setBlocked(ctx, s, a, b, time.Time{}))
	want(time.Time{}, false)
	must(t, setBlocked(ctx, s, a, b, t0))
	want(t0, true)

	// A block and the settings leave each other alone.
	set, err := s.Friends().ContactSettings(ctx, a, b)
	must(t, err)
	equal(t, "settings", set, friend.DefaultContactSettings())
	set = friend.ContactSettings{Remark: "r", Mute: true, Flame: true, FlameSecs: 3}
	must(t, s.Friends().Update(ctx, func(tx friend.Tx) error { return tx.SaveContactSettings(ctx, a, b, set) }))
	want(t0, true)
	must(t, setBlocked(ctx, s, a, b, t0.Add(time.Hour)))
	want(t0.Add(time.Hour), true)
	must(t, setBlocked(ctx, s, a, b, time.Time{}))
	want(time.Time{}, false)
	got, err := s.Friends().ContactSettings(ctx, a, b)
	must(t, err)
	equal(t, "settings after a block", got, set)

	t.Run("Blacklist", func(t *testing.T) { testBlacklist(t, s) })
	t.Run("Views", func(t *testing.T) { testBlockViews(t, s) })
	t.Run("ContactCounts", func(t *testing.T) { testContactCounts(t, s) })
	t.Run("Contention", func(t *testing.T) { must(t, CountBlocks(ctx, s)) })
}

func testBlacklist(t *testing.T, s Stores) {
	ctx := t.Context()
	owner, first, second := addUser(t, s, "o"), addUser(t, s, "p1"), addUser(t, s, "p2")
	robot, ghost := newUser("robot"), newUser("ghost").UID
	robot.Robot = true
	must(t, s.Users().Update(ctx, func(tx user.Tx) error { return tx.AddUser(ctx, robot) }))
	want := func(list ...friend.Blocked) {
		t.Helper()
		got, err := s.Friends().Blacklist(ctx, owner)
		must(t, err)
		if !slices.EqualFunc(got, list, func(a, b friend.Blocked) bool { return a == b }) {
			t.Errorf("blacklist %+v\nwant      %+v", got, list)
		}
		n, err := s.Friends().CountBlocked(ctx, owner)
		must(t, err)
		equal(t, "blocked", n, len(list))
	}
	want()
	for peer, at := range map[string]time.Time{
		first: t0, second: t0, robot.UID: t0.Add(time.Millisecond), ghost: t0.Add(-time.Hour),
	} {
		must(t, setBlocked(ctx, s, owner, peer, at))
		must(t, setBlocked(ctx, s, peer, owner, at)) // of no concern to the owner
	}
	same := []friend.Blocked{{UID: first, Name: "p1", At: t0}, {UID: second, Name: "p2", At: t0}}
	if first < second {
		slices.Reverse(same)
	}
	newest := friend.Blocked{UID: robot.UID, Name: "robot", Username: robot.Username, At: t0.Add(time.Millisecond)}
	oldest := friend.Blocked{UID: ghost, At: t0.Add(-time.Hour)}
	want(newest, same[0], same[1], oldest)
	must(t, setBlocked(ctx, s, owner, robot.UID, time.Time{}))
	want(same[0], same[1], oldest)
}

// testBlockViews looks at the card and the contact of two people from both sides.
func testBlockViews(t *testing.T, s Stores) {
	ctx := t.Context()
	a, b := addUser(t, s, "a"), addUser(t, s, "b")
	must(t, saveRelation(ctx, s, friend.Relation{Owner: a, Peer: b, CreatedAt: t0}, t0))
	must(t, saveRelation(ctx, s, friend.Relation{Owner: b, Peer: a, CreatedAt: t0}, t0))
	type view struct{ blocked, blockedBy, dropped bool }
	want := func(owner, peer string, v view) {
		t.Helper()
		card, err := s.Users().Card(ctx, owner, peer)
		must(t, err)
		equal(t, "card of "+peer, view{card.Blocked, card.BlockedBy, card.Dropped}, v)
		page, err := s.Friends().Contacts(ctx, owner, friend.Cursor{}, 10)
		must(t, err)
		equal(t, "contacts", len(page), 1)
		equal(t, "contact "+peer, view{page[0].Blocked, page[0].BlockedBy, page[0].Dropped}, v)
		equal(t, "source", card.Source+page[0].Source, "")
	}
	want(a, b, view{})
	must(t, setBlocked(ctx, s, a, b, t0))
	want(a, b, view{blocked: true})
	want(b, a, view{blockedBy: true})
	must(t, setBlocked(ctx, s, b, a, t0))
	want(a, b, view{blocked: true, blockedBy: true})
	must(t, setBlocked(ctx, s, a, b, time.Time{}))
	must(t, saveRelation(ctx, s, friend.Relation{Owner: b, Peer: a, Deleted: true}, t0))
	want(a, b, view{blockedBy: true, dropped: true})
	want(b, a, view{blocked: true})

	stranger := addUser(t, s, "c")
	must(t, setBlocked(ctx, s, stranger, a, t0))
	for _, c := range []struct {
		viewer, uid string
		want        view
	}{{a, stranger, view{blockedBy: true}}, {stranger, a, view{blocked: true}}, {stranger, b, view{}}, {a, a, view{}}} {
		card, err := s.Users().Card(ctx, c.viewer, c.uid)
		must(t, err)
		equal(t, "card", view{card.Blocked, card.BlockedBy, card.Dropped}, c.want)
	}
}

func testContactCounts(t *testing.T, s Stores) {
	ctx := t.Context()
	owner, other := newUser("o").UID, newUser("p").UID
	for i, r := range []friend.Relation{
		{Peer: "1"}, {Peer: "2", Deleted: true}, {Peer: "3", Alone: true}, {Peer: "1"}, {Peer: "3", Deleted: true}, {Peer: "2"},
	} {
		r.Owner = owner
		must(t, saveRelation(ctx, s, r, t0))
		n, err := s.Friends().CountContacts(ctx, owner)
		must(t, err)
		equal(t, "contacts", n, []int{1, 1, 2, 2, 1, 2}[i])
	}
	n, err := s.Friends().CountContacts(ctx, other)
	must(t, err)
	equal(t, "contacts of the other", n, 0)
}

// errFull ends a transaction of CountBlocks that finds no room.
var errFull = errors.New("full")

// CountBlocks lets many callers fill a blacklist with room for three at the same
// time, each counting under the owner's lock, and returns an error when more or
// fewer are there in the end.
func CountBlocks(ctx context.Context, s Stores) error {
	owner := newUser("a").UID
	const callers, room = 12, 3
	err := together(callers, func(i int) error {
		peer := fmt.Sprintf("%s-%d", owner, i)
		err := s.Friends().Update(ctx, func(tx friend.Tx) error {
			if err := tx.LockOwners(ctx, owner, peer); err != nil {
				return err
			}
			n, err := tx.CountBlocked(ctx, owner)
			if err != nil {
				return err
			}
			if n >= room {
				return errFull
			}
			return tx.SetBlocked(ctx, owner, peer, t0)
		})
		if errors.Is(err, errFull) {
			return nil
		}
		return err
	})
	if err != nil {
		return err
	}
	n, err := s.Friends().CountBlocked(ctx, owner)
	if err == nil && n != room {
		err = fmt.Errorf("%d are blocked where there is room for %d", n, room)
	}
	return err
}
