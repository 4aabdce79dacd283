package sqlite

import (
	"errors"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"testing"

	"github.com/ruyi-im/ruyi/store"
)

// limitFiles makes every write beyond the first n bytes of a file fail until the
// returned function is called. SQLite takes that for a failing disk.
func limitFiles(t *testing.T, n uint64) (lift func()) {
	t.Helper()
	signal.Ignore(syscall.SIGXFSZ)
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: n, Max: old.Max}); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
			t.Fatal(err)
		}
		signal.Reset(syscall.SIGXFSZ)
	}
}

func TestFailingDisk(t *testing.T) {
	for _, size := range []int{1, 3} {
		l := testLink(t, Options{})
		wal, err := os.Stat(l.path + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		jobs := make([]*job, size)
		for i := range jobs {
			jobs[i] = twice(i, nothing)
		}
		lift := limitFiles(t, uint64(wal.Size()))
		(&batch{link: l}).run(queueOf(jobs...), size)
		lift()
		for i, j := range jobs {
			if !errors.Is(j.err, store.ErrUnavailable) {
				t.Errorf("job %d of %d: error %v, want ErrUnavailable", i, size, j.err)
			}
		}
		if l.conn != nil {
			t.Errorf("%d jobs: the connection is kept although its file failed", size)
		}

		after := twice(9, nothing)
		(&batch{link: l}).run(queueOf(after), 1)
		if got := l.numbers(t); after.err != nil || !slices.Equal(got, []int{9}) {
			t.Errorf("%d jobs: error %v, committed %v, want [9]", size, after.err, got)
		}
	}
}
