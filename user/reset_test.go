package user_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/user"
)

// wantCode asks for a code for a new password.
func (w *world) wantCode(what string, p user.Phone, want error) {
	w.t.Helper()
	wantErr(w.t, what, w.SendResetCode(w.t.Context(), p, client), want)
}

func TestResetPassword(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := startDev(t, db)
		s := w.register()
		name := s.User.Username
		pc := w.signIn(s.User.UID, user.FlagPC)
		w.with(db.Users(), user.Options{SMS: w})
		for _, device := range []string{"", "d1"} {
			for range limits.LoginFree {
				must(t, user.CountTry(t.Context(), w.Service, name, s.User.UID, device, client))
			}
		}
		w.wantCode("send", phone, nil)
		code := w.sent[0]
		w.wantSession("until then", s.Token, nil)

		w.wantTry("for registration", phone, code, user.ErrCode)
		err := w.ResetPassword(t.Context(), user.Reset{Phone: phone, Code: wrong(code), Password: newPassword})
		wantErr(t, "a wrong code", err, user.ErrCode)
		err = w.ResetPassword(t.Context(), user.Reset{Phone: phone, Code: code, Password: "password1"})
		wantErr(t, "a common password", err, user.ErrPasswordCommon)
		must(t, w.ResetPassword(t.Context(), user.Reset{Phone: phone, Code: code, Password: newPassword}))
		err = w.ResetPassword(t.Context(), user.Reset{Phone: phone, Code: code, Password: newPassword})
		wantErr(t, "the code once more", err, user.ErrCode)

		w.wantSession("the app", s.Token, user.ErrSession)
		w.wantSession("the computer", pc.Token, user.ErrSession)
		_, err = w.login(name, password)
		wantErr(t, "the old password, without a wait", err, user.ErrCredentials)
		_, err = w.login(name, newPassword)
		wantErr(t, "the new password", err, nil)
		wantErr(t, "the guard of the device", user.CountTry(t.Context(), w.Service, name, s.User.UID, "d1", client), nil)
	})
}

func TestResetRefusals(t *testing.T) {
	w := startDev(t, openSQLite(t))
	s := w.register()
	other := user.Phone{Zone: "0086", Number: "13800000002"}
	for _, c := range []struct {
		what string
		r    user.Reset
		want error
	}{
		{"nothing", user.Reset{}, user.ErrZoneMissing},
		{"no number", user.Reset{Phone: user.Phone{Zone: "86"}}, user.ErrPhoneMissing},
		{"bad number", user.Reset{Phone: user.Phone{Zone: "86", Number: "x"}}, user.ErrPhone},
		{"no code", user.Reset{Phone: phone}, user.ErrCodeMissing},
		{"no password", user.Reset{Phone: phone, Code: devCode}, user.ErrPasswordMissing},
		{"short password", user.Reset{Phone: phone, Code: devCode, Password: "short"}, user.ErrPasswordLength},
		{"no account", user.Reset{Phone: other, Code: devCode, Password: newPassword}, user.ErrCode},
		{"code of bytes", user.Reset{Phone: phone, Code: "\xff\x00", Password: newPassword}, user.ErrCode},
	} {
		wantErr(t, c.what, w.ResetPassword(t.Context(), c.r), c.want)
	}
	for status, want := range map[user.Status]error{user.Disabled: user.ErrDisabled, user.Destroyed: user.ErrCode} {
		w.setStatus(s.User.UID, status)
		err := w.ResetPassword(t.Context(), user.Reset{Phone: phone, Code: devCode, Password: newPassword})
		wantErr(t, fmt.Sprintf("status %d", status), err, want)
	}
	w.setStatus(s.User.UID, user.Active)
	_, err := w.login(s.User.Username, password)
	wantErr(t, "the password after all refusals", err, nil)
}

