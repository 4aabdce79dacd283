package label_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/internal/pgtest"
	"github.com/ruyi-im/ruyi/label"
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

// groups has the names of groups, by member and number, and counts how often it
// was asked.
type groups struct {
	of    map[string]map[string]string
	asked atomic.Int64
	err   error
}

func (g *groups) GroupNames(_ context.Context, uid string, nos []string) (map[string]string, error) {
	g.asked.Add(1)
	for i, no := range nos {
		if no == "" || strings.ContainsRune(no, 0) || slices.Contains(nos[:i], no) {
			return nil, fmt.Errorf("asked for %q", nos)
		}
	}
	names := maps.Clone(g.of[uid])
	maps.DeleteFunc(names, func(no, _ string) bool { return !slices.Contains(nos, no) })
	return names, g.err
}

// world is a service over a database, with groups and a clock that the test
// controls.
type world struct {
	label.Service
	t      *testing.T
	db     *store.DB
	now    time.Time
	groups *groups
}

// start returns a world in which alice has bob, carol and dave as contacts, and
// eve has alice. Alice is in the groups g1 and g2, eve in g2 and g3.
func start(t *testing.T, db *store.DB, l label.Limits) *world {
	w := &world{t: t, db: db, now: t0, groups: &groups{of: map[string]map[string]string{
		"alice": {"g1": "Family", "g2": "Work"}, "eve": {"g2": "Work", "g3": "Secret"},
	}}}
	var err error
	w.Service, err = label.New(db.Labels(), label.Options{
		Now: func() time.Time { return w.now }, Groups: w.groups, Limits: l,
	})
	must(t, err)
	for _, uid := range []string{"alice", "bob", "carol", "dave", "eve"} {
		w.addUser(uid)
	}
	for _, peer := range []string{"bob", "carol", "dave"} {
		w.relate(friend.Relation{Owner: "alice", Peer: peer})
	}
	w.relate(friend.Relation{Owner: "eve", Peer: "alice"})
	return w
}

func (w *world) addUser(uid string) {
	w.t.Helper()
	must(w.t, w.db.Users().Update(w.t.Context(), func(tx user.Tx) error {
		return tx.AddUser(w.t.Context(), user.User{
			UID: uid, Username: uid, ShortNo: uid, Name: strings.ToUpper(uid), Status: user.Active, CreatedAt: t0,
		})
	}))
}

// relate stores a relation, as what begins and ends friendships does.
func (w *world) relate(r friend.Relation) {
	w.t.Helper()
	must(w.t, w.db.Friends().Update(w.t.Context(), func(tx friend.Tx) error {
		return tx.SaveRelation(w.t.Context(), r, w.now)
	}))
}

// create makes a label of alice's.
func (w *world) create(d label.Draft) int64 {
	w.t.Helper()
	id, err := w.Create(w.t.Context(), "alice", d)
	must(w.t, err)
	return id
}

func (w *world) replace(id int64, d label.Draft) {
	w.t.Helper()
	must(w.t, w.Replace(w.t.Context(), "alice", id, d))
}

// show writes a label as "name: uid uid | number=name".
func show(l label.Label) string {
	var parts []string
	for _, m := range l.Members {
		parts = append(parts, m.UID)
	}
	parts = append(parts, "|")
	for _, g := range l.Groups {
		parts = append(parts, g.No+"="+g.Name)
	}
	return l.Name + ": " + strings.Join(parts, " ")
}

// want compares label id of alice's with what show writes of it.
func (w *world) want(what string, id int64, want string) {
	w.t.Helper()
	l, err := w.Label(w.t.Context(), "alice", id)
	must(w.t, err)
	if got := show(l); got != want {
		w.t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// list returns the labels of uid as show writes them.
func (w *world) list(uid string) []string {
	w.t.Helper()
	labels, err := w.List(w.t.Context(), uid)
	must(w.t, err)
	lines := []string{}
	for _, l := range labels {
		lines = append(lines, show(l))
	}
	return lines
}

func (w *world) wantList(what string, want ...string) {
	w.t.Helper()
	if got := w.list("alice"); !slices.Equal(got, want) {
		w.t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// rows counts what is stored of labels, hidden or not.
func (w *world) rows() string {
	w.t.Helper()
	var counts []string
	must(w.t, w.db.Update(w.t.Context(), func(tx store.Conn) error {
		counts = nil
		for _, table := range []string{"ruyi_label", "ruyi_label_member", "ruyi_label_group"} {
			rows, err := tx.QueryContext(w.t.Context(), "SELECT count(*) FROM "+table)
			if err != nil {
				return err
			}
			var n int
			for rows.Next() {
				err = errors.Join(err, rows.Scan(&n))
			}
			counts = append(counts, fmt.Sprint(n))
			if err := errors.Join(err, rows.Err(), rows.Close()); err != nil {
				return err
			}
		}
		return nil
	}))
	return strings.Join(counts, " ")
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

// uids returns n names.
func uids(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("u%04d", i)
	}
	return list
}
