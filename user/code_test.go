package user_test

import (
	"errors"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/user"
)

// send asks for a code for p and returns it.
func (w *world) send(p user.Phone) string {
	w.t.Helper()
	exists, err := w.SendRegisterCode(w.t.Context(), p, client)
	if err != nil || exists {
		w.t.Fatalf("send: exists %v, %v", exists, err)
	}
	return w.sent[len(w.sent)-1]
}

// try spends a code in a transaction of its own.
func (w *world) try(s user.Store, p user.Phone, code string) error {
	var refusal error
	err := s.Update(w.t.Context(), func(tx user.Tx) (err error) {
		refusal, err = user.SpendCode(w.t.Context(), w.Service, tx, p, code)
		return err
	})
	return errors.Join(err, refusal)
}

func (w *world) wantTry(what string, p user.Phone, code string, want error) {
	w.t.Helper()
	wantErr(w.t, what, w.try(w.db.Users(), p, code), want)
}

// wrong returns a code that is not the given one.
func wrong(code string) string {
	return string('0'+(code[0]-'0'+1)%10) + code[1:]
}

func TestCodeIsSixDigitsAndWorksOnce(t *testing.T) {
	w := start(t, openSQLite(t))
	w.wantTry("never sent", phone, "123456", user.ErrCode)
	code := w.send(phone)
	if !regexp.MustCompile(`^[0-9]{6}$`).MatchString(code) {
		t.Errorf("code %q", code)
	}
	for _, other := range []string{code[:5], code + "0", " " + code, wrong(code)} { // a fifth would lock
		w.wantTry(other, phone, other, user.ErrCode)
	}
	w.wantTry("first use", phone, code, nil)
	w.wantTry("second use", phone, code, user.ErrCode)
}

func TestCodeOfAnotherPhoneIsUseless(t *testing.T) {
	w := start(t, openSQLite(t))
	other := user.Phone{Zone: phone.Zone, Number: "13800000002"}
	code, theirs := w.send(phone), w.send(other)
	if code != theirs {
		w.wantTry("theirs", phone, theirs, user.ErrCode)
	}
	w.wantTry("mine", phone, code, nil)
}

func TestCodeExpires(t *testing.T) {
	w := start(t, openSQLite(t))
	for _, c := range []struct {
		age  time.Duration
		want error
	}{{limits.CodeLife - 1, nil}, {limits.CodeLife, user.ErrCode}} {
		code := w.send(phone)
		w.now = w.now.Add(c.age)
		w.wantTry(c.age.String(), phone, code, c.want)
	}
}

func TestNewCodeReplacesTheOld(t *testing.T) {
	w := start(t, openSQLite(t))
	old := w.send(phone)
	w.now = w.now.Add(limits.CodeResend)
	code := w.send(phone)
	if old != code {
		w.wantTry("old", phone, old, user.ErrCode)
	}
	w.wantTry("new", phone, code, nil)
}

func TestWrongCodesLock(t *testing.T) {
	w := start(t, openSQLite(t))
	code := w.send(phone)
	for range limits.CodeTries {
		w.wantTry("wrong", phone, wrong(code), user.ErrCode)
	}
	w.wantTry("right but late", phone, code, user.ErrCodeLocked)
	w.now = w.now.Add(limits.CodeLife)
	w.wantTry("after its life", phone, code, user.ErrCode)
	w.wantTry("after a new one", phone, w.send(phone), nil)
}

// TestWrongCodeOfRegisterCounts goes the whole way, where a refusal must still
// commit the try.
func TestWrongCodeOfRegisterCounts(t *testing.T) {
	w := start(t, openSQLite(t))
	code := w.send(phone)
	for range limits.CodeTries - 1 {
		w.wantTry("wrong", phone, wrong(code), user.ErrCode)
	}
	r := registration()
	r.Code = wrong(code)
	_, err := w.Register(t.Context(), r)
	wantErr(t, "wrong", err, user.ErrCode)
	r.Code = code
	_, err = w.Register(t.Context(), r)
	wantErr(t, "right but late", err, user.ErrCodeLocked)
	if got := w.stored(); got != [4]int{} {
		t.Errorf("refused registrations left %v", got)
	}
}

