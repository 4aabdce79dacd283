package user_test

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/user"
)

// TestSMSLimits goes beyond the limit of a phone by changing it.
func TestSMSLimits(t *testing.T) {
	w := start(t, openSQLite(t))
	asked := 0
	ask := func(what string, want error) {
		t.Helper()
		asked++
		p := user.Phone{Zone: "0086", Number: fmt.Sprint(13900000000 + asked)}
		_, err := w.SendRegisterCode(t.Context(), p, client)
		wantErr(t, what, err, want)
	}
	for range limits.AddressHour {
		ask("an hour", nil)
	}
	ask("beyond the hour", user.ErrAddressLimit)
	for n := range limits.AddressDay - limits.AddressHour {
		w.now = t0.Add(time.Duration(1+n/limits.AddressHour) * time.Hour)
		ask("a day", nil)
	}
	w.now = t0.Add(23 * time.Hour)
	ask("beyond the day", user.ErrAddressLimit)
	if len(w.sent) != limits.AddressDay {
		t.Errorf("%d codes were sent", len(w.sent))
	}
	w.now = t0.Add(24 * time.Hour)
	w.with(w.db.Users(), user.Options{SMS: w, NoAddressLimits: true, Limits: user.Limits{SMSHour: 25}})
	for range 25 {
		ask("the budget", nil)
	}
	ask("beyond the budget", user.ErrSMSBudget)
	w.now = w.now.Add(time.Hour)
	ask("the next hour", nil)
}

// TestRefusedCodesCostNothing holds that a limit which refuses leaves the others
// as they were.
func TestRefusedCodesCostNothing(t *testing.T) {
	w := start(t, openSQLite(t))
	w.with(w.db.Users(), user.Options{SMS: w, Limits: user.Limits{SMSHour: 1}})
	w.send(phone)
	w.now = w.now.Add(limits.CodeResend)
	for range 2 * limits.PhoneHour {
		_, err := w.SendRegisterCode(t.Context(), phone, client)
		wantErr(t, "over budget", err, user.ErrSMSBudget)
	}
	w.with(w.db.Users(), user.Options{SMS: w})
	for range limits.PhoneHour - 1 {
		w.send(phone)
		w.now = w.now.Add(limits.CodeResend)
	}
}

// TestProbingPhonesIsLimited asks whether phones have accounts, which sends
// nothing.
func TestProbingPhonesIsLimited(t *testing.T) {
	w := startDev(t, openSQLite(t))
	w.register()
	for range limits.AddressHour {
		exists, err := w.SendRegisterCode(t.Context(), phone, client)
		if !exists || err != nil {
			t.Fatalf("exists %v, %v", exists, err)
		}
	}
	_, err := w.SendRegisterCode(t.Context(), phone, client)
	wantErr(t, "too many questions", err, user.ErrAddressLimit)
}

// TestUserDay moves an account from phone to phone, as far as its limit goes.
func TestUserDay(t *testing.T) {
	w := startDev(t, openSQLite(t))
	w.register()
	w.with(w.db.Users(), user.Options{SMS: w, Limits: user.Limits{UserDay: 2}})
	w.wantCode("first", phone, nil)
	w.now = w.now.Add(limits.CodeResend)
	w.wantCode("second", phone, nil)
	w.now = w.now.Add(limits.CodeResend)
	w.wantCode("third", phone, user.ErrTooMany)
}

func TestLoginsPerNetwork(t *testing.T) {
	w := start(t, openSQLite(t))
	n := 0
	try := func(from string) error {
		n++
		a := netip.Addr{}
		if from != "" {
			a = netip.MustParseAddr(from)
		}
		return user.CountTry(t.Context(), w.Service, fmt.Sprint("name ", n), "", "", a)
	}
	for range limits.LoginMinute {
		wantErr(t, "a minute", try("192.0.2.1"), nil)
	}
	wantErr(t, "the same network", try("192.0.2.200"), user.ErrAddressLimit)
	wantErr(t, "the same one in another form", try("::ffff:192.0.2.200"), user.ErrAddressLimit)
	wantErr(t, "another network", try("192.0.3.1"), nil)
	wantErr(t, "no address", try(""), nil)
	for range limits.LoginHour/limits.LoginMinute - 1 {
		w.now = w.now.Add(time.Minute)
		for range limits.LoginMinute {
			wantErr(t, "an hour", try("192.0.2.1"), nil)
		}
	}
	w.now = w.now.Add(time.Minute)
	wantErr(t, "beyond the hour", try("192.0.2.1"), user.ErrAddressLimit)
	w.now = t0.Add(time.Hour)
	wantErr(t, "the next hour", try("192.0.2.1"), nil)

	w.with(w.db.Users(), user.Options{NoAddressLimits: true})
	for range limits.LoginMinute + 1 {
		wantErr(t, "no limits", try("2001:db8::1"), nil)
	}
}
