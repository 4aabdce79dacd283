package blob_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/ruyi-im/ruyi/store/blob"
	"github.com/ruyi-im/ruyi/user"
)

var _ user.BlobStore = blob.Dir("")

// read returns what is stored under key.
func read(t *testing.T, d blob.Dir, key string) (content, contentType string) {
	t.Helper()
	r, contentType, err := d.Get(t.Context(), key)
	must(t, err)
	b, err := io.ReadAll(r)
	must(t, errors.Join(err, r.Close()))
	return string(b), contentType
}

func put(t *testing.T, d blob.Dir, key, content, contentType string) {
	t.Helper()
	must(t, d.Put(t.Context(), key, strings.NewReader(content), contentType))
}

func TestRoundTrip(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "by Put")
	d := blob.Dir(dir)
	for _, b := range []struct{ key, content, contentType string }{
		{"a", "", "text/plain"},
		{"a.b/c-d_e/%2F", "line\n\nline\r\n\x00", "text/plain; charset=utf-8"},
		{"张三/😀", strings.Repeat("x", 100_000), "a"},
		{strings.Repeat("k/", 255) + "k", "deep", strings.Repeat("t", 255)},
	} {
		put(t, d, b.key, b.content, b.contentType)
		if content, contentType := read(t, blob.Dir(dir), b.key); content != b.content || contentType != b.contentType {
			t.Errorf("%.20s: %.20q %.20q, want %.20q %.20q", b.key, content, contentType, b.content, b.contentType)
		}
	}
	r, _, err := d.Get(t.Context(), "a.b/c-d_e/%2F")
	must(t, err)
	if n, err := r.Seek(-1, io.SeekEnd); n != 12 || err != nil {
		t.Errorf("sought to %d, %v, want 12", n, err)
	}
	must(t, r.Close())
	put(t, d, "a", "again", "image/png")
	if content, contentType := read(t, d, "a"); content != "again" || contentType != "image/png" {
		t.Errorf("after a second Put: %q %q", content, contentType)
	}
	wantNothing(t, dir, ".tmp")
}

func TestAbsence(t *testing.T) {
	d := blob.Dir(filepath.Join(t.TempDir(), "none"))
	for range 2 { // without a directory and with one
		_, _, err := d.Get(t.Context(), "a")
		wantErr(t, "get", err, fs.ErrNotExist)
		must(t, d.Delete(t.Context(), "a"))
		put(t, d, "x/a", "", "t")
	}
	_, _, err := d.Get(t.Context(), "x")
	wantErr(t, "a directory", err, fs.ErrNotExist)
	must(t, d.Delete(t.Context(), "x/a"))
	_, _, err = d.Get(t.Context(), "x/a")
	wantErr(t, "deleted", err, fs.ErrNotExist)
	must(t, d.Delete(t.Context(), "x/a"))
}

// TestNothingLeavesTheDirectory tries keys that mean another place on some
// system, and links that lead there.
func TestNothingLeavesTheDirectory(t *testing.T) {
	outer := t.TempDir()
	secret := filepath.Join(outer, "secret")
	must(t, os.WriteFile(secret, []byte("text/plain\nsecret"), 0o600))
	d := blob.Dir(filepath.Join(outer, "blobs"))
	put(t, d, "a/b", "x", "t")
	for _, key := range []string{
		"", ".", "..", "/", "/etc/passwd", "../secret", "a/../../secret", "a/../b", "a/./b", "a//b", "a/", "/a",
		".tmp/x", ".tmp", ".hidden", "a/.hidden", "a/..", `..\secret`, `a\..\..\secret`, `C:\x`, "C:x", "a:stream",
		"a\x00b", "a\nb", "\xff", secret, strings.Repeat("k", 513), "a/…/../../../secret",
	} {
		wantErr(t, "put "+key, d.Put(t.Context(), key, strings.NewReader("broken in"), "t"), fs.ErrInvalid)
		_, _, err := d.Get(t.Context(), key)
		wantErr(t, "get "+key, err, fs.ErrInvalid)
		wantErr(t, "delete "+key, d.Delete(t.Context(), key), fs.ErrInvalid)
	}
	if runtime.GOOS != "windows" { // where making links is a privilege
		must(t, os.Symlink(outer, filepath.Join(string(d), "up")))
		must(t, os.Symlink(secret, filepath.Join(string(d), "link")))
		if _, _, err := d.Get(t.Context(), "up/secret"); err == nil {
			t.Error("read through a link to a directory")
		}
		if _, _, err := d.Get(t.Context(), "link"); err == nil {
			t.Error("read through a link to a file")
		}
		if err := d.Put(t.Context(), "up/new", strings.NewReader("x"), "t"); err == nil {
			t.Error("wrote through a link")
		}
		if err := d.Delete(t.Context(), "up/secret"); err == nil {
			t.Error("deleted through a link")
		}
	}
	if text, err := os.ReadFile(secret); err != nil || string(text) != "text/plain\nsecret" {
		t.Errorf("outside there is %q, %v", text, err)
	}
}

