package storetest

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/user"
)

// leftover tells how to leave a row of a kind behind, number i, with the time at
// that decides, and whether it is still there.
type leftover struct {
	leave func(ctx context.Context, tx user.Tx, i int, at time.Time) error
	there func(ctx context.Context, tx user.Tx, i int) (bool, error)
}

// sessions are leftovers of uid, ended or expired at the time that decides.
func sessions(uid, kind string, ended bool) leftover {
	session := func(i int, at time.Time) user.Session {
		return user.Session{TokenHash: fmt.Sprint(kind, i), UID: uid, Flag: user.FlagPC, CreatedAt: at, SeenAt: at, ExpiresAt: at}
	}
	return leftover{func(ctx context.Context, tx user.Tx, i int, at time.Time) error {
		n := session(i, at)
		if !ended {
			return tx.AddSession(ctx, n, 1000)
		}
		n.ExpiresAt = at.Add(1000 * time.Hour)
		if err := tx.AddSession(ctx, n, 1000); err != nil {
			return err
		}
		return tx.EndSession(ctx, uid, n.TokenHash, at)
	}, func(ctx context.Context, tx user.Tx, i int) (bool, error) {
		// One that is gone can be added.
		return tx.AddSession(ctx, session(i, t0), 1000) != nil, nil
	}}
}

func leftovers(uid string) map[user.Leftover]leftover {
	phone := func(i int) user.Phone { return user.Phone{Zone: "0086", Number: fmt.Sprintf("188%08d", i)} }
	return map[user.Leftover]leftover{
		user.OldWindows: {func(ctx context.Context, tx user.Tx, i int, at time.Time) error {
			if _, err := tx.LockWindow(ctx, "k", fmt.Sprint(i)); err != nil {
				return err
			}
			return tx.SaveWindow(ctx, "k", fmt.Sprint(i), user.Window{Since: at, Count: 1})
		}, func(ctx context.Context, tx user.Tx, i int) (bool, error) {
			w, err := tx.LockWindow(ctx, "k", fmt.Sprint(i))
			return w.Count == 1, err
		}},
		user.OldCodes: {func(ctx context.Context, tx user.Tx, i int, at time.Time) error {
			if _, err := tx.LockCode(ctx, user.ForRegister, phone(i)); err != nil {
				return err
			}
			return tx.SaveCode(ctx, user.ForRegister, phone(i), user.Code{Hash: "h", ExpiresAt: at})
		}, func(ctx context.Context, tx user.Tx, i int) (bool, error) {
			c, err := tx.LockCode(ctx, user.ForRegister, phone(i))
			return c.Hash == "h", err
		}},
		user.OldQuotas: {func(ctx context.Context, tx user.Tx, i int, at time.Time) error {
			if _, err := tx.LockQuota(ctx, phone(i)); err != nil {
				return err
			}
			return tx.SaveQuota(ctx, phone(i), user.Quota{LastAt: at, Hour: 1})
		}, func(ctx context.Context, tx user.Tx, i int) (bool, error) {
			q, err := tx.LockQuota(ctx, phone(i))
			return q.Hour == 1, err
		}},
		user.OldDeviceChecks: {func(ctx context.Context, tx user.Tx, i int, at time.Time) error {
			return tx.AddDeviceCheck(ctx, user.DeviceCheck{
				Challenge: fmt.Sprint("check", i), UID: fmt.Sprint("u", i), Address: netip.MustParseAddr("192.0.2.1"),
				Device: user.Device{ID: "d"}, ExpiresAt: at,
			}, at.Add(-time.Hour), 5)
		}, func(ctx context.Context, tx user.Tx, i int) (bool, error) {
			checks, err := tx.DeviceChecks(ctx, fmt.Sprint("u", i))
			return len(checks) == 1, err
		}},
		user.OldQRLogins: {func(ctx context.Context, tx user.Tx, i int, at time.Time) error {
			return tx.AddQRLogin(ctx, user.QRLogin{UUID: fmt.Sprint("qr", i), ExpiresAt: at})
		}, func(ctx context.Context, tx user.Tx, i int) (bool, error) {
			_, err := tx.LockQRLogin(ctx, fmt.Sprint("qr", i))
			return err == nil, nil
		}},
		user.EndedSessions:   sessions(uid, "ended", true),
		user.ExpiredSessions: sessions(uid, "expired", false),
	}
}

