package user_test

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/user"
)

var elsewhere = netip.MustParseAddr("198.51.100.7")

// locked returns a world with one account, known on device d1, whose device lock
// is on. Codes go out by SMS.
func locked(t *testing.T, db *store.DB) (*world, user.User) {
	t.Helper()
	w := startDev(t, db)
	s := w.register()
	w.lockDevices(s.User.UID, 1)
	return w.with(db.Users(), user.Options{SMS: w}), s.User
}

// lockDevices turns the device lock of an account on or off.
func (w *world) lockDevices(uid string, on int) {
	w.t.Helper()
	must(w.t, w.db.Update(w.t.Context(), func(tx store.Conn) error {
		_, err := tx.ExecContext(w.t.Context(), fmt.Sprintf("UPDATE ruyi_user SET device_lock = %d WHERE uid = '%s'", on, uid))
		return err
	}))
}

func (w *world) loginOn(device string, from netip.Addr) (user.SignedIn, error) {
	return w.Login(w.t.Context(), user.Login{
		Username: phone.Username(), Password: password, Device: user.Device{ID: device, Name: "n", Model: "m"}, Address: from,
	})
}

// held logs in on an unknown device and returns the check.
func (w *world) held(device string, from netip.Addr) *user.DeviceCheckError {
	w.t.Helper()
	_, err := w.loginOn(device, from)
	check, ok := errors.AsType[*user.DeviceCheckError](err)
	if !ok {
		w.t.Fatalf("login on %s: %v", device, err)
	}
	return check
}

// deviceCode asks for a code and returns it, "" when none was sent.
func (w *world) deviceCode(uid, challenge string, from netip.Addr) string {
	w.t.Helper()
	n := len(w.sent)
	must(w.t, w.SendDeviceCode(w.t.Context(), uid, challenge, from))
	if len(w.sent) == n {
		return ""
	}
	return w.sent[n]
}

func (w *world) verify(uid, challenge, code string, from netip.Addr) (user.SignedIn, error) {
	return w.VerifyDevice(w.t.Context(), user.DeviceProof{UID: uid, Challenge: challenge, Code: code, Address: from})
}

func (w *world) wantVerify(what, uid, challenge, code string, from netip.Addr, want error) {
	w.t.Helper()
	s, err := w.verify(uid, challenge, code, from)
	wantErr(w.t, what, err, want)
	if want != nil && s != (user.SignedIn{}) {
		w.t.Errorf("%s: answered %+v", what, s)
	}
}

func TestDeviceLockHoldsUpLogins(t *testing.T) {
	w, u := locked(t, openSQLite(t))
	d := user.Device{ID: "d2", Name: "n", Model: "m"}
	right := user.Login{Username: phone.Username(), Password: password, Device: d, Address: client}
	change := func(f func(l *user.Login)) user.Login {
		l := right
		f(&l)
		return l
	}
	for _, c := range []struct {
		what  string
		login user.Login
		want  error
	}{
		{"known device", change(func(l *user.Login) { l.Device.ID = "d1" }), nil},
		{"wrong password", change(func(l *user.Login) { l.Password = "wrong" }), user.ErrCredentials},
		{"no device", change(func(l *user.Login) { l.Device = user.Device{} }), user.ErrDeviceMissing},
		{"no device id", change(func(l *user.Login) { l.Device.ID = "" }), user.ErrDeviceMissing},
		{"unknown device", right, user.ErrDeviceCheck},
		{"unknown device again", right, user.ErrDeviceCheck},
		{"other spelling of a known one", change(func(l *user.Login) { l.Device.ID = "D1" }), user.ErrDeviceCheck},
		{"computer", change(func(l *user.Login) { l.Flag, l.Device.ID = user.FlagPC, "pc" }), nil},
		{"browser without a device", change(func(l *user.Login) { l.Flag, l.Device = user.FlagWeb, user.Device{} }), nil},
	} {
		before := w.stored()
		s, err := w.Login(t.Context(), c.login)
		wantErr(t, c.what, err, c.want)
		if c.want != nil && (s != (user.SignedIn{}) || w.stored() != before) {
			t.Errorf("%s: answered %+v, stored %v, before %v", c.what, s, w.stored(), before)
		}
	}
	check := w.held("d2", client)
	if check.UID != u.UID || check.Phone != "138******01" || !regexp.MustCompile("^[0-9a-f]{64}$").MatchString(check.Challenge) {
		t.Errorf("check %+v", check)
	}
	if text := fmt.Sprintf("%v %+v %s", check, error(check), check); strings.Contains(text, check.Challenge) || strings.Contains(text, u.UID) {
		t.Errorf("the text of the error tells: %s", text)
	}
	w.lockDevices(u.UID, 0)
	_, err := w.loginOn("d3", client)
	wantErr(t, "lock off", err, nil)
	w.lockDevices(u.UID, 1)
	_, err = w.loginOn("d3", client)
	wantErr(t, "seen while the lock was off", err, nil)
}

