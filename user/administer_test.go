package user_test

import (
	"errors"
	"testing"

	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/user"
)

const newPassword = "battery staple"

// alive reports whether a token opens a session.
func (w *world) alive(token string) bool {
	w.t.Helper()
	_, err := w.Authenticate(w.t.Context(), token)
	if err != nil {
		wantErr(w.t, "a session", err, user.ErrSession)
	}
	return err == nil
}

func TestBan(t *testing.T) {
	w := startDev(t, openSQLite(t))
	ctx := t.Context()
	s := w.register()
	uid, name := s.User.UID, s.User.Username
	pc, err := w.Login(ctx, user.Login{Username: name, Password: password, Flag: user.FlagPC})
	must(t, err)
	other := registration()
	other.Phone.Number = "13800000002"
	bystander, err := w.Register(ctx, other)
	must(t, err)

	for range 2 {
		must(t, w.Ban(ctx, uid))
		if w.alive(s.Token) || w.alive(pc.Token) || !w.alive(bystander.Token) {
			t.Error("wrong sessions were ended")
		}
	}
	want := s.User
	want.Status = user.Disabled
	if got := w.account(uid); got != want {
		t.Errorf("banned %+v\nwant   %+v", got, want)
	}
	_, err = w.login(name, "wrong horse")
	wantErr(t, "wrong password", err, user.ErrCredentials)
	_, err = w.login(name, password)
	wantErr(t, "right password", err, user.ErrDisabled)

	for range 2 {
		must(t, w.Unban(ctx, uid))
		if w.account(uid) != s.User || w.alive(s.Token) || w.alive(pc.Token) {
			t.Error("a ban left the account changed or a session alive")
		}
	}
	_, err = w.login(name, password)
	must(t, err)
}

func TestSetPassword(t *testing.T) {
	w := startDev(t, openSQLite(t))
	ctx := t.Context()
	s := w.register()
	for bad, want := range map[string]error{"": user.ErrPasswordMissing, "short": user.ErrPasswordLength, "12345678\xff": user.ErrPasswordLength} {
		wantErr(t, bad, w.SetPassword(ctx, s.User.UID, bad), want)
	}
	if !w.alive(s.Token) || w.account(s.User.UID) != s.User {
		t.Error("a refusal ended a session or changed the account")
	}
	must(t, w.SetPassword(ctx, s.User.UID, newPassword))
	if w.alive(s.Token) {
		t.Error("a session outlived the password")
	}
	_, err := w.login(s.User.Username, password)
	wantErr(t, "the old password", err, user.ErrCredentials)
	again, err := w.login(s.User.Username, newPassword)
	must(t, err)
	again.User.PasswordHash = s.User.PasswordHash
	if again.User != s.User {
		t.Errorf("changed to %+v\nwant       %+v", again.User, s.User)
	}
}

func TestSetCategory(t *testing.T) {
	w := startDev(t, openSQLite(t))
	ctx := t.Context()
	before := w.add(user.User{UID: "a", Name: "Ann"})
	w.add(user.User{UID: "friend"})
	w.addFriends("a", "friend")
	for _, c := range []user.Category{user.CategorySystem, "visitor", "客服", "\xff"} {
		wantErr(t, string(c), w.SetCategory(ctx, "a", c), user.ErrCategory)
	}
	must(t, w.SetCategory(ctx, "a", user.CategoryNone))
	if w.account("a") != before || w.heard("friend", "a") != 0 {
		t.Error("nothing new was changed or told")
	}
	for n, c := range []user.Category{user.CategoryCustomerService, user.CategoryNone} {
		for range 2 {
			must(t, w.SetCategory(ctx, "a", c))
		}
		want := before
		want.Category = c
		if got := w.account("a"); got != want || w.heard("friend", "a") != n+1 || w.heard("a", "a") != n+1 {
			t.Errorf("stored %+v\nwant   %+v", got, want)
		}
	}
}

func TestBackOfficeLeavesSomeAlone(t *testing.T) {
	w := startDev(t, openSQLite(t))
	ctx := t.Context()
	w.add(user.User{UID: "gone"})
	w.setStatus("gone", user.Destroyed)
	for uid, want := range map[string]error{
		user.SystemUID: user.ErrSystemAccount, user.FileHelperUID: user.ErrSystemAccount,
		"gone": user.ErrNotFound, "nobody": user.ErrNotFound, "": user.ErrNotFound, "\xff": user.ErrNotFound, "a\x00": user.ErrNotFound,
	} {
		known := want == user.ErrSystemAccount || uid == "gone"
		var before user.User
		if known {
			before = w.account(uid)
		}
		for what, err := range map[string]error{
			"category": w.SetCategory(ctx, uid, user.CategoryCustomerService), "ban": w.Ban(ctx, uid), "unban": w.Unban(ctx, uid),
		} {
			wantErr(t, what+" "+uid, err, want)
		}
		if known && w.account(uid) != before {
			t.Errorf("%s was changed", uid)
		}
	}
	for uid, want := range map[string]error{user.SystemUID: user.ErrSystemAccount, "gone": user.ErrNotFound} {
		wantErr(t, "password "+uid, w.SetPassword(ctx, uid, newPassword), want)
		if w.account(uid).PasswordHash != "" {
			t.Errorf("%s has a password", uid)
		}
	}
}

// TestNoSessionOutlivesThePassword lets logins with the old password meet its
// end.
func TestNoSessionOutlivesThePassword(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := startDev(t, db)
		s := w.register()
		const logins = 4
		tokens := make([]string, logins)
		answers := together(logins+1, func(i int) error {
			if i == logins {
				return w.SetPassword(t.Context(), s.User.UID, newPassword)
			}
			signed, err := w.Login(t.Context(), user.Login{Username: s.User.Username, Password: password, Flag: user.FlagPC})
			tokens[i] = signed.Token
			return err
		})
		for i, err := range answers {
			if i < logins && err == nil && w.alive(tokens[i]) || err != nil && !errors.Is(err, user.ErrCredentials) {
				t.Errorf("login %d: %v, and its session is alive", i, err)
			}
		}
	})
}
