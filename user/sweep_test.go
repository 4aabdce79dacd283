package user_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/user"
)

// rows counts what can be swept.
func (w *world) rows() (n int) {
	w.t.Helper()
	must(w.t, w.db.Update(w.t.Context(), func(tx store.Conn) error {
		rows, err := tx.QueryContext(w.t.Context(), `SELECT (SELECT count(*) FROM ruyi_throttle) + (SELECT count(*) FROM ruyi_login_guard)
			+ (SELECT count(*) FROM ruyi_sms_code) + (SELECT count(*) FROM ruyi_sms_quota) + (SELECT count(*) FROM ruyi_device_check)
			+ (SELECT count(*) FROM ruyi_qr_login) + (SELECT count(*) FROM ruyi_session)`)
		if err != nil {
			return err
		}
		defer rows.Close()
		rows.Next()
		return rows.Scan(&n)
	}))
	return n
}

func (w *world) sweep(what string, want int) {
	w.t.Helper()
	before := w.rows()
	n, err := w.Sweep(w.t.Context(), 100)
	must(w.t, err)
	if n != want || before-w.rows() != want {
		w.t.Errorf("%s: %d rows removed, %d gone, want %d", what, n, before-w.rows(), want)
	}
}

// TestSweep leaves everything behind that services leave behind, and sees it go
// in its time and not before.
func TestSweep(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db)
		ctx := t.Context()
		w.add(user.User{UID: "ann"})
		_, err := w.SendRegisterCode(ctx, phone, client) // a code, a quota, three counts
		must(t, err)
		_, err = w.StartQRLogin(ctx, user.QRStart{})
		must(t, err)
		must(t, db.Users().Update(ctx, func(tx user.Tx) error {
			check := user.DeviceCheck{Challenge: "c", UID: "ann", Device: user.Device{ID: "d"}, ExpiresAt: t0.Add(5 * time.Minute)}
			if err := tx.AddDeviceCheck(ctx, check, t0, 5); err != nil {
				return err
			}
			for i, life := range []time.Duration{time.Hour, 2 * time.Hour} {
				n := user.Session{TokenHash: fmt.Sprint(i), UID: "ann", Flag: user.FlagPC, CreatedAt: t0, ExpiresAt: t0.Add(life)}
				if err := tx.AddSession(ctx, n, 5); err != nil {
					return err
				}
			}
			return tx.EndSession(ctx, "ann", "1", t0.Add(time.Hour))
		}))
		must(t, w.count("")) // a wrong password
		const day = 24 * time.Hour
		for _, c := range []struct {
			what string
			at   time.Duration
			want int
		}{
			{"at once", 0, 0},
			{"within a day", day, 0},
			{"counts and quotas", day + time.Millisecond, 4},
			{"logins by QR code", day + time.Minute + time.Millisecond, 1},
			{"codes and checks", day + 5*time.Minute + time.Millisecond, 2},
			{"a month later", 30 * day, 0},
			{"tries of passwords", 30*day + time.Millisecond, 1},
			{"a quarter later", 90*day + time.Hour, 0},
			{"sessions", 90*day + time.Hour + time.Millisecond, 2},
		} {
			w.now = t0.Add(c.at)
			w.sweep(c.what, c.want)
		}
		if n := w.rows(); n != 0 {
			t.Errorf("%d rows are left", n)
		}
	})
}

// Who came to the end of the tries stays there: a sweep is no way around it.
func TestSweepForgivesNobody(t *testing.T) {
	w := start(t, openSQLite(t))
	w.with(w.db.Users(), user.Options{SMS: w, Limits: user.Limits{LoginStop: 6}})
	w.ann()
	for range 6 {
		must(t, w.count(""))
		w.now = w.now.Add(time.Hour)
	}
	w.now = w.now.Add(1000 * 24 * time.Hour)
	w.sweep("a locked name", 0)
	wantErr(t, "a try", w.count(""), user.ErrTooManyLogins)
}

// The free tries need no wait, whatever the clocks of two processes say.
func TestFreeTriesDoNotWait(t *testing.T) {
	w := start(t, openSQLite(t))
	w.ann()
	for i := range limits.LoginFree {
		w.now = w.now.Add(-time.Second)
		if err := w.count(""); err != nil {
			t.Errorf("try %d: %v", i, err)
		}
	}
	wantErr(t, "one more", w.count(""), user.ErrTooManyLogins)
}

func TestSweepStopsWhenTheStoreFails(t *testing.T) {
	w := start(t, openSQLite(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.Sweep(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
