package storetest

import (
	"testing"

	"github.com/ruyi-im/ruyi/user"
)

func testAvatars(t *testing.T, s Stores) {
	ctx := t.Context()
	version := func(uid string) int64 {
		t.Helper()
		u, err := s.Users().User(ctx, uid)
		must(t, err)
		return u.Avatar
	}
	// set replaces what the lock returns by what change makes of it.
	set := func(uid string, change func(before int64) int64) error {
		return s.Users().Update(ctx, func(tx user.Tx) error {
			before, err := tx.LockAvatar(ctx, uid)
			if err != nil {
				return err
			}
			return tx.SaveAvatar(ctx, uid, change(before))
		})
	}
	uid, other := addUser(t, s, "u"), addUser(t, s, "v")

	t.Run("RoundTrip", func(t *testing.T) {
		for _, v := range []int64{1<<52 - 1, 7, 0} {
			old := version(uid)
			must(t, set(uid, func(before int64) int64 {
				equal(t, "locked", before, old)
				return v
			}))
			equal(t, "version", version(uid), v)
		}
		equal(t, "of another user", version(other), 0)
	})
	t.Run("Absent", func(t *testing.T) {
		wantErr(t, set("nobody", func(int64) int64 { return 1 }), user.ErrNotFound)
		for _, status := range []user.Status{user.Disabled, user.Destroyed} {
			u := newUser("w")
			u.Status = status
			must(t, s.Users().Update(ctx, func(tx user.Tx) error { return tx.AddUser(ctx, u) }))
			wantErr(t, set(u.UID, func(int64) int64 { return 1 }), user.ErrNotFound)
		}
	})
	t.Run("Contention", func(t *testing.T) {
		const n = 20
		must(t, together(n, func(int) error { return set(uid, func(before int64) int64 { return before + 1 }) }))
		equal(t, "version", version(uid), n)
	})
}
