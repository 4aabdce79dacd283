package user_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/user"
)

// count counts a try of the password of ann, whose device is "known".
func (w *world) count(device string) error {
	return user.CountTry(w.t.Context(), w.Service, "name of ann", "ann", device, netip.Addr{})
}

// ann stores an account with a device.
func (w *world) ann() {
	w.t.Helper()
	w.add(user.User{UID: "ann"})
	must(w.t, w.db.Users().Update(w.t.Context(), func(tx user.Tx) error {
		return tx.SaveDevice(w.t.Context(), "ann", user.Device{ID: "known"}, t0)
	}))
}

// evaluated lets many try at once and returns how many passwords would have been
// looked at. All others must have been told to wait.
func evaluated(t *testing.T, w *world, each int) (n int) {
	t.Helper()
	var mu sync.Mutex
	together(guessers, func(i int) error {
		for range each {
			err := w.count(fmt.Sprint("stranger ", i%3))
			mu.Lock()
			if err == nil {
				n++
			} else if !errors.Is(err, user.ErrTooManyLogins) {
				t.Error(err)
			}
			mu.Unlock()
		}
		return nil
	})
	return n
}

func TestParallelPasswordsEvaluateFive(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db)
		w.ann()
		if n := evaluated(t, w, 8); n != limits.LoginFree {
			t.Errorf("%d passwords were looked at, want %d", n, limits.LoginFree)
		}
		w.now = w.now.Add(limits.LoginWait)
		if n := evaluated(t, w, 1); n != 1 {
			t.Errorf("%d passwords were looked at after the wait, want 1", n)
		}
	})
}

// TestParallelLoginsEvaluateFive goes the whole way, with passwords.
func TestParallelLoginsEvaluateFive(t *testing.T) {
	w := startDev(t, openSQLite(t))
	s := w.register()
	tried := 0
	for _, err := range together(9, func(int) error {
		_, err := w.login(s.User.Username, "wrong horse")
		return err
	}) {
		if errors.Is(err, user.ErrCredentials) {
			tried++
		} else {
			wantErr(t, "beyond", err, user.ErrTooManyLogins)
		}
	}
	if tried != limits.LoginFree {
		t.Errorf("%d passwords were looked at, want %d", tried, limits.LoginFree)
	}
	_, err := w.login(s.User.Username, password)
	wantErr(t, "the right one, too early", err, user.ErrTooManyLogins)
	_, err = w.Login(t.Context(), user.Login{Username: s.User.Username, Password: password, Device: registration().Device})
	wantErr(t, "the right one on a known device", err, nil)
}

// heedless is a store that breaks the promise of LockGuard: transactions count on
// from what was stored when all of them began.
type heedless struct {
	user.Store
	name string
	all  *sync.WaitGroup
}

func (s heedless) Update(ctx context.Context, fn func(user.Tx) error) error {
	var seen user.Guard
	err := s.Store.Update(ctx, func(tx user.Tx) (err error) {
		seen, err = tx.LockGuard(ctx, s.name, "")
		return err
	})
	s.all.Done()
	s.all.Wait()
	if err != nil {
		return err
	}
	return s.Store.Update(ctx, func(tx user.Tx) error { return fn(heedlessTx{tx, seen}) })
}

type heedlessTx struct {
	user.Tx
	seen user.Guard
}

func (tx heedlessTx) LockGuard(context.Context, string, string) (user.Guard, error) {
	return tx.seen, nil
}

// TestPasswordsSeeAMissingLock is the negative control of the tests above.
func TestPasswordsSeeAMissingLock(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db)
		w.ann()
		all := &sync.WaitGroup{}
		all.Add(guessers)
		w.with(heedless{db.Users(), user.GuardName(w.Service, "name of ann"), all}, user.Options{})
		if n := evaluated(t, w, 1); n <= limits.LoginFree {
			t.Errorf("only %d passwords were looked at without a lock", n)
		}
	})
}

func TestWaitsDoubleUpToTheStop(t *testing.T) {
	w := start(t, openSQLite(t))
	w.ann()
	want := limits.LoginWait
	for n := 1; n <= limits.LoginStop; n++ {
		wantErr(t, fmt.Sprint("try ", n), w.count(""), nil)
		if n < limits.LoginFree {
			continue
		}
		if n < limits.LoginStop {
			w.now = w.now.Add(want - 1e6)
			wantErr(t, fmt.Sprint("too early for try ", n+1), w.count(""), user.ErrTooManyLogins)
			w.now = w.now.Add(1e6)
			want = min(2*want, limits.LoginWaitMax)
		}
	}
	w.now = w.now.Add(1000 * time.Hour)
	wantErr(t, "after the last try", w.count(""), user.ErrTooManyLogins)
	wantErr(t, "on a known device", w.count("known"), nil)
}

