package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/user"
)

func savePresence(ctx context.Context, s Stores, devices ...user.DevicePresence) error {
	return s.Users().Update(ctx, func(tx user.Tx) error {
		for _, p := range devices {
			if _, err := tx.LockPresence(ctx, p.UID); err != nil {
				return err
			}
			if err := tx.SavePresence(ctx, p); err != nil {
				return err
			}
		}
		return nil
	})
}

func testPresence(t *testing.T, s Stores) {
	ctx := t.Context()
	t.Run("RoundTrip", func(t *testing.T) {
		uid := addUser(t, s, "a")
		wantPresence(t, s, uid)
		must(t, s.Users().Update(ctx, func(tx user.Tx) error {
			_, err := tx.LockPresence(ctx, uid)
			return err
		}))
		wantPresence(t, s, uid) // nothing was reported yet
		pc := user.DevicePresence{UID: uid, Flag: user.FlagPC, Online: true, LastOnline: t0}
		web := user.DevicePresence{UID: uid, Flag: user.FlagWeb, LastOnline: t0, LastOffline: t0.Add(time.Hour)}
		must(t, savePresence(ctx, s, pc, web))
		wantPresence(t, s, uid, web, pc)
		pc.Online, pc.LastOffline = false, t0.Add(time.Minute)
		app := user.DevicePresence{UID: uid, LastOffline: t0}
		must(t, savePresence(ctx, s, pc, app))
		wantPresence(t, s, uid, app, web, pc)
	})
	t.Run("Absent", func(t *testing.T) {
		wantErr(t, savePresence(ctx, s, user.DevicePresence{UID: "nobody"}), user.ErrNotFound)
		wantPresence(t, s, "nobody")
	})
	t.Run("Contacts", func(t *testing.T) { testContactPresence(t, s) })
	t.Run("Contention", func(t *testing.T) { must(t, CountPresence(ctx, s)) })
}

func wantPresence(t *testing.T, s Stores, uid string, want ...user.DevicePresence) {
	t.Helper()
	got, err := s.Users().Presence(t.Context(), uid)
	must(t, err)
	equal(t, "devices", fmt.Sprint(got), fmt.Sprint(append([]user.DevicePresence{}, want...)))
}

func testContactPresence(t *testing.T, s Stores) {
	ctx := t.Context()
	me := addUser(t, s, "me")
	var friends []string
	for i := range 120 { // more than one statement asks for
		uid := addUser(t, s, "friend")
		friends = append(friends, uid)
		must(t, saveRelation(ctx, s, friend.Relation{Owner: me, Peer: uid}, t0))
		must(t, saveRelation(ctx, s, friend.Relation{Owner: uid, Peer: me}, t0))
		must(t, savePresence(ctx, s,
			user.DevicePresence{UID: uid, Flag: user.FlagPC, Online: i%2 == 0, LastOnline: t0, LastOffline: t0.Add(-time.Hour)},
			user.DevicePresence{UID: uid, Flag: user.FlagApp, LastOffline: t0.Add(-2 * time.Hour)}))
	}
	never := addUser(t, s, "never") // known to be a contact, but never seen
	must(t, saveRelation(ctx, s, friend.Relation{Owner: me, Peer: never}, t0))
	must(t, saveRelation(ctx, s, friend.Relation{Owner: never, Peer: me}, t0))
	must(t, s.Users().Update(ctx, func(tx user.Tx) error {
		_, err := tx.LockPresence(ctx, never)
		return err
	}))
	stranger := addUser(t, s, "stranger")
	must(t, savePresence(ctx, s, user.DevicePresence{UID: stranger, Online: true, LastOnline: t0}))
	must(t, saveRelation(ctx, s, friend.Relation{Owner: me, Peer: stranger}, t0)) // one way
	ask := append([]string{stranger, never, "nobody", friends[0]}, friends[:101]...)
	for _, c := range []struct {
		what        string
		among       []string
		since       time.Time
		people, all int
	}{
		{"ever", nil, time.UnixMilli(-1), 120, 240},
		{"since PCs went", nil, t0.Add(-time.Hour), 60, 60},
		{"before PCs went", nil, t0.Add(-time.Hour - time.Millisecond), 120, 120},
		{"some", ask, time.UnixMilli(-1), 101, 202},
		{"some online", ask, t0, 51, 51},
		{"stranger", []string{stranger}, time.UnixMilli(-1), 0, 0},
		{"nobody asked", []string{}, time.UnixMilli(-1), 0, 0},
	} {
		rows, err := s.Users().ContactPresence(ctx, me, c.among, c.since)
		must(t, err)
		people, last := 0, ""
		for _, r := range rows {
			if r.UID != last {
				people++
			}
			last = r.UID
			if r.Name != "friend" || r.Flag == user.FlagPC && !r.LastOnline.Equal(t0) {
				t.Errorf("%s: %+v", c.what, r)
			}
		}
		equal(t, c.what+": people", people, c.people)
		equal(t, c.what+": devices", len(rows), c.all)
	}
}

// CountPresence lets the devices of one user come at the same time, again and
// again, and returns an error when a transaction did not see those that came
// before.
func CountPresence(ctx context.Context, s Stores) error {
	flags := []user.Flag{user.FlagPC, user.FlagApp, user.FlagWeb}
	for range 20 {
		u := newUser("u")
		if err := s.Users().Update(ctx, func(tx user.Tx) error { return tx.AddUser(ctx, u) }); err != nil {
			return err
		}
		found := make([]int, len(flags))
		err := together(len(flags), func(i int) error {
			return s.Users().Update(ctx, func(tx user.Tx) error {
				devices, err := tx.LockPresence(ctx, u.UID)
				if err != nil {
					return err
				}
				found[i] = len(devices)
				return tx.SavePresence(ctx, user.DevicePresence{UID: u.UID, Flag: flags[i], Online: true, LastOnline: t0})
			})
		})
		if err != nil {
			return err
		}
		if found[0]+found[1]+found[2] != 3 {
			return fmt.Errorf("transactions found %d devices, want 0, 1 and 2", found)
		}
	}
	return nil
}
