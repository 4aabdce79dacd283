package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/user"
)

func testWindows(t *testing.T, s Stores) {
	ctx := t.Context()
	w := user.Window{Since: t0, Count: 3}
	must(t, s.Users().Update(ctx, func(tx user.Tx) error {
		for _, key := range []string{"", "a", "b"} {
			got, err := tx.LockWindow(ctx, "kind", key)
			must(t, err)
			equal(t, "new window", got, user.Window{})
		}
		return tx.SaveWindow(ctx, "kind", "a", w)
	}))
	must(t, s.Users().Update(ctx, func(tx user.Tx) error {
		for _, c := range []struct {
			kind, key string
			want      user.Window
		}{{"kind", "a", w}, {"kind", "b", user.Window{}}, {"other", "a", user.Window{}}} {
			got, err := tx.LockWindow(ctx, c.kind, c.key)
			must(t, err)
			equal(t, c.kind+" "+c.key, got, c.want)
		}
		return nil
	}))
}

func testGuards(t *testing.T, s Stores) {
	ctx := t.Context()
	uid := addUser(t, s, "u")
	g := user.Guard{Fails: 7, NextAt: t0}
	guard := func(username, device string, want user.Guard) {
		t.Helper()
		must(t, s.Users().Update(ctx, func(tx user.Tx) error {
			got, err := tx.LockGuard(ctx, username, device)
			equal(t, username+" on "+device, got, want)
			return err
		}))
	}
	change := func(fn func(tx user.Tx) error) { t.Helper(); must(t, s.Users().Update(ctx, fn)) }
	guard("a", "", user.Guard{})
	for _, device := range []string{"", "d1", "d2"} {
		guard("a", device, user.Guard{})
		guard("b", device, user.Guard{})
		change(func(tx user.Tx) error { return tx.SaveGuard(ctx, "a", device, g) })
		change(func(tx user.Tx) error { return tx.SaveGuard(ctx, "b", device, g) })
	}
	change(func(tx user.Tx) error { return tx.ClearGuard(ctx, "a", "d1") })
	guard("a", "d1", user.Guard{})
	guard("a", "d2", g)
	guard("b", "d1", g)
	change(func(tx user.Tx) error { return tx.ClearGuards(ctx, "a") })
	change(func(tx user.Tx) error { return tx.ClearGuards(ctx, "nobody") })
	guard("a", "", user.Guard{})
	guard("a", "d2", user.Guard{})
	guard("b", "", g)

	change(func(tx user.Tx) error { return tx.SaveDevice(ctx, uid, user.Device{ID: "d1"}, t0) })
	change(func(tx user.Tx) error {
		for _, c := range []struct {
			uid, device string
			want        bool
		}{{uid, "d1", true}, {uid, "d2", false}, {uid, "", false}, {"", "d1", false}, {"", "", false}} {
			knows, err := tx.KnowsDevice(ctx, c.uid, c.device)
			must(t, err)
			equal(t, c.uid+" knows "+c.device, knows, c.want)
		}
		return nil
	})
}