func TestContentTypes(t *testing.T) {
	d := blob.Dir(t.TempDir())
	for _, typ := range []string{"", "a\nb", "a\x00", "a\x7f", strings.Repeat("t", 256)} {
		wantErr(t, typ, d.Put(t.Context(), "a", strings.NewReader("x"), typ), fs.ErrInvalid)
	}
	must(t, os.WriteFile(filepath.Join(string(d), "foreign"), []byte("a file of somebody else"), 0o600))
	if _, _, err := d.Get(t.Context(), "foreign"); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file without a content type: %v", err)
	}
}

// TestFailedPut leaves what was there before, and nothing else.
func TestFailedPut(t *testing.T) {
	d := blob.Dir(t.TempDir())
	put(t, d, "a", "before", "t")
	broken := errors.New("broken")
	for _, key := range []string{"a", "b"} {
		r := io.MultiReader(strings.NewReader("half"), reader(func() error { return broken }))
		wantErr(t, "put", d.Put(t.Context(), key, r, "u"), broken)
	}
	if content, contentType := read(t, d, "a"); content != "before" || contentType != "t" {
		t.Errorf("%q %q", content, contentType)
	}
	_, _, err := d.Get(t.Context(), "b")
	wantErr(t, "get", err, fs.ErrNotExist)
	if err := d.Put(t.Context(), "a/b", strings.NewReader("x"), "t"); err == nil {
		t.Error("a key may be a directory as well")
	}
	wantNothing(t, string(d), ".tmp")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	wantErr(t, "put", d.Put(ctx, "a", strings.NewReader("x"), "t"), context.Canceled)
	_, _, err = d.Get(ctx, "a")
	wantErr(t, "get", err, context.Canceled)
	wantErr(t, "delete", d.Delete(ctx, "a"), context.Canceled)
}

// TestReadersSeeWholeBlobs lets one key be replaced while it is read: content and
// type must belong together.
func TestReadersSeeWholeBlobs(t *testing.T) {
	d := blob.Dir(t.TempDir())
	size := func(i int) int { return 1 + i*5000 }
	store := func(i int) error {
		return d.Put(t.Context(), "k", bytes.NewReader(bytes.Repeat([]byte{'x'}, size(i))), fmt.Sprint(size(i)))
	}
	must(t, store(0))
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for range 5 {
				if err := store(i); err != nil {
					t.Error(err)
				}
			}
		})
		all.Go(func() {
			for range 20 {
				r, contentType, err := d.Get(t.Context(), "k")
				if err != nil {
					t.Error(err)
					return
				}
				n, err := io.Copy(io.Discard, r)
				if err := errors.Join(err, r.Close()); err != nil || fmt.Sprint(n) != contentType {
					t.Errorf("%d bytes of %s, %v", n, contentType, err)
				}
			}
		})
	}
	all.Wait()
	wantNothing(t, string(d), ".tmp")
}

func TestFilesAreTheOwners(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has other permissions")
	}
	dir := filepath.Join(t.TempDir(), "d")
	put(t, blob.Dir(dir), "a/b", "x", "t")
	must(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	}))
}

// reader fails.
type reader func() error

func (f reader) Read([]byte) (int, error) { return 0, f() }

func wantNothing(t *testing.T, dir, sub string) {
	t.Helper()
	left, err := os.ReadDir(filepath.Join(dir, sub))
	must(t, err)
	if len(left) > 0 {
		t.Errorf("%s has %v", sub, left)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantErr(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%.40s: error %v, want %v", what, err, want)
	}
}
