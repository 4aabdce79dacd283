package main

import (
	"fmt"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// step is a command of the README's session and what it shows.
type step struct{ command, output string }

// TestReadmeSession types the sessions of the README, for who follows it must get
// the same answers.
func TestReadmeSession(t *testing.T) {
	for _, tool := range []string{"bash", "curl", "sed", "base64"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatal(err)
			}
			t.Skip("the session of the README needs ", tool)
		}
	}
	s := startHere(t, "-dev", "-db", "sqlite:"+filepath.Join(t.TempDir(), "ruyi.db"))
	steps := readSession(t, "../../README.md")
	steps[0].command = "api=" + s.base

	const end = "=== end of step"
	var script strings.Builder
	for _, st := range steps {
		fmt.Fprintf(&script, "%s\necho '%s'\n", st.command, end)
	}
	shell := exec.CommandContext(t.Context(), "bash", "-eu", "-o", "pipefail")
	shell.Stdin = strings.NewReader(script.String())
	out, err := shell.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	got := strings.Split(string(out), end+"\n")
	for i, st := range steps {
		if !matches(st.output, got[i]) {
			t.Errorf("$ %s\n%s\nthe README says\n%s", st.command, got[i], st.output)
		}
	}
}

// TestReadmeProgram builds the program of the README.
func TestReadmeProgram(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "```go\n")
	program, _, closed := strings.Cut(rest, "```")
	if !found || !closed {
		t.Fatal("the README has no program")
	}
	file := filepath.Join(t.TempDir(), "main.go")
	write(t, file, program, 0o600)
	if out, err := exec.CommandContext(t.Context(), "go", "vet", file).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if formatted, err := format.Source([]byte(program)); err != nil || string(formatted) != program {
		t.Errorf("the program is not formatted (%v)", err)
	}
}

// readSession returns the commands of all sessions, which begin with "$ ", and
// their output.
func readSession(t *testing.T, file string) []step {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var steps []step
	for i, block := range strings.Split(string(text), "```console\n") {
		if i == 0 {
			continue
		}
		session, _, _ := strings.Cut(block, "```")
		for line := range strings.Lines(session) {
			if command, ok := strings.CutPrefix(line, "$ "); ok {
				steps = append(steps, step{command: strings.TrimSpace(command)})
			} else {
				steps[len(steps)-1].output += line
			}
		}
	}
	if len(steps) == 0 || steps[0].command != "api=http://127.0.0.1:8080/v1" {
		t.Fatal("the README has no session that begins with the address of the server")
	}
	return steps
}

// matches compares output with what was written down, where "…" stands for
// anything.
func matches(want, got string) bool {
	parts := strings.Split(strings.TrimSpace(want), "…")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return regexp.MustCompile(`(?s)^` + strings.Join(parts, ".*") + `\s*$`).MatchString(got)
}

func TestSessionIsCompared(t *testing.T) {
	for _, c := range []struct {
		want, got string
		match     bool
	}{
		{"a…c\n", "abbc\n", true}, {"a…c\n", "abbd\n", false}, {"{}\n", "{}", true}, {"{}", "{x}", false}, {"", "\n", true}, {"", "x", false},
	} {
		if matches(c.want, c.got) != c.match {
			t.Errorf("%q and %q match: %v", c.want, c.got, !c.match)
		}
	}
}