func testSweeps(t *testing.T, s Stores) {
	ctx := t.Context()
	for kind, row := range leftovers(addUser(t, s, "u")) {
		t.Run(fmt.Sprint(kind), func(t *testing.T) {
			update := func(fn func(tx user.Tx) error) { t.Helper(); must(t, s.Users().Update(ctx, fn)) }
			for i := range 5 { // the last two are not old
				update(func(tx user.Tx) error { return row.leave(ctx, tx, i, t0.Add(time.Duration(i-3)*time.Hour)) })
			}
			for _, want := range []int{2, 1, 0} {
				update(func(tx user.Tx) error {
					n, err := tx.Sweep(ctx, kind, t0, 2)
					equal(t, "removed", n, want)
					return err
				})
			}
			for i := range 5 {
				gone := false
				err := s.Users().Update(ctx, func(tx user.Tx) error {
					there, err := row.there(ctx, tx, i)
					gone = !there
					if err == nil {
						err = errStop
					}
					return err
				})
				wantErr(t, err, errStop)
				equal(t, fmt.Sprint("gone: ", i), gone, i < 3)
			}
		})
	}
	t.Run("Guards", func(t *testing.T) { testGuardSweeps(t, s) })
	t.Run("Contention", func(t *testing.T) { must(t, CountSwept(ctx, s)) })
}

func testGuardSweeps(t *testing.T, s Stores) {
	ctx := t.Context()
	guards := []user.Guard{
		{}, {Fails: 1, NextAt: t0.Add(-time.Hour)}, {Fails: 9, NextAt: t0.Add(-1)}, // old
		{Fails: 10, NextAt: t0.Add(-time.Hour)}, {Fails: 1, NextAt: t0}, {Fails: 1, NextAt: t0.Add(time.Hour)},
	}
	must(t, s.Users().Update(ctx, func(tx user.Tx) error {
		for i, g := range guards {
			if _, err := tx.LockGuard(ctx, fmt.Sprint(i), "d"); err != nil {
				return err
			}
			if err := tx.SaveGuard(ctx, fmt.Sprint(i), "d", g); err != nil {
				return err
			}
		}
		return nil
	}))
	for _, want := range []int{2, 1, 0} {
		must(t, s.Users().Update(ctx, func(tx user.Tx) error {
			n, err := tx.SweepGuards(ctx, t0, 10, 2)
			equal(t, "removed", n, want)
			return err
		}))
	}
	must(t, s.Users().Update(ctx, func(tx user.Tx) error {
		for i, g := range guards[3:] {
			got, err := tx.LockGuard(ctx, fmt.Sprint(i+3), "d")
			if err != nil {
				return err
			}
			equal(t, "kept", got, g)
		}
		return nil
	}))
}

// CountSwept counts in rows that are swept away all the time, and returns an
// error when a transaction lost the row that it had locked, or two lost a count.
func CountSwept(ctx context.Context, s Stores) error {
	const rounds, callers = 25, 4
	return together(callers, func(int) error {
		for range rounds {
			err := s.Users().Update(ctx, func(tx user.Tx) error {
				w, err := tx.LockWindow(ctx, "swept", "k")
				if err != nil {
					return err
				}
				// Whoever holds it may read it again.
				again, err := tx.LockWindow(ctx, "swept", "k")
				if err != nil || again != w {
					return fmt.Errorf("the locked row became %+v: %w", again, err)
				}
				return tx.SaveWindow(ctx, "swept", "k", user.Window{Since: t0, Count: w.Count + 1})
			})
			if err != nil {
				return err
			}
			err = s.Users().Update(ctx, func(tx user.Tx) error {
				_, err := tx.Sweep(ctx, user.OldWindows, t0.Add(time.Second), 10)
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func testLiveSessions(t *testing.T, s Stores) {
	ctx := t.Context()
	uid, banned := addUser(t, s, "u"), newUser("banned")
	banned.Status = user.Disabled
	must(t, s.Users().Update(ctx, func(tx user.Tx) error { return tx.AddUser(ctx, banned) }))
	session := func(hash, uid string) user.Session {
		return user.Session{
			TokenHash: hash, UID: uid, Flag: user.FlagPC, DeviceID: "d", CreatedAt: t0, SeenAt: t0.Add(time.Hour), ExpiresAt: t0,
		}
	}
	hashes := []string{"nothing", "ended", "banned"}
	must(t, s.Users().Update(ctx, func(tx user.Tx) error {
		for i := range 120 { // more than one statement asks for
			hashes = append(hashes, fmt.Sprintf("live%03d", i))
			if err := tx.AddSession(ctx, session(hashes[len(hashes)-1], uid), 1000); err != nil {
				return err
			}
		}
		for hash, uid := range map[string]string{"ended": uid, "banned": banned.UID} {
			if err := tx.AddSession(ctx, session(hash, uid), 1000); err != nil {
				return err
			}
		}
		return tx.EndSession(ctx, uid, "ended", t0)
	}))
	got, err := s.Users().SessionsOf(ctx, append(hashes, hashes...))
	must(t, err)
	equal(t, "sessions", len(got), 120)
	slices.SortFunc(got, func(a, b user.Session) int { return slices.Compare([]byte(a.TokenHash), []byte(b.TokenHash)) })
	for i, n := range got {
		equal(t, "session", n, session(hashes[3+i], uid))
	}
	none, err := s.Users().SessionsOf(ctx, nil)
	must(t, err)
	equal(t, "of none", len(none), 0)
}
