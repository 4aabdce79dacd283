package user_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/user"
)

var iphone = user.PushDevice{Token: "t1", Type: user.PushIOS, BundleID: "com.example.chat"}

// wantPush checks where notices to uid go, the zero target for nowhere.
func (w *world) wantPush(what, uid string, want user.PushTarget) {
	w.t.Helper()
	got, ok, err := w.PushTarget(w.t.Context(), uid)
	must(w.t, err)
	if got != want || ok != (want != user.PushTarget{}) {
		w.t.Errorf("%s: notices to %s go to %+v, %v, want %+v", what, uid, got, ok, want)
	}
}

func TestPushRefusals(t *testing.T) {
	w := start(t, openSQLite(t))
	ann := w.add(user.User{UID: "ann"}).UID
	with := func(change func(d *user.PushDevice)) user.PushDevice {
		d := iphone
		change(&d)
		return d
	}
	for _, c := range []struct {
		what   string
		device user.PushDevice
		want   error
	}{
		{"nothing", user.PushDevice{}, user.ErrPushTokenMissing},
		{"no type", user.PushDevice{Token: "t"}, user.ErrPushTypeMissing},
		{"no bundle", user.PushDevice{Token: "t", Type: user.PushMI}, user.ErrBundleMissing},
		{"long token", with(func(d *user.PushDevice) { d.Token = strings.Repeat("x", 201) }), user.ErrPushToken},
		{"control", with(func(d *user.PushDevice) { d.Token = "a\nb" }), user.ErrPushToken},
		{"no text", with(func(d *user.PushDevice) { d.Token = "\xff" }), user.ErrPushToken},
		{"long bundle", with(func(d *user.PushDevice) { d.BundleID = strings.Repeat("x", 101) }), user.ErrBundle},
		{"NUL in the bundle", with(func(d *user.PushDevice) { d.BundleID = "a\x00" }), user.ErrBundle},
		{"unknown type", with(func(d *user.PushDevice) { d.Type = "WINDOWS" }), user.ErrPushType},
		{"lower case", with(func(d *user.PushDevice) { d.Type = "ios" }), user.ErrPushType},
		{"no text in the type", with(func(d *user.PushDevice) { d.Type = "\xff\x00" }), user.ErrPushType},
	} {
		wantErr(t, c.what, w.RegisterPush(t.Context(), ann, "", c.device), c.want)
	}
	for _, badge := range []int{-1, user.MaxBadge + 1, -1 << 62} {
		wantErr(t, fmt.Sprint("badge ", badge), w.SetBadge(t.Context(), ann, badge), user.ErrBadge)
	}
	w.wantPush("after refusals", ann, user.PushTarget{})
	wantErr(t, "nobody", w.RegisterPush(t.Context(), "nobody", "", iphone), user.ErrNotFound)
	w.wantPush("no text", "\xff\x00", user.PushTarget{})
	longest := user.PushDevice{Token: strings.Repeat("x", 200), Type: user.PushFirebase, BundleID: strings.Repeat("x", 100)}
	for _, typ := range []user.PushType{user.PushIOS, user.PushMI, user.PushHMS, user.PushOPPO, user.PushVIVO, user.PushFirebase} {
		longest.Type = typ
		must(t, w.RegisterPush(t.Context(), ann, "", longest))
	}
	w.wantPush("the longest", ann, user.PushTarget{PushDevice: longest})
}

