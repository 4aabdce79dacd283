package storetest

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/user"
)

func testDevices(t *testing.T, s Stores) {
	ctx := t.Context()
	uid, other := addUser(t, s, "u"), addUser(t, s, "v")
	device := func(i int) user.KnownDevice {
		return user.KnownDevice{
			Device:    user.Device{ID: fmt.Sprint("d", i), Name: "张三'\"%_", Model: "m"},
			LastLogin: t0.Add(time.Duration(i) * time.Second),
		}
	}
	must(t, s.Users().Update(ctx, func(tx user.Tx) error {
		for _, i := range []int{2, 0, 1} {
			d := device(i)
			if err := errors.Join(tx.SaveDevice(ctx, uid, d.Device, d.LastLogin), tx.SaveDevice(ctx, other, d.Device, t0)); err != nil {
				return err
			}
			for _, who := range []string{uid, other} {
				n := user.Session{TokenHash: who + d.ID, UID: who, Flag: user.FlagPC, DeviceID: d.ID, CreatedAt: t0, ExpiresAt: t0}
				if err := tx.AddSession(ctx, n, 9); err != nil {
					return err
				}
			}
		}
		return tx.AddSession(ctx, user.Session{TokenHash: uid + "own", UID: uid, Flag: user.FlagWeb, DeviceID: "d1", CreatedAt: t0}, 9)
	}))
	for _, page := range []struct{ offset, limit, first, n int }{{0, 9, 2, 3}, {0, 2, 2, 2}, {1, 9, 1, 2}, {3, 9, 0, 0}} {
		got, err := s.Users().DevicesOf(ctx, uid, page.offset, page.limit)
		must(t, err)
		equal(t, "devices on a page", len(got), page.n)
		for i, d := range got {
			equal(t, "device", d, device(page.first-i))
		}
	}
	must(t, s.Users().Update(ctx, func(tx user.Tx) error {
		u, err := tx.LockUser(ctx, uid)
		equal(t, "locked user", u.UID, uid)
		_, absent := tx.LockUser(ctx, "nobody")
		wantErr(t, absent, user.ErrNotFound)
		return errors.Join(err, tx.RemoveDevice(ctx, uid, "d1", uid+"own", t0), tx.RemoveDevice(ctx, uid, "nothing", "", t0))
	}))
	for _, want := range []struct {
		uid, device string
		err         error
	}{{uid, "d0", nil}, {uid, "d1", user.ErrNotFound}, {uid, "d2", nil}, {other, "d1", nil}} {
		_, err := s.Users().DeviceOf(ctx, want.uid, want.device)
		wantErr(t, err, want.err)
		_, _, err = s.Users().Session(ctx, want.uid+want.device)
		wantErr(t, err, want.err)
	}
	_, _, err := s.Users().Session(ctx, uid+"own")
	must(t, err)
}

func testDeviceChecks(t *testing.T, s Stores) {
	ctx := t.Context()
	uid, other := addUser(t, s, "u"), addUser(t, s, "v")
	addresses := []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1"), {}}
	check := func(who, device string, i int) user.DeviceCheck {
		return user.DeviceCheck{
			Challenge: fmt.Sprint(who, device, i), UID: who, Address: addresses[i%3], Flag: user.Flag(i % 3),
			Device:    user.Device{ID: device, Name: "n", Model: "m"},
			ExpiresAt: t0.Add(time.Duration(i) * time.Second),
		}
	}
	add := func(c user.DeviceCheck, now time.Time) {
		t.Helper()
		must(t, s.Users().Update(ctx, func(tx user.Tx) error { return tx.AddDeviceCheck(ctx, c, now, 3) }))
	}
	want := func(what, who string, want ...user.DeviceCheck) {
		t.Helper()
		got, err := s.Users().DeviceChecks(ctx, who)
		must(t, err)
		equal(t, what, len(got), len(want))
		for i := range min(len(got), len(want)) {
			equal(t, what, got[i], want[i])
		}
	}
	want("none", uid)
	a, b, c, d := check(uid, "a", 1), check(uid, "b", 2), check(uid, "c", 3), check(uid, "d", 4)
	theirs := check(other, "a", 1)
	for _, n := range []user.DeviceCheck{theirs, a, b, c} {
		add(n, t0)
	}
	want("three", uid, c, b, a)
	add(d, t0)
	want("three and no more", uid, d, c, b)
	newer := check(uid, "b", 5)
	add(newer, t0)
	want("the newest of a device", uid, newer, d, c)
	add(check(uid, "e", 6), c.ExpiresAt)
	want("without the expired", uid, check(uid, "e", 6), newer, d)
	must(t, s.Users().Update(ctx, func(tx user.Tx) error { return tx.RemoveDeviceCheck(ctx, newer.Challenge) }))
	want("without the removed", uid, check(uid, "e", 6), d)
	want("another user's", other, theirs)
}

