package user_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/user"
)

// spying counts how often sessions are read, and can do something between the
// reading and the answer.
type spying struct {
	user.Store
	reads atomic.Int64
	then  func()
}

func (s *spying) Session(ctx context.Context, hash string) (user.Session, user.Status, error) {
	n, status, err := s.Store.Session(ctx, hash)
	s.reads.Add(1)
	if then := s.then; then != nil {
		s.then = nil
		then()
	}
	return n, status, err
}

func TestSessionsAreReadOnceASecond(t *testing.T) {
	db := openSQLite(t)
	w, spy := startDev(t, db), &spying{Store: db.Users()}
	w.with(spy, user.Options{})
	w.add(user.User{UID: "ann"})
	s := w.signIn("ann", user.FlagApp)
	for _, c := range []struct {
		at    time.Duration
		reads int64
	}{{0, 1}, {0, 1}, {time.Second - 1, 1}, {time.Second, 2}, {2*time.Second - 1, 2}, {-time.Second, 3}, {0, 4}} {
		w.now = t0.Add(c.at)
		w.wantSession(c.at.String(), s.Token, nil)
		if n := spy.reads.Load(); n != c.reads {
			t.Errorf("after %v: %d reads, want %d", c.at, n, c.reads)
		}
	}
}

// TestOtherProcessesNoticeWithinASecond ends a session behind the cache's back.
func TestOtherProcessesNoticeWithinASecond(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		here, there := startDev(t, db), startDev(t, db)
		here.add(user.User{UID: "ann"})
		for what, end := range map[string]func(n user.Session) error{
			"ended":    func(n user.Session) error { return there.SignOut(t.Context(), n) },
			"disabled": func(user.Session) error { return there.Ban(t.Context(), "ann") },
		} {
			s := here.signIn("ann", user.FlagApp)
			n := here.wantSession("before", s.Token, nil)
			must(t, end(n))
			there.wantSession(what+" there", s.Token, user.ErrSession)
			here.now = here.now.Add(time.Second)
			here.wantSession(what+" here", s.Token, user.ErrSession)
			must(t, there.Unban(t.Context(), "ann"))
		}
	})
}

// TestWhatWasReadBeforeTheEndIsNotKept ends a session after it was read and
// before the cache has it.
func TestWhatWasReadBeforeTheEndIsNotKept(t *testing.T) {
	db := openSQLite(t)
	w, spy := startDev(t, db), &spying{Store: db.Users()}
	w.with(spy, user.Options{})
	w.add(user.User{UID: "ann"})
	for what, end := range map[string]func(n user.Session) error{
		"signed out": func(n user.Session) error { return w.SignOut(t.Context(), n) },
		"disabled":   func(user.Session) error { return w.Ban(t.Context(), "ann") },
		"replaced": func(user.Session) error {
			w.signIn("ann", user.FlagApp)
			return nil
		},
	} {
		s := w.signIn("ann", user.FlagApp)
		n := w.wantSession("before", s.Token, nil)
		w.now = w.now.Add(time.Second) // so that it is read again
		spy.then = func() { must(t, end(n)) }
		w.wantSession(what+", the request that was under way", s.Token, nil)
		w.wantSession(what+", the next one", s.Token, user.ErrSession)
		must(t, w.Unban(t.Context(), "ann"))
	}
}

// unsure is a store that does not know whether it committed.
type unsure struct{ user.Store }

var errUnsure = errors.New("the outcome is not known")

func (s unsure) Update(ctx context.Context, fn func(user.Tx) error) error {
	return errors.Join(s.Store.Update(ctx, fn), errUnsure)
}

func TestUnknownOutcomesAreForgottenToo(t *testing.T) {
	db := openSQLite(t)
	w := startDev(t, db)
	w.add(user.User{UID: "ann"})
	s := w.signIn("ann", user.FlagApp)
	w.with(unsure{db.Users()}, user.Options{})
	n := w.wantSession("before", s.Token, nil)
	wantErr(t, "sign out", w.SignOut(t.Context(), n), errUnsure)
	w.wantSession("after", s.Token, user.ErrSession)
}

// TestRevocationUnderLoad asks all the time while sessions end: once SignOut has
// returned, no answer may let the session through.
func TestRevocationUnderLoad(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := startDev(t, db)
		w.add(user.User{UID: "ann"})
		for range 20 {
			s := w.signIn("ann", user.FlagApp)
			n := w.wantSession("before", s.Token, nil)
			w.now = w.now.Add(time.Second)
			var over atomic.Bool
			for _, err := range together(4, func(i int) error {
				if i == 0 {
					defer over.Store(true)
					return w.SignOut(t.Context(), n)
				}
				for last := false; !last; {
					last = over.Load()
					if _, err := w.Authenticate(t.Context(), s.Token); last && !errors.Is(err, user.ErrSession) {
						t.Errorf("after the end: %v", err)
					}
				}
				return nil
			}) {
				must(t, err)
			}
		}
	})
}
