package sqlite

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/ruyi-im/ruyi/store"
)

func testWriter(t *testing.T) *writer {
	t.Helper()
	w, err := openWriter(t.Context(), filepath.Join(t.TempDir(), "test.db"), Options{}.withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.close() })
	return w
}

func newJob() *job {
	return &job{fn: func(store.Conn) error { return nil }, signal: make(chan bool, 1)}
}

// Who was made the leader cannot give up any more: nobody would write again.
func TestLeaderCannotWithdraw(t *testing.T) {
	w := testWriter(t)
	w.led = true // by somebody who ends just now
	next, behind := newJob(), newJob()
	for _, j := range []*job{next, behind} {
		if lead, err := w.enter(j); lead || err != nil {
			t.Fatalf("leads %v, error %v", lead, err)
		}
	}
	w.pass()
	if w.withdraw(next) {
		t.Error("the next leader went away")
	}
	if !w.withdraw(behind) {
		t.Error("the one behind could not go away")
	}
	if w.withdraw(behind) {
		t.Error("and went away twice")
	}
	if !<-next.signal {
		t.Error("the next leader was not told to lead")
	}
	w.lead(next)
	if w.led || len(w.queue) > 0 {
		t.Errorf("led %v, %d waiting after the last one", w.led, len(w.queue))
	}
}

func TestQueueHasAnEnd(t *testing.T) {
	w := testWriter(t)
	w.led = true
	w.queue = make([]*job, maxQueue-1)
	if _, err := w.enter(newJob()); err != nil {
		t.Errorf("the last place: %v", err)
	}
	if _, err := w.enter(newJob()); !errors.Is(err, store.ErrBusy) {
		t.Errorf("beyond the last place: error %v, want ErrBusy", err)
	}
	w.queue, w.led = nil, false
}
