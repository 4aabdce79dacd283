package main

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// secret returns a key in base64 that is easy to tell from others.
func secret(fill string) string {
	return base64.StdEncoding.EncodeToString([]byte(strings.Repeat(fill, keySize)))
}

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil { // whatever the umask is
		t.Fatal(err)
	}
}

func TestKeysAreMadeOnce(t *testing.T) {
	dir := t.TempDir()
	o := options{db: database{path: filepath.Join(dir, "ruyi.db")}}
	first, err := loadKeys(t.Context(), o, noEnv)
	if err != nil {
		t.Fatal(err)
	}
	wantFiles(t, dir, "ruyi.db.keys")
	info, err := os.Stat(filepath.Join(dir, "ruyi.db.keys"))
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode() != 0o600 {
		t.Errorf("the file has mode %v, want 0600", info.Mode())
	}
	second, err := loadKeys(t.Context(), o, noEnv)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{pepperName, indexName, dataName} {
		if len(first[name]) != keySize || !bytes.Equal(first[name], second[name]) {
			t.Errorf("%s changed or has %d bytes", name, len(first[name]))
		}
	}
	if bytes.Equal(first[pepperName], first[indexName]) || bytes.Equal(first[indexName], first[dataName]) {
		t.Error("two keys are the same")
	}
}

func TestEnvironmentWins(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "my.keys")
	o := options{db: database{path: filepath.Join(dir, "ruyi.db")}, keys: path}
	env := map[string]string{pepperName: secret("e")}
	k, err := loadKeys(t.Context(), o, func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	if string(k[pepperName]) != strings.Repeat("e", keySize) {
		t.Error("the pepper is not the one of the environment")
	}
	wantFiles(t, dir, "my.keys")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), pepperName) {
		t.Error("the file has a pepper that nothing is keyed with")
	}
	if _, err := loadKeys(t.Context(), o, noEnv); err == nil || !strings.Contains(err.Error(), "RUYI_PEPPER is missing") {
		t.Errorf("without the environment: %v, want a word about the pepper", err)
	}
}

func TestNoFileWhenTheEnvironmentHasAll(t *testing.T) {
	dir := t.TempDir()
	o := options{db: database{path: filepath.Join(dir, "ruyi.db")}}
	if _, err := loadKeys(t.Context(), o, func(string) string { return secret("e") }); err != nil {
		t.Fatal(err)
	}
	wantFiles(t, dir)
	if _, err := loadKeys(t.Context(), o, func(string) string { return "c2hvcnQ=" }); err == nil {
		t.Error("a short key in the environment is accepted")
	}
}

func TestKeysFileIsRefused(t *testing.T) {
	good := pepperName + "=" + secret("p") + "\n" + indexName + "=" + secret("i") + "\n"
	full := "# kept safe\n\n" + good + dataName + "=" + secret("d") + "\r\n"
	for _, c := range []struct {
		name, text string
		mode       os.FileMode
		says       string // "" when the file is fine
	}{
		{"fine", full, 0o600, ""},
		{"read-only", full, 0o400, ""},
		{"group may read", full, 0o640, "0600"},
		{"others may read", full, 0o604, "0600"},
		{"no equals sign", good + "RUYI_DATA_KEY\n", 0o600, "line 3 "},
		{"unknown name", good + "RUYI_OTHER=" + secret("o"), 0o600, "line 3 "},
		{"space before the sign", good + "RUYI_DATA_KEY = " + secret("d"), 0o600, "line 3 "},
		{"name twice", good + indexName + "=" + secret("j"), 0o600, "line 3 gives RUYI_INDEX_KEY again"},
		{"not base64", good + dataName + "=?" + secret("d"), 0o600, "line 3: RUYI_DATA_KEY: not base64"},
		{"short", good + dataName + "=" + secret("d")[4:], 0o600, "line 3: RUYI_DATA_KEY: 29 bytes"},
		{"empty key", good + dataName + "=", 0o600, "line 3: RUYI_DATA_KEY: 0 bytes"},
		{"missing", good, 0o600, "RUYI_DATA_KEY is missing"},
		{"empty", "", 0o600, "RUYI_PEPPER is missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.mode&0o077 != 0 && runtime.GOOS == "windows" {
				t.Skip("Windows has no such modes")
			}
			dir := t.TempDir()
			path := filepath.Join(dir, "ruyi.keys")
			write(t, path, c.text, c.mode)
			k, err := loadKeys(t.Context(), options{keys: path, db: database{path: filepath.Join(dir, "ruyi.db")}}, noEnv)
			switch {
			case c.says == "" && err != nil:
				t.Error(err)
			case c.says == "" && string(k[dataName]) != strings.Repeat("d", keySize):
				t.Error("the data key is another one")
			case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
				t.Errorf("got %v, want %q", err, c.says)
			}
			if err != nil && (strings.Contains(err.Error(), secret("d")[4:]) || strings.Contains(err.Error(), secret("j"))) {
				t.Errorf("the error repeats a secret: %v", err)
			}
		})
	}
}

func TestNoNewKeysForOldData(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "ruyi.db")
	startHere(t, "-db", "sqlite:"+path).stop()
	if err := os.Remove(path + ".keys"); err != nil {
		t.Fatal(err)
	}
	code, log := runToEnd(t, noEnv, "-addr", "127.0.0.1:0", "-db", "sqlite:"+path)
	if code != 1 || !strings.Contains(log, "new keys would lock out") {
		t.Errorf("code %d, want 1 and the reason:\n%s", code, log)
	}
	if _, err := os.Stat(path + ".keys"); err == nil {
		t.Error("a new keys file was made")
	}
}

func TestWriteNewNeverReplaces(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "ruyi.keys")
	if err := writeNew(path, "first"); err != nil {
		t.Fatal(err)
	}
	if err := writeNew(path, "second"); !errors.Is(err, fs.ErrExist) {
		t.Errorf("writing again: %v, want ErrExist", err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "first" {
		t.Errorf("the file holds %q, %v", text, err)
	}
	wantFiles(t, dir, "ruyi.keys")
}

// TestKeysMadeAtTheSameTime lets several processes' worth of first starts race:
// all must end up with the same keys.
func TestKeysMadeAtTheSameTime(t *testing.T) {
	o := options{db: database{path: filepath.Join(t.TempDir(), "ruyi.db")}}
	got := make(chan keys)
	for range 8 {
		go func() {
			k, err := loadKeys(t.Context(), o, noEnv)
			if err != nil {
				t.Error(err)
			}
			got <- k
		}()
	}
	first := <-got
	for range 7 {
		if k := <-got; !bytes.Equal(k[pepperName], first[pepperName]) {
			t.Error("two starts have different peppers")
		}
	}
}
