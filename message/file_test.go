package message_test

import (
	"context"
	"crypto/sha512"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/blob"
)

// hex32 makes a name that nobody guesses.
const hex32 = "0123456789abcdef0123456789abcdef"

// cabinet is a service with a place for files.
type cabinet struct {
	message.Service
	t   *testing.T
	dir string
}

func newCabinet(t *testing.T, db *store.DB, limit int64) cabinet {
	dir := t.TempDir()
	return cabinet{message.New(db.Messages(), message.Options{Blobs: blob.Dir(dir), MaxFile: limit}), t, dir}
}

func (c cabinet) save(uid, name, content string) (message.SavedFile, error) {
	return c.SaveFile(c.t.Context(), uid, "chat", name, strings.NewReader(content))
}

// content returns what is stored under a path.
func (c cabinet) content(path string) string {
	c.t.Helper()
	_, r, err := c.OpenFile(c.t.Context(), path)
	must(c.t, err)
	b, err := io.ReadAll(r)
	must(c.t, errors.Join(err, r.Close()))
	return string(b)
}

// blobs counts what is in the directory.
func (c cabinet) blobs() (n int) {
	c.t.Helper()
	must(c.t, filepath.WalkDir(c.dir, func(_ string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			n++
		}
		return err
	}))
	return n
}

func TestFilesAreKept(t *testing.T) {
	c := newCabinet(t, openSQLite(t), 100)
	const name, content = "/1/bob/" + hex32 + ".png", "\x89PNG\r\n\x1a\nrest"
	f, err := c.save("alice", name, content)
	must(t, err)
	if f.Path != "chat"+name || f.Owner != "alice" || f.ContentType != "image/png" || f.Size != int64(len(content)) ||
		f.SHA512 != sha512.Sum512([]byte(content)) {
		t.Errorf("saved %+v", f)
	}
	if got := c.content(f.Path); got != content {
		t.Errorf("content %q", got)
	}
	again, err := c.save("alice", name, content)
	if err != nil || again.Blob != f.Blob || again.SHA512 != f.SHA512 {
		t.Errorf("the same again: %+v, %v", again, err)
	}
	_, err = c.save("alice", name, content+"!")
	wantErr(t, "another size", err, message.ErrFileTaken)
	_, err = c.save("alice", name, content[:len(content)-1]+"T")
	wantErr(t, "another content", err, message.ErrFileTaken)
	_, err = c.save("eve", name, content)
	wantErr(t, "another's path", err, message.ErrFileTaken)
	_, err = c.SaveFile(t.Context(), "eve", "chat", name, failing{errors.New("read")})
	wantErr(t, "another's path, before anything is read", err, message.ErrFileTaken)
	if got := c.content(f.Path); got != content || c.blobs() != 1 {
		t.Errorf("content %q in %d blobs", got, c.blobs())
	}
	if at, r, err := c.OpenFile(t.Context(), f.Path); err != nil || at.Blob != f.Blob || at.Size != f.Size || r.Close() != nil {
		t.Errorf("opened %+v, %v", at, err)
	}
}

// TestPathsCannotBeGuessed is for clients that name files by the time: whoever
// knows a path may read the file.
func TestPathsCannotBeGuessed(t *testing.T) {
	c := newCabinet(t, openSQLite(t), 100)
	for name, want := range map[string]string{
		"/1/bob/" + hex32 + ".png": "chat/1/bob/" + hex32 + ".png",
		hex32:                      "chat/" + hex32,
		"/1/bob/01234567-89AB-cdef-0123-456789abcdef.jpg": "chat/1/bob/01234567-89AB-cdef-0123-456789abcdef.jpg",
		"/1/bob/" + hex32[1:] + ".png":                    "chat/1/bob/[0-9a-f]{32}/" + hex32[1:] + ".png",
		"/1/bob/" + hex32[:16] + "g" + hex32[:16] + ".a":  "chat/1/bob/[0-9a-f]{32}/" + hex32[:16] + "g" + hex32[:16] + ".a",
		"/1/bob/1767225600000.jpg":                        "chat/1/bob/[0-9a-f]{32}/1767225600000.jpg",
		"报告.文档":                                           "chat/[0-9a-f]{32}/报告.文档",
		hex32 + ". Smith (1)?#%&:*":                       "chat/" + hex32 + "._Smith__1_______",
		"a/" + hex32 + ".":                                "chat/a/" + hex32 + "_",
		"/1/" + hex32 + "/a.jpg":                          "chat/1/" + hex32 + "/[0-9a-f]{32}/a.jpg",
	} {
		f, err := c.save("alice", name, "x")
		must(t, err)
		if !regexp.MustCompile("^" + strings.ReplaceAll(want, ".", "[.]") + "$").MatchString(f.Path) {
			t.Errorf("%s: path %s, want %s", name, f.Path, want)
		}
		if got := c.content(f.Path); got != "x" {
			t.Errorf("%s: content %q", name, got)
		}
	}
	a, err := c.save("alice", "a.jpg", "x")
	must(t, err)
	b, err := c.save("eve", "a.jpg", "y")
	must(t, err)
	if a.Path == b.Path {
		t.Errorf("two files are %s", a.Path)
	}
}