func TestPhoneOfACheck(t *testing.T) {
	for number, want := range map[string]string{
		"": "", "12345": "", "123456": "123******56", "13800000001": "138******01",
	} {
		if got := user.Starred(user.Phone{Zone: "0086", Number: number}); got != want {
			t.Errorf("%q: %q, want %q", number, got, want)
		}
	}
}

func TestCodeLetsTheDeviceIn(t *testing.T) {
	for what, named := range map[string]bool{"by challenge": true, "by address": false} {
		w, u := locked(t, openSQLite(t))
		check := w.held("d2", client)
		challenge, from := "", client
		if named {
			challenge, from = check.Challenge, elsewhere // the phone changed networks
		}
		code := w.deviceCode(u.UID, challenge, from)
		s, err := w.verify(u.UID, challenge, code, from)
		must(t, err)
		session, err := w.Authenticate(t.Context(), s.Token)
		must(t, err)
		if s.User.UID != u.UID || session.DeviceID != "d2" || session.Flag != user.FlagApp || session.UID != u.UID {
			t.Errorf("%s: session %+v", what, session)
		}
		d, err := w.KnownDevice(t.Context(), u.UID, "d2")
		must(t, err)
		if d.Device != (user.Device{ID: "d2", Name: "n", Model: "m"}) || !d.LastLogin.Equal(t0) {
			t.Errorf("%s: device %+v", what, d)
		}
		w.wantVerify(what+", again", u.UID, challenge, code, from, user.ErrDeviceExpired)
		_, err = w.loginOn("d2", elsewhere)
		wantErr(t, what+": next login", err, nil)
	}
}