func testSessionEnds(t *testing.T, s Stores) {
	ctx := t.Context()
	ann, bob := addUser(t, s, "a"), addUser(t, s, "b")
	tokens := map[string]user.Session{}
	change := func(fn func(tx user.Tx) error) { t.Helper(); must(t, s.Users().Update(ctx, fn)) }
	change(func(tx user.Tx) error {
		for name, n := range map[string]user.Session{
			"app": {UID: ann}, "web": {UID: ann, Flag: user.FlagWeb}, "pc": {UID: ann, Flag: user.FlagPC},
			"pc2": {UID: ann, Flag: user.FlagPC}, "bob": {UID: bob, Flag: user.FlagPC}, "unseen": {UID: bob},
		} {
			n.TokenHash, n.CreatedAt, n.SeenAt, n.ExpiresAt = name+ann, t0, t0, t0.Add(time.Hour)
			if name == "unseen" {
				n.SeenAt = time.Time{}
			}
			tokens[name] = n
			must(t, tx.AddSession(ctx, n, 20))
		}
		return nil
	})
	seen := func(name string, want time.Time) {
		t.Helper()
		n, _, err := s.Users().Session(ctx, tokens[name].TokenHash)
		if want.IsZero() {
			wantErr(t, err, user.ErrNotFound)
		} else {
			must(t, err)
		}
		if !n.SeenAt.Equal(want) {
			t.Errorf("%s was seen %v, want %v", name, n.SeenAt, want)
		}
	}
	later, over := t0.Add(time.Minute), time.Time{}
	seen("unseen", t0) // from the time before that was kept
	see := func(name string, at time.Time) {
		change(func(tx user.Tx) error { return tx.SeeSession(ctx, tokens[name].TokenHash, at) })
	}
	see("app", later)
	see("app", t0)
	seen("app", later)
	seen("pc", t0)
	change(func(tx user.Tx) error { return tx.EndSession(ctx, bob, tokens["web"].TokenHash, later) })
	seen("web", t0)
	change(func(tx user.Tx) error { return tx.EndSession(ctx, ann, tokens["web"].TokenHash, later) })
	see("web", later.Add(1))
	seen("web", over)
	change(func(tx user.Tx) error { return tx.EndComputers(ctx, ann, later) })
	seen("pc", over)
	seen("pc2", over)
	seen("app", later)
	change(func(tx user.Tx) error { return tx.EndSessions(ctx, ann, tokens["app"].TokenHash, later) })
	seen("app", later)
	change(func(tx user.Tx) error { return tx.EndSessions(ctx, ann, "", later) })
	seen("app", over)
	seen("bob", t0)
}

// CountPasswords lets many callers change one account at the same time, each on
// what it has read. It returns an error when a change is lost.
func CountPasswords(ctx context.Context, s Stores) error {
	u := newUser("u")
	u.PasswordHash = ""
	if err := s.Users().Update(ctx, func(tx user.Tx) error { return tx.AddUser(ctx, u) }); err != nil {
		return err
	}
	const callers = 16
	err := together(callers, func(int) error {
		return s.Users().Update(ctx, func(tx user.Tx) error {
			u, err := tx.LockUser(ctx, u.UID)
			if err != nil {
				return err
			}
			u.PasswordHash += "x"
			return tx.SaveUser(ctx, u)
		})
	})
	if err != nil {
		return err
	}
	u, err = s.Users().User(ctx, u.UID)
	if err == nil && len(u.PasswordHash) != callers {
		err = fmt.Errorf("%d of %d changes are left", len(u.PasswordHash), callers)
	}
	return err
}

// CountLogins lets many callers count a try of one password, and one act of one
// kind, at the same time, while others forget tries. It returns an error when
// something is not counted or refused.
func CountLogins(ctx context.Context, s Stores) error {
	name := newUser("u").Username
	const callers, each = 16, 4
	count := func(tx user.Tx) error {
		w, err := tx.LockWindow(ctx, "login", name)
		w.Count++
		return errors.Join(err, tx.SaveWindow(ctx, "login", name, w))
	}
	try := func(device string) func(tx user.Tx) error {
		return func(tx user.Tx) error {
			g, err := tx.LockGuard(ctx, name, device)
			g.Fails++
			return errors.Join(err, tx.SaveGuard(ctx, name, device, g))
		}
	}
	forget := func(tx user.Tx) error {
		_, err := tx.LockGuard(ctx, name, "forgotten")
		_, again := tx.LockGuard(ctx, name, "forgotten") // give the others time to ask for it
		return errors.Join(err, again, tx.ClearGuard(ctx, name, "forgotten"))
	}
	err := together(callers, func(int) error {
		for range each {
			for _, act := range []func(user.Tx) error{count, try("counted"), try("forgotten"), forget} {
				if err := s.Users().Update(ctx, act); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.Users().Update(ctx, func(tx user.Tx) error {
		w, err := tx.LockWindow(ctx, "login", name)
		if err != nil {
			return err
		}
		g, err := tx.LockGuard(ctx, name, "counted")
		if err == nil && (w.Count != callers*each || g.Fails != callers*each) {
			err = fmt.Errorf("%d acts and %d tries were counted of %d", w.Count, g.Fails, callers*each)
		}
		return err
	})
}
