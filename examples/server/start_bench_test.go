package main

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// settle is how long a server is left alone before its memory is read.
const settle = 500 * time.Millisecond

// BenchmarkStart starts the program on a new database. It reports how long it
// takes until it answers, and the memory it holds when it has nothing to do.
func BenchmarkStart(b *testing.B) {
	if runtime.GOOS != "linux" {
		b.Skip("memory is read from /proc")
	}
	bin := buildServer(b)
	var ready time.Duration
	var rss float64
	n := 0
	for b.Loop() {
		n++
		db := "sqlite:" + filepath.Join(b.TempDir(), fmt.Sprintf("ruyi%d.db", n))
		begin := time.Now()
		p := startProcess(b, bin, "-db", db)
		u, err := url.Parse(p.base)
		if err != nil {
			b.Fatal(err)
		}
		if code, _ := get(b, "http://"+u.Host+"/healthz"); code != http.StatusOK {
			b.Fatalf("/healthz answers %d", code)
		}
		ready += time.Since(begin)
		time.Sleep(settle)
		rss = max(rss, residentMB(b, p.cmd.Process.Pid))
		p.kill()
	}
	b.ReportMetric(0, "ns/op") // it would contain the pause
	b.ReportMetric(float64(ready.Milliseconds())/float64(n), "ready-ms")
	b.ReportMetric(rss, "RSS-MB")
}

// residentMB returns the memory a process holds.
func residentMB(b *testing.B, pid int) float64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if text, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.Atoi(strings.Fields(text)[0])
			if err != nil {
				b.Fatal(err)
			}
			return float64(kb) / 1024
		}
	}
	b.Fatal("no VmRSS")
	return 0
}
