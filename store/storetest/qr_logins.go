package storetest

import (
	"errors"
	"fmt"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/user"
)

func testQRLogins(t *testing.T, s Stores) {
	ctx := t.Context()
	update := func(t *testing.T, fn func(tx user.Tx) error) {
		t.Helper()
		must(t, s.Users().Update(ctx, fn))
	}
	t.Run("RoundTrip", func(t *testing.T) {
		q := user.QRLogin{
			UUID: "round", PubKey: "键'\"", Address: netip.MustParseAddr("2001:db8::7"), Secret: "secret",
			Device: user.Device{ID: "d", Name: "浏览器", Model: "m"}, ExpiresAt: t0,
		}
		update(t, func(tx user.Tx) error { return tx.AddQRLogin(ctx, q) })
		got, err := s.Users().QRLogin(ctx, q.UUID)
		must(t, err)
		equal(t, "added", got, q)

		saved := q
		saved.Status, saved.Encrypt, saved.UID, saved.Session = user.QRScanned, "enc", "ann", "session"
		saved.Code, saved.ExpiresAt = "code", t0.Add(time.Minute)
		update(t, func(tx user.Tx) error {
			changed := saved
			changed.PubKey, changed.Secret, changed.Device, changed.Address = "", "", user.Device{}, netip.Addr{}
			if err := tx.SaveQRLogin(ctx, changed); err != nil {
				return err
			}
			byCode, err := tx.LockQRLoginByCode(ctx, "code")
			equal(t, "by code", byCode, saved)
			return err
		})
		update(t, func(tx user.Tx) error {
			got, err := tx.LockQRLogin(ctx, q.UUID)
			equal(t, "saved", got, saved)
			return errors.Join(err, tx.DeleteQRLogin(ctx, q.UUID))
		})
		_, err = s.Users().QRLogin(ctx, q.UUID)
		wantErr(t, err, user.ErrNotFound)
	})
	t.Run("Absent", func(t *testing.T) {
		update(t, func(tx user.Tx) error {
			if err := tx.AddQRLogin(ctx, user.QRLogin{UUID: "no address, no code", ExpiresAt: t0}); err != nil {
				return err
			}
			q, err := tx.QRLogin(ctx, "no address, no code")
			equal(t, "address", q.Address, netip.Addr{})
			_, none := tx.LockQRLogin(ctx, "none")
			wantErr(t, none, user.ErrNotFound)
			for _, code := range []string{"", "none"} {
				_, none = tx.LockQRLoginByCode(ctx, code)
				wantErr(t, none, user.ErrNotFound)
			}
			return errors.Join(err, tx.DeleteQRLogin(ctx, "none"), tx.DeleteQRLogin(ctx, q.UUID))
		})
	})
	t.Run("Drop", func(t *testing.T) { testDropQRLogins(t, s) })
	t.Run("SpentOnce", func(t *testing.T) { testQRCodeSpentOnce(t, s) })
	t.Run("Vercode", func(t *testing.T) { testQRVercode(t, s) })
}

func testDropQRLogins(t *testing.T, s Stores) {
	ctx := t.Context()
	must(t, s.Users().Update(ctx, func(tx user.Tx) error {
		for i := range 6 {
			q := user.QRLogin{UUID: fmt.Sprint("old", i), ExpiresAt: t0.Add(time.Duration(i) * time.Second)}
			if err := tx.AddQRLogin(ctx, q); err != nil {
				return err
			}
		}
		return nil
	}))
	for _, step := range []struct {
		at    time.Time
		limit int
		left  string
	}{
		{t0.Add(-time.Millisecond), 9, "012345"},
		{t0.Add(4 * time.Second), 2, "2345"},
		{t0.Add(4 * time.Second), 9, "5"},
	} {
		left := ""
		must(t, s.Users().Update(ctx, func(tx user.Tx) error { return tx.DropQRLogins(ctx, step.at, step.limit) }))
		for i := range 6 {
			if _, err := s.Users().QRLogin(ctx, fmt.Sprint("old", i)); err == nil {
				left += fmt.Sprint(i)
			}
		}
		equal(t, "left", left, step.left)
	}
	// Whoever starts a login clears away: all at once must not get in each
	// other's way.
	must(t, together(8, func(n int) error {
		return s.Users().Update(ctx, func(tx user.Tx) error {
			for i := range 4 {
				if err := tx.AddQRLogin(ctx, user.QRLogin{UUID: fmt.Sprint("many", n, i), ExpiresAt: t0}); err != nil {
					return err
				}
			}
			return nil
		})
	}))
	must(t, together(8, func(int) error {
		return s.Users().Update(ctx, func(tx user.Tx) error { return tx.DropQRLogins(ctx, t0, 16) })
	}))
}

// testQRCodeSpentOnce lets many callers use one code at the same time.
func testQRCodeSpentOnce(t *testing.T, s Stores) {
	ctx := t.Context()
	must(t, s.Users().Update(ctx, func(tx user.Tx) error {
		return tx.AddQRLogin(ctx, user.QRLogin{UUID: "spent", Code: "spent", ExpiresAt: t0})
	}))
	var spent atomic.Int64
	must(t, together(16, func(int) error {
		err := s.Users().Update(ctx, func(tx user.Tx) error {
			if _, err := tx.LockQRLoginByCode(ctx, "spent"); err != nil {
				return err
			}
			return tx.DeleteQRLogin(ctx, "spent")
		})
		if errors.Is(err, user.ErrNotFound) {
			return nil
		}
		spent.Add(1)
		return err
	}))
	equal(t, "times the code was spent", spent.Load(), 1)
}

func testQRVercode(t *testing.T, s Stores) {
	ctx := t.Context()
	u := newUser("scanned")
	u.QRVercode = "unlike any other@3"
	must(t, s.Users().Update(ctx, func(tx user.Tx) error { return tx.AddUser(ctx, u) }))
	got, err := s.Users().UserByQRVercode(ctx, u.QRVercode)
	must(t, err)
	equal(t, "by QR vercode", got, u)
	for _, vercode := range []string{"", u.Vercode, "none"} {
		_, err := s.Users().UserByQRVercode(ctx, vercode)
		wantErr(t, err, user.ErrNotFound)
	}
}
