package message

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"time"
)

// BlobStore keeps the content of files under keys: slash-separated paths of
// letters, digits, "-", "_", "." and "%", none of whose elements begins with a
// dot. Package store/blob implements it over a directory; an object store does as
// well. Its methods are safe for use by several goroutines.
type BlobStore interface {
	// Put stores the content of r, and its content type, under key. A reader sees
	// what was there before or all of it, and when Put returns nil it is kept for
	// good.
	Put(ctx context.Context, key string, r io.Reader, contentType string) error
	// Get returns what is stored under key, open for reading from its start, and
	// its content type. fs.ErrNotExist when there is nothing.
	Get(ctx context.Context, key string) (content io.ReadSeekCloser, contentType string, err error)
	// Delete removes what is stored under key; nothing there is no error.
	Delete(ctx context.Context, key string) error
}

// Filing keeps the files that messages refer to: pictures, voice, documents
// (extensions). Whoever knows the path of a file may read it, as clients load
// files without their token; so paths cannot be guessed.
type Filing interface {
	// CheckFile answers whether a file of such a purpose and name could be stored:
	// ErrNoFileStore, ErrFileTypeMissing, ErrFileType, ErrFilePathMissing,
	// ErrFilePath.
	CheckFile(purpose, name string) error

	// SaveFile stores content for uid. Purpose is one of FilePurposes; name is a
	// slash-separated path of at most MaxFileName bytes, none of whose elements
	// begins or ends with a dot. Its path becomes purpose/name, with "_" for signs
	// other than letters and digits of any script, "-", ".", "~" and "@", and with 32
	// random digits before the last element where that does not have 32 hex digits in
	// a row, dashes aside. A path never gets another content: storing the same again
	// is no error, ErrFileTaken else and when it is somebody else's. Content is read
	// as a stream and never held in memory. The errors of CheckFile, ErrFileEmpty,
	// ErrFileLarge, and the errors of reading content; nothing is stored then.
	SaveFile(ctx context.Context, uid, purpose, name string, content io.Reader) (SavedFile, error)

	// OpenFile returns the file under a path and its content, which the caller
	// closes. ErrNoFile.
	OpenFile(ctx context.Context, path string) (File, io.ReadSeekCloser, error)

	// FileLimit returns the size in bytes of the largest file, see Options.MaxFile.
	FileLimit() int64
}

// File is a stored file.
type File struct {
	Path        string // purpose, slash, name; unique
	Owner       string // uid of who stored it
	Blob        string // where its content is kept; unique
	ContentType string // what it is, read from its first bytes; see TypeUnknown
	Size        int64  // in bytes
	CreatedAt   time.Time
}

// SavedFile is a file with the digest of its content.
type SavedFile struct {
	File
	SHA512 [64]byte
}

// FilePurposes returns what files are stored for.
func FilePurposes() []string {
	return []string{"chat", "common", "moment", "momentcover", "report", "sticker"}
}

// Bounds of files.
const (
	// DefaultMaxFile is the size in bytes of the largest file, see Options.
	DefaultMaxFile = 100 << 20
	MaxFileName    = 200
)

// FileReader reads which files there are.
type FileReader interface {
	// File returns what is stored under path. ErrNoFile.
	File(ctx context.Context, path string) (File, error)
}

// FileTx adds files.
type FileTx interface {
	// KeepFile stores f unless its path has a file already, and returns the file
	// that the path has then.
	KeepFile(ctx context.Context, f File) (File, error)
}

func (s *service) FileLimit() int64 { return s.maxFile }

func (s *service) CheckFile(purpose, name string) error {
	_, err := s.filePath(purpose, name)
	return err
}

// filePath returns where a file goes.
func (s *service) filePath(purpose, name string) (string, error) {
	switch {
	case s.blobs == nil:
		return "", ErrNoFileStore
	case purpose == "":
		return "", ErrFileTypeMissing
	case !slices.Contains(FilePurposes(), purpose):
		return "", ErrFileType
	}
	name, err := cleanFileName(name)
	if err != nil {
		return "", err
	}
	if !unguessable(path.Base(name)) {
		name = path.Join(path.Dir(name), newRandomNo(), path.Base(name))
	}
	return purpose + "/" + name, nil
}

