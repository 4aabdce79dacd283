package user_test

import (
	"context"
	"slices"
	"testing"

	"github.com/ruyi-im/ruyi/user"
)

// TestLiveSessions compares with Authenticate, which every answer must agree
// with, and follows who is told that sessions may have ended.
func TestLiveSessions(t *testing.T) {
	w := startDev(t, openSQLite(t))
	var changed []string
	w.with(w.db.Users(), user.Options{DevCode: devCode, SessionsChanged: func(ctx context.Context, uid string) {
		if ctx.Err() != nil {
			t.Error("the gateway is told with a context that has ended")
		}
		changed = append(changed, uid)
	}})
	app := w.register()
	uid := app.User.UID
	login := func(f user.Flag, device string) string {
		t.Helper()
		s, err := w.Login(t.Context(), user.Login{
			Username: app.User.Username, Password: password, Flag: f, Device: user.Device{ID: device},
		})
		must(t, err)
		return s.Token
	}
	web, pc := login(user.FlagWeb, "w"), login(user.FlagPC, "p")
	tokens := []string{app.Token, web, pc, "none"}
	check := func(what string, live ...string) {
		t.Helper()
		if !slices.Contains(changed, uid) && what != "time" {
			t.Errorf("%s: nobody was told", what)
		}
		changed = nil
		hashes := map[string]string{}
		for _, token := range tokens {
			hashes[user.HashToken(token)] = token
		}
		var ask []string
		for h := range hashes {
			ask = append(ask, h)
		}
		got, err := w.LiveSessions(t.Context(), ask)
		must(t, err)
		for _, token := range tokens {
			_, refused := w.Authenticate(t.Context(), token)
			alive := slices.Contains(got, user.HashToken(token))
			if want := slices.Contains(live, token); alive != want || (refused == nil) != want {
				t.Errorf("%s: session %d lives: %v, want %v, %v", what, slices.Index(tokens, token), alive, want, refused)
			}
		}
	}
	check("logins", app.Token, web, pc)
	session, err := w.Authenticate(t.Context(), web)
	must(t, err)
	must(t, w.SignOut(t.Context(), session))
	check("signing out", app.Token, pc)
	must(t, w.RemoveDevice(t.Context(), uid, "p", ""))
	check("removing a device", app.Token)
	second := login(user.FlagApp, "d2")
	tokens = append(tokens, second)
	check("another app", second)
	must(t, w.Ban(t.Context(), uid))
	check("a ban")
	must(t, w.Unban(t.Context(), uid))
	third := login(user.FlagPC, "p")
	tokens = append(tokens, third)
	check("unbanned", third)
	w.now = w.now.Add(limits.SessionIdle)
	check("time")
}