func testPush(t *testing.T, s Stores) {
	ctx := t.Context()
	uid, other := addUser(t, s, "u"), addUser(t, s, "v")
	one := user.PushDevice{Token: uid + "one", Type: user.PushIOS, BundleID: "b"}
	two := user.PushDevice{Token: uid + "two", Type: user.PushMI, BundleID: "c"}
	save := func(who, session string, d user.PushDevice, badge int) {
		t.Helper()
		must(t, s.Users().Update(ctx, func(tx user.Tx) error {
			return errors.Join(tx.SavePush(ctx, who, session, d), tx.SaveBadge(ctx, who, badge))
		}))
	}
	want := func(what, who string, now time.Time, want user.PushTarget) {
		t.Helper()
		got, err := s.Users().PushTarget(ctx, who, now)
		if (want == user.PushTarget{}) {
			wantErr(t, err, user.ErrNotFound)
		} else {
			must(t, err)
		}
		equal(t, what, got, want)
	}
	want("nothing", uid, t0, user.PushTarget{})
	save(uid, "", one, 5)
	save(other, "", two, 6)
	want("a device", uid, t0, user.PushTarget{PushDevice: one, Badge: 5})
	must(t, s.Users().Update(ctx, func(tx user.Tx) error { return tx.SavePush(ctx, uid, "", two) }))
	want("another's device", uid, t0, user.PushTarget{PushDevice: two, Badge: 5})
	want("whose it was", other, t0, user.PushTarget{})
	save(other, "", one, 7)
	want("the device given up", other, t0, user.PushTarget{PushDevice: one, Badge: 7})

	session := user.Session{TokenHash: uid, UID: uid, CreatedAt: t0, ExpiresAt: t0.Add(time.Hour)}
	must(t, s.Users().Update(ctx, func(tx user.Tx) error { return tx.AddSession(ctx, session, 3) }))
	save(uid, uid, two, 8)
	want("a live session", uid, session.ExpiresAt.Add(-time.Millisecond), user.PushTarget{PushDevice: two, Badge: 8})
	want("an expired session", uid, session.ExpiresAt, user.PushTarget{})
	session.TokenHash += "next"
	must(t, s.Users().Update(ctx, func(tx user.Tx) error { return tx.AddSession(ctx, session, 3) }))
	want("a session that was ended", uid, t0, user.PushTarget{})
	must(t, s.Users().Update(ctx, func(tx user.Tx) error {
		return errors.Join(tx.RemovePush(ctx, other), tx.RemovePush(ctx, other), tx.SaveBadge(ctx, other, 9))
	}))
	want("removed", other, t0, user.PushTarget{})
}

// CountDevices lets many callers add the device after the last one of a user at
// the same time, and returns an error when two added the same. A decision by
// what a user's devices are looks like this.
func CountDevices(ctx context.Context, s Stores, uid string) error {
	const callers, each = 8, 4
	err := together(callers, func(int) error {
		for range each {
			err := s.Users().Update(ctx, func(tx user.Tx) error {
				if _, err := tx.LockUser(ctx, uid); err != nil {
					return err
				}
				known, err := tx.DevicesOf(ctx, uid, 0, 2*callers*each)
				if err != nil {
					return err
				}
				return tx.SaveDevice(ctx, uid, user.Device{ID: fmt.Sprint(len(known))}, t0)
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
	known, err := s.Users().DevicesOf(ctx, uid, 0, 2*callers*each)
	if err == nil && len(known) != callers*each {
		err = fmt.Errorf("%d devices of %d", len(known), callers*each)
	}
	return err
}