func (s *service) SaveFile(ctx context.Context, uid, purpose, name string, content io.Reader) (SavedFile, error) {
	p, err := s.filePath(purpose, name)
	if err != nil {
		return SavedFile{}, err
	}
	// What is refused anyway need not be sent first.
	there, err := s.store.File(ctx, p)
	if err == nil && there.Owner != uid {
		return SavedFile{}, ErrFileTaken
	}
	if err != nil && !errors.Is(err, ErrNoFile) {
		return SavedFile{}, err
	}
	f := SavedFile{File: File{Path: p, Owner: uid, Blob: blobKey(), CreatedAt: s.now()}}
	if err := s.putFile(ctx, &f, content); err != nil {
		s.dropBlob(ctx, f.Blob)
		return SavedFile{}, err
	}
	err = s.store.Update(ctx, func(tx Tx) error {
		there, err = tx.KeepFile(ctx, f.File)
		return err
	})
	if err != nil {
		return SavedFile{}, err // the file may be in use after all
	}
	if there.Blob != f.Blob {
		s.dropBlob(ctx, f.Blob)
		if err := s.wantSame(ctx, there, f); err != nil {
			return SavedFile{}, err
		}
		f.File = there
	}
	return f, nil
}

// putFile stores the content of f and fills in what it is.
func (s *service) putFile(ctx context.Context, f *SavedFile, content io.Reader) error {
	r := newFileContent(content, s.maxFile)
	head, err := r.head()
	if err != nil {
		return err
	}
	f.ContentType = contentTypeOf(head)
	err = s.blobs.Put(ctx, f.Blob, r, f.ContentType)
	if r.failed != nil { // as it is, whatever the store makes of it
		return r.failed
	}
	if err != nil {
		return fmt.Errorf("message: keep a file: %w", err)
	}
	f.Size, f.SHA512 = r.size, r.digest()
	return nil
}

// dropBlob removes what nothing refers to. What cannot be removed is a file too
// many, and no reason to fail.
func (s *service) dropBlob(ctx context.Context, key string) {
	_ = s.blobs.Delete(context.WithoutCancel(ctx), key)
}

// wantSame refuses f unless it is the owner's once more.
func (s *service) wantSame(ctx context.Context, there File, f SavedFile) error {
	if there.Owner != f.Owner || there.Size != f.Size {
		return ErrFileTaken
	}
	content, _, err := s.blobs.Get(ctx, there.Blob)
	if err != nil {
		return fmt.Errorf("message: compare files: %w", err)
	}
	r := newFileContent(content, there.Size)
	_, err = io.Copy(io.Discard, r)
	if err := errors.Join(err, content.Close()); err != nil {
		return fmt.Errorf("message: compare files: %w", err)
	}
	if r.digest() != f.SHA512 {
		return ErrFileTaken
	}
	return nil
}

func (s *service) OpenFile(ctx context.Context, p string) (File, io.ReadSeekCloser, error) {
	if s.blobs == nil || checkFilePath(p) != nil {
		return File{}, nil, ErrNoFile
	}
	f, err := s.store.File(ctx, p)
	if err != nil {
		return File{}, nil, err
	}
	content, _, err := s.blobs.Get(ctx, f.Blob)
	if errors.Is(err, fs.ErrNotExist) {
		return File{}, nil, ErrNoFile
	}
	if err != nil {
		return File{}, nil, fmt.Errorf("message: open a file: %w", err)
	}
	return f, content, nil
}

// blobKey draws where a new file's content is kept. It does not come from the
// file's path, for two who store one path at a time must not overwrite each
// other's.
func blobKey() string {
	no := newRandomNo()
	return "file/" + no[:2] + "/" + no
}
