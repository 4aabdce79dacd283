package friend_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/internal/pgtest"
	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/postgres"
	"github.com/ruyi-im/ruyi/store/sqlite"
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
	friend.Service
	t      *testing.T
	db     *store.DB
	now    time.Time
	people people
}

// start returns a world in which alice, bob and carol live.
func start(t *testing.T, db *store.DB) *world {
	w := &world{t: t, db: db, now: t0, people: people{"alice": "Alice", "bob": "Bob", "carol": "Carol"}}
	w.Service = friend.New(db.Friends(), w.people, friend.Options{Now: func() time.Time { return w.now }})
	return w
}

func (w *world) apply(from, to string) {
	w.t.Helper()
	must(w.t, w.Apply(w.t.Context(), from, friend.Application{To: to, Greeting: "hi"}))
}

func (w *world) wantApply(what, from, to, greeting string, want error) {
	w.t.Helper()
	wantErr(w.t, what, w.Apply(w.t.Context(), from, friend.Application{To: to, Greeting: greeting}), want)
}

func (w *world) wantSure(what, uid, token string, want error) {
	w.t.Helper()
	wantErr(w.t, what, w.Sure(w.t.Context(), uid, token), want)
}

// befriend makes a and b friends.
func (w *world) befriend(a, b string) {
	w.t.Helper()
	w.apply(a, b)
	must(w.t, w.Sure(w.t.Context(), b, w.token(b)))
}

// queue returns the messages of uid, each as "sender to receiver: payload".
func (w *world) queue(uid string) []string {
	w.t.Helper()
	queue, err := w.db.Messages().Queue(w.t.Context(), uid, 0, 1000)
	must(w.t, err)
	lines := []string{}
	for _, m := range queue {
		lines = append(lines, fmt.Sprintf("%s to %s: %s", m.From, m.To(uid), m.Payload))
	}
	return lines
}

// token returns the one of the newest request that uid has heard of.
func (w *world) token(uid string) string {
	w.t.Helper()
	queue, err := w.db.Messages().Queue(w.t.Context(), uid, 0, 1000)
	must(w.t, err)
	for i := len(queue) - 1; i >= 0; i-- {
		var p struct{ Param struct{ Token string } }
		if queue[i].From == message.System && json.Unmarshal(queue[i].Payload, &p) == nil && p.Param.Token != "" {
			return p.Param.Token
		}
	}
	w.t.Fatalf("%s has heard of no request", uid)
	return ""
}

// relation returns what owner has about peer, the zero Relation when nothing.
func (w *world) relation(owner, peer string) friend.Relation {
	w.t.Helper()
	r, err := w.db.Friends().Relation(w.t.Context(), owner, peer)
	if errors.Is(err, friend.ErrNotFound) {
		return friend.Relation{}
	}
	must(w.t, err)
	return r
}

// save stores a relation, as what ends friendships does.
func (w *world) save(r friend.Relation) {
	w.t.Helper()
	must(w.t, w.db.Friends().Update(w.t.Context(), func(tx friend.Tx) error {
		return tx.SaveRelation(w.t.Context(), r, w.now)
	}))
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
