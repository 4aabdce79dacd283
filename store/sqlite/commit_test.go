package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/sqlite"
)

var errJob = errors.New("this job fails")

// outcome is how one Update ended.
type outcome struct {
	err      error
	panicked any
	returned bool
}

// crowd starts the jobs while a first transaction, which inserts 0, runs, so
// that all of them wait in their order when it ends. It returns how they ended.
// It works inside a synctest bubble only.
func (s numbers) crowd(jobs ...func(tx store.Conn) error) []outcome {
	ctx := context.Background()
	release := make(chan struct{})
	ends := make([]outcome, len(jobs)+1)
	var wg sync.WaitGroup
	for i, fn := range append([]func(store.Conn) error{func(tx store.Conn) error {
		<-release
		return insert(tx, 0)
	}}, jobs...) {
		wg.Go(func() {
			defer func() {
				if !ends[i].returned {
					ends[i].panicked = recover()
				}
			}()
			ends[i].err = s.Update(ctx, fn)
			ends[i].returned = true
		})
		synctest.Wait()
	}
	close(release)
	wg.Wait()
	return ends
}

// watched is a job that inserts n and notes what others see then.
func (s numbers) watched(t *testing.T, n int, seen *[]int) func(tx store.Conn) error {
	return func(tx store.Conn) error {
		if err := insert(tx, n); err != nil {
			return err
		}
		*seen = s.seen(t)
		return nil
	}
}

func TestWaitingTransactionsShareACommit(t *testing.T) {
	for _, c := range []struct {
		maxBatch int
		seen     [4][]int // while 1, 2, 3 and 4 run
	}{
		{0, [4][]int{}},
		{1, [4][]int{{0}, {0, 1}, {0, 1, 2}, {0, 1, 2, 3}}},
		{3, [4][]int{{}, {}, {0, 1, 2}, {0, 1, 2}}},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := start(t, sqlite.Options{MaxBatch: c.maxBatch})
			var seen [4][]int
			var jobs []func(store.Conn) error
			for i := range seen {
				jobs = append(jobs, s.watched(t, i+1, &seen[i]))
			}
			for i, end := range s.crowd(jobs...) {
				if end.err != nil {
					t.Errorf("job %d: %v", i, end.err)
				}
			}
			for i := range seen {
				if !slices.Equal(seen[i], c.seen[i]) {
					t.Errorf("at most %d to a commit: %d saw %v, want %v", c.maxBatch, i+1, seen[i], c.seen[i])
				}
			}
			wantSeen(t, s, 0, 1, 2, 3, 4)
		})
	}
}

func TestOneJobDoesNotHarmTheOthers(t *testing.T) {
	for name, harm := range map[string]func(tx store.Conn) error{
		"fails":                 func(store.Conn) error { return errJob },
		"panics":                func(store.Conn) error { panic("my own panic") },
		"breaks a constraint":   func(tx store.Conn) error { return insert(tx, 0) },
		"ends the transaction":  func(tx store.Conn) error { return exec(tx, "ROLLBACK") },
		"ends its savepoint":    func(tx store.Conn) error { return exec(tx, "RELEASE job") },
		"ends it and fails":     func(tx store.Conn) error { return errors.Join(exec(tx, "ROLLBACK"), errJob) },
		"ends it and panics":    func(tx store.Conn) error { exec(tx, "ROLLBACK"); panic("my own panic") },
		"breaks the statements": func(tx store.Conn) error { return exec(tx, "no SQL") },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := start(t, sqlite.Options{})
				ends := s.crowd(
					func(tx store.Conn) error { return insert(tx, 1) },
					func(tx store.Conn) error { return errors.Join(insert(tx, 2), harm(tx)) },
					func(tx store.Conn) error { return insert(tx, 3) },
				)
				for _, i := range []int{0, 1, 3} {
					if end := ends[i]; end.err != nil || !end.returned {
						t.Errorf("job %d: %+v", i, end)
					}
				}
				if strings.Contains(name, "panics") != (ends[2].panicked == "my own panic") || ends[2].returned && ends[2].err == nil {
					t.Errorf("the harmful job ended as %+v", ends[2])
				}
				wantSeen(t, s, 0, 1, 3)
				if err := s.add(t.Context(), 9); err != nil {
					t.Errorf("afterwards: %v", err)
				}
			})
		})
	}
}

func TestEachPanicReachesItsOwnCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, sqlite.Options{})
		values := []any{"a", errJob, 3}
		var jobs []func(store.Conn) error
		for _, v := range values {
			jobs = append(jobs, func(store.Conn) error { panic(v) })
		}
		jobs = append(jobs, func(store.Conn) error { panic(nil) })
		ends := s.crowd(jobs...)[1:]
		for i, v := range values {
			if ends[i].panicked != v {
				t.Errorf("caller %d got %v, want %v", i, ends[i].panicked, v)
			}
		}
		if _, ok := ends[3].panicked.(*runtime.PanicNilError); !ok {
			t.Errorf("panic(nil) arrived as %v", ends[3].panicked)
		}
	})
}

// A test that fails inside a transaction ends its goroutine, which may be the
// one that works for others.
func TestGoexitHangsNobody(t *testing.T) {
	for alone := range 2 {
		t.Run(fmt.Sprint(alone), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := start(t, sqlite.Options{})
				jobs := []func(store.Conn) error{
					func(tx store.Conn) error { return insert(tx, 1) },
					func(tx store.Conn) error { runtime.Goexit(); return nil },
					func(tx store.Conn) error { return insert(tx, 3) },
				}
				if alone == 1 {
					jobs = jobs[1:2]
				}
				for i, end := range s.crowd(jobs...) {
					if end.returned && end.err == nil && !slices.Contains(s.seen(t), i) {
						t.Errorf("job %d was answered but is not there", i)
					}
				}
				if err := s.add(t.Context(), 9); err != nil {
					t.Errorf("afterwards: %v", err)
				}
			})
		})
	}
}

func wantSeen(t *testing.T, s numbers, want ...int) {
	t.Helper()
	if seen := s.seen(t); !slices.Equal(seen, want) {
		t.Errorf("committed %v, want %v", seen, want)
	}
}