func TestStrangersDoNotLockAKnownDevice(t *testing.T) {
	w := start(t, openSQLite(t))
	w.ann()
	for range limits.LoginFree {
		wantErr(t, "a stranger", w.count("mine"), nil)
	}
	wantErr(t, "another stranger", w.count("yours"), user.ErrTooManyLogins)
	wantErr(t, "no device", w.count(""), user.ErrTooManyLogins)
	for range limits.LoginFree {
		wantErr(t, "the known device", w.count("known"), nil)
	}
	wantErr(t, "too many on the known device", w.count("known"), user.ErrTooManyLogins)
	err := user.CountTry(t.Context(), w.Service, "name of bob", "", "known", netip.Addr{})
	wantErr(t, "another name", err, nil)
}

func TestUnknownNamesWaitToo(t *testing.T) {
	w := start(t, openSQLite(t))
	for _, name := range []string{"nobody", "\xff\x00", user.SystemUID} {
		for range limits.LoginFree {
			wantErr(t, name, user.CountTry(t.Context(), w.Service, name, "", "d", client), nil)
		}
		wantErr(t, name, user.CountTry(t.Context(), w.Service, name, "", "", client), user.ErrTooManyLogins)
	}
}

func TestClockSetBackEndsNoWaitLate(t *testing.T) {
	w := start(t, openSQLite(t))
	w.ann()
	for range limits.LoginFree {
		wantErr(t, "free", w.count(""), nil)
	}
	w.now = w.now.Add(-1000 * time.Hour)
	wantErr(t, "on the new clock", w.count(""), nil)
	wantErr(t, "at once, on the new clock", w.count(""), user.ErrTooManyLogins)
}

func TestSuccessForgetsTheTries(t *testing.T) {
	w := startDev(t, openSQLite(t))
	s := w.register()
	name := s.User.Username
	count := func(device string) error {
		return user.CountTry(t.Context(), w.Service, name, s.User.UID, device, netip.Addr{})
	}
	for range limits.LoginFree - 1 {
		wantErr(t, "stranger", count(""), nil)
		wantErr(t, "known", count("d1"), nil)
	}
	_, err := w.login(name, password)
	wantErr(t, "the last free try", err, nil)
	for range limits.LoginFree {
		wantErr(t, "a stranger after that", count(""), nil)
	}
	wantErr(t, "the device, whose tries are its own", count("d1"), nil)
	wantErr(t, "the device", count("d1"), user.ErrTooManyLogins)
}

// TestBusyIsNoTry holds that a rush does not lock people out.
func TestBusyIsNoTry(t *testing.T) {
	w := startDev(t, openSQLite(t))
	w.ann()
	leave := user.FillQueue(w.Service)
	for range 2 * limits.LoginFree {
		_, err := w.login("name of ann", "x")
		wantErr(t, "in the rush", err, user.ErrBusy)
	}
	leave()
	wantErr(t, "after it", w.count(""), nil)
}

// TestGivingUpIsNoTry holds the same for those who do not wait their turn.
func TestGivingUpIsNoTry(t *testing.T) {
	w := startDev(t, openSQLite(t))
	w.ann()
	leave := user.TakeTurns(w.Service)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for range 2 * limits.LoginFree {
		_, err := w.Login(gone, user.Login{Username: "name of ann", Password: "x"})
		wantErr(t, "in the queue", err, context.Canceled)
	}
	leave()
	wantErr(t, "after it", w.count(""), nil)
}

// leaving is a store whose caller goes away after the first transaction.
type leaving struct {
	user.Store
	cancel context.CancelFunc
}

func (l leaving) Update(ctx context.Context, fn func(user.Tx) error) error {
	defer l.cancel()
	return l.Store.Update(ctx, fn)
}

// TestRightPasswordsAreNoTries holds that a caller who leaves between the proof
// and the session has not failed.
func TestRightPasswordsAreNoTries(t *testing.T) {
	w := startDev(t, openSQLite(t))
	s := w.register()
	for range limits.LoginFree + 1 {
		ctx, cancel := context.WithCancel(t.Context())
		w.with(leaving{w.db.Users(), cancel}, user.Options{})
		_, err := w.Login(ctx, user.Login{Username: s.User.Username, Password: password})
		wantErr(t, "login", err, nil)
	}
}

// TestEarlierTriesDoNotWaitForAnAccount registers a number that somebody tried.
func TestEarlierTriesDoNotWaitForAnAccount(t *testing.T) {
	w := startDev(t, openSQLite(t))
	for range limits.LoginFree {
		wantErr(t, "before", user.CountTry(t.Context(), w.Service, phone.Username(), "", "", client), nil)
	}
	w.register()
	_, err := w.login(phone.Username(), password)
	wantErr(t, "after", err, nil)
}
