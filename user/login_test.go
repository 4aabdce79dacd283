package user_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/user"
)

func (w *world) login(username, password string) (user.SignedIn, error) {
	return w.Login(w.t.Context(), user.Login{Username: username, Password: password})
}

func TestLoginRefusals(t *testing.T) {
	w := startDev(t, openSQLite(t))
	s := w.register()
	name := s.User.Username
	before := w.stored()
	for _, c := range []struct {
		what  string
		login user.Login
		want  error
	}{
		{"no username", user.Login{}, user.ErrUsernameMissing},
		{"no password", user.Login{Username: name, Flag: 3}, user.ErrPasswordMissing},
		{"flag 3", user.Login{Username: name, Password: "x", Flag: 3}, user.ErrFlag},
		{"device", user.Login{Username: name, Password: "x", Device: user.Device{ID: strings.Repeat("x", 41)}}, user.ErrDevice},
		{"wrong password", user.Login{Username: name, Password: "x"}, user.ErrCredentials},
		{"unknown user", user.Login{Username: "nobody", Password: password}, user.ErrCredentials},
		{"no text", user.Login{Username: "\xff\x00", Password: password}, user.ErrCredentials},
		{"the phone alone", user.Login{Username: phone.Number, Password: password}, user.ErrCredentials},
		{"system account", user.Login{Username: user.SystemUID, Password: "x"}, user.ErrCredentials},
	} {
		got, err := w.Login(t.Context(), c.login)
		wantErr(t, c.what, err, c.want)
		if got != (user.SignedIn{}) || w.stored() != before {
			t.Errorf("%s: answered %+v", c.what, got)
		}
	}
}

func TestLoginDependsOnTheStatus(t *testing.T) {
	w := startDev(t, openSQLite(t))
	s := w.register()
	for _, c := range []struct {
		status       user.Status
		right, wrong error
	}{
		{user.Active, nil, user.ErrCredentials},
		{user.Disabled, user.ErrDisabled, user.ErrCredentials},
		{user.Destroyed, user.ErrCredentials, user.ErrCredentials},
	} {
		w.setStatus(s.User.UID, c.status)
		_, err := w.login(s.User.Username, password)
		wantErr(t, fmt.Sprintf("status %d, right password", c.status), err, c.right)
		_, err = w.login(s.User.Username, "wrong")
		wantErr(t, fmt.Sprintf("status %d, wrong password", c.status), err, c.wrong)
	}
}

func TestLoginAnswersLikeRegister(t *testing.T) {
	w := startDev(t, openSQLite(t))
	first := w.register()
	second, err := w.login(phone.Zone+phone.Number, password)
	must(t, err)
	if second.User != first.User || second.Token == first.Token {
		t.Errorf("registered %+v\nlogged in %+v", first, second)
	}
}

func TestPasswordWorksInEverySpelling(t *testing.T) {
	w := startDev(t, openSQLite(t))
	composed, decomposed := "caf\u00e9 cr\u00e8me", "cafe\u0301 cre\u0300me"
	for i, p := range [2][2]string{{composed, decomposed}, {decomposed, composed}} {
		r := registration()
		r.Phone.Number += fmt.Sprint(i)
		r.Password = p[0]
		s, err := w.Register(t.Context(), r)
		must(t, err)
		_, err = w.login(s.User.Username, p[1])
		wantErr(t, "spelling", err, nil)
	}
}

func TestLoginEndsOlderSessions(t *testing.T) {
	w := startDev(t, openSQLite(t))
	app := w.register()
	// As many computers as there may be, without the cost of their passwords.
	must(t, w.db.Users().Update(t.Context(), func(tx user.Tx) error {
		for i := range limits.Computers {
			n := user.Session{
				TokenHash: fmt.Sprint(i), UID: app.User.UID, Flag: user.Flag(1 + i%2),
				CreatedAt: t0.Add(time.Duration(i) * time.Second), ExpiresAt: t0.Add(limits.SessionLife),
			}
			if err := tx.AddSession(t.Context(), n, limits.Computers); err != nil {
				return err
			}
		}
		return nil
	}))
	live := func(hash string) bool {
		_, _, err := w.db.Users().Session(t.Context(), hash)
		return err == nil
	}
	w.now = t0.Add(time.Hour)
	newer, err := w.login(app.User.Username, password)
	must(t, err)
	_, err = w.Authenticate(t.Context(), app.Token)
	wantErr(t, "the app before", err, user.ErrSession)
	if !live("0") {
		t.Error("a login on an app ended a session on a computer")
	}
	computer, err := w.Login(t.Context(), user.Login{Username: app.User.Username, Password: password, Flag: user.FlagPC})
	must(t, err)
	for _, token := range []string{newer.Token, computer.Token} {
		_, err = w.Authenticate(t.Context(), token)
		wantErr(t, "a new session", err, nil)
	}
	if live("0") || !live("1") || !live(fmt.Sprint(limits.Computers-1)) {
		t.Error("one more computer must end the oldest session on one and no other")
	}
}

// restless is a store whose transactions come to their end only at the third
// run of the function: the first one is undone, the second one fails early.
type restless struct{ user.Store }

var errConflict = errors.New("conflict")

func (s restless) Update(ctx context.Context, fn func(user.Tx) error) error {
	err := s.Store.Update(ctx, func(tx user.Tx) error { return errors.Join(fn(tx), errConflict) })
	if err := errors.Join(err, fn(cut{})); !errors.Is(err, errConflict) {
		return err
	}
	return s.Store.Update(ctx, fn)
}

// cut is a transaction that was ended by a conflict.
type cut struct{ user.Tx }

func (cut) User(context.Context, string) (user.User, error) { return user.User{}, errConflict }

func (cut) LockUser(context.Context, string) (user.User, error) { return user.User{}, errConflict }

func (cut) UserByLogin(context.Context, string) (user.User, error) {
	return user.User{}, errConflict
}

func (cut) LockWindow(context.Context, string, string) (user.Window, error) {
	return user.Window{}, errConflict
}

func (cut) KnowsDevice(context.Context, string, string) (bool, error) { return false, errConflict }

func (cut) LockCode(context.Context, user.Purpose, user.Phone) (user.Code, error) {
	return user.Code{}, errConflict
}

func (cut) LockQuota(context.Context, user.Phone) (user.Quota, error) {
	return user.Quota{}, errConflict
}

func TestTransactionsMayRunAgain(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db)
		w.with(restless{db.Users()}, user.Options{SMS: w})
		_, err := w.SendRegisterCode(t.Context(), phone, client)
		must(t, err)
		r := registration()
		r.Code = w.sent[0]
		_, err = w.Register(t.Context(), r)
		must(t, err)
		_, err = w.login(phone.Username(), password)
		must(t, err)
		if got, want := w.stored(), [4]int{1, 2, 1, 2}; got != want || len(w.sent) != 1 {
			t.Errorf("stored %v, want %v, and sent %d codes", got, want, len(w.sent))
		}
	})
}