func TestVerifyDeviceRefusals(t *testing.T) {
	w, u := locked(t, openSQLite(t))
	other := w.add(user.User{UID: "other", Phone: user.Phone{Zone: "0086", Number: "13800000002"}})
	theirs := strings.Repeat("a", 64)
	must(t, w.db.Users().Update(t.Context(), func(tx user.Tx) error {
		return tx.AddDeviceCheck(t.Context(), user.DeviceCheck{
			Challenge: user.HashToken(theirs), UID: other.UID, Address: elsewhere,
			Device: user.Device{ID: "x"}, ExpiresAt: t0.Add(time.Hour),
		}, t0, 9)
	}))
	mine := w.held("d2", client).Challenge
	code, theirCode := w.deviceCode(u.UID, mine, client), w.deviceCode(other.UID, theirs, client)
	if theirCode == code {
		t.Skip("the two codes are the same by chance")
	}
	before := w.stored()
	for _, c := range []struct {
		what, uid, challenge, code string
		from                       netip.Addr
		want                       error
	}{
		{"no uid", "", mine, code, client, user.ErrUIDMissing},
		{"no code", u.UID, mine, "", client, user.ErrCodeMissing},
		{"unknown uid", "nobody", mine, code, client, user.ErrDeviceExpired},
		{"no text", "\xff\x00", "\xff\x00", "\xff\x00", client, user.ErrDeviceExpired},
		{"their challenge", u.UID, theirs, code, client, user.ErrDeviceExpired},
		{"my challenge for them", other.UID, mine, code, client, user.ErrDeviceExpired},
		{"hash for challenge", u.UID, user.HashToken(mine), code, client, user.ErrDeviceExpired},
		{"another address", u.UID, "", code, elsewhere, user.ErrDeviceExpired},
		{"their address", other.UID, "", theirCode, client, user.ErrDeviceExpired},
		{"no address", u.UID, "", code, netip.Addr{}, user.ErrDeviceExpired},
		{"wrong challenge at the right address", u.UID, theirs[:63], code, client, user.ErrDeviceExpired},
		{"their code", u.UID, mine, theirCode, client, user.ErrCode},
		{"my code for them", other.UID, theirs, code, client, user.ErrCode},
		{"no digits", u.UID, mine, "\xff\x00", client, user.ErrCode},
	} {
		w.wantVerify(c.what, c.uid, c.challenge, c.code, c.from, c.want)
	}
	for status, want := range map[user.Status]error{user.Disabled: user.ErrDisabled, user.Destroyed: user.ErrDeviceExpired} {
		w.setStatus(u.UID, status)
		w.wantVerify(fmt.Sprint("status ", status), u.UID, mine, code, client, want)
	}
	w.setStatus(u.UID, user.Active)
	if w.stored() != before {
		t.Errorf("refusals left %v, before %v", w.stored(), before)
	}
	w.now = t0.Add(user.DeviceCheckLife)
	w.wantVerify("too late", u.UID, mine, code, client, user.ErrDeviceExpired)
	w.now = t0.Add(user.DeviceCheckLife - 1)
	w.wantVerify("after all", u.UID, mine, code, client, nil)
}

// TestCodeIsForOneDevice has two devices wait at once, one of them a thief's who
// knows the password.
func TestCodeIsForOneDevice(t *testing.T) {
	w, u := locked(t, openSQLite(t))
	mine, thief := w.held("d2", client), w.held("d3", elsewhere)
	code := w.deviceCode(u.UID, mine.Challenge, client)
	w.wantVerify("my code for the thief", u.UID, thief.Challenge, code, elsewhere, user.ErrCode)
	w.wantVerify("the same by address", u.UID, "", code, elsewhere, user.ErrCode)
	w.now = t0.Add(limits.CodeResend)
	newer := w.deviceCode(u.UID, thief.Challenge, elsewhere)
	w.wantVerify("a code sent for the thief", u.UID, mine.Challenge, newer, client, user.ErrCode)
	w.wantVerify("the thief, who cannot know it", u.UID, thief.Challenge, newer, elsewhere, nil)
	w.now = t0.Add(2 * limits.CodeResend)
	w.wantVerify("mine after all", u.UID, mine.Challenge, w.deviceCode(u.UID, mine.Challenge, client), client, nil)
}

func TestAddressNamesOneDeviceOnly(t *testing.T) {
	w, u := locked(t, openSQLite(t))
	w.held("d2", client)
	code := w.deviceCode(u.UID, "", netip.MustParseAddr("::ffff:192.0.2.1"))
	thief := w.held("d3", client) // in the same network
	w.wantVerify("whose code?", u.UID, "", code, client, user.ErrDeviceAmbiguous)
	w.now = t0.Add(limits.CodeResend)
	wantErr(t, "for whom?", w.SendDeviceCode(t.Context(), u.UID, "", client), user.ErrDeviceAmbiguous)
	w.wantVerify("the thief", u.UID, thief.Challenge, code, client, user.ErrCode)

	again := w.held("d2", client)
	w.wantVerify("the code stays with the device", u.UID, again.Challenge, code, client, nil)
}

