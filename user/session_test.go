package user_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/user"
)

// signIn opens a session of an account without the cost of a password.
func (w *world) signIn(uid string, f user.Flag) user.SignedIn {
	w.t.Helper()
	token, n := user.NewSession(w.Service, uid, f)
	must(w.t, user.Watched(w.Service).Update(w.t.Context(), func(tx user.Tx) error {
		return tx.AddSession(w.t.Context(), n, limits.Computers)
	}))
	return user.SignedIn{User: user.User{UID: uid}, Token: token}
}

// wantSession checks what a token is worth.
func (w *world) wantSession(what, token string, want error) user.Session {
	w.t.Helper()
	n, err := w.Authenticate(w.t.Context(), token)
	wantErr(w.t, what, err, want)
	if err != nil && n != (user.Session{}) {
		w.t.Errorf("%s: refused, but %+v", what, n)
	}
	return n
}

func TestAuthenticate(t *testing.T) {
	w := startDev(t, openSQLite(t))
	w.add(user.User{UID: "ann"})
	s := w.signIn("ann", user.FlagApp)
	want := user.Session{UID: "ann", CreatedAt: t0, SeenAt: t0, ExpiresAt: t0.Add(limits.SessionLife)}
	got := w.wantSession("fresh", s.Token, nil)
	if want.TokenHash = got.TokenHash; got != want || len(got.TokenHash) != 64 {
		t.Errorf("session %+v, want %+v", got, want)
	}
	w.wantSession("no token", "", user.ErrNoToken)
	w.wantSession("unknown", strings.Repeat("0", 64), user.ErrSession)
	w.wantSession("upper case", strings.ToUpper(s.Token), user.ErrSession)
	w.wantSession("no text", "\xff\x00", user.ErrSession)
	w.wantSession("the hash", got.TokenHash, user.ErrSession)
}

func TestSessionsEnd(t *testing.T) {
	w := startDev(t, openSQLite(t))
	w.add(user.User{UID: "ann"})
	idle, used := w.signIn("ann", user.FlagPC), w.signIn("ann", user.FlagPC)
	for step := time.Duration(0); step < limits.SessionLife; step += 24 * time.Hour {
		w.now = t0.Add(step)
		w.wantSession(step.String(), used.Token, nil)
	}
	w.now = t0.Add(limits.SessionLife - 1)
	w.wantSession("at the end of its life", used.Token, nil)
	w.now = t0.Add(limits.SessionLife)
	w.wantSession("after its life", used.Token, user.ErrSession)
	w.now = t0.Add(limits.SessionIdle - 1)
	w.wantSession("idle", idle.Token, nil)

	other := w.signIn("ann", user.FlagPC)
	w.now = w.now.Add(limits.SessionIdle)
	w.wantSession("idle for too long", other.Token, user.ErrSession)
}

// counting counts the transactions of a store.
type counting struct {
	user.Store
	updates int
}

func (c *counting) Update(ctx context.Context, fn func(user.Tx) error) error {
	c.updates++
	return c.Store.Update(ctx, fn)
}

func TestUseIsNotedOnceAnHour(t *testing.T) {
	db := openSQLite(t)
	w := startDev(t, db)
	w.add(user.User{UID: "ann"})
	s := w.signIn("ann", user.FlagApp)
	c := &counting{Store: db.Users()}
	w.with(c, user.Options{})
	for range 600 {
		w.now = w.now.Add(time.Minute)
		w.wantSession("used", s.Token, nil)
	}
	if c.updates != 10 {
		t.Errorf("%d notes in ten hours", c.updates)
	}
	w.now = w.now.Add(time.Second)
	if n := w.wantSession("after that", s.Token, nil); !n.SeenAt.Equal(t0.Add(10 * time.Hour)) {
		t.Errorf("seen %v after the start", n.SeenAt.Sub(t0))
	}
}

func TestSignOut(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := startDev(t, db)
		w.add(user.User{UID: "ann"})
		w.add(user.User{UID: "bob"})
		app, pc, web, bob := w.signIn("ann", user.FlagApp), w.signIn("ann", user.FlagPC), w.signIn("ann", user.FlagWeb), w.signIn("bob", user.FlagPC)
		all := func(what string, want ...error) {
			t.Helper()
			for i, s := range []user.SignedIn{app, pc, web, bob} {
				w.wantSession(fmt.Sprintf("%s: session %d", what, i), s.Token, want[i])
			}
		}
		over := user.ErrSession
		all("at first", nil, nil, nil, nil)
		n := w.wantSession("web", web.Token, nil)
		must(t, w.SignOut(t.Context(), n))
		must(t, w.SignOut(t.Context(), n)) // once more does no harm
		all("without the web", nil, nil, over, nil)
		must(t, w.SignOut(t.Context(), user.Session{UID: "bob", TokenHash: w.wantSession("app", app.Token, nil).TokenHash}))
		all("somebody else's", nil, nil, over, nil)
		must(t, w.SignOutComputers(t.Context(), "ann"))
		all("without computers", nil, over, over, nil)
		w.now = w.now.Add(time.Hour)
		all("an hour later", nil, over, over, nil)
	})
}

func TestBanEndsSessions(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := startDev(t, db)
		w.add(user.User{UID: "ann"})
		s := w.signIn("ann", user.FlagApp)
		w.wantSession("before", s.Token, nil)
		must(t, w.Ban(t.Context(), "ann"))
		w.wantSession("disabled", s.Token, user.ErrSession)
		must(t, w.Unban(t.Context(), "ann"))
		w.wantSession("a session from before", s.Token, user.ErrSession)
		s = w.signIn("ann", user.FlagApp)
		w.wantSession("a new one", s.Token, nil)
		must(t, w.Ban(t.Context(), "ann"))
		late := w.signIn("ann", user.FlagApp)
		w.wantSession("a session that was opened all the same", late.Token, user.ErrSession)

		must(t, w.Unban(t.Context(), "ann"))
		w.wantSession("the same one", late.Token, nil)

		w.setStatus("ann", user.Destroyed)
		wantErr(t, "destroyed", w.Unban(t.Context(), "ann"), user.ErrNotFound)
		wantErr(t, "nobody", w.Ban(t.Context(), "nobody"), user.ErrNotFound)
		wantErr(t, "no text", w.Ban(t.Context(), "\xff\x00"), user.ErrNotFound)
	})
}