// TestWrongResetCodesLock holds that phones with and without an account answer
// alike, from the first code on.
func TestWrongResetCodesLock(t *testing.T) {
	w := startDev(t, openSQLite(t))
	w.register()
	w.with(w.db.Users(), user.Options{SMS: w, Limits: user.Limits{CodeTries: 2}})
	for i, p := range []user.Phone{phone, {Zone: "0086", Number: "13800000002"}} {
		reset := func(code string) error {
			return w.ResetPassword(t.Context(), user.Reset{Phone: p, Code: code, Password: newPassword})
		}
		w.wantCode("first", p, nil)
		w.wantCode("at once", p, user.ErrTooOften)
		if len(w.sent) != 1 {
			t.Fatalf("%d codes were sent after phone %d", len(w.sent), i)
		}
		bad := wrong(w.sent[0])
		wantErr(t, "wrong", reset(bad), user.ErrCode)
		wantErr(t, "wrong again", reset(bad), user.ErrCode)
		wantErr(t, "locked", reset(bad), user.ErrCodeLocked)
		for n := 1; n < limits.PhoneHour; n++ {
			w.now = w.now.Add(limits.CodeResend)
			w.wantCode(fmt.Sprint("code ", n+1), p, nil)
		}
		w.now = w.now.Add(limits.CodeResend)
		w.wantCode("too many", p, user.ErrTooMany)
		w.sent = w.sent[:1]
	}
}

func TestResetCodesAreNotPromised(t *testing.T) {
	w := startDev(t, openSQLite(t))
	s := w.register()
	w.with(w.db.Users(), user.Options{SMS: w})
	w.down = errors.New("down")
	w.wantCode("a provider that fails", phone, nil)
	w.down = nil
	w.now = w.now.Add(time.Hour)
	w.setStatus(s.User.UID, user.Disabled)
	w.wantCode("disabled", phone, nil)
	w.wantCode("no zone", user.Phone{Number: "1"}, user.ErrZoneMissing)
	if len(w.sent) != 0 {
		t.Errorf("sent %q", w.sent)
	}
	w.with(w.db.Users(), user.Options{})
	w.wantCode("no provider", phone, user.ErrNoSMS)
}

func TestResetsPerNetwork(t *testing.T) {
	w := startDev(t, openSQLite(t))
	w.with(w.db.Users(), user.Options{DevCode: devCode, Limits: user.Limits{LoginMinute: 1}})
	r := user.Reset{Phone: phone, Code: "000000", Password: newPassword, Address: client}
	wantErr(t, "first", w.ResetPassword(t.Context(), r), user.ErrCode)
	wantErr(t, "second", w.ResetPassword(t.Context(), r), user.ErrAddressLimit)
}

// recorder writes down the statements of a transaction.
type recorder struct {
	store.Conn
	said *[]string
}

func (r recorder) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	*r.said = append(*r.said, query)
	return r.Conn.ExecContext(ctx, query, args...)
}

func (r recorder) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	*r.said = append(*r.said, query)
	return r.Conn.QueryContext(ctx, query, args...)
}

// TestNobodyCostsWhatSomebodyDoes compares the statements that known and unknown
// people cause; that both cost a hash is tested beside the hasher.
func TestNobodyCostsWhatSomebodyDoes(t *testing.T) {
	db := openSQLite(t)
	w := startDev(t, db)
	w.register()
	nobody := user.Phone{Zone: "0086", Number: "13800000002"}
	for what, act := range map[string]func(p user.Phone) error{
		"login": func(p user.Phone) error {
			_, err := w.Login(t.Context(), user.Login{
				Username: p.Username(), Password: "wrong horse", Device: user.Device{ID: "d1"}, Address: client,
			})
			return err
		},
		"code": func(p user.Phone) error { return w.SendResetCode(t.Context(), p, client) },
	} {
		said := map[string][]string{}
		must(t, db.Update(t.Context(), func(tx store.Conn) error {
			for name, p := range map[string]user.Phone{"known": phone, "unknown": nobody} {
				var list []string
				w.with(db.Join(recorder{tx, &list}).Users(), user.Options{SMS: w})
				if err := act(p); what == "login" {
					wantErr(t, name, err, user.ErrCredentials)
				} else {
					wantErr(t, name, err, nil)
				}
				said[name] = list
			}
			return nil
		}))
		if !slices.Equal(said["known"], said["unknown"]) || len(said["known"]) < 5 {
			t.Errorf("%s: known people say\n%q\nunknown ones\n%q", what, said["known"], said["unknown"])
		}
	}
}
