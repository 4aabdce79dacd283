package user_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/user"
)

// signInOn opens a session on a device, "" for none, without the cost of a
// password, and returns its token.
func (w *world) signInOn(uid, device string, f user.Flag) string {
	w.t.Helper()
	token := fmt.Sprintf("%s on %s with %d at %d", uid, device, f, w.now.UnixMilli())
	must(w.t, user.Watched(w.Service).Update(w.t.Context(), func(tx user.Tx) error {
		if device != "" {
			if err := tx.SaveDevice(w.t.Context(), uid, user.Device{ID: device, Name: "name of " + device}, w.now); err != nil {
				return err
			}
		}
		return tx.AddSession(w.t.Context(), user.Session{
			TokenHash: user.HashToken(token), UID: uid, Flag: f, DeviceID: device,
			CreatedAt: w.now, SeenAt: w.now, ExpiresAt: w.now.Add(limits.SessionLife),
		}, limits.Computers)
	}))
	return token
}

func TestDevicesAreListedNewestLoginFirst(t *testing.T) {
	w := start(t, openSQLite(t))
	ann, bob := w.add(user.User{UID: "ann"}).UID, w.add(user.User{UID: "bob"}).UID
	for i := range 20 {
		w.now = t0.Add(time.Duration(i) * time.Hour)
		w.signInOn(ann, fmt.Sprintf("d%02d", i), user.FlagPC)
	}
	w.signInOn(bob, "d00", user.FlagPC)
	w.now = w.now.Add(time.Hour)
	w.signInOn(ann, "d03", user.FlagPC)
	for _, c := range []struct {
		page, size, want int
		first            string
	}{
		{0, 0, 20, "d03"}, {1, 15, 20, "d03"}, {1, 0, 20, "d03"}, {-1, -5, 20, "d03"},
		{2, 0, 5, "d05"}, {1, 14, 14, "d03"}, {2, 14, 6, "d06"}, {3, 14, 0, ""},
		{1, 1 << 40, 20, "d03"}, {1 << 60, 1 << 60, 0, ""},
	} {
		got, err := w.Devices(t.Context(), ann, c.page, c.size)
		must(t, err)
		first := ""
		if len(got) > 0 {
			first = got[0].ID
		}
		if got == nil || len(got) != c.want || first != c.first {
			t.Errorf("page %d of %d: %d devices, the first %q, want %d and %q", c.page, c.size, len(got), first, c.want, c.first)
		}
	}
	all, err := w.Devices(t.Context(), ann, 0, 0)
	must(t, err)
	numbers := map[int64]bool{}
	for _, d := range all {
		numbers[d.Number] = true
		one, err := w.KnownDevice(t.Context(), ann, d.ID)
		must(t, err)
		if one != d || d.Number <= 0 || d.Number >= 1<<53 {
			t.Errorf("one device %+v, in the list %+v", one, d)
		}
	}
	theirs, err := w.KnownDevice(t.Context(), bob, "d00")
	must(t, err)
	if len(numbers) != 20 || numbers[theirs.Number] {
		t.Error("two devices have one number")
	}
	for id, want := range map[string]error{
		"d20": user.ErrNoDevice, "": user.ErrDevice, "\xff": user.ErrDevice, "a\x00": user.ErrDevice,
		strings.Repeat("é", 40): user.ErrNoDevice, strings.Repeat("é", 41): user.ErrDevice,
	} {
		_, err := w.KnownDevice(t.Context(), ann, id)
		wantErr(t, id, err, want)
		if want == user.ErrNoDevice {
			want = nil
		}
		wantErr(t, "remove "+id, w.RemoveDevice(t.Context(), ann, id, ""), want)
	}
}

func TestRemovedDeviceIsSignedOut(t *testing.T) {
	w := start(t, openSQLite(t))
	ann, bob := w.add(user.User{UID: "ann"}).UID, w.add(user.User{UID: "bob"}).UID
	app := w.signInOn(ann, "d1", user.FlagApp)
	pc, other, none := w.signInOn(ann, "d1", user.FlagPC), w.signInOn(ann, "d2", user.FlagPC), w.signInOn(ann, "", user.FlagWeb)
	theirs := w.signInOn(bob, "d1", user.FlagApp)

	must(t, w.RemoveDevice(t.Context(), bob, "d2", "")) // not his
	wantErr(t, "no device", w.RemoveDevice(t.Context(), ann, "", ""), user.ErrDevice)
	for _, token := range []string{app, pc, other, none, theirs} {
		w.wantSession("before: "+token, token, nil)
	}
	must(t, w.RemoveDevice(t.Context(), ann, "d1", user.HashToken(pc)))
	w.wantSession("app on the device", app, user.ErrSession)
	for _, token := range []string{pc, other, none, theirs} {
		w.wantSession("after: "+token, token, nil)
	}
	left, err := w.Devices(t.Context(), ann, 0, 0)
	must(t, err)
	if len(left) != 1 || left[0].ID != "d2" {
		t.Errorf("devices left: %+v", left)
	}
	if _, err := w.KnownDevice(t.Context(), bob, "d1"); err != nil {
		t.Errorf("the same device of another user: %v", err)
	}
	// The session that was kept is on a device that is not listed any more.
	must(t, w.RemoveDevice(t.Context(), ann, "d1", user.HashToken(other)))
	w.wantSession("a session on a device removed before", pc, user.ErrSession)
	must(t, w.RemoveDevice(t.Context(), ann, "nothing", ""))
}

func TestRemovedDeviceNeedsTheCodeAgain(t *testing.T) {
	w, u := locked(t, openSQLite(t))
	_, err := w.loginOn("d1", client)
	must(t, err)
	must(t, w.RemoveDevice(t.Context(), u.UID, "d1", ""))
	w.held("d1", client)
}