func TestDevCode(t *testing.T) {
	w := startDev(t, openSQLite(t))
	w.with(w.db.Users(), user.Options{DevCode: devCode, SMS: w})
	w.wantTry("not sent", phone, devCode, nil)
	w.wantTry("again", phone, devCode, nil)
	exists, err := w.SendRegisterCode(t.Context(), phone, client)
	if exists || err != nil || !slices.Equal(w.sent, []string{devCode}) {
		t.Errorf("sending: exists %v, %v, sent %q", exists, err, w.sent)
	}
	for range limits.CodeTries {
		w.wantTry("wrong", phone, "000000", user.ErrCode)
	}
	w.wantTry("locked", phone, devCode, user.ErrCodeLocked)
	w.now = w.now.Add(limits.CodeLife)
	w.wantTry("after the lock", phone, devCode, nil)
}

func TestSendingRefusals(t *testing.T) {
	w := startDev(t, openSQLite(t))
	w.register()
	for _, c := range []struct {
		what  string
		sms   user.SMS
		down  error
		phone user.Phone
		want  error
	}{
		{"no zone", w, nil, user.Phone{}, user.ErrZoneMissing},
		{"no provider", nil, nil, user.Phone{Zone: "86", Number: "13800000002"}, user.ErrNoSMS},
		{"registered", w, nil, phone, nil},
		{"failing provider", w, errors.New("down"), user.Phone{Zone: "86", Number: "13800000003"}, user.ErrSMS},
	} {
		w.with(w.db.Users(), user.Options{SMS: c.sms}).down = c.down
		exists, err := w.SendRegisterCode(t.Context(), c.phone, client)
		wantErr(t, c.what, err, c.want)
		if exists != (c.phone == phone) {
			t.Errorf("%s: exists %v", c.what, exists)
		}
		if c.down != nil && !errors.Is(err, c.down) {
			t.Errorf("%s: the cause is missing from %v", c.what, err)
		}
	}
	if len(w.sent) != 0 {
		t.Errorf("sent %q", w.sent)
	}
}

func TestSendingLimits(t *testing.T) {
	w := start(t, openSQLite(t))
	for _, step := range []struct {
		at   time.Duration // since t0
		want error
	}{
		{0, nil},
		{limits.CodeResend - 1e6, user.ErrTooOften},
		{limits.CodeResend, nil},
		{2 * time.Minute, nil}, {3 * time.Minute, nil}, {4 * time.Minute, nil}, // five
		{5 * time.Minute, user.ErrTooMany},
		{59 * time.Minute, user.ErrTooMany},
		{60 * time.Minute, nil}, {61 * time.Minute, nil}, {62 * time.Minute, nil}, {63 * time.Minute, nil},
		{64 * time.Minute, nil}, // ten
		{65 * time.Minute, user.ErrTooMany},
		{3 * time.Hour, user.ErrTooMany},
		{24*time.Hour - 1e6, user.ErrTooMany},
		{24 * time.Hour, nil},
	} {
		w.now = t0.Add(step.at)
		_, err := w.SendRegisterCode(t.Context(), phone, client)
		wantErr(t, step.at.String(), err, step.want)
	}
	w.now = t0
	_, err := w.SendRegisterCode(t.Context(), user.Phone{Zone: "86", Number: "13800000002"}, client)
	wantErr(t, "another phone", err, nil)
}

func TestClockSetBackLocksNobodyOut(t *testing.T) {
	w := start(t, openSQLite(t))
	for _, from := range []time.Duration{0, time.Hour} {
		for i := range limits.PhoneHour {
			w.now = t0.Add(from + time.Duration(i)*limits.CodeResend)
			w.send(phone)
		}
	}
	_, err := w.SendRegisterCode(t.Context(), phone, client)
	wantErr(t, "at once", err, user.ErrTooOften)
	w.now = t0.Add(-1000 * time.Hour)
	w.send(phone)
	_, err = w.SendRegisterCode(t.Context(), phone, client)
	wantErr(t, "at once, on the new clock", err, user.ErrTooOften)
	w.now = w.now.Add(limits.CodeResend)
	w.send(phone)
}

// TestLimitsAreThoseOfTheWholeNumber moves digits between zone and number, which
// reaches the same phone.
func TestLimitsAreThoseOfTheWholeNumber(t *testing.T) {
	w := start(t, openSQLite(t))
	code := w.send(phone)
	for _, same := range []user.Phone{
		{Zone: "+86", Number: "13800000001"}, {Zone: "8", Number: "613800000001"}, {Zone: "8613", Number: "800000001"},
	} {
		_, err := w.SendRegisterCode(t.Context(), same, client)
		wantErr(t, same.Zone, err, user.ErrTooOften)
	}
	for range limits.CodeTries {
		w.wantTry("wrong", phone, wrong(code), user.ErrCode)
	}
	w.wantTry("another border", user.Phone{Zone: "00861", Number: "3800000001"}, code, user.ErrCodeLocked)
}
