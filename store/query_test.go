package store

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	_ "modernc.org/sqlite"

	"github.com/ruyi-im/ruyi/internal/errs"
	"github.com/ruyi-im/ruyi/internal/pgtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(pgtest.M{M: m}) }

// openPlain opens a new file with the driver only; stores cannot be imported
// here.
func openPlain(t *testing.T) *sql.DB {
	t.Helper()
	path := filepath.Join(t.TempDir(), "test.db")
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?_txlock=immediate&_busy_timeout=5000")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// plain runs statements on db as a store would.
func plain(db *sql.DB) q {
	return q{db, &DB{dialect: &Dialect{Name: "sqlite", Unavailable: func(error) bool { return false }}, ids: &messageIDs{}}}
}

type pair struct {
	A int    `db:"a"`
	B string `db:"b"`
}

// Each of these fails in another place: when it starts, at its first row, at a
// later one, or when a row is put into Go.
var failing = map[string]string{
	"syntax":     "SELEC 1",
	"first row":  "SELECT abs(-9223372036854775808) AS a, '' AS b",
	"second row": "SELECT 1 AS a, 'x' AS b UNION ALL SELECT abs(-9223372036854775808), ''",
	"no field":   "SELECT 1 AS a, 'x' AS b, 2 AS c",
	"null":       "SELECT 1 AS a, NULL AS b",
	"type":       "SELECT 'x' AS a, 'x' AS b",
}

func TestReadsReportEveryFailure(t *testing.T) {
	q := plain(openPlain(t))
	for name, query := range failing {
		list, err := all(t.Context(), q, func(p pair) pair { return p }, query)
		if err == nil || errors.Is(err, errNoRow) {
			t.Errorf("all, %s: %v, error %v", name, list, err)
		}
		if name == "second row" { // which get does not ask for
			continue
		}
		var p pair
		if err := q.get(t.Context(), &p, query); err == nil || errors.Is(err, errNoRow) {
			t.Errorf("get, %s: %v, error %v", name, p, err)
		}
	}
	var n int64
	if err := q.get(t.Context(), &n, "SELECT 'x'"); err == nil {
		t.Errorf("a text was read as the number %d", n)
	}
	if _, err := q.exec(t.Context(), "SELEC 1"); err == nil {
		t.Error("exec took what is no SQL")
	}
}

func TestReads(t *testing.T) {
	q := plain(openPlain(t))
	var p pair
	if err := q.get(t.Context(), &p, "SELECT ? AS a, ? AS b", 1, "x"); err != nil || p != (pair{1, "x"}) {
		t.Errorf("%v, error %v", p, err)
	}
	var n int64
	if err := q.get(t.Context(), &n, "SELECT 7"); err != nil || n != 7 {
		t.Errorf("%d, error %v", n, err)
	}
	const none = "SELECT 1 AS a, 'x' AS b WHERE 1 = 0"
	if err := q.get(t.Context(), &p, none); !errors.Is(err, errNoRow) {
		t.Errorf("no row: error %v", err)
	}
	list, err := all(t.Context(), q, func(p pair) pair { return p }, none)
	if err != nil || list == nil || len(list) != 0 {
		t.Errorf("no rows: %#v, error %v", list, err)
	}
}

var errDriver, errSentinel = errors.New("driver"), errs.New(errs.NotFound, "test.none", "", "")

func TestFaultsKeepTheirKind(t *testing.T) {
	db := &DB{dialect: &Dialect{Unavailable: func(err error) bool { return errors.Is(err, errDriver) }}}
	for _, c := range []struct {
		err  error
		kind errs.Kind
	}{
		{nil, errs.Internal},
		{errDriver, errs.Unavailable},
		{context.Canceled, errs.Internal},
		{errs.Because(errSentinel, errDriver), errs.NotFound},
		{errors.Join(ErrBusy, errDriver), errs.Unavailable},
	} {
		got := db.fault(c.err)
		if errs.KindOf(got) != c.kind || !errors.Is(got, c.err) {
			t.Errorf("%v became %v", c.err, got)
		}
	}
	if err := db.fault(ErrBusy); err != ErrBusy {
		t.Errorf("ErrBusy became %v", err)
	}
}

// refuser is an engine whose driver has an error for everything.
type refuser struct{ joined }

func (refuser) Update(context.Context, func(Conn) error) error { return errDriver }
func (refuser) Ping(context.Context) error                     { return errDriver }

func TestHostsLearnThatTheDatabaseIsUnavailable(t *testing.T) {
	db := New(refuser{}, Dialect{Unavailable: func(err error) bool { return errors.Is(err, errDriver) }})
	for name, err := range map[string]error{
		"Update": db.Update(t.Context(), func(Conn) error { return nil }),
		"Ping":   db.Ping(t.Context()),
	} {
		if !errors.Is(err, ErrUnavailable) || !errors.Is(err, errDriver) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAbsent(t *testing.T) {
	for _, c := range []struct{ err, want error }{{nil, nil}, {errNoRow, errSentinel}, {errDriver, errDriver}} {
		if got := absent(c.err, errSentinel); got != c.want {
			t.Errorf("absent(%v) = %v, want %v", c.err, got, c.want)
		}
	}
	if err := absent(errNoRow, nil); err != nil {
		t.Errorf("absent without a sentinel: %v", err)
	}
}

func TestPlaceholdersFollowTheDialect(t *testing.T) {
	for dollar, want := range map[bool]string{false: "a = ? AND b = ?", true: "a = $1 AND b = $2"} {
		q := q{nil, &DB{dialect: &Dialect{Dollar: dollar, ForUpdate: " FOR UPDATE"}}}
		for range 2 {
			if got := q.bind("a = ? AND b = ?"); got != want {
				t.Errorf("%q, want %q", got, want)
			}
		}
		if got := q.lock("SELECT 1"); !strings.HasSuffix(got, " FOR UPDATE") {
			t.Errorf("%q locks nothing", got)
		}
	}
}

func TestInstantsRoundTrip(t *testing.T) {
	for _, at := range []time.Time{
		{},
		time.UnixMilli(1), time.UnixMilli(-1), time.UnixMilli(1767225600123),
		time.Date(2999, 12, 31, 23, 59, 59, 999e6, time.FixedZone("", 8*3600)),
	} {
		if got := instant(ms(at)); !got.Equal(at) || got.IsZero() != at.IsZero() {
			t.Errorf("%v came back as %v", at, got)
		}
	}
	for at, want := range map[time.Time]int64{{}: 0, time.Unix(5, 999999): 5000} {
		if got := ms(at); got != want {
			t.Errorf("%v is kept as %d, want %d", at, got, want)
		}
	}
	if bit(true) != 1 || bit(false) != 0 {
		t.Error("truth is not 1 and 0")
	}
}
