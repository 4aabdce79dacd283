package user_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/user"
)

// abreast is a store for several callers at once, whose first transactions begin
// when all callers have come, and their second ones likewise.
type abreast struct {
	user.Store
	callers int64
	begun   *atomic.Int64
	all     *[2]sync.WaitGroup
}

func newAbreast(s user.Store, callers int) abreast {
	a := abreast{s, int64(callers), &atomic.Int64{}, &[2]sync.WaitGroup{}}
	a.all[0].Add(callers)
	a.all[1].Add(callers)
	return a
}

func (s abreast) Update(ctx context.Context, fn func(user.Tx) error) error {
	all := &s.all[(s.begun.Add(1)-1)/s.callers]
	all.Done()
	all.Wait()
	return s.Store.Update(ctx, fn)
}

func TestWrongDeviceCodesLock(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w, u := locked(t, db)
		challenge := w.held("d2", client).Challenge
		code := w.deviceCode(u.UID, challenge, client)
		const callers = 16
		compared := 0
		for _, err := range together(callers, func(i int) error {
			_, err := w.verify(u.UID, challenge, fmt.Sprint("no ", i), client)
			return err
		}) {
			if errors.Is(err, user.ErrCode) {
				compared++
			} else {
				wantErr(t, "wrong", err, user.ErrCodeLocked)
			}
		}
		if compared != limits.CodeTries {
			t.Errorf("%d codes were compared, want %d", compared, limits.CodeTries)
		}
		w.wantVerify("right but late", u.UID, challenge, code, client, user.ErrCodeLocked)
		w.now = t0.Add(limits.CodeResend)
		w.wantVerify("new code", u.UID, challenge, w.deviceCode(u.UID, challenge, client), client, nil)
	})
}

// TestOneCodeOpensOneSession uses the code that always works, so that only the
// check can be what is spent.
func TestOneCodeOpensOneSession(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w, u := locked(t, db)
		w.with(db.Users(), user.Options{DevCode: devCode})
		challenge := w.held("d2", client).Challenge
		before := w.stored()
		opened := 0
		for _, err := range together(8, func(i int) error {
			_, err := w.verify(u.UID, []string{challenge, ""}[i%2], devCode, client)
			return err
		}) {
			if err == nil {
				opened++
			} else {
				wantErr(t, "the others", err, user.ErrDeviceExpired)
			}
		}
		if after := w.stored(); opened != 1 || after[1] != before[1]+1 || after[2] != before[2]+1 {
			t.Errorf("%d sessions were opened; stored %v, before %v", opened, after, before)
		}
	})
}

func TestParallelLoginsOfADeviceWaitOnce(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w, u := locked(t, db)
		const n = 4 // a try is counted, and then the session held up
		w.with(newAbreast(db.Users(), n), user.Options{SMS: w})
		for _, err := range together(n, func(int) error {
			_, err := w.loginOn("d2", client)
			return err
		}) {
			wantErr(t, "login", err, user.ErrDeviceCheck)
		}
		checks, err := db.Users().DeviceChecks(t.Context(), u.UID)
		must(t, err)
		if len(checks) != 1 {
			t.Errorf("%d checks of one device", len(checks))
		}
	})
}

func TestDeviceChecksMayRunAgain(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w, u := locked(t, db)
		w.with(restless{db.Users()}, user.Options{SMS: w})
		check := w.held("d2", client)
		code := w.deviceCode(u.UID, check.Challenge, client)
		for range limits.CodeTries - 1 {
			w.wantVerify("wrong", u.UID, check.Challenge, wrong(code), client, user.ErrCode)
		}
		before := w.stored()
		w.wantVerify("right", u.UID, check.Challenge, code, client, nil)
		if after := w.stored(); after[1] != before[1]+1 || after[2] != before[2]+1 || len(w.sent) != 1 {
			t.Errorf("stored %v, before %v, sent %d codes", after, before, len(w.sent))
		}
	})
}
