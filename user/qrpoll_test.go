package user_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/user"
)

// hold is what known clients count on.
const hold = 10 * time.Second

// answer is what a poll ended with, and how long it took.
type answer struct {
	state user.QRState
	err   error
	took  time.Duration
}

// poll waits for news of a login. The answer comes through the channel.
func poll(ctx context.Context, s user.Service, ticket user.QRTicket, stop <-chan struct{}) <-chan answer {
	ended := make(chan answer, 1)
	go func() {
		from := time.Now()
		state, err := s.PollQRLogin(ctx, user.QRPoll{UUID: ticket.UUID, Address: client, Wait: hold, Stop: stop})
		ended <- answer{state, err, time.Since(from)}
	}()
	return ended
}

// inBubble runs a test on a clock that jumps when everybody waits, which is the
// service's as well.
func inBubble(t *testing.T, test func(t *testing.T, w *world)) {
	synctest.Test(t, func(t *testing.T) {
		w := startDev(t, openSQLite(t))
		w.now = time.Now()
		service, err := user.New(w.db.Users(), user.Options{Pepper: pepper, Now: time.Now})
		must(t, err)
		w.Service = service
		test(t, w)
	})
}

func (a answer) want(t *testing.T, what string, status user.QRStatus, took time.Duration) {
	t.Helper()
	if a.err != nil || a.state.Status != status || a.took != took {
		t.Errorf("%s: status %d after %v, error %v; want %d after %v", what, a.state.Status, a.took, a.err, status, took)
	}
}

// TestPollWakes follows a login from one poll to the next: each is answered at
// the moment of the change, and none before.
func TestPollWakes(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		ctx, ann := t.Context(), w.person("ann")
		ticket := w.begin()
		(<-poll(ctx, w, ticket, nil)).want(t, "nothing new", user.QRWaiting, hold)

		waiting := []<-chan answer{poll(ctx, w, ticket, nil), poll(ctx, w, ticket, nil)}
		time.Sleep(2500 * time.Millisecond)
		synctest.Wait()
		scan := w.scan(ann, ticket)
		for _, ended := range waiting {
			(<-ended).want(t, "the scan", user.QRScanned, 2500*time.Millisecond)
		}

		(<-poll(ctx, w, ticket, nil)).want(t, "told already", user.QRScanned, hold)
		ended := poll(ctx, w, ticket, nil)
		synctest.Wait()
		must(t, w.GrantQRLogin(ctx, ann, scan.AuthCode, ""))
		(<-ended).want(t, "the grant", user.QRGranted, 0)
		(<-poll(ctx, w, ticket, nil)).want(t, "the grant, asked again", user.QRGranted, 0)
	})
}

// slowReader lets something happen after a poll has read and before it waits.
type slowReader struct {
	user.Store
	then func()
}

func (s *slowReader) QRLogin(ctx context.Context, uuid string) (user.QRLogin, error) {
	q, err := s.Store.QRLogin(ctx, uuid)
	if then := s.then; then != nil {
		s.then = nil
		then()
	}
	return q, err
}

// TestNoChangeIsMissed scans at the moment that a careless poll would not see.
func TestNoChangeIsMissed(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		ann := w.person("ann")
		slow := &slowReader{Store: w.db.Users()}
		service, err := user.New(slow, user.Options{Pepper: pepper, QRReread: time.Hour, Now: time.Now})
		must(t, err)
		w.Service = service
		ticket := w.begin()
		slow.then = func() { w.scan(ann, ticket) }
		(<-poll(t.Context(), w, ticket, nil)).want(t, "the scan", user.QRScanned, 0)
	})
}

// TestFirstPollOfAScan asks a process that has told nothing yet.
func TestFirstPollOfAScan(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		ticket := w.begin()
		w.scan(w.person("ann"), ticket)
		(<-poll(t.Context(), w, ticket, nil)).want(t, "the first poll", user.QRScanned, 0)
		(<-poll(t.Context(), w, ticket, nil)).want(t, "the second", user.QRScanned, hold)
	})
}

