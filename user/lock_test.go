package user_test

import (
	"context"
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi/user"
)

func TestSetChatPassword(t *testing.T) {
	w := startDev(t, openSQLite(t))
	uid := w.register().User.UID
	before := w.account(uid)
	refused := func(what, uid, chatPwd, loginPwd string, want error) {
		t.Helper()
		wantErr(t, what, w.SetChatPassword(t.Context(), uid, chatPwd, loginPwd), want)
		if w.account(before.UID) != before {
			t.Errorf("%s changed something", what)
		}
	}
	refused("nothing", uid, "", "", user.ErrChatPwdMissing)
	refused("no chat password", uid, "", password, user.ErrChatPwdMissing)
	refused("no login password", uid, "x", "", user.ErrLoginPwdMissing)
	for _, bad := range []string{strings.Repeat("密", 41), "a\x00", "\xff", "a\nb", "\u202ea"} {
		refused("chat password "+bad, uid, bad, password, user.ErrChatPwd)
	}
	refused("wrong login password", uid, "x", "wrong horse", user.ErrLoginPwd)
	refused("nobody", "nobody", "x", password, user.ErrSession)
	refused("no uid", "\x00", "x", password, user.ErrSession)

	want := before
	for _, pwd := range []string{"x", " 5f4dcc3b5aa765d61d8327deb882cf99 ", strings.Repeat("密", 40)} {
		must(t, w.SetChatPassword(t.Context(), uid, pwd, password))
		want.ChatPwd = pwd
		if got := w.account(uid); got != want {
			t.Errorf("stored %+v\nwant   %+v", got, want)
		}
	}
	w.setStatus(uid, user.Disabled)
	before = w.account(uid)
	refused("a disabled account", uid, "y", password, user.ErrSession)
}

// interrupted lets something happen just before each transaction.
type interrupted struct {
	user.Store
	first func()
}

func (s interrupted) Update(ctx context.Context, fn func(user.Tx) error) error {
	s.first()
	return s.Store.Update(ctx, fn)
}

// TestProofOfAnOldPassword changes the password after it was checked and before
// what it was asked for.
func TestProofOfAnOldPassword(t *testing.T) {
	w := startDev(t, openSQLite(t))
	s := w.register()
	office := w.Service
	updates, n := 0, 0
	w.with(interrupted{w.db.Users(), func() {
		if updates++; updates%2 == 1 {
			return // the first one counts the try, before the proof
		}
		n++
		must(t, office.SetPassword(t.Context(), s.User.UID, password+strings.Repeat("!", n)))
	}}, user.Options{})
	wantErr(t, "chat password", w.SetChatPassword(t.Context(), s.User.UID, "x", password), user.ErrLoginPwd)
	if n != 1 || w.account(s.User.UID).ChatPwd != "" {
		t.Error("an old password was enough")
	}
	sessions := w.stored()
	_, err := w.login(s.User.Username, password+"!")
	wantErr(t, "login", err, user.ErrCredentials)
	if n != 2 || w.stored() != sessions {
		t.Error("an old password opened a session")
	}
}

func TestScreenLock(t *testing.T) {
	w := startDev(t, openSQLite(t))
	ctx := t.Context()
	before := w.add(user.User{UID: "a", ChatPwd: "c"})
	for pwd, want := range map[string]error{
		"": user.ErrLockScreenPwdMissing, strings.Repeat("x", 41): user.ErrLockScreenPwd, "a\x00": user.ErrLockScreenPwd, "\xff": user.ErrLockScreenPwd,
	} {
		wantErr(t, "lock screen password "+pwd, w.SetLockScreenPassword(ctx, "a", pwd), want)
	}
	wantErr(t, "-1", w.SetLockAfter(ctx, "a", -1), user.ErrLockTooSoon)
	wantErr(t, "61", w.SetLockAfter(ctx, "a", 61), user.ErrLockTooLate)
	for what, err := range map[string]error{
		"set": w.SetLockScreenPassword(ctx, "nobody", "x"), "remove": w.RemoveLockScreenPassword(ctx, "nobody"),
		"after": w.SetLockAfter(ctx, "nobody", 1),
	} {
		wantErr(t, what, err, user.ErrSession)
	}
	if got := w.account("a"); got != before {
		t.Errorf("a refusal left %+v", got)
	}

	must(t, w.SetLockScreenPassword(ctx, "a", strings.Repeat("x", 40)))
	must(t, w.SetLockAfter(ctx, "a", user.MaxLockMinutes))
	want := before
	want.LockScreenPwd, want.LockAfterMinute = strings.Repeat("x", 40), 60
	if got := w.account("a"); got != want {
		t.Errorf("stored %+v\nwant   %+v", got, want)
	}
	must(t, w.RemoveLockScreenPassword(ctx, "a"))
	must(t, w.SetLockAfter(ctx, "a", 0))
	if got := w.account("a"); got != before {
		t.Errorf("stored %+v\nwant   %+v", got, before)
	}
}
