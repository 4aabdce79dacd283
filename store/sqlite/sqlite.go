package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/ruyi-im/ruyi/store"
)

// Options are the settings of Open. The zero value is right for most.
type Options struct {
	// BusyTimeout is how long a transaction waits for its turn, and for another
	// process to let go of the file. Default 5 s.
	BusyTimeout time.Duration
	// Readers is the number of connections that read. Default: one per processor,
	// at least two.
	Readers int
	// MaxBatch is the most transactions that share a commit; 1 gives each its own.
	// Default 64.
	MaxBatch int
	// AllowWeakDurability permits Synchronous to be other than "FULL" or "EXTRA".
	AllowWeakDurability bool
	// Synchronous is SQLite's setting of that name: "FULL", "EXTRA", or, only with
	// AllowWeakDurability, "NORMAL" (a power cut may undo answered transactions) or
	// "OFF" (it may destroy the file). Default "FULL".
	Synchronous string
}

func (o Options) withDefaults() Options {
	if o.BusyTimeout <= 0 {
		o.BusyTimeout = 5 * time.Second
	}
	if o.Readers <= 0 {
		o.Readers = max(2, runtime.NumCPU())
	}
	if o.MaxBatch <= 0 {
		o.MaxBatch = 64
	}
	if o.Synchronous == "" {
		o.Synchronous = "FULL"
	}
	return o
}

// Open opens the file at path, makes it when it is not there, and brings its
// schema up to date. Close the result when done.
func Open(ctx context.Context, path string, o Options) (*store.DB, error) {
	if path == "" || strings.HasPrefix(path, ":memory:") {
		return nil, fmt.Errorf("sqlite: open %q: a store needs a file", path)
	}
	// The file stays the same when the program changes its working directory.
	file, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("sqlite: open %s: %w", path, err)
	}
	e, err := open(ctx, file, o.withDefaults())
	if err != nil {
		return nil, fmt.Errorf("sqlite: open %s: %w", path, err)
	}
	return store.New(e, dialect), nil
}

var dialect = store.Dialect{Name: "sqlite", Unavailable: unavailable}

// engine is a store.Engine over one file.
type engine struct {
	*readers
	*writer
}

func open(ctx context.Context, path string, o Options) (*engine, error) {
	w, err := openWriter(ctx, path, o)
	if err != nil {
		return nil, err
	}
	if err := w.migrate(ctx, store.Migrate); err != nil {
		return nil, errors.Join(err, w.close())
	}
	r, err := openReaders(path, o)
	if err != nil {
		return nil, errors.Join(err, w.close())
	}
	return &engine{r, w}, nil
}

// Ping reports whether the database can be read.
func (e *engine) Ping(ctx context.Context) error {
	rows, err := e.QueryContext(ctx, "SELECT 1")
	if err != nil {
		return err
	}
	return rows.Close()
}

// Close waits for the transactions that run and closes the file.
func (e *engine) Close() error { return errors.Join(e.readers.close(), e.writer.close()) }

// openPool returns a pool of at most n connections to the file, which stay open.
// Each begins with the busy timeout, so that setting the journal mode waits for
// other processes. The mode is that of SQLite's URI file names.
func openPool(path, mode string, n int, o Options, pragmas ...string) (*sql.DB, error) {
	v := url.Values{
		"mode":          {mode},
		"_busy_timeout": {fmt.Sprint(o.BusyTimeout.Milliseconds())},
		"_defensive":    {"1"},
		"_pragma":       append([]string{"foreign_keys(1)", "trusted_schema(0)"}, pragmas...),
	}
	file := url.URL{Path: filepath.ToSlash(path)}
	c, err := sqlite.NewConnector("file:" + file.EscapedPath() + "?" + v.Encode())
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(c)
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	return db, nil
}

// unavailable recognises what says that the file cannot be used now: another
// process holds it, the disk is full or failing, or the file was closed.
func unavailable(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return false
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR,
		sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_PROTOCOL:
		return true
	}
	return false
}
