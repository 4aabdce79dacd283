package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// wantFiles compares the names in a folder.
func wantFiles(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("the folder holds %q, want %q", got, want)
	}
}

func TestDevIsRefused(t *testing.T) {
	for _, c := range []struct{ addr, db, says string }{
		{":0", "sqlite:ruyi.db", "-dev listens on loopback only"},
		{"0.0.0.0:0", "sqlite:ruyi.db", "-dev listens on loopback only"},
		{"[::]:0", "sqlite:ruyi.db", "-dev listens on loopback only"},
		{"[::ffff:0.0.0.0]:0", "sqlite:ruyi.db", "-dev listens on loopback only"},
		{"192.0.2.1:0", "sqlite:ruyi.db", "-dev listens on loopback only"},
		{"[fe80::1%lo]:0", "sqlite:ruyi.db", "-dev listens on loopback only"},
		{"host.invalid:0", "sqlite:ruyi.db", "-dev listens on loopback only"},
		{"127.0.0.1:0", "postgres://im:secret@192.0.2.1/im", "not on 192.0.2.1"},
		{"127.0.0.1:0", "postgresql://im:secret@0.0.0.0/im", "not on 0.0.0.0"},
		{"127.0.0.1:0", "postgres://im:secret@127.0.0.1,192.0.2.1/im", "not on 192.0.2.1"},
		{"127.0.0.1:0", "postgres://im:secret@127.0.0.1/im?host=192.0.2.1", "not on 192.0.2.1"},
		{"127.0.0.1:0", "postgres://im:secret@127.0.0.1:port/im", "cannot parse"},
	} {
		t.Chdir(t.TempDir())
		code, log := runToEnd(t, noEnv, "-dev", "-addr", c.addr, "-db", c.db)
		if code != 1 || strings.Count(log, "\n") != 1 || !strings.Contains(log, c.says) {
			t.Errorf("%s %s: code %d, want 1 with one line and %q:\n%s", c.addr, c.db, code, c.says, log)
		}
		if strings.Contains(log, "secret") {
			t.Errorf("%s: the log repeats the password:\n%s", c.db, log)
		}
		wantFiles(t, ".")
	}
}

func TestDevIsAllowed(t *testing.T) {
	for _, c := range []struct {
		addr string
		db   database
	}{
		{"127.0.0.1:8080", database{path: "ruyi.db"}},
		{"127.8.8.8:0", database{path: "ruyi.db"}},
		{"[::1]:0", database{path: "ruyi.db"}},
		{"[::ffff:127.0.0.1]:0", database{path: "ruyi.db"}},
		{"localhost:0", database{path: "ruyi.db"}},
		{"127.0.0.1:0", database{dsn: "postgres://im@127.0.0.1:5433/im"}},
		{"127.0.0.1:0", database{dsn: "postgres://im@localhost,[::1]/im"}},
		{"127.0.0.1:0", database{dsn: "postgres:///im?host=/run/postgresql"}},
	} {
		if err := checkDev(t.Context(), c.addr, c.db); err != nil {
			t.Errorf("%s %+v: %v", c.addr, c.db, err)
		}
	}
}

func TestDevStartsOnLocalhost(t *testing.T) {
	// The later -addr is the one that counts.
	s := startHere(t, "-dev", "-addr", "localhost:0", "-db", "sqlite:"+filepath.Join(t.TempDir(), "ruyi.db"))
	if !strings.HasSuffix(s.base, "/v1") {
		t.Errorf("listening on %s, want the prefix at its end", s.base)
	}
}
