package user_test

import (
	"context"
	"testing"

	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/user"
)

func TestChangePassword(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := startDev(t, db)
		s := w.register()
		pc := w.signIn(s.User.UID, user.FlagPC)
		own := w.wantSession("app", s.Token, nil)
		change := func(old, new string) error { return w.ChangePassword(t.Context(), own, old, new) }
		wantErr(t, "no old one", change("", newPassword), user.ErrPasswordMissing)
		wantErr(t, "no new one", change(password, ""), user.ErrNewPasswordMissing)
		wantErr(t, "short", change(password, "short"), user.ErrPasswordLength)
		wantErr(t, "common", change(password, "password1"), user.ErrPasswordCommon)
		wantErr(t, "wrong", change("wrong horse", newPassword), user.ErrOldPassword)
		w.wantSession("the computer until then", pc.Token, nil)
		must(t, change(password, newPassword))
		w.wantSession("the session that changed it", s.Token, nil)
		w.wantSession("the computer", pc.Token, user.ErrSession)
		wantErr(t, "the old one", change(password, newPassword), user.ErrOldPassword)
		_, err := w.login(s.User.Username, newPassword)
		wantErr(t, "login", err, nil)

		for range limits.LoginFree - 1 { // one is spent
			must(t, user.CountTry(t.Context(), w.Service, s.User.Username, s.User.UID, "d1", client))
		}
		wantErr(t, "too many tries", change(newPassword, password), user.ErrTooManyLogins)
		wantErr(t, "nobody", w.ChangePassword(t.Context(), user.Session{UID: "nobody"}, password, newPassword), user.ErrSession)
	})
}

// between is a store that lets something happen after each reading of an account,
// as if the password took long to check.
type between struct {
	user.Store
	then func()
}

func (b *between) User(ctx context.Context, uid string) (user.User, error) {
	u, err := b.Store.User(ctx, uid)
	b.now()
	return u, err
}

func (b *between) UserByLogin(ctx context.Context, name string) (user.User, error) {
	u, err := b.Store.UserByLogin(ctx, name)
	b.now()
	return u, err
}

func (b *between) now() {
	if then := b.then; then != nil {
		b.then = nil
		then()
	}
}

// TestPasswordsChangedMeanwhile holds that a password which is being replaced
// opens no session that outlives it.
func TestPasswordsChangedMeanwhile(t *testing.T) {
	db := openSQLite(t)
	w := startDev(t, db)
	s := w.register()
	other := startDev(t, db)
	b := &between{Store: db.Users()}
	w.with(b, user.Options{DevCode: devCode})
	own := w.wantSession("app", s.Token, nil)
	b.then = func() { must(t, other.ChangePassword(t.Context(), own, password, newPassword)) }
	_, err := w.login(s.User.Username, password)
	wantErr(t, "login with what was right", err, user.ErrCredentials)
	b.then = func() { must(t, other.ChangePassword(t.Context(), own, newPassword, "yet another one")) }
	wantErr(t, "change of what was right", w.ChangePassword(t.Context(), own, newPassword, password), user.ErrOldPassword)
	b.then = func() { must(t, other.Ban(t.Context(), s.User.UID)) }
	_, err = w.login(s.User.Username, "yet another one")
	wantErr(t, "login of one who was disabled", err, user.ErrDisabled)
}