func TestDeviceCodeIsSentToThoseWhoWait(t *testing.T) {
	w, u := locked(t, openSQLite(t))
	check := w.held("d2", client)
	bare := w.add(user.User{UID: "bare"})
	must(t, w.db.Users().Update(t.Context(), func(tx user.Tx) error {
		return tx.AddDeviceCheck(t.Context(), user.DeviceCheck{Challenge: "c", UID: bare.UID, Address: client, ExpiresAt: t0.Add(time.Hour)}, t0, 9)
	}))
	w.held("d3", netip.Addr{}) // a host that tells no addresses
	wantErr(t, "no uid", w.SendDeviceCode(t.Context(), "", check.Challenge, client), user.ErrUIDMissing)
	wantErr(t, "no phone", w.SendDeviceCode(t.Context(), bare.UID, "", client), user.ErrPhoneMissing)
	for _, c := range []struct {
		what, uid, challenge string
		from                 netip.Addr
	}{
		{"unknown uid", "nobody", "", client},
		{"no text", "\xff\x00", "", client},
		{"another uid", user.SystemUID, check.Challenge, client},
		{"another address", u.UID, "", elsewhere},
		{"no address", u.UID, "", netip.Addr{}},
		{"unknown challenge", u.UID, strings.Repeat("0", 64), client},
	} {
		if w.deviceCode(c.uid, c.challenge, c.from) != "" {
			t.Errorf("%s: a code was sent", c.what)
		}
	}
	for _, status := range []user.Status{user.Disabled, user.Destroyed} {
		w.setStatus(u.UID, status)
		if w.deviceCode(u.UID, check.Challenge, client) != "" {
			t.Errorf("status %d: a code was sent", status)
		}
	}
	w.setStatus(u.UID, user.Active)
	if w.deviceCode(u.UID, "", client) == "" {
		t.Error("no code was sent")
	}
	wantErr(t, "at once again", w.SendDeviceCode(t.Context(), u.UID, check.Challenge, client), user.ErrTooOften)
	w.with(w.db.Users(), user.Options{})
	wantErr(t, "no provider", w.SendDeviceCode(t.Context(), u.UID, check.Challenge, client), user.ErrNoSMS)
	w.with(w.db.Users(), user.Options{SMS: w})
	w.now = t0.Add(user.DeviceCheckLife)
	if w.deviceCode(u.UID, check.Challenge, client) != "" {
		t.Error("a code was sent after the end of the check")
	}
}

func TestChecksOfAUserAreFew(t *testing.T) {
	w, u := locked(t, openSQLite(t))
	first := w.held("first", client)
	must(t, w.db.Users().Update(t.Context(), func(tx user.Tx) error {
		for i := range 2 * user.MaxDeviceChecks {
			c := user.DeviceCheck{
				Challenge: fmt.Sprint(i), UID: u.UID, Device: user.Device{ID: fmt.Sprint(i)},
				ExpiresAt: t0.Add(user.DeviceCheckLife + time.Duration(1+i)*time.Millisecond),
			}
			if err := tx.AddDeviceCheck(t.Context(), c, t0, user.MaxDeviceChecks); err != nil {
				return err
			}
		}
		return nil
	}))
	w.now = t0.Add(time.Second)
	w.held("last", client)
	checks, err := w.db.Users().DeviceChecks(t.Context(), u.UID)
	must(t, err)
	if len(checks) != user.MaxDeviceChecks || checks[0].Device.ID != "last" {
		t.Errorf("%d checks, the newest %+v", len(checks), checks[0])
	}
	w.wantVerify("pushed out", u.UID, first.Challenge, "000000", client, user.ErrDeviceExpired)
	w.now = t0.Add(time.Hour)
	w.held("much later", client)
	checks, err = w.db.Users().DeviceChecks(t.Context(), u.UID)
	must(t, err)
	if len(checks) != 1 {
		t.Errorf("%d checks, all but one have expired", len(checks))
	}
}
