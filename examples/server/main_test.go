package main

import (
	"context"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ruyi-im/ruyi/internal/pgtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(pgtest.M{M: m}) }

// patience is when a test that waits for a server gives up.
const patience = 30 * time.Second

// output collects what a server logs and tells when it is ready.
type output struct {
	ready chan string // receives the URL once

	mu   sync.Mutex
	text strings.Builder
	told bool
}

func newOutput() *output { return &output{ready: make(chan string, 1)} }

var readyLine = regexp.MustCompile(`listening on (http://[^"\s]+)"`)

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text.Write(p)
	if m := readyLine.FindStringSubmatch(o.text.String()); m != nil && !o.told {
		o.told = true
		o.ready <- m[1]
	}
	return len(p), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

func noEnv(string) string { return "" }

// instance is a server that runs within the test.
type instance struct {
	t    *testing.T
	base string // its URL with the prefix
	out  *output
	end  context.CancelFunc
	code chan int
}

// startHere runs the program on a free port and waits until it is ready. It ends
// with the test, if not stopped before.
func startHere(t *testing.T, args ...string) *instance {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	s := &instance{t: t, out: newOutput(), end: cancel, code: make(chan int, 1)}
	go func() { s.code <- run(ctx, append([]string{"-addr", "127.0.0.1:0"}, args...), s.out, noEnv) }()
	select {
	case s.base = <-s.out.ready:
	case code := <-s.code:
		cancel()
		t.Fatalf("the server ended with code %d:\n%s", code, s.out)
	case <-time.After(patience):
		cancel()
		t.Fatalf("the server is not ready:\n%s", s.out)
	}
	t.Cleanup(s.stop)
	return s
}

// stop ends the server, once, and wants it to say that all is well.
func (s *instance) stop() {
	s.t.Helper()
	if s.end == nil {
		return
	}
	s.end()
	s.end = nil
	select {
	case code := <-s.code:
		if code != 0 {
			s.t.Errorf("the server ended with code %d:\n%s", code, s.out)
		}
	case <-time.After(patience):
		s.t.Errorf("the server does not end:\n%s", s.out)
	}
}

// runToEnd runs a command line that must be refused.
func runToEnd(t *testing.T, getenv func(string) string, args ...string) (code int, log string) {
	t.Helper()
	// A server that starts after all is stopped rather than waited for.
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	out := newOutput()
	code = run(ctx, args, out, getenv)
	if len(out.ready) > 0 {
		t.Errorf("%q started", args)
	}
	return code, out.String()
}

func TestUsage(t *testing.T) {
	t.Chdir(t.TempDir()) // in case one starts after all
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"-h"}, 0, "-prefix path"},
		{[]string{"-nonsense"}, 2, "-nonsense"},
		{[]string{"serve"}, 2, `unexpected argument "serve"`},
		{[]string{"-addr", "8080"}, 2, "-addr: "},
		{[]string{"-db", "mysql://root:secret@localhost/im"}, 2, "-db: want sqlite:PATH"},
		{[]string{"-db", "ruyi.db"}, 2, "-db: want sqlite:PATH"},
		{[]string{"-db", "sqlite:"}, 2, "-db: sqlite: needs the path"},
		{[]string{"-db", "sqlite::memory:"}, 2, "-db: sqlite: needs the path"},
		{[]string{"-prefix", "v1"}, 2, "-prefix: "},
		{[]string{"-prefix", "/a/../b"}, 2, "-prefix: "},
		{[]string{"-prefix", "//"}, 2, "-prefix: "},
		{[]string{"-prefix", "/{x}"}, 2, "-prefix: "},
		{[]string{"-prefix", "/a b"}, 2, "-prefix: "},
		{[]string{"-public-url", "im.example.com"}, 2, "-public-url: "},
		{[]string{"-public-url", "ftp://im.example.com"}, 2, "-public-url: "},
		{[]string{"-public-url", "https://:443"}, 2, "-public-url: "},
		{[]string{"-public-url", "https://root:secret@im.example.com"}, 2, "-public-url: "},
		{[]string{"-public-url", "https://im.example.com/?x"}, 2, "-public-url: "},
		{[]string{"-public-url", "https://im.example.com//"}, 2, "-public-url: "},
	} {
		code, log := runToEnd(t, noEnv, c.args...)
		if code != c.code || !strings.Contains(log, c.says) {
			t.Errorf("%q: code %d, want %d with %q:\n%s", c.args, code, c.code, c.says, log)
		}
		if strings.Contains(log, "secret@") {
			t.Errorf("%q: the log repeats a password", c.args)
		}
	}
}

func TestStartFails(t *testing.T) {
	t.Chdir(t.TempDir()) // where the keys for PostgreSQL would be made
	db := "sqlite:" + filepath.Join(t.TempDir(), "ruyi.db")
	first := startHere(t, "-db", db)
	taken := strings.TrimSuffix(strings.TrimPrefix(first.base, "http://"), "/v1")
	for name, args := range map[string][]string{
		"address in use": {"-addr", taken, "-db", "sqlite:" + filepath.Join(t.TempDir(), "ruyi.db")},
		"no folder":      {"-addr", "127.0.0.1:0", "-db", "sqlite:" + filepath.Join(t.TempDir(), "none", "ruyi.db")},
		"no server":      {"-addr", "127.0.0.1:0", "-db", "postgres://im:secret@127.0.0.1:1/im"},
	} {
		code, log := runToEnd(t, noEnv, args...)
		if code != 1 || strings.Count(log, "\n") != 1 || strings.Contains(log, "secret") {
			t.Errorf("%s: code %d, want 1 with one line and no password:\n%s", name, code, log)
		}
	}
	wantFiles(t, ".")
}
