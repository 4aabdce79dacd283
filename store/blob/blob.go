// Package blob keeps pictures and other files in a directory, for hosts without
// an object store. [Dir] satisfies the BlobStore that domains such as package
// user declare. Processes may share a directory, for example over NFS.
package blob

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"unicode"
)

// Dir keeps one file a key below the directory of that name, which the first Put
// makes when it is not there. A file has its content type in the first line and
// the content behind it.
//
// A key is a slash-separated path of at most 512 bytes without empty elements
// and without elements that begin with a dot. Other keys are refused with
// fs.ErrInvalid; none reaches what lies outside of the directory, not even
// through a symbolic link. File systems that ignore case take keys that differ
// in nothing else for one.
type Dir string

const (
	maxKey  = 512
	maxType = 255
	// tmp holds what is being written. No key begins with a dot. A process that
	// is killed may leave a file there, which can be removed.
	tmp = ".tmp"
)

// Put stores the content of r and its content type, at most 255 bytes without
// control characters, under key. A reader sees what was there before or all of
// it, and once Put returns nil it survives a power cut. fs.ErrInvalid when key or
// contentType is none; errors of r as they are, with nothing stored.
func (d Dir) Put(ctx context.Context, key string, r io.Reader, contentType string) (err error) {
	if err := checkKey("put", key); err != nil {
		return err
	}
	if contentType == "" || len(contentType) > maxType || strings.ContainsFunc(contentType, unicode.IsControl) {
		return fmt.Errorf("blob: content type %q: %w", contentType, fs.ErrInvalid)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := os.MkdirAll(string(d), 0o700); err != nil {
		return err
	}
	root, err := os.OpenRoot(string(d))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	for _, dir := range []string{tmp, path.Dir(key)} {
		if err := root.MkdirAll(filepath.FromSlash(dir), 0o700); err != nil {
			return err
		}
	}
	draft := filepath.Join(tmp, rand.Text())
	if err := write(root, draft, io.MultiReader(strings.NewReader(contentType+"\n"), r)); err != nil {
		return errors.Join(err, root.Remove(draft))
	}
	if err := root.Rename(draft, filepath.FromSlash(key)); err != nil {
		return errors.Join(err, root.Remove(draft))
	}
	return syncDirs(root, path.Dir(key))
}

// write makes a file of the content of r, on the disk when it returns nil.
func write(root *os.Root, name string, r io.Reader) error {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// syncDirs makes the entries of dir and of what it lies in durable, for Put may
// have made each of them.
func syncDirs(root *os.Root, dir string) error {
	if runtime.GOOS == "windows" {
		return nil // which has no such call, and does not need it
	}
	for {
		f, err := root.Open(filepath.FromSlash(dir))
		if err != nil {
			return err
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return err
		}
		if dir == "." {
			return nil
		}
		dir = path.Dir(dir)
	}
}

// Get returns what Put stored under key last, open for reading from its start,
// and its content type. fs.ErrNotExist when there is nothing, fs.ErrInvalid when
// key is none.
func (d Dir) Get(ctx context.Context, key string) (content io.ReadSeekCloser, contentType string, err error) {
	if err := checkKey("get", key); err != nil {
		return nil, "", err
	}
	if err := ctx.Err(); err != nil {
		return nil, "", err
	}
	f, err := os.OpenInRoot(string(d), filepath.FromSlash(key))
	if err != nil {
		return nil, "", err
	}
	content, contentType, err = open(f)
	if err != nil {
		return nil, "", errors.Join(&fs.PathError{Op: "get", Path: key, Err: err}, f.Close())
	}
	return content, contentType, nil
}

// section is the content of a file behind its first line.
type section struct {
	*io.SectionReader
	io.Closer
}

func open(f *os.File) (io.ReadSeekCloser, string, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, "", err
	}
	if !info.Mode().IsRegular() {
		return nil, "", fs.ErrNotExist // part of a key is none
	}
	head := make([]byte, maxType+1)
	n, err := f.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, "", err
	}
	end := bytes.IndexByte(head[:n], '\n')
	if end < 1 {
		return nil, "", errors.New("the file has no content type")
	}
	start := int64(end) + 1
	return section{io.NewSectionReader(f, start, info.Size()-start), f}, string(head[:end]), nil
}

// Delete removes what is stored under key; nothing there is no error.
// fs.ErrInvalid when key is none.
func (d Dir) Delete(ctx context.Context, key string) error {
	if err := checkKey("delete", key); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	root, err := os.OpenRoot(string(d))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	err = root.Remove(filepath.FromSlash(key))
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, root.Close())
}

func checkKey(op, key string) error {
	ok := len(key) <= maxKey && fs.ValidPath(key) && !strings.Contains("/"+key, "/.") &&
		filepath.IsLocal(filepath.FromSlash(key)) && !strings.ContainsFunc(key, special)
	if !ok {
		return fmt.Errorf("blob: %s %q: %w", op, key, fs.ErrInvalid)
	}
	return nil
}

// special reports characters that some system gives a meaning in a path.
func special(r rune) bool { return unicode.IsControl(r) || strings.ContainsRune(`\:*?"<>|`, r) }
