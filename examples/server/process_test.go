package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// buildServer builds this program.
func buildServer(t testing.TB) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "server")
	if runtime.GOOS == "windows" {
		bin += ".exe"
	}
	if text, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, text)
	}
	return bin
}

// process is a server of its own.
type process struct {
	base string
	out  *output
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
}

// startProcess starts the binary on a free port and waits until it is ready. It
// is killed at the end of the test, if it still runs.
func startProcess(t testing.TB, bin string, args ...string) *process {
	t.Helper()
	p := &process{out: newOutput(), done: make(chan struct{})}
	p.cmd = exec.Command(bin, append([]string{"-addr", "127.0.0.1:0"}, args...)...)
	p.cmd.Stderr = p.out
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.done)
		_ = p.cmd.Wait() // what it ended with is in ProcessState
	}()
	t.Cleanup(func() { p.kill() })
	select {
	case p.base = <-p.out.ready:
	case <-p.done:
		t.Fatalf("the server ended, %v:\n%s", p.cmd.ProcessState, p.out)
	case <-time.After(patience):
		t.Fatalf("the server is not ready:\n%s", p.out)
	}
	return p
}

// kill ends the process as a crash would and waits until it is gone.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended already
	<-p.done
}

// wait returns the exit code, -1 after a signal.
func (p *process) wait(t *testing.T) int {
	t.Helper()
	select {
	case <-p.done:
	case <-time.After(patience):
		t.Fatalf("the server does not end:\n%s", p.out)
	}
	return p.cmd.ProcessState.ExitCode()
}

func (p *process) signal(t *testing.T, s os.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

func TestProcess(t *testing.T) {
	bin := buildServer(t)
	t.Run("killed", func(t *testing.T) { testKilled(t, bin) })
	if runtime.GOOS == "windows" {
		return // no signal that could be sent
	}
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(s.String(), func(t *testing.T) { testStopped(t, bin, s) })
	}
	t.Run("second signal", func(t *testing.T) { testStoppedTwice(t, bin) })
}

// testStopped asks for a stop in the middle of a request, which is answered
// nevertheless.
func testStopped(t *testing.T, bin string, s syscall.Signal) {
	p := startProcess(t, bin, "-dev", "-db", "sqlite:"+filepath.Join(t.TempDir(), "ruyi.db"))
	r := beginRegistration(t, p.base)
	p.signal(t, s)
	waitRefused(t, p.base)
	if resp := r.finish(t); resp.StatusCode != http.StatusOK {
		t.Errorf("the request that ran is answered %s", resp.Status)
	}
	if code := p.wait(t); code != 0 {
		t.Errorf("exit code %d:\n%s", code, p.out)
	}
}

// testStoppedTwice asks again while a request keeps the process from ending.
func testStoppedTwice(t *testing.T, bin string) {
	p := startProcess(t, bin, "-dev", "-db", "sqlite:"+filepath.Join(t.TempDir(), "ruyi.db"))
	beginRegistration(t, p.base)
	p.signal(t, syscall.SIGTERM)
	waitRefused(t, p.base)
	for {
		// The one after the first may come too early to count as the second.
		_ = p.cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-p.done:
			if code := p.cmd.ProcessState.ExitCode(); code != -1 {
				t.Errorf("exit code %d, want the end by a signal:\n%s", code, p.out)
			}
			return
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// halfRequest is a request whose handler waits for the rest of the body.
type halfRequest struct {
	conn net.Conn
	in   *bufio.Reader
	rest string
}

// beginRegistration returns once the handler runs: that is when the server asks
// for the body.
func beginRegistration(t *testing.T, base string) *halfRequest {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	body := fmt.Sprintf(`{"zone":"0086","phone":"13800000001","code":%q,"password":%q}`, devCode, password)
	r := &halfRequest{conn: conn, in: bufio.NewReader(conn), rest: body}
	if _, err := fmt.Fprintf(conn, "POST %s/user/register HTTP/1.1\r\nHost: %s\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n",
		u.Path, u.Host, len(body)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"HTTP/1.1 100 Continue", ""} {
		line, err := r.in.ReadString('\n')
		if err != nil || strings.TrimSpace(line) != want {
			t.Fatalf("the server answers %q, %v, want %q", line, err, want)
		}
	}
	return r
}

// finish sends the body and returns the answer.
func (r *halfRequest) finish(t *testing.T) *http.Response {
	t.Helper()
	if _, err := io.WriteString(r.conn, r.rest); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(r.in, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(resp.Body); err != nil {
		t.Error(err)
	}
	return resp
}

// waitRefused waits until the server takes no connections any more.
func waitRefused(t *testing.T, base string) {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		conn, err := net.Dial("tcp", u.Host)
		if err != nil {
			return
		}
		_ = conn.Close()
	}
	t.Fatal("the server still takes connections")
}