func TestPushGoesToOneDevice(t *testing.T) {
	w := start(t, openSQLite(t))
	ann, bob := w.add(user.User{UID: "ann"}).UID, w.add(user.User{UID: "bob"}).UID
	w.wantPush("nobody told", ann, user.PushTarget{})
	must(t, w.SetBadge(t.Context(), ann, 7))
	w.wantPush("only a badge", ann, user.PushTarget{})
	must(t, w.RegisterPush(t.Context(), ann, "", iphone))
	must(t, w.SetBadge(t.Context(), ann, user.MaxBadge))
	w.wantPush("a device", ann, user.PushTarget{PushDevice: iphone, Badge: user.MaxBadge})
	must(t, w.RegisterPush(t.Context(), ann, "", iphone))
	w.wantPush("the same again", ann, user.PushTarget{PushDevice: iphone, Badge: user.MaxBadge})

	newer := user.PushDevice{Token: "t2", Type: user.PushMI, BundleID: "b"}
	must(t, w.RegisterPush(t.Context(), ann, "", newer))
	w.wantPush("another device", ann, user.PushTarget{PushDevice: newer, Badge: user.MaxBadge})

	must(t, w.RegisterPush(t.Context(), bob, "", iphone))
	w.wantPush("the device she had", bob, user.PushTarget{PushDevice: iphone})
	must(t, w.RegisterPush(t.Context(), bob, "", newer))
	w.wantPush("the device she has", bob, user.PushTarget{PushDevice: newer})
	w.wantPush("who had it", ann, user.PushTarget{})

	must(t, w.UnregisterPush(t.Context(), ann))
	w.wantPush("not his to stop", bob, user.PushTarget{PushDevice: newer})
	must(t, w.UnregisterPush(t.Context(), bob))
	must(t, w.UnregisterPush(t.Context(), bob))
	w.wantPush("stopped", bob, user.PushTarget{})
}

func TestPushEndsWithItsSession(t *testing.T) {
	w := start(t, openSQLite(t))
	ann := w.add(user.User{UID: "ann"}).UID
	token := w.signInOn(ann, "d1", user.FlagApp)
	register := func() {
		must(t, w.RegisterPush(t.Context(), ann, user.HashToken(token), iphone))
		w.wantPush("a live session", ann, user.PushTarget{PushDevice: iphone})
	}
	register()
	must(t, w.RegisterPush(t.Context(), ann, user.HashToken("nothing"), iphone))
	w.wantPush("an unknown session", ann, user.PushTarget{})
	register()
	must(t, w.RemoveDevice(t.Context(), ann, "d1", ""))
	w.wantPush("a removed device", ann, user.PushTarget{})

	w.now = t0.Add(1e9)
	token = w.signInOn(ann, "d1", user.FlagApp)
	register()
	w.now = w.now.Add(1e9)
	w.signInOn(ann, "d2", user.FlagApp)
	w.wantPush("the next app", ann, user.PushTarget{})

	w.now = w.now.Add(1e9)
	token = w.signInOn(ann, "d3", user.FlagApp)
	register()
	w.now = w.now.Add(limits.SessionLife)
	w.wantPush("an expired session", ann, user.PushTarget{})
}

// TestOneDeviceAUserOneUserADevice has many people register one device at once,
// and one of them many.
func TestOneDeviceAUserOneUserADevice(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db)
		const n = 8
		w.add(user.User{UID: "many"})
		for i := range n {
			w.add(user.User{UID: fmt.Sprint("u", i)})
		}
		register := func(uid, token string) error {
			d := iphone
			d.Token = token
			return w.RegisterPush(t.Context(), uid, "", d)
		}
		for _, err := range together(n, func(i int) error { return register(fmt.Sprint("u", i), "t") }) {
			wantErr(t, "one device", err, nil)
		}
		if got := w.pushRows(); got != 1 {
			t.Errorf("%d people have the device", got)
		}
		for round := range 8 { // in the first ones the pool is still opening connections
			w.with(newAbreast(db.Users(), n), user.Options{})
			for _, err := range together(n, func(i int) error { return register("many", fmt.Sprint("t", round, i)) }) {
				wantErr(t, "one user", err, nil)
			}
			if got := w.pushRows(); got != 2 {
				t.Errorf("%d devices are known, want that of the first and that of the second", got)
			}
		}
	})
}

func (w *world) pushRows() (n int) {
	w.t.Helper()
	must(w.t, w.db.Update(w.t.Context(), func(tx store.Conn) error {
		rows, err := tx.QueryContext(w.t.Context(), "SELECT count(*) FROM ruyi_push")
		if err != nil {
			return err
		}
		defer rows.Close()
		rows.Next()
		return rows.Scan(&n)
	}))
	return n
}
