package user_test

import (
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/user"
)

// TestQRLoginExpires lets each step run out, and checks that the moment before
// is in time.
func TestQRLoginExpires(t *testing.T) {
	w, ctx := startDev(t, openSQLite(t)), t.Context()
	ann := w.person("ann")
	for _, late := range []time.Duration{-time.Millisecond, 0} {
		over := late == 0
		try := func(what string, life time.Duration, step func() error, refusal error) bool {
			t.Helper()
			w.now = w.now.Add(life + late)
			err := step()
			if over {
				wantErr(t, what, err, refusal)
			} else {
				must(t, err)
			}
			return over
		}
		ticket := w.begin()
		if try("scan", user.QRScanTime, func() error { _, err := w.ScanQRLogin(ctx, ann, ticket.UUID); return err }, user.ErrQRCode) {
			if w.state(ticket).Status != user.QRExpired {
				t.Error("a login outlives its picture")
			}
			ticket = w.begin()
		}
		code := w.scan(ann, ticket).AuthCode
		if try("grant", user.QRConfirmTime, func() error { return w.GrantQRLogin(ctx, ann, code, "") }, user.ErrAuthCode) {
			if _, err := w.ScanQRLogin(ctx, ann, ticket.UUID); !errors.Is(err, user.ErrQRCode) {
				t.Errorf("a scan again: %v", err)
			}
			ticket, code = w.granted(ann)
		} else {
			code = w.state(ticket).AuthCode
		}
		try("finish", user.QRFinishTime, func() error { _, err := w.finish(code); return err }, user.ErrAuthCode)
	}
}

// TestQRScanAgainGivesNoTime repeats the scan until its time is over.
func TestQRScanAgainGivesNoTime(t *testing.T) {
	w, ctx := startDev(t, openSQLite(t)), t.Context()
	ann := w.person("ann")
	ticket := w.begin()
	for range 2 {
		w.scan(ann, ticket)
		w.now = w.now.Add(user.QRConfirmTime / 2)
	}
	_, err := w.ScanQRLogin(ctx, ann, ticket.UUID)
	wantErr(t, "a third scan", err, user.ErrQRCode)
}

// TestQRLoginOtherBrowser is the attack on logins by QR code: somebody else has
// the picture, or even the code.
func TestQRLoginOtherBrowser(t *testing.T) {
	w, ctx := startDev(t, openSQLite(t)), t.Context()
	ann := w.person("ann")
	addr := netip.MustParseAddr
	for _, c := range []struct {
		from, other string
		same        bool
	}{
		{"192.0.2.1", "192.0.2.1", true},
		{"192.0.2.1", "::ffff:192.0.2.1", true},
		{"192.0.2.1", "192.0.2.2", false},
		{"2001:db8::1", "2001:db8::ffff:2", true},
		{"2001:db8::1", "2001:db8:0:1::1", false},
		{"192.0.2.1", "2001:db8::1", false},
		{"192.0.2.1", "", false},
	} {
		var other netip.Addr
		if c.other != "" {
			other = addr(c.other)
		}
		ticket, err := w.StartQRLogin(ctx, user.QRStart{Address: addr(c.from)})
		must(t, err)
		must(t, w.GrantQRLogin(ctx, ann, w.scan(ann, ticket).AuthCode, ""))
		poll := user.QRPoll{UUID: ticket.UUID, Address: addr(c.from)}
		own, err := w.PollQRLogin(ctx, poll)
		must(t, err)
		poll.Address = other
		seen, err := w.PollQRLogin(ctx, poll)
		must(t, err)
		if (seen == own) != c.same || !c.same && seen != (user.QRState{Status: user.QRExpired}) {
			t.Errorf("%v sees %+v", c, seen)
		}
		_, err = w.FinishQRLogin(ctx, user.QRFinish{AuthCode: own.AuthCode, Address: other})
		if c.same {
			must(t, err)
			continue
		}
		wantErr(t, c.other, err, user.ErrAuthCode)
		_, err = w.FinishQRLogin(ctx, user.QRFinish{AuthCode: own.AuthCode, Address: addr(c.from)})
		must(t, err)
	}
}

func TestQRLoginSecret(t *testing.T) {
	w, ctx := startDev(t, openSQLite(t)), t.Context()
	ann := w.person("ann")
	ticket, err := w.StartQRLogin(ctx, user.QRStart{Bind: true, Address: client})
	must(t, err)
	if len(ticket.Secret) != 64 {
		t.Errorf("secret %q", ticket.Secret)
	}
	must(t, w.GrantQRLogin(ctx, ann, w.scan(ann, ticket).AuthCode, ""))
	code := w.state(ticket).AuthCode
	for _, secret := range []string{"", "x", ticket.UUID} {
		if got := w.state(user.QRTicket{UUID: ticket.UUID, Secret: secret}); got != (user.QRState{Status: user.QRExpired}) {
			t.Errorf("with the secret %q: %+v", secret, got)
		}
		_, err := w.FinishQRLogin(ctx, user.QRFinish{AuthCode: code, Secret: secret, Address: client})
		wantErr(t, "secret "+secret, err, user.ErrAuthCode)
	}
	elsewhere := netip.MustParseAddr("192.0.2.9")
	_, err = w.FinishQRLogin(ctx, user.QRFinish{AuthCode: code, Secret: ticket.Secret, Address: elsewhere})
	wantErr(t, "the secret elsewhere", err, user.ErrAuthCode)

	q, err := w.db.Users().QRLogin(ctx, ticket.UUID)
	must(t, err)
	if q.Code == code || q.Secret == ticket.Secret || len(q.Code) != 64 || len(q.Secret) != 64 {
		t.Errorf("stored in clear: %+v", q)
	}
	_, err = w.FinishQRLogin(ctx, user.QRFinish{AuthCode: code, Secret: ticket.Secret, Address: client})
	must(t, err)
}

// TestQRLoginTrustEnds disables the account, or ends the phone's session, after
// the login was granted.
func TestQRLoginTrustEnds(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := startDev(t, db)
		ann := w.person("ann")
		_, code := w.granted(ann)
		w.setStatus("ann", user.Disabled)
		_, err := w.finish(code)
		wantErr(t, "a disabled account", err, user.ErrDisabled)
		w.setStatus("ann", user.Active)
		if w.stored()[1] != 1 || w.stored()[2] != 0 {
			t.Error("a refused login left a session or a device")
		}
		w.session("ann", user.FlagApp) // ends the one before
		_, err = w.finish(code)
		wantErr(t, "a phone that was signed out", err, user.ErrAuthCode)

		short := w.session("ann", user.FlagApp)
		w.now = short.ExpiresAt.Add(-time.Second)
		_, code = w.granted(short)
		w.now = short.ExpiresAt
		_, err = w.finish(code)
		wantErr(t, "a phone whose session ended", err, user.ErrAuthCode)
	})
}

// TestQRLoginsAreCleared starts many logins: the ones before must not pile up.
func TestQRLoginsAreCleared(t *testing.T) {
	w, ctx := startDev(t, openSQLite(t)), t.Context()
	var old []user.QRTicket
	for range 5 {
		old = append(old, w.begin())
	}
	w.now = w.now.Add(user.QRScanTime)
	fresh := w.begin()
	for _, ticket := range old {
		_, err := w.db.Users().QRLogin(ctx, ticket.UUID)
		wantErr(t, "an old login", err, user.ErrNotFound)
	}
	if w.state(fresh).Status != user.QRWaiting {
		t.Error("the new login is gone as well")
	}
}
