package pgtest

import (
	"cmp"
	"errors"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// usualPlaces are where packagers put the server's programs, which they leave
// out of PATH since several versions may be installed together.
var usualPlaces = []string{
	"/usr/lib/postgresql/*/bin",                          // Debian, Ubuntu
	"/usr/pgsql-*/bin",                                   // Fedora, RHEL
	"/opt/homebrew/opt/postgresql*/bin",                  // Homebrew on Apple silicon
	"/usr/local/opt/postgresql*/bin",                     // Homebrew on Intel
	"/Applications/Postgres.app/Contents/Versions/*/bin", // Postgres.app
}

var versionNumber = regexp.MustCompile(`\d+(\.\d+)?`)

// findPrograms returns a directory with all programs that a cluster needs:
// the one in PATH, else the newest in the usual places.
func findPrograms() (string, error) {
	var dirs []string
	if path, err := exec.LookPath("initdb"); err == nil {
		// A link in PATH often stands alone; its target has the others beside it.
		if path, err = filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(path))
		}
	}
	var installed []string
	for _, pattern := range usualPlaces {
		found, _ := filepath.Glob(pattern) // the patterns are well formed
		installed = append(installed, found...)
	}
	for _, dir := range append(dirs, newestFirst(installed)...) {
		if complete(dir) {
			return dir, nil
		}
	}
	return "", errors.New("initdb, postgres and pg_ctl are not on this machine")
}

// newestFirst sorts directories by the version number in their paths.
func newestFirst(dirs []string) []string {
	version := func(dir string) float64 {
		v, _ := strconv.ParseFloat(versionNumber.FindString(dir), 64) // no number: 0, the last
		return v
	}
	slices.SortStableFunc(dirs, func(a, b string) int { return cmp.Compare(version(b), version(a)) })
	return dirs
}

// complete reports whether dir has every program; client packages bring some.
func complete(dir string) bool {
	for _, name := range []string{"initdb", "postgres", "pg_ctl"} {
		if _, err := exec.LookPath(filepath.Join(dir, name)); err != nil {
			return false
		}
	}
	return true
}
