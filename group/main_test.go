package group_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/group"
	"github.com/ruyi-im/ruyi/internal/pgtest"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/postgres"
	"github.com/ruyi-im/ruyi/store/sqlite"
	"github.com/ruyi-im/ruyi/user"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(pgtest.M{M: m}) }

// t0 is when the tests take place.
var t0 = time.UnixMilli(1767225600000)

// onBothEngines runs a test of what happens at the same time, or of what one
// engine forgives and the other does not.
func onBothEngines(t *testing.T, test func(t *testing.T, db *store.DB)) {
	t.Run("sqlite", func(t *testing.T) { test(t, openSQLite(t)) })
	t.Run("postgres", func(t *testing.T) {
		db, err := postgres.Open(t.Context(), pgtest.DSN(t), postgres.Options{})
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

// people has the names of those who are active.
type people map[string]string

func (p people) Person(_ context.Context, uid string) (name string, active bool, err error) {
	name, active = p[uid]
	return name, active, nil
}

// world is a service over a database, with people and a clock that the test
// controls.
type world struct {
	group.Service
	t       *testing.T
	db      *store.DB
	now     time.Time
	people  people
	friends friend.Service
	read    map[string]int64 // up to where the test has read a queue
}

// start returns a world in which alice, bob, carol, dave and eve live. Alice is a
// friend of all but eve.
func start(t *testing.T, db *store.DB, o group.Options) *world {
	w := &world{t: t, db: db, now: t0, people: people{}, read: map[string]int64{}}
	for _, name := range []string{"Alice", "Bob", "Carol", "Dave", "Eve"} {
		w.addUser(strings.ToLower(name), name)
	}
	for _, uid := range []string{"bob", "carol", "dave"} {
		w.befriend("alice", uid)
	}
	w.friends = friend.New(db.Friends(), w.people, friend.Options{})
	o.Now = func() time.Time { return w.now }
	if o.Friends == nil {
		o.Friends = w.friends
	}
	var err error
	w.Service, err = group.New(db.Groups(), w.people, o)
	must(t, err)
	return w
}

func (w *world) addUser(uid, name string) {
	w.t.Helper()
	w.people[uid] = name
	must(w.t, w.db.Users().Update(w.t.Context(), func(tx user.Tx) error {
		return tx.AddUser(w.t.Context(), user.User{
			UID: uid, Username: uid, ShortNo: uid, Name: name, Status: user.Active, CreatedAt: t0,
		})
	}))
}

// crowd adds friends of alice and returns their uids.
func (w *world) crowd(n int) []string {
	w.t.Helper()
	uids := make([]string, n)
	for i := range uids {
		uids[i] = fmt.Sprintf("u%04d", i)
		w.people[uids[i]] = fmt.Sprintf("U%d", i)
	}
	must(w.t, w.db.Users().Update(w.t.Context(), func(tx user.Tx) (err error) {
		for _, uid := range uids {
			u := user.User{UID: uid, Username: uid, ShortNo: uid, Name: w.people[uid], Status: user.Active, CreatedAt: t0}
			err = errors.Join(err, tx.AddUser(w.t.Context(), u),
				tx.AddContact(w.t.Context(), "alice", uid, t0), tx.AddContact(w.t.Context(), uid, "alice", t0))
		}
		return err
	}))
	return uids
}

// befriend makes a and b contacts of each other.
func (w *world) befriend(a, b string) {
	w.t.Helper()
	must(w.t, w.db.Friends().Update(w.t.Context(), func(tx friend.Tx) error {
		return errors.Join(tx.SaveRelation(w.t.Context(), friend.Relation{Owner: a, Peer: b}, t0),
			tx.SaveRelation(w.t.Context(), friend.Relation{Owner: b, Peer: a}, t0))
	}))
}

// account changes what is stored of an account.
func (w *world) account(uid string, change func(u *user.User)) {
	w.t.Helper()
	must(w.t, w.db.Users().Update(w.t.Context(), func(tx user.Tx) error {
		u, err := tx.LockUser(w.t.Context(), uid)
		if err != nil {
			return err
		}
		change(&u)
		return tx.SaveUser(w.t.Context(), u)
	}))
}

// found founds a group of alice's and returns its number. Nobody has news of it
// that the test has not read.
func (w *world) found(members ...string) string {
	w.t.Helper()
	v, err := w.Create(w.t.Context(), "alice", group.Foundation{Name: "g", Members: members})
	must(w.t, err)
	for _, uid := range append(members, "alice") {
		w.news(uid, v.Group.No)
	}
	return v.Group.No
}

// member changes the row of somebody in a group, or adds it.
func (w *world) member(no, uid string, change func(m *group.Member)) {
	w.t.Helper()
	must(w.t, w.db.Groups().Update(w.t.Context(), func(tx group.Tx) error {
		if _, err := tx.LockGroup(w.t.Context(), no); err != nil {
			return err
		}
		m, err := tx.Member(w.t.Context(), no, uid)
		if err != nil {
			return err
		}
		if m.UID == "" {
			m = group.Member{UID: uid, Status: group.Accepted, CreatedAt: t0, UpdatedAt: t0}
		}
		change(&m)
		return tx.SaveMembers(w.t.Context(), no, m)
	}))
}

// group changes what is stored of a group.
func (w *world) group(no string, change func(g *group.Group)) {
	w.t.Helper()
	must(w.t, w.db.Groups().Update(w.t.Context(), func(tx group.Tx) error {
		g, err := tx.LockGroup(w.t.Context(), no)
		if err != nil {
			return err
		}
		change(&g)
		return tx.SaveGroup(w.t.Context(), g)
	}))
}

// news returns what uid has heard since the test asked last, with "G" for the
// number of a group.
func (w *world) news(uid, no string) []string {
	w.t.Helper()
	queue, err := w.db.Messages().Queue(w.t.Context(), uid, w.read[uid], 1000)
	must(w.t, err)
	lines := []string{}
	for _, m := range queue {
		w.read[uid] = m.QueueSeq
		lines = append(lines, strings.ReplaceAll(string(m.Payload), no, "G"))
	}
	return lines
}

func (w *world) wantNews(uid, no string, want ...string) {
	w.t.Helper()
	if got := w.news(uid, no); !slices.Equal(got, want) {
		w.t.Errorf("%s heard\n%s\nwant\n%s", uid, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// stored returns a group and who is in it, as it is in the database.
func (w *world) stored(no string) string {
	w.t.Helper()
	g, err := w.db.Groups().Group(w.t.Context(), no)
	if errors.Is(err, group.ErrNotFound) {
		return ""
	}
	must(w.t, err)
	s := fmt.Sprintf("%+v", g)
	for _, uid := range []string{"alice", "bob", "carol", "dave", "eve"} {
		settings, err := w.db.Groups().Settings(w.t.Context(), uid, no)
		must(w.t, err)
		s += fmt.Sprintf(" %+v", settings)
	}
	return s
}

// rows counts the rows of a table.
func (w *world) rows(table string) (n int) {
	w.t.Helper()
	must(w.t, w.db.Update(w.t.Context(), func(tx store.Conn) error {
		rows, err := tx.QueryContext(w.t.Context(), "SELECT count(*) FROM "+table)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			err = errors.Join(err, rows.Scan(&n))
		}
		return errors.Join(err, rows.Err())
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

func ptr[T any](v T) *T { return &v }
