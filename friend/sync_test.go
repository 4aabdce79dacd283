package friend_test

import (
	"context"
	"testing"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/user"
)

// asked is a store that remembers what it was asked for.
type asked struct {
	friend.Store
	owner  string
	cursor friend.Cursor
	limit  int
}

func (a *asked) Contacts(_ context.Context, owner string, c friend.Cursor, limit int) ([]friend.Contact, error) {
	a.owner, a.cursor, a.limit = owner, c, limit
	return nil, nil
}

func TestSyncLimits(t *testing.T) {
	cursor := friend.Cursor{Version: 3, ID: 2, Again: 1}
	for limit, want := range map[int]int{
		-1: friend.DefaultSyncLimit, 0: friend.DefaultSyncLimit, 1: 1,
		friend.MaxSyncLimit: friend.MaxSyncLimit, friend.MaxSyncLimit + 1: friend.MaxSyncLimit, 1 << 40: friend.MaxSyncLimit,
	} {
		a := &asked{}
		_, err := friend.New(a, people{}, friend.Options{}).Sync(t.Context(), "alice", cursor, limit)
		if err != nil || *a != (asked{owner: "alice", cursor: cursor, limit: want}) {
			t.Errorf("limit %d: %v, asked for %+v", limit, err, *a)
		}
	}
}

func TestSyncRefusesNegativeCursors(t *testing.T) {
	s := friend.New(&asked{}, people{}, friend.Options{})
	for _, c := range []friend.Cursor{{Version: -1}, {ID: -1}, {Again: -1}} {
		_, err := s.Sync(t.Context(), "alice", c, 1)
		wantErr(t, "sync", err, friend.ErrSyncKey)
	}
}

func TestSyncGoesOnWhereItStopped(t *testing.T) {
	w := start(t, openSQLite(t))
	w.addUsers("alice", "bob", "carol")
	w.befriend("alice", "bob")
	w.befriend("carol", "alice")
	var cursor friend.Cursor
	read := func(limit int, want ...string) {
		t.Helper()
		page, err := w.Sync(t.Context(), "alice", cursor, limit)
		must(t, err)
		if len(page) != len(want) {
			t.Fatalf("%d contacts after %+v, want %d", len(page), cursor, len(want))
		}
		for i, c := range page {
			if c.Owner != "alice" || c.Name != want[i] {
				t.Errorf("contact %+v, want %s", c, want[i])
			}
			cursor = friend.Cursor{Version: c.Version, ID: c.ID}
		}
	}
	read(1, "Bob")
	read(0, "Carol")
	read(0)
	w.save(friend.Relation{Owner: "alice", Peer: "bob", Deleted: true})
	removed, err := w.Sync(t.Context(), "alice", cursor, 0)
	must(t, err)
	if len(removed) != 1 || removed[0].ShortNo != "" {
		t.Errorf("a removed contact still shows a short number: %+v", removed)
	}
	read(0, "Bob") // a friend who was removed is news as well
	read(0)
}

// addUsers stores accounts for people, whose names a contact list shows.
func (w *world) addUsers(uids ...string) {
	w.t.Helper()
	must(w.t, w.db.Users().Update(w.t.Context(), func(tx user.Tx) error {
		for _, uid := range uids {
			u := user.User{UID: uid, Username: uid, ShortNo: uid, Name: w.people[uid], Status: user.Active}
			if err := tx.AddUser(w.t.Context(), u); err != nil {
				return err
			}
		}
		return nil
	}))
}
