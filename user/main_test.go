package user_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ruyi-im/ruyi/internal/pgtest"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/postgres"
	"github.com/ruyi-im/ruyi/store/sqlite"
	"github.com/ruyi-im/ruyi/user"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(pgtest.M{M: m}) }

const (
	devCode  = "123456"
	password = "correct horse"
)

var (
	// t0 is when the tests take place.
	t0     = time.UnixMilli(1767225600000)
	pepper = []byte("0123456789abcdef0123456789abcdef")
	phone  = user.Phone{Zone: "0086", Number: "13800000001"}
	client = netip.MustParseAddr("192.0.2.1")
	limits = user.DefaultLimits()
)

// onBothEngines runs a test of what happens at the same time, or of what one
// engine forgives and the other does not.
func onBothEngines(t *testing.T, test func(t *testing.T, db *store.DB)) {
	t.Run("sqlite", func(t *testing.T) { test(t, openSQLite(t)) })
	t.Run("postgres", func(t *testing.T) {
		db, err := postgres.Open(t.Context(), pgtest.DSN(t)+"&synchronous_commit=off", postgres.Options{AllowWeakDurability: true})
		test(t, closing(t, db, err))
	})
}

func openSQLite(t *testing.T) *store.DB {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ruyi.db"), sqlite.Options{})
	return closing(t, db, err)
}

func closing(t *testing.T, db *store.DB, err error) *store.DB {
	t.Helper()
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	return db
}

// world is a service over a database, with a clock and a phone network that the
// test controls.
type world struct {
	user.Service
	t    *testing.T
	db   *store.DB
	now  time.Time
	sent []string // the codes that arrived
	down error    // what the provider answers instead of sending

	serial int // of the sessions a test opens itself
}

// start returns a world whose codes go out by SMS.
func start(t *testing.T, db *store.DB) *world {
	t.Helper()
	w := &world{t: t, db: db, now: t0}
	return w.with(db.Users(), user.Options{SMS: w})
}

// startDev returns a world where devCode always works.
func startDev(t *testing.T, db *store.DB) *world {
	t.Helper()
	w := &world{t: t, db: db, now: t0}
	return w.with(db.Users(), user.Options{DevCode: devCode})
}

// with puts a new service into w.
func (w *world) with(s user.Store, o user.Options) *world {
	w.t.Helper()
	o.Pepper, o.Now = pepper, func() time.Time { return w.now }
	var err error
	w.Service, err = user.New(s, o)
	must(w.t, err)
	return w
}

// Send is the phone network.
func (w *world) Send(_ context.Context, _ user.Phone, _ user.Purpose, code string) error {
	if w.down == nil {
		w.sent = append(w.sent, code)
	}
	return w.down
}

// register opens the account of phone.
func (w *world) register() user.SignedIn {
	w.t.Helper()
	s, err := w.Register(w.t.Context(), registration())
	must(w.t, err)
	return s
}

// registration is one that startDev accepts.
func registration() user.Registration {
	return user.Registration{
		Phone: phone, Code: devCode, Password: password, Name: "Alice",
		Device: user.Device{ID: "d1", Name: "phone", Model: "m"},
	}
}

// add stores an account without the cost of a password.
func (w *world) add(u user.User) user.User {
	w.t.Helper()
	u.Username, u.ShortNo, u.Status = "name of "+u.UID, "no of "+u.UID, user.Active
	must(w.t, w.db.Users().Update(w.t.Context(), func(tx user.Tx) error { return tx.AddUser(w.t.Context(), u) }))
	return u
}

// setStatus does what no service does yet.
func (w *world) setStatus(uid string, s user.Status) {
	w.t.Helper()
	must(w.t, w.db.Update(w.t.Context(), func(tx store.Conn) error {
		_, err := tx.ExecContext(w.t.Context(), fmt.Sprintf("UPDATE ruyi_user SET status = %d WHERE uid = '%s'", s, uid))
		return err
	}))
}

// stored counts what registrations leave behind: accounts beside the two of the
// system, sessions, devices and contacts.
func (w *world) stored() (n [4]int) {
	w.t.Helper()
	must(w.t, w.db.Update(w.t.Context(), func(tx store.Conn) error {
		rows, err := tx.QueryContext(w.t.Context(), `SELECT (SELECT count(*) - 2 FROM ruyi_user),
			(SELECT count(*) FROM ruyi_session), (SELECT count(*) FROM ruyi_device), (SELECT count(*) FROM ruyi_friend)`)
		if err != nil {
			return err
		}
		defer rows.Close()
		rows.Next()
		return rows.Scan(&n[0], &n[1], &n[2], &n[3])
	}))
	return n
}

// together calls do n times at once and returns what each call answered.
func together(n int, do func(i int) error) []error {
	answers := make([]error, n)
	var start, done sync.WaitGroup
	start.Add(1)
	for i := range n {
		done.Go(func() {
			start.Wait()
			answers[i] = do(i)
		})
	}
	start.Done()
	done.Wait()
	return answers
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
		t.Errorf("%s: error %v, want %v", what, err, want)
	}
}
