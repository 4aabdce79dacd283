package sqlite_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/sqlite"
)

func TestOpenRefusesWeakDurabilityUnlessAllowed(t *testing.T) {
	for _, c := range []struct {
		synchronous string
		strong      bool
		known       bool
	}{
		{"", true, true},
		{"FULL", true, true},
		{"extra", true, true},
		{"NORMAL", false, true},
		{"OFF", false, true},
		{"2", false, false},
		{"garbage", false, false},
		{"FULL); PRAGMA synchronous(OFF", false, false},
	} {
		for _, allow := range []bool{false, true} {
			path := filepath.Join(t.TempDir(), "test.db")
			db, err := sqlite.Open(t.Context(), path, sqlite.Options{Synchronous: c.synchronous, AllowWeakDurability: allow})
			if db != nil {
				db.Close()
			}
			if want := c.strong || c.known && allow; (err == nil) != want {
				t.Errorf("synchronous %q, allowed %v: error %v, want success %v", c.synchronous, allow, err, want)
			}
		}
	}
}

func TestOpenNeedsAFile(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "no", "such")
	for _, c := range []struct{ path, says string }{
		{"", "needs a file"},
		{":memory:", "needs a file"},
		{":memory:?cache=shared", "needs a file"},
		{filepath.Join(missing, "test.db"), missing},
		{t.TempDir(), "sqlite: open"},
	} {
		db, err := sqlite.Open(t.Context(), c.path, sqlite.Options{})
		if err == nil {
			db.Close()
		}
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("path %q: error %v, want one with %q", c.path, err, c.says)
		}
	}
}

func TestOpenTakesThePathAsItIs(t *testing.T) {
	for _, name := range []string{
		"a b?mode=memory", "a#b&c=d;e+f", "a%20b%", "如意😀.db", "file:a",
	} {
		dir := t.TempDir()
		db := openAt(t, filepath.Join(dir, name), sqlite.Options{})
		if err := db.Update(t.Context(), func(store.Conn) error { return nil }); err != nil {
			t.Errorf("%q: %v", name, err)
		}
		if got, want := files(t, dir), []string{name, name + "-shm", name + "-wal"}; !slices.Equal(got, want) {
			t.Errorf("%q made the files %q", name, got)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
		if got := files(t, dir); !slices.Equal(got, []string{name}) {
			t.Errorf("closing %q left the files %q", name, got)
		}
	}
}

// A program may change its working directory: the file stays where it was when
// a connection is opened later.
func TestRelativePathIsTheOneAtOpen(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	t.Chdir(dir)
	db := openAt(t, "test.db", sqlite.Options{})
	t.Chdir(elsewhere)
	if _, err := db.Users().User(t.Context(), "u_10000"); err != nil {
		t.Error(err)
	}
	if got := files(t, elsewhere); len(got) != 0 {
		t.Errorf("files %q in the new working directory", got)
	}
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
