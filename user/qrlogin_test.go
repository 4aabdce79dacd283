package user_test

import (
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/user"
)

var browser = user.Device{ID: "b1", Name: "browser", Model: "b"}

// session signs uid in without a password.
func (w *world) session(uid string, f user.Flag) user.Session {
	w.t.Helper()
	w.serial++
	n := user.Session{
		TokenHash: uid + "'s session " + string(rune('a'+w.serial)), UID: uid, Flag: f,
		CreatedAt: w.now, SeenAt: w.now, ExpiresAt: w.now.Add(limits.SessionLife),
	}
	must(w.t, w.db.Users().Update(w.t.Context(), func(tx user.Tx) error { return tx.AddSession(w.t.Context(), n, 20) }))
	return n
}

// person adds an account and signs it in on an app.
func (w *world) person(uid string) user.Session {
	w.t.Helper()
	w.add(user.User{UID: uid, Name: uid, QRVercode: uid + "@3"})
	return w.session(uid, user.FlagApp)
}

// begin starts a login at a browser.
func (w *world) begin() user.QRTicket {
	w.t.Helper()
	ticket, err := w.StartQRLogin(w.t.Context(), user.QRStart{Device: browser, PubKey: "pk", Address: client})
	must(w.t, err)
	return ticket
}

func (w *world) scan(s user.Session, ticket user.QRTicket) user.QRScan {
	w.t.Helper()
	scan, err := w.ScanQRLogin(w.t.Context(), s, ticket.UUID)
	must(w.t, err)
	return scan
}

// state asks how far a login is, without waiting.
func (w *world) state(ticket user.QRTicket) user.QRState {
	w.t.Helper()
	state, err := w.PollQRLogin(w.t.Context(), user.QRPoll{UUID: ticket.UUID, Secret: ticket.Secret, Address: client})
	must(w.t, err)
	return state
}

// granted brings a login of phone so far that the browser can finish it, and
// returns its code.
func (w *world) granted(phone user.Session) (user.QRTicket, string) {
	w.t.Helper()
	ticket := w.begin()
	must(w.t, w.GrantQRLogin(w.t.Context(), phone, w.scan(phone, ticket).AuthCode, ""))
	return ticket, w.state(ticket).AuthCode
}

func (w *world) finish(code string) (user.SignedIn, error) {
	return w.FinishQRLogin(w.t.Context(), user.QRFinish{AuthCode: code, Address: client})
}

func TestQRLogin(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w, ctx := startDev(t, db), t.Context()
		ann := w.person("ann")
		ticket := w.begin()
		if len(ticket.UUID) != 32 || ticket.Secret != "" || w.begin().UUID == ticket.UUID {
			t.Errorf("ticket %+v", ticket)
		}
		if got := w.state(ticket); got != (user.QRState{Status: user.QRWaiting}) {
			t.Errorf("before the scan %+v", got)
		}
		scan := w.scan(ann, ticket)
		if scan.PubKey != "pk" || scan.Device != browser || scan.Address != client || len(scan.AuthCode) != 64 {
			t.Errorf("scan %+v", scan)
		}
		if again := w.scan(ann, ticket); again != scan {
			t.Errorf("a repeated scan answers %+v, want %+v", again, scan)
		}
		if got := w.state(ticket); got != (user.QRState{Status: user.QRScanned, UID: "ann"}) {
			t.Errorf("after the scan %+v", got)
		}
		must(t, w.GrantQRLogin(ctx, ann, scan.AuthCode, "enc"))
		got := w.state(ticket)
		if len(got.AuthCode) != 64 || got.AuthCode == scan.AuthCode || w.state(ticket) != got ||
			got != (user.QRState{Status: user.QRGranted, UID: "ann", AuthCode: got.AuthCode, Encrypt: "enc"}) {
			t.Errorf("after the grant %+v", got)
		}
		signed, err := w.finish(got.AuthCode)
		must(t, err)
		session, err := w.Authenticate(ctx, signed.Token)
		must(t, err)
		if signed.User.UID != "ann" || session.UID != "ann" || session.Flag != user.FlagWeb || session.DeviceID != browser.ID {
			t.Errorf("signed in %+v", session)
		}
		if w.stored()[2] != 1 {
			t.Error("the browser is none of the account's devices")
		}
		if w.state(ticket) != (user.QRState{Status: user.QRExpired}) {
			t.Error("the login goes on after its end")
		}
		if _, _, err := db.Users().Session(ctx, ann.TokenHash); err != nil {
			t.Errorf("the phone's session: %v", err)
		}
	})
}

func TestQRLoginOnlyOnce(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := startDev(t, db)
		_, code := w.granted(w.person("ann"))
		const browsers = 12
		won := 0
		for _, err := range together(browsers, func(int) error { _, err := w.finish(code); return err }) {
			if err == nil {
				won++
			} else {
				wantErr(t, "a used code", err, user.ErrAuthCode)
			}
		}
		if sessions := w.stored()[1]; won != 1 || sessions != 2 {
			t.Errorf("%d logins and %d sessions of one code, want 1 and 2", won, sessions)
		}
		_, err := w.finish(code)
		wantErr(t, "a replayed code", err, user.ErrAuthCode)
	})
}

