package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/ruyi-im/ruyi/internal/errs"
	"github.com/ruyi-im/ruyi/store"
)

// link is the one connection that writes. Only the leader uses it.
type link struct {
	path  string
	file  os.FileInfo // what was at path at first
	opts  Options
	db    *sql.DB
	conn  *sql.Conn
	stmts *statements
}

// connect makes the file when it is not there. SQLite does not always wait for
// another process before it changes the journal mode, so the wait is here.
func connect(ctx context.Context, path string, o Options) (*link, error) {
	l := &link{path: path, opts: o}
	patience, cancel := context.WithTimeout(ctx, o.BusyTimeout)
	defer cancel()
	err := l.open(ctx, "rwc")
	for busy(err) && pause(patience) {
		err = l.open(ctx, "rwc")
	}
	if err != nil {
		return nil, errors.Join(fault(err), ctx.Err())
	}
	if l.file, err = os.Stat(path); err != nil {
		return nil, errors.Join(err, l.close())
	}
	return l, nil
}

// pause waits a moment. It returns false when ctx ends first.
func pause(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(20 * time.Millisecond):
		return true
	}
}

func (l *link) open(ctx context.Context, mode string) error {
	db, err := openPool(l.path, mode, 1, l.opts, "journal_mode(WAL)", "fullfsync(1)",
		"synchronous("+l.opts.Synchronous+")")
	if err != nil {
		return err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return errors.Join(err, db.Close())
	}
	if err := durable(ctx, conn, l.opts); err != nil {
		return errors.Join(err, conn.Close(), db.Close())
	}
	l.db, l.conn, l.stmts = db, conn, &statements{on: conn}
	return nil
}

// durable reads back what the promise to lose nothing rests on.
func durable(ctx context.Context, conn *sql.Conn, o Options) error {
	var journal string
	var synchronous, foreignKeys int
	for pragma, value := range map[string]any{
		"journal_mode": &journal, "synchronous": &synchronous, "foreign_keys": &foreignKeys,
	} {
		if err := conn.QueryRowContext(ctx, "PRAGMA "+pragma).Scan(value); err != nil {
			return err
		}
	}
	if !strings.EqualFold(journal, "wal") || foreignKeys != 1 {
		return fmt.Errorf("the file cannot be used with a write-ahead log (journal mode %q)", journal)
	}
	levels := []string{"OFF", "NORMAL", "FULL", "EXTRA"}
	if want := slices.Index(levels, strings.ToUpper(o.Synchronous)); want < 0 || synchronous != want {
		return fmt.Errorf("synchronous is %d, want %q", synchronous, o.Synchronous)
	}
	if synchronous < 2 && !o.AllowWeakDurability {
		return fmt.Errorf("synchronous=%s may lose answered transactions: set AllowWeakDurability to accept that", o.Synchronous)
	}
	return nil
}

func (l *link) exec(statement string) error {
	_, err := l.stmts.exec(context.Background(), statement, nil)
	return err
}

// begin starts a transaction, on a new connection where the last one failed. It
// never makes a file: one that is gone must come back, not be replaced.
func (l *link) begin() error {
	if err := l.inPlace(); err != nil {
		return errs.Because(store.ErrUnavailable, err)
	}
	if l.conn == nil {
		if err := l.open(context.Background(), "rw"); err != nil {
			return fault(err)
		}
	}
	return fault(l.exec("BEGIN IMMEDIATE"))
}

var errReplaced = errors.New("another file has taken the place of the one that was opened")

// inPlace fails when the file was deleted, moved or replaced. The connection
// would go on writing to the old one, which nobody will ever open again.
func (l *link) inPlace() error {
	now, err := os.Stat(l.path)
	if err == nil && !os.SameFile(now, l.file) {
		err = errReplaced
	}
	return err
}

func (l *link) commit() error { return fault(l.exec("COMMIT")) }

// rollback ends a transaction that failed because of cause. A connection whose
// file is failing or gone is given up.
func (l *link) rollback(cause error) {
	if l.conn == nil {
		return
	}
	err := l.exec("ROLLBACK")
	if err != nil && !strings.Contains(err.Error(), "no transaction is active") || lost(cause) {
		l.close()
	}
}

// savepoint runs a job so that its failure undoes only its own work. The error
// says that the transaction as a whole is lost.
func (l *link) savepoint(j *job) (err error) {
	if err := l.exec("SAVEPOINT job"); err != nil {
		return fault(err)
	}
	if j.panicked, j.err = l.call(j); j.err == nil && j.panicked == nil {
		return fault(l.exec("RELEASE job"))
	}
	if err := l.exec("ROLLBACK TO job"); err != nil {
		// SQLite has rolled back everything, as it does when the disk is full; what
		// the job met tells why.
		return fault(errors.Join(j.err, err))
	}
	return fault(l.exec("RELEASE job"))
}

// call runs the job's function and catches a panic, which belongs to the
// goroutine of its caller.
func (l *link) call(j *job) (panicked any, err error) {
	t := &tx{link: l, end: time.Now().Add(deadline)}
	defer t.close()
	returned := false
	defer func() {
		if !returned {
			panicked = recover() // nil when the goroutine is ending: see abandon
		}
	}()
	err = j.fn(t)
	returned = true
	return nil, err
}

func (l *link) close() error {
	if l.conn == nil {
		return nil
	}
	err := errors.Join(l.stmts.close(), l.conn.Close(), l.db.Close())
	l.conn = nil
	return err
}

// lost reports whether err says more than that the file is busy or the disk full.
func lost(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok || !unavailable(err) {
		return false
	}
	code := e.Code() & 0xff
	return code != sqlite3.SQLITE_BUSY && code != sqlite3.SQLITE_FULL
}

// busy reports whether err says that another process holds the file.
func busy(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && e.Code()&0xff == sqlite3.SQLITE_BUSY
}

// fault gives an error of begin or commit the shape callers know.
func fault(err error) error {
	if err == nil || errs.KindOf(err) != errs.Internal || !unavailable(err) {
		return err
	}
	return errs.Because(store.ErrUnavailable, err)
}
