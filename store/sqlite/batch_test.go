package sqlite

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ruyi-im/ruyi/internal/errs"
	"github.com/ruyi-im/ruyi/store"
)

func testLink(t *testing.T, o Options) *link {
	t.Helper()
	l, err := connect(t.Context(), filepath.Join(t.TempDir(), "test.db"), o.withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.close() })
	if err := l.exec("CREATE TABLE number (n INTEGER PRIMARY KEY)"); err != nil {
		t.Fatal(err)
	}
	return l
}

func (l *link) numbers(t *testing.T) []int {
	t.Helper()
	rows, err := l.conn.QueryContext(t.Context(), "SELECT n FROM number ORDER BY n")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var list []int
	for rows.Next() {
		var n int
		if err := rows.Scan(&n); err != nil {
			t.Fatal(err)
		}
		list = append(list, n)
	}
	return list
}

// twice is a job that inserts n and calls again when it runs a second time.
func twice(n int, again func()) *job {
	runs := 0
	return &job{fn: func(tx store.Conn) error {
		if runs++; runs == 2 {
			again()
		}
		_, err := tx.ExecContext(context.Background(), "INSERT INTO number VALUES (?)", n)
		return err
	}}
}

// spoiler is a job that loses the transaction of its batch.
func spoiler(afterwards func()) *job {
	return &job{fn: func(tx store.Conn) error {
		_, err := tx.ExecContext(context.Background(), "ROLLBACK")
		afterwards()
		return err
	}}
}

func nothing() {}

// queueOf hands out jobs as a writer does.
func queueOf(jobs ...*job) func() *job {
	return func() *job {
		if len(jobs) == 0 {
			return nil
		}
		j := jobs[0]
		jobs = jobs[1:]
		return j
	}
}

// What was committed before a job ended the goroutine must not be reported as
// failed: its caller would do it again.
func TestAbandonedBatchKeepsTheAnswersItHas(t *testing.T) {
	l := testLink(t, Options{})
	first, gone, last := twice(1, nothing), twice(2, runtime.Goexit), spoiler(nothing)
	done := make(chan struct{})
	go func() {
		defer close(done)
		b := &batch{link: l}
		defer b.abandon()
		b.run(queueOf(first, gone, last), 3)
	}()
	<-done
	if first.err != nil || !errors.Is(gone.err, errAbandoned) || !errors.Is(last.err, errAbandoned) {
		t.Errorf("answers %v, %v and %v", first.err, gone.err, last.err)
	}
	if got := l.numbers(t); !slices.Equal(got, []int{1}) {
		t.Errorf("committed %v, want [1]", got)
	}
	if err := l.begin(); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// When another process takes the file between a batch and its second try, the
// jobs wait for it once, not each in its turn.
func TestBatchThatCannotBeginAgainWaitsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := testLink(t, Options{BusyTimeout: time.Second})
		other := &link{path: l.path, file: l.file, opts: l.opts}
		defer other.close()
		jobs := []*job{twice(1, nothing), twice(2, nothing), spoiler(func() {
			if err := other.begin(); err != nil {
				t.Error(err)
			}
		})}
		(&batch{link: l}).run(queueOf(jobs...), 3)
		for i, j := range jobs {
			if errs.KindOf(j.err) != errs.Unavailable || j.err != jobs[0].err {
				t.Errorf("job %d: %v, want the one answer %v", i, j.err, jobs[0].err)
			}
		}
		other.rollback(nil)
		again := twice(3, nothing)
		(&batch{link: l}).run(queueOf(again), 3)
		if got := l.numbers(t); again.err != nil || !slices.Equal(got, []int{3}) {
			t.Errorf("error %v, committed %v, want [3]", again.err, got)
		}
	})
}

// A schema may take longer to change than a transaction may last.
func TestMigrationHasNoDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		err := testWriter(t).migrate(t.Context(), func(ctx context.Context, tx store.Conn, _ store.Dialect) error {
			time.Sleep(time.Hour)
			_, err := tx.ExecContext(ctx, "CREATE TABLE late (n INTEGER)")
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}