func TestQRLoginOneScanner(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w, ctx := startDev(t, db), t.Context()
		phones := []user.Session{w.person("ann"), w.person("bob"), w.person("eve"), w.person("mal")}
		ticket := w.begin()
		won := -1
		for i, err := range together(len(phones), func(i int) error {
			_, err := w.ScanQRLogin(ctx, phones[i], ticket.UUID)
			return err
		}) {
			if err != nil {
				wantErr(t, "a second scan", err, user.ErrQRCode)
			} else if won >= 0 {
				t.Error("two phones scanned one code")
			} else {
				won = i
			}
		}
		if won < 0 || w.state(ticket).UID != phones[won].UID {
			t.Fatalf("winner %d, state %+v", won, w.state(ticket))
		}
		code := w.scan(phones[won], ticket).AuthCode
		for i, p := range phones {
			if i != won {
				wantErr(t, "another account", w.GrantQRLogin(ctx, p, code, ""), user.ErrScanner)
			}
		}
		other := phones[won]
		other.TokenHash = "another session of the same account"
		wantErr(t, "another session", w.GrantQRLogin(ctx, other, code, ""), user.ErrScanner)
		_, err := w.ScanQRLogin(ctx, other, ticket.UUID)
		wantErr(t, "a scan by another session", err, user.ErrQRCode)
		must(t, w.GrantQRLogin(ctx, phones[won], code, ""))
		wantErr(t, "a grant again", w.GrantQRLogin(ctx, phones[won], code, ""), user.ErrAuthCode)
	})
}

func TestQRLoginScannedByApps(t *testing.T) {
	w, ctx := startDev(t, openSQLite(t)), t.Context()
	ann := w.person("ann")
	ticket := w.begin()
	for _, f := range []user.Flag{user.FlagWeb, user.FlagPC} {
		_, err := w.ScanQRLogin(ctx, w.session("ann", f), ticket.UUID)
		wantErr(t, "a computer", err, user.ErrNotApp)
	}
	for _, odd := range []string{"", "x", strings.Repeat("0", 32), strings.Repeat("z", 32), "a\x00", "\xff"} {
		_, err := w.ScanQRLogin(ctx, ann, odd)
		wantErr(t, odd, err, user.ErrQRCode)
	}
	w.scan(ann, ticket)
}

// TestQRLoginSteps checks that each code serves its own step only.
func TestQRLoginSteps(t *testing.T) {
	w, ctx := startDev(t, openSQLite(t)), t.Context()
	ann := w.person("ann")
	ticket := w.begin()
	scan := w.scan(ann, ticket)
	_, err := w.finish(scan.AuthCode)
	wantErr(t, "the phone's code at the browser", err, user.ErrNotLoginCode)
	wantErr(t, "no code", w.GrantQRLogin(ctx, ann, "", ""), user.ErrAuthCodeMissing)
	wantErr(t, "a long key", w.GrantQRLogin(ctx, ann, scan.AuthCode, strings.Repeat("k", user.MaxQRKey+1)), user.ErrQRKey)
	wantErr(t, "no text", w.GrantQRLogin(ctx, ann, scan.AuthCode, "\x00"), user.ErrQRKey)
	for _, odd := range []string{"x", ticket.UUID, "\x00", "\xff"} {
		wantErr(t, odd, w.GrantQRLogin(ctx, ann, odd, ""), user.ErrAuthCode)
		_, err := w.finish(odd)
		wantErr(t, odd, err, user.ErrAuthCode)
	}
	if w.state(ticket).Status != user.QRScanned {
		t.Error("a refusal changed the login")
	}
	must(t, w.GrantQRLogin(ctx, ann, scan.AuthCode, ""))
	code := w.state(ticket).AuthCode
	wantErr(t, "the browser's code at the phone", w.GrantQRLogin(ctx, ann, code, ""), user.ErrNotLoginCode)
	_, err = w.ScanQRLogin(ctx, ann, ticket.UUID)
	wantErr(t, "a scan after the grant", err, user.ErrQRCode)
	_, err = w.finish("")
	wantErr(t, "no code", err, user.ErrAuthCodeMissing)
	_, err = w.FinishQRLogin(ctx, user.QRFinish{AuthCode: code, Flag: 3, Address: client})
	wantErr(t, "an odd flag", err, user.ErrFlag)
	signed, err := w.FinishQRLogin(ctx, user.QRFinish{AuthCode: code, Flag: user.FlagPC, Address: client})
	must(t, err)
	session, err := w.Authenticate(ctx, signed.Token)
	must(t, err)
	if session.Flag != user.FlagPC {
		t.Errorf("flag %d", session.Flag)
	}
	for _, q := range []user.QRStart{
		{Device: user.Device{ID: strings.Repeat("d", 41)}}, {Device: user.Device{Name: "\x00"}},
	} {
		_, err := w.StartQRLogin(ctx, q)
		wantErr(t, "an odd device", err, user.ErrDevice)
	}
	for _, key := range []string{"\x00", "\xff", strings.Repeat("k", user.MaxQRKey+1)} {
		_, err := w.StartQRLogin(ctx, user.QRStart{PubKey: key})
		wantErr(t, "an odd key", err, user.ErrQRKey)
	}
}
