package main

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"
)

const (
	killRounds  = 5
	killWorkers = 4
	killAfter   = 10 // answers, of registrations and requests
)

// answered is what a worker was told is done.
type answered struct {
	phone, uid string
	remark     string // of the request to the receiver, "" when that was not answered
}

// testKilled kills the server again and again while it works. Whatever it has
// answered must be there afterwards.
func testKilled(t *testing.T, bin string) {
	args := []string{"-dev", "-db", "sqlite:" + filepath.Join(t.TempDir(), "ruyi.db")}
	p := startProcess(t, bin, args...)
	receiver, err := newClient(t, p.base).register("13900000000", "Receiver")
	if err != nil {
		t.Fatal(err)
	}
	requests := 0
	for round := range killRounds {
		done := workAndKill(t, p, receiver.uid, round)
		p = startProcess(t, bin, args...)
		// The session was acknowledged too, so its token still counts.
		receiver.base = p.base
		requests += wantKept(t, receiver, done)
	}
	if requests == 0 {
		t.Error("no request was answered before a kill, so nothing was tested")
	}
	last, err := newClient(t, p.base).register("13900000001", "Last")
	if err != nil {
		t.Fatal(err)
	}
	if err := last.apply(receiver.uid, "last"); err != nil {
		t.Fatal(err)
	}
	wantKept(t, receiver, []answered{{phone: "13900000001", uid: last.uid, remark: "last"}})
}

// workAndKill has several workers register people who apply to the receiver, and
// kills the process while they are at it. It returns what was answered.
func workAndKill(t *testing.T, p *process, receiver string, round int) []answered {
	t.Helper()
	c := newClient(t, p.base)
	var (
		workers sync.WaitGroup
		mu      sync.Mutex
		all     []answered
	)
	progress := make(chan struct{}, 1024) // more than there can be answers
	for w := range killWorkers {
		workers.Go(func() {
			for n := 0; ; n++ {
				a := answered{phone: fmt.Sprintf("138%02d%02d%04d", round, w, n)}
				me, err := c.register(a.phone, a.phone)
				if err != nil {
					return // killed; a server that refuses is noticed below
				}
				a.uid = me.uid
				progress <- struct{}{}
				if err = me.apply(receiver, a.phone); err == nil {
					a.remark = a.phone
					progress <- struct{}{}
				}
				mu.Lock()
				all = append(all, a)
				mu.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	idle := make(chan struct{})
	go func() { workers.Wait(); close(idle) }()
	for range killAfter {
		select {
		case <-progress:
		case <-idle:
			t.Fatalf("the workers met errors before the kill:\n%s", p.out)
		}
	}
	p.kill()
	<-idle
	return all
}

// wantKept checks everything that was answered and returns the number of
// requests among it.
func wantKept(t *testing.T, receiver *client, done []answered) (requests int) {
	t.Helper()
	queue, err := receiver.requests()
	if err != nil {
		t.Fatal(err)
	}
	queued := map[string]string{}
	for _, r := range queue {
		queued[r.Remark] = r.From
	}
	for _, a := range done {
		me, err := receiver.login(a.phone)
		if err != nil || me.UID != a.uid {
			t.Errorf("%s was registered as %s, but logging in gives %q, %v", a.phone, a.uid, me.UID, err)
		}
		if a.remark == "" {
			continue
		}
		requests++
		if queued[a.remark] != a.uid {
			t.Errorf("the request %s of %s was answered but is not in the queue", a.remark, a.uid)
		}
	}
	return requests
}
