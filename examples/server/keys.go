package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// The secrets, by their names in the environment and in the file.
const (
	pepperName = "RUYI_PEPPER"    // keys password hashes and SMS codes
	indexName  = "RUYI_INDEX_KEY" // keys the search for encrypted values
	dataName   = "RUYI_DATA_KEY"  // encrypts values
)

const keySize = 32

// keys are the secrets by name.
type keys map[string][]byte

// loadKeys takes each key from the environment, else from the file, which it
// makes for a database that was never used. What the environment gives is not
// written to the file: when it is missing one day, that must be noticed.
func loadKeys(ctx context.Context, o options, getenv func(string) string) (keys, error) {
	k := keys{}
	var missing []string
	for _, name := range []string{pepperName, indexName, dataName} {
		text := getenv(name)
		if text == "" {
			missing = append(missing, name)
			continue
		}
		key, err := decodeKey(text)
		if err != nil {
			return nil, fmt.Errorf("environment: %s: %w", name, err)
		}
		k[name] = key
	}
	if len(missing) == 0 {
		return k, nil
	}
	path := o.keys
	if path == "" {
		path = o.db.keysFile()
	}
	filed, err := readKeys(path)
	if errors.Is(err, fs.ErrNotExist) {
		filed, err = firstKeys(ctx, o.db, path, missing)
	}
	if err != nil {
		return nil, err
	}
	for _, name := range missing {
		if filed[name] == nil {
			return nil, fmt.Errorf("keys file %s: %s is missing", path, name)
		}
		k[name] = filed[name]
	}
	return k, nil
}

// firstKeys makes the file with keys of these names, unless that would lock
// everybody out.
func firstKeys(ctx context.Context, db database, path string, names []string) (keys, error) {
	used, err := db.used(ctx)
	if err != nil {
		return nil, err
	}
	if used {
		return nil, fmt.Errorf("the database is in use but its keys file %s is not there, and new keys would lock out "+
			"everybody: bring it back, name another with -keys, or set %s", path, strings.Join(names, ", "))
	}
	k := keys{}
	var text strings.Builder
	text.WriteString("# Secret. Keep a copy apart from the database's: without these keys nobody can log in.\n")
	for _, name := range names {
		key := make([]byte, keySize)
		rand.Read(key) // never fails
		k[name] = key
		text.WriteString(name + "=" + base64.StdEncoding.EncodeToString(key) + "\n")
	}
	err = writeNew(path, text.String())
	if errors.Is(err, fs.ErrExist) {
		return readKeys(path) // another process was faster
	}
	if err != nil {
		return nil, fmt.Errorf("keys file: %w", err)
	}
	return k, nil
}

// readKeys reads a file of NAME=base64 lines. Its errors do not repeat lines,
// which are secret.
func readKeys(path string) (keys, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("keys file: %w", err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("keys file: %w", err)
	}
	if mode := info.Mode(); runtime.GOOS != "windows" && mode&0o077 != 0 {
		return nil, fmt.Errorf("keys file %s: others may read it (mode %#o): make it 0600", path, mode.Perm())
	}
	k, err := parseKeys(f)
	if err != nil {
		return nil, fmt.Errorf("keys file %s: %w", path, err)
	}
	return k, nil
}

func parseKeys(r io.Reader) (keys, error) {
	k := keys{}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		name, text, ok := strings.Cut(line, "=")
		if !ok || !slices.Contains([]string{pepperName, indexName, dataName}, name) {
			return nil, fmt.Errorf("line %d is not NAME=base64 with a known name", n)
		}
		if k[name] != nil {
			return nil, fmt.Errorf("line %d gives %s again", n, name)
		}
		key, err := decodeKey(text)
		if err != nil {
			return nil, fmt.Errorf("line %d: %s: %w", n, name, err)
		}
		k[name] = key
	}
	return k, lines.Err()
}

func decodeKey(text string) ([]byte, error) {
	key, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, errors.New("not base64")
	}
	if len(key) != keySize {
		return nil, fmt.Errorf("%d bytes, want %d", len(key), keySize)
	}
	return key, nil
}

// writeNew makes a file that either is there as a whole, on the disk, or not at
// all, and never replaces one (fs.ErrExist).
func writeNew(path, text string) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, ".ruyi-keys-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(f.Name())) }()
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

// syncDir makes a new name in dir durable. Windows has no such call and needs
// none.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
