package message_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

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
		db, err := postgres.Open(t.Context(), pgtest.DSN(t)+"&synchronous_commit=off", postgres.Options{AllowWeakDurability: true})
		test(t, closing(t, db, err))
	})
}

func openSQLite(t testing.TB) *store.DB {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ruyi.db"), sqlite.Options{})
	return closing(t, db, err)
}

func closing(t testing.TB, db *store.DB, err error) *store.DB {
	t.Helper()
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	return db
}

func emit(t testing.TB, s message.Store, drafts ...message.Draft) {
	t.Helper()
	must(t, s.Update(t.Context(), func(tx message.Tx) error { return tx.Emit(t.Context(), drafts...) }))
}

// say returns a text from one person to another.
func say(from, to, content string) message.Draft {
	return message.Between(t0, from, to, map[string]any{"type": message.TypeText, "content": content})
}

// texts returns the payloads of messages and their places.
func texts(history []message.Message) string {
	s := ""
	for _, m := range history {
		s += fmt.Sprintf("%d%s", m.Seq, m.Payload)
	}
	return s
}

// places returns where messages stand in a queue.
func places(queue []message.Queued) string {
	s := ""
	for _, m := range queue {
		s += fmt.Sprintf("%d ", m.QueueSeq)
	}
	return s
}

// asked is a store that remembers what it was asked for.
type asked struct {
	message.Store
	acked, after int64
	limit        int
}

func (a *asked) Acked(context.Context, string) (int64, error) { return a.acked, nil }

func (a *asked) Queue(_ context.Context, _ string, after int64, limit int) ([]message.Queued, error) {
	a.after, a.limit = after, limit
	return nil, nil
}

func (a *asked) History(_ context.Context, _ string, _ message.Channel, after int64, limit int) ([]message.Message, error) {
	a.after, a.limit = after, limit
	return nil, nil
}

func (a *asked) Extras(_ context.Context, _ string, _ message.Channel, after int64, limit int) ([]message.Message, error) {
	a.after, a.limit = after, limit
	return nil, nil
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantErr(t testing.TB, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: error %v, want %v", what, err, want)
	}
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

// passing is a store that lets everything pass and keeps nothing.
type passing struct{ message.Store }

func (passing) Update(_ context.Context, fn func(tx message.Tx) error) error { return fn(passingTx{}) }

type passingTx struct{ message.Tx }

func (passingTx) MaySend(context.Context, string, message.Channel, message.SendRules) error {
	return nil
}

func (passingTx) Deliver(_ context.Context, drafts ...message.Draft) ([]message.Message, error) {
	sent := make([]message.Message, len(drafts))
	for i, d := range drafts {
		sent[i].Payload = d.Payload
	}
	return sent, nil
}