func TestFilesThatAreRefused(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		c := newCabinet(t, db, 100)
		for _, name := range []string{
			"..", "../" + hex32, "/../" + hex32, "a/../" + hex32, "a/./" + hex32, "a//" + hex32, "//" + hex32, hex32 + "/",
			".hidden/" + hex32, "." + hex32, "a./" + hex32, hex32 + "/.", hex32 + "..", `a\` + hex32, hex32 + "\x00", "\xff" + hex32,
			hex32 + "\n", "\u202e" + hex32, hex32 + "\u2028", strings.Repeat("a", 169) + hex32,
			strings.Repeat("文", 57) + hex32,
		} {
			_, err := c.save("alice", name, "x")
			wantErr(t, fmt.Sprintf("%q", name), err, message.ErrFilePath)
			wantErr(t, fmt.Sprintf("%q", name), c.CheckFile("chat", name), message.ErrFilePath)
			_, _, err = c.OpenFile(t.Context(), "chat/"+name)
			wantErr(t, fmt.Sprintf("open %q", name), err, message.ErrNoFile)
		}
		for purpose, want := range map[string]error{
			"": message.ErrFileTypeMissing, "avatar": message.ErrFileType, "chat/..": message.ErrFileType, "Chat": message.ErrFileType,
		} {
			_, err := c.SaveFile(t.Context(), "alice", purpose, hex32, strings.NewReader("x"))
			wantErr(t, "purpose "+purpose, err, want)
		}
		for _, name := range []string{"", "/"} {
			wantErr(t, "no name", c.CheckFile("chat", name), message.ErrFilePathMissing)
		}
		_, err := c.save("alice", hex32, "")
		wantErr(t, "nothing", err, message.ErrFileEmpty)
		_, err = c.save("alice", hex32, strings.Repeat("x", 101))
		wantErr(t, "101 bytes", err, message.ErrFileLarge)
		broken := errors.New("broken")
		for _, n := range []int{0, 3, 90} {
			_, err = c.SaveFile(t.Context(), "alice", "chat", hex32, io.MultiReader(strings.NewReader(strings.Repeat("x", n)), failing{broken}))
			wantErr(t, "a stream that breaks off", err, broken)
		}
		if n := c.blobs(); n != 0 {
			t.Errorf("%d blobs are left", n)
		}
		if _, err := db.Messages().File(t.Context(), "chat/"+hex32); !errors.Is(err, message.ErrNoFile) {
			t.Errorf("there is a row: %v", err)
		}
		must(t, c.CheckFile("sticker", hex32))
		_, err = c.save("alice", strings.Repeat("a", 168)+hex32, strings.Repeat("x", 100)) // as large as may be
		must(t, err)
		for _, path := range []string{"", "chat", "chat/none", "/chat/" + hex32, strings.Repeat("a", 300), "chat/\x00"} {
			_, _, err := c.OpenFile(t.Context(), path)
			wantErr(t, fmt.Sprintf("open %q", path), err, message.ErrNoFile)
		}
	})
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// TestOnePathHasOneContent lets several people store different files under one
// path at the same time: nobody's replaces another's.
func TestOnePathHasOneContent(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		c := newCabinet(t, db, 0)
		const callers = 8
		saved := make([]message.SavedFile, callers)
		answers := together(callers, func(i int) (err error) {
			saved[i], err = c.save(fmt.Sprint("u", i), hex32, fmt.Sprint("content of u", i))
			return err
		})
		won := 0
		for i, err := range answers {
			if errors.Is(err, message.ErrFileTaken) {
				continue
			}
			must(t, err)
			won++
			if got := c.content(saved[i].Path); got != fmt.Sprint("content of u", i) {
				t.Errorf("u%d was told that %q is stored", i, got)
			}
		}
		if won != 1 || c.blobs() != 1 {
			t.Errorf("%d stored it, %d blobs are left", won, c.blobs())
		}
		for i, err := range together(callers, func(int) error {
			_, err := c.save("alice", "x/"+hex32, "one content")
			return err
		}) {
			if err != nil {
				t.Errorf("%d: %v", i, err)
			}
		}
		if n := c.blobs(); n != 2 {
			t.Errorf("%d blobs are left", n)
		}
	})
}

// TestSomebodyElsesFileIsFaster stores a file under the path while it is being sent.
func TestSomebodyElsesFileIsFaster(t *testing.T) {
	db := openSQLite(t)
	dir := blob.Dir(t.TempDir())
	other := message.New(db.Messages(), message.Options{Blobs: dir})
	s := message.New(db.Messages(), message.Options{Blobs: overtaken{dir, func() {
		_, err := other.SaveFile(t.Context(), "bob", "chat", hex32, strings.NewReader("the same"))
		must(t, err)
	}}})
	_, err := s.SaveFile(t.Context(), "alice", "chat", hex32, strings.NewReader("the same"))
	wantErr(t, "the same content", err, message.ErrFileTaken)
	if f, err := db.Messages().File(t.Context(), "chat/"+hex32); err != nil || f.Owner != "bob" {
		t.Errorf("it is %+v, %v", f, err)
	}
}

type overtaken struct {
	message.BlobStore
	by func()
}

func (o overtaken) Put(ctx context.Context, key string, r io.Reader, contentType string) error {
	o.by()
	return o.BlobStore.Put(ctx, key, r, contentType)
}

func TestWithoutAPlaceForFiles(t *testing.T) {
	s := message.New(openSQLite(t).Messages(), message.Options{})
	_, err := s.SaveFile(t.Context(), "alice", "chat", hex32, strings.NewReader("x"))
	wantErr(t, "save", err, message.ErrNoFileStore)
	wantErr(t, "check", s.CheckFile("chat", hex32), message.ErrNoFileStore)
	_, _, err = s.OpenFile(t.Context(), "chat/"+hex32)
	wantErr(t, "open", err, message.ErrNoFile)
	if n := s.FileLimit(); n != message.DefaultMaxFile {
		t.Errorf("limit %d", n)
	}
}

func TestContentTypes(t *testing.T) {
	c := newCabinet(t, openSQLite(t), 0)
	for content, want := range map[string]string{
		"\xff\xd8\xff\xe0":                "image/jpeg",
		"GIF89a....":                      "image/gif",
		"RIFF....WEBPVP8 ":                "image/webp",
		"\x00\x00\x00\x18ftypmp42":        "video/mp4",
		"\x00\x00\x00\x18ftypM4A ":        "audio/mp4",
		"\x1aE\xdf\xa3":                   "video/webm",
		"#!AMR\n":                         "audio/amr",
		"OggS\x00\x02":                    "audio/ogg",
		"ID3\x04":                         "audio/mpeg",
		"<html><script>alert(1)</script>": message.TypeUnknown,
		"<!DOCTYPE html>":                 message.TypeUnknown,
		"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>": message.TypeUnknown,
		"<?xml version='1.0'?>":                                   message.TypeUnknown,
		"alert(1)":                                                message.TypeUnknown,
		"MZ\x90\x00":                                              message.TypeUnknown,
		"%PDF-1.7":                                                message.TypeUnknown,
		"x":                                                       message.TypeUnknown,
		"\x89PN":                                                  message.TypeUnknown,
	} {
		f, err := c.save("alice", "a.png", content)
		must(t, err)
		if f.ContentType != want {
			t.Errorf("%q is %s, want %s", content, f.ContentType, want)
		}
	}
}

// TestLargeFilesPassInPieces and are cut off at the limit.
func TestLargeFilesPassInPieces(t *testing.T) {
	pieces := &meter{}
	s := message.New(openSQLite(t).Messages(), message.Options{Blobs: pieces, MaxFile: 64 << 20})
	f, err := s.SaveFile(t.Context(), "alice", "chat", hex32, io.LimitReader(zeros{}, 64<<20))
	must(t, err)
	if f.Size != 64<<20 || pieces.n != 64<<20 || pieces.deleted != 0 {
		t.Errorf("size %d, %d passed, %d deleted", f.Size, pieces.n, pieces.deleted)
	}
	endless := &counter{}
	_, err = s.SaveFile(t.Context(), "alice", "chat", "a"+hex32, endless)
	wantErr(t, "endless", err, message.ErrFileLarge)
	if endless.n > 65<<20 || pieces.deleted != 1 {
		t.Errorf("%d bytes were read, %d deleted", endless.n, pieces.deleted)
	}
	// A store that takes a stream which broke off for a whole one.
	pieces.careless = true
	_, err = s.SaveFile(t.Context(), "alice", "chat", "b"+hex32, io.MultiReader(strings.NewReader(strings.Repeat("x", 1000)), failing{os.ErrDeadlineExceeded}))
	wantErr(t, "careless", err, os.ErrDeadlineExceeded)
	if _, _, err := s.OpenFile(t.Context(), "chat/b"+hex32); !errors.Is(err, message.ErrNoFile) {
		t.Errorf("half a file is stored: %v", err)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }

type counter struct{ n int }

func (c *counter) Read(b []byte) (int, error) {
	c.n += len(b)
	return len(b), nil
}

// meter is a blob store that keeps nothing.
type meter struct {
	n        int64
	deleted  int
	careless bool
}

func (m *meter) Put(_ context.Context, _ string, r io.Reader, _ string) error {
	n, err := io.Copy(io.Discard, r)
	m.n = n
	if m.careless {
		return nil
	}
	return err
}

func (m *meter) Get(context.Context, string) (io.ReadSeekCloser, string, error) {
	return nil, "", fs.ErrNotExist
}

func (m *meter) Delete(context.Context, string) error {
	m.deleted++
	return nil
}
