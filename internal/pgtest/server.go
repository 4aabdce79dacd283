package pgtest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	dirPrefix = "ruyi-pgtest-"
	superuser = "ruyi"

	// Generous: recovery and checkpoints wait for the disk, which a build
	// beside the tests can keep busy for half a minute.
	startTimeout = 3 * time.Minute
	stopTimeout  = 3 * time.Minute

	// startAttempts is how often another port is tried when a server ends at
	// once, since the port may be taken between choosing and using it.
	startAttempts = 3

	// staleAfter is the age at which the files of a test process that was
	// killed are removed by the next one. No run lasts that long.
	staleAfter = 24 * time.Hour
)

// errEnded says that postgres gave up by itself.
var errEnded = errors.New("postgres ended while it started")

// server is a cluster directory and, while it runs, its postgres process.
type server struct {
	bin  string // directory of initdb, postgres and pg_ctl
	dir  string // holds data and log
	attr *syscall.SysProcAttr
	port int
	proc *os.Process
	done chan struct{} // closed once proc has been waited for
}

// newServer creates a cluster in a temporary directory and starts it.
func newServer() (*server, error) {
	bin, err := findPrograms()
	if err != nil {
		return nil, err
	}
	removeStale(os.TempDir())
	dir, err := os.MkdirTemp("", dirPrefix)
	if err != nil {
		return nil, err
	}
	s := &server{bin: bin, dir: dir}
	if err := s.create(); err != nil {
		s.remove()
		return nil, err
	}
	return s, nil
}

// create fills the directory and starts the server on the first port that works.
func (s *server) create() (err error) {
	if s.attr, err = unprivileged(s.dir); err != nil {
		return err
	}
	killWithParent(s.attr)
	// --no-sync is about the new files only: a power cut may cost a cluster
	// that lives for one run, a crash of the server may not.
	if err := s.run("initdb", "-D", s.data(), "-U", superuser, "--auth=trust",
		"--no-sync", "-E", "UTF8", "--locale=C"); err != nil {
		return err
	}
	for range startAttempts {
		if s.port, err = freePort(); err != nil {
			return err
		}
		if err = s.start(); !errors.Is(err, errEnded) {
			return err
		}
	}
	return err
}

func (s *server) data() string { return filepath.Join(s.dir, "data") }

func (s *server) dsn() string {
	return fmt.Sprintf("postgres://%s@127.0.0.1:%d/postgres?sslmode=disable", superuser, s.port)
}

// start starts postgres and returns when it accepts connections.
func (s *server) start() error {
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }() // the child holds its own copy
	// No socket files: their paths have a length limit that temporary
	// directories exceed on some systems. More connections than the default:
	// parallel tests bring a pool each.
	cmd := s.command("postgres", "-D", s.data(), "-p", strconv.Itoa(s.port),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
		"-c", "max_connections=300")
	cmd.Stdout, cmd.Stderr = log, log
	done, started := make(chan struct{}), make(chan error)
	go func() {
		// The kernel ties the child's life to the thread that started it, so
		// this one is held until the child is gone.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // how it ended does not matter, the log tells
		}
		close(done)
	}()
	if err := <-started; err != nil {
		return err
	}
	s.proc, s.done = cmd.Process, done
	if err := s.awaitReady(); err != nil {
		return errors.Join(err, s.stop(Immediate), s.logTail())
	}
	return nil
}

// awaitReady watches the file in which postgres reports its state. Knocking at
// the port instead could be answered by a stranger that took it first.
func (s *server) awaitReady() error {
	deadline := time.After(startTimeout)
	pid := strconv.Itoa(s.proc.Pid)
	for {
		if text, err := os.ReadFile(filepath.Join(s.data(), "postmaster.pid")); err == nil {
			lines := strings.Split(string(text), "\n")
			if len(lines) >= 8 && lines[0] == pid && strings.TrimSpace(lines[7]) == "ready" {
				return nil
			}
		}
		select {
		case <-s.done:
			return errEnded
		case <-deadline:
			return fmt.Errorf("postgres was not ready after %v", startTimeout)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// stop stops the server if it runs and waits for its end.
func (s *server) stop(mode Mode) error {
	if !s.running() {
		return nil
	}
	err := s.run("pg_ctl", "stop", "-D", s.data(), "-m", string(mode), "-W")
	if err != nil {
		_ = s.proc.Kill() // fails only if it is gone already
	}
	select {
	case <-s.done:
	case <-time.After(stopTimeout):
		err = fmt.Errorf("postgres still ran %v after the request to stop", stopTimeout)
		_ = s.proc.Kill()
		<-s.done
	}
	return err
}

// running reports whether postgres was started and has not ended, be it by itself.
func (s *server) running() bool {
	if s.proc == nil {
		return false
	}
	select {
	case <-s.done:
		return false
	default:
		return true
	}
}

// remove stops the server and deletes its files. Errors have no reader left:
// what stays behind is removed by a later run.
func (s *server) remove() {
	_ = s.stop(Immediate)
	_ = os.RemoveAll(s.dir)
}

// run runs one of PostgreSQL's programs to its end.
func (s *server) run(name string, args ...string) error {
	runtime.LockOSThread() // see start
	defer runtime.UnlockOSThread()
	if out, err := s.command(name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(string(out)))
	}
	return nil
}

// command prepares one of PostgreSQL's programs. It runs in the cluster's
// directory, because the user it runs as may not be allowed into ours, and
// without our PG* variables, which would override what is asked for here.
func (s *server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir = s.dir
	cmd.SysProcAttr = s.attr
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "PG") && !strings.HasPrefix(v, "LC_") && !strings.HasPrefix(v, "LANG") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(cmd.Env, "LC_ALL=C")
	return cmd
}

// logTail returns the end of the server's log as an error.
func (s *server) logTail() error {
	text, err := os.ReadFile(filepath.Join(s.dir, "log"))
	if err != nil {
		return err
	}
	const most = 2000
	return errors.New("its log ends: " + strings.TrimSpace(string(text[max(0, len(text)-most):])))
}

// freePort returns a loopback port that nobody listens on. It stays below the
// ports that systems hand to outgoing connections: those could take it while
// the server is stopped, down to a client's attempt that connects to itself.
func freePort() (int, error) {
	const lowest, count = 20000, 12000
	var err error
	for range 100 {
		port := lowest + rand.IntN(count)
		var l net.Listener
		if l, err = net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port))); err == nil {
			return port, l.Close()
		}
	}
	return 0, err
}

// removeStale removes the clusters in dir whose test process was killed long
// ago before it could.
func removeStale(dir string) {
	found, _ := filepath.Glob(filepath.Join(dir, dirPrefix+"*")) // the pattern is well formed
	for _, path := range found {
		if info, err := os.Lstat(path); err == nil && time.Since(info.ModTime()) > staleAfter {
			_ = os.RemoveAll(path) // may belong to somebody else
		}
	}
}