func TestPollEnds(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		ctx, ticket := t.Context(), w.begin()

		gone, cancel := context.WithCancel(ctx)
		ended := poll(gone, w, ticket, nil)
		synctest.Wait()
		cancel()
		if a := <-ended; !errors.Is(a.err, context.Canceled) || a.took != 0 {
			t.Errorf("a client that went away: %+v", a)
		}

		stop := make(chan struct{})
		ended = poll(ctx, w, ticket, stop)
		synctest.Wait()
		close(stop)
		(<-ended).want(t, "a server that stops", user.QRWaiting, 0)

		time.Sleep(user.QRScanTime - hold/2)
		(<-poll(ctx, w, ticket, nil)).want(t, "the end of the login", user.QRExpired, hold/2)
		(<-poll(ctx, w, ticket, nil)).want(t, "after it", user.QRExpired, 0)
		(<-poll(ctx, w, user.QRTicket{UUID: "nothing"}, nil)).want(t, "no login", user.QRExpired, 0)
	})
}

func TestPollsAreBounded(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		ctx, ticket := t.Context(), w.begin()
		stop := make(chan struct{})
		var held []<-chan answer
		for range user.MaxQRPolls {
			held = append(held, poll(ctx, w, ticket, stop))
		}
		synctest.Wait()
		if a := <-poll(ctx, w, ticket, stop); !errors.Is(a.err, user.ErrBusy) {
			t.Errorf("one too many: %+v", a)
		}
		other := poll(ctx, w, w.begin(), stop)
		close(stop)
		for _, ended := range append(held, other) {
			(<-ended).want(t, "within the bound", user.QRWaiting, 0)
		}
		(<-poll(ctx, w, ticket, nil)).want(t, "after the others", user.QRWaiting, hold)
	})
}

// TestPollAcrossProcesses scans at one service what a browser waits for at
// another, which finds out by reading again.
func TestPollAcrossProcesses(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		other, err := user.New(w.db.Users(), user.Options{Pepper: pepper, Now: time.Now})
		must(t, err)
		ticket := w.begin()
		ended := poll(t.Context(), other, ticket, nil)
		time.Sleep(2500 * time.Millisecond)
		synctest.Wait()
		w.scan(w.person("ann"), ticket)
		(<-ended).want(t, "the scan elsewhere", user.QRScanned, 3*time.Second)
	})
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := startDev(t, db)
		other, err := user.New(db.Users(), user.Options{
			Pepper: pepper, QRReread: time.Millisecond, Now: func() time.Time { return t0 },
		})
		must(t, err)
		ann, ticket := w.person("ann"), w.begin()
		ended := poll(t.Context(), other, ticket, nil)
		scan := w.scan(ann, ticket)
		if a := <-ended; a.err != nil || a.state.Status != user.QRScanned {
			t.Errorf("the scan elsewhere: %+v", a)
		}
		ended = poll(t.Context(), other, ticket, nil)
		must(t, w.GrantQRLogin(t.Context(), ann, scan.AuthCode, ""))
		a := <-ended
		if a.err != nil || a.state.Status != user.QRGranted {
			t.Errorf("the grant elsewhere: %+v", a)
		}
		_, err = w.finish(a.state.AuthCode)
		must(t, err)
	})
}

// TestPollsAreForgotten checks that what was told is not remembered for good.
func TestPollsAreForgotten(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		ctx, ann := t.Context(), w.person("ann")
		for range 3 {
			ticket := w.begin()
			w.scan(ann, ticket)
			(<-poll(ctx, w, ticket, nil)).want(t, "the scan", user.QRScanned, 0)
		}
		(<-poll(ctx, w, w.begin(), nil)).want(t, "another", user.QRWaiting, hold)
		if n := user.QRPollsKept(w.Service); n != 3 {
			t.Errorf("%d logins are remembered, want 3", n)
		}
		time.Sleep(user.QRConfirmTime)
		user.SweepQRPolls(w.Service)
		(<-poll(ctx, w, w.begin(), nil)).want(t, "another", user.QRWaiting, hold)
		if n := user.QRPollsKept(w.Service); n != 0 {
			t.Errorf("%d logins are remembered, want none", n)
		}
	})
}
