package sqlite_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/ruyi-im/ruyi/internal/errs"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/sqlite"
)

func insertBig(tx store.Conn, n int) error {
	return exec(tx, "INSERT INTO number (n, pad) VALUES (?, zeroblob(1000000))", n)
}

// setMaxPages makes the disk as large as n pages, or as the file is.
func (s numbers) setMaxPages(t *testing.T, n string) {
	t.Helper()
	err := s.Update(t.Context(), func(tx store.Conn) error { return exec(tx, "PRAGMA max_page_count = "+n) })
	if err != nil {
		t.Fatal(err)
	}
}

func TestFullDisk(t *testing.T) {
	for name, full := range map[string]func(tx store.Conn) error{
		"returned": func(tx store.Conn) error { return errors.Join(insert(tx, 20), insertBig(tx, 2)) },
		"ignored":  func(tx store.Conn) error { insert(tx, 20); insertBig(tx, 2); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := start(t, sqlite.Options{})
				s.setMaxPages(t, "1")
				if err := s.Update(t.Context(), full); errs.KindOf(err) != errs.Unavailable && name == "returned" || err == nil {
					t.Errorf("alone: error %v, want an unavailable one", err)
				}
				wantSeen(t, s)
				ends := s.crowd(func(tx store.Conn) error { return insert(tx, 1) }, full,
					func(tx store.Conn) error { return insert(tx, 3) })
				if err := ends[2].err; errs.KindOf(err) != errs.Unavailable && name == "returned" || err == nil {
					t.Errorf("together: error %v, want an unavailable one", err)
				}
				for _, i := range []int{0, 1, 3} {
					if ends[i].err != nil {
						t.Errorf("job %d, which needs no space: %v", i, ends[i].err)
					}
				}
				wantSeen(t, s, 0, 1, 3)
				if _, err := s.Users().User(t.Context(), "u_10000"); err != nil {
					t.Errorf("reading from a full disk: %v", err)
				}

				s.setMaxPages(t, "1000000")
				if err := s.Update(t.Context(), full); err != nil {
					t.Errorf("with space again: %v", err)
				}
				wantSeen(t, s, 0, 1, 2, 3, 20)
			})
		})
	}
}

// A panic over the error must not turn into something else.
func TestPanicOnAFullDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, sqlite.Options{})
		s.setMaxPages(t, "1")
		mustInsert := func(tx store.Conn) error {
			if insertBig(tx, 1) != nil {
				panic("no space")
			}
			return nil
		}
		for i, end := range s.crowd(mustInsert, mustInsert)[1:] {
			if end.panicked != "no space" {
				t.Errorf("caller %d: %+v", i, end)
			}
		}
		wantSeen(t, s, 0)
	})
}

// Whoever writes on to a file that was deleted or replaced answers with success
// what nobody will ever find again.
func TestWritesNeedTheirFileInPlace(t *testing.T) {
	for name, remove := range map[string]func(path, aside string) error{
		"moved":  os.Rename,
		"folder": func(path, aside string) error { return os.Rename(filepath.Dir(path), filepath.Dir(aside)) },
		"replaced": func(path, aside string) error {
			return errors.Join(os.Rename(path, aside), os.WriteFile(path, nil, 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			base := t.TempDir()
			path, aside := filepath.Join(base, "here", "test.db"), filepath.Join(base, "there", "test.db")
			try(t, os.Mkdir(filepath.Dir(path), 0o700))
			if name != "folder" {
				try(t, os.Mkdir(filepath.Dir(aside), 0o700))
			}
			db := openAt(t, path, sqlite.Options{})
			write := func() error {
				return db.Update(t.Context(), func(tx store.Conn) error {
					return exec(tx, "UPDATE ruyi_user SET name = name || '!' WHERE uid = 'u_10000'")
				})
			}
			try(t, remove(path, aside))
			before := files(t, base)
			if err := write(); !errors.Is(err, store.ErrUnavailable) {
				t.Errorf("error %v, want ErrUnavailable", err)
			}
			if after := files(t, base); !slices.Equal(after, before) {
				t.Errorf("files %q, before %q", after, before)
			}
			try(t, remove(aside, path))
			try(t, write())
			if u, err := db.Users().User(t.Context(), "u_10000"); err != nil || u.Name != "系统账号!" {
				t.Errorf("name %q, error %v", u.Name, err)
			}
		})
	}
}

func try(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
