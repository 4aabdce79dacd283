package pgtest

import (
	"bufio"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// envHold makes the test below the process that is going to be killed.
const envHold = "PGTEST_HOLD"

func TestServerDiesWithAKilledTest(t *testing.T) {
	if os.Getenv(envHold) != "" {
		c := Start(t)
		fmt.Println("holding", c.DSN(), c.server.dir)
		select {}
	}
	if _, err := findPrograms(); err != nil {
		unavailable(t, err)
	}
	holder := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	holder.Env = append(os.Environ(), envHold+"=1")
	out, err := holder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	dsn, dir := awaitHolding(t, bufio.NewScanner(out))
	if err := holder.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = holder.Wait() // says only that it was killed
	t.Cleanup(func() { _ = os.RemoveAll(dir) })

	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		conn, err := net.Dial("tcp", u.Host)
		if err != nil {
			return
		}
		_ = conn.Close()
		if time.Now().After(deadline) {
			t.Fatal("the server outlived the test that started it")
		}
	}
}

// awaitHolding reads what the process to be killed prints once its server runs.
func awaitHolding(t *testing.T, lines *bufio.Scanner) (dsn, dir string) {
	t.Helper()
	var said []string
	for lines.Scan() {
		said = append(said, lines.Text())
		if _, err := fmt.Sscanf(lines.Text(), "holding %s %s", &dsn, &dir); err == nil {
			return dsn, dir
		}
	}
	t.Fatal("it started no server: " + strings.Join(said, "\n"))
	return "", ""
}
