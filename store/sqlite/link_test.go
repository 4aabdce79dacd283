package sqlite

import (
	"errors"
	"os"
	"slices"
	"testing"

	"github.com/ruyi-im/ruyi/store"
)

// A connection that was given up is replaced as soon as its file can be used
// again, and never by way of a new file.
func TestLinkComesBackWithItsFile(t *testing.T) {
	l := testLink(t, Options{})
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(l.path, l.path+".away"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		j := twice(1, nothing)
		(&batch{link: l}).run(queueOf(j), 1)
		if !errors.Is(j.err, store.ErrUnavailable) {
			t.Errorf("error %v, want ErrUnavailable", j.err)
		}
	}
	if _, err := os.Stat(l.path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file was made in place of the one that is gone: %v", err)
	}
	if err := os.Rename(l.path+".away", l.path); err != nil {
		t.Fatal(err)
	}
	j := twice(1, nothing)
	(&batch{link: l}).run(queueOf(j), 1)
	if got := l.numbers(t); j.err != nil || !slices.Equal(got, []int{1}) {
		t.Errorf("error %v, committed %v, want [1]", j.err, got)
	}
}

func TestNewLinkIsAsDurableAsTheFirst(t *testing.T) {
	l := testLink(t, Options{})
	l.close()
	l.opts.Synchronous = "NORMAL"
	if err := l.begin(); err == nil {
		t.Error("a weaker connection took the place of the first")
	}
	if l.conn != nil {
		t.Error("and is used")
	}
}
