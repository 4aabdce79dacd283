package postgres_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/postgres"
)

// In all these tests the store has one connection only: it must not need a second
// one to find out what became of the first.

func TestCommitWithoutAnAnswer(t *testing.T) {
	for _, c := range []struct {
		name    string
		prepare func(l *lab)             // before the transaction begins
		lost    func(l *line) error      // instead of COMMIT
		before  func(l *lab)             // the client notices
		after   func(l *lab, line *line) // it began to ask what became of the commit
		runs    int
	}{
		{name: "it arrived", lost: (*line).deliver, runs: 1},
		{name: "it did not arrive", lost: swallowed, runs: 2},
		{name: "it arrives late", lost: (*line).hold, after: deliverLate, runs: 1},
		{name: "the server is slow", prepare: closeGate, lost: (*line).deliver, before: waitAtGate, after: openGate, runs: 1},
		{name: "its marker is gone", lost: swallowed, before: deleteMarkers, runs: 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLab(t, postgres.Options{MaxConns: 1})
			if c.prepare != nil {
				c.prepare(l)
			}
			reached, resume := make(chan *line, 1), make(chan struct{})
			release := sync.OnceFunc(func() { close(resume) })
			t.Cleanup(release)
			l.net.disturb(func(line *line) error {
				err := c.lost(line)
				reached <- line
				<-resume
				return err
			})
			runs, told, result := 0, 0, make(chan error, 1)
			l.db.OnCommit(func(_ context.Context, d []message.Delivery) { told += len(d) })
			go func() {
				result <- l.db.Update(t.Context(), func(tx store.Conn) error {
					runs++
					l.db.Join(tx).Messages().Tell(t.Context(), message.Command(time.Now(), "told", nil, "a").Live())
					return effect(t.Context(), tx, 1)
				})
			}()
			line := <-reached
			if c.before != nil {
				c.before(l)
			}
			release()
			if c.after != nil {
				c.after(l, line)
			}
			must(t, <-result)
			equal(t, "runs", runs, c.runs)
			equal(t, "told", told, 1)
			l.effects(1)
			must(t, l.add(t.Context(), 2)) // the store has its connection back
		})
	}
}

func deliverLate(l *lab, line *line) {
	l.waiting(1)
	must(l.t, line.deliver())
	must(l.t, line.Conn.Close())
}

// closeGate has the server wait for a lock while it commits.
func closeGate(l *lab) {
	l.exec(`CREATE TABLE gate AS SELECT 1 AS id;
		CREATE FUNCTION pass() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM FROM gate FOR UPDATE; RETURN NULL; END';
		CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON effect DEFERRABLE INITIALLY DEFERRED
			FOR EACH ROW EXECUTE FUNCTION pass()`)
	l.unlock = l.lock("gate")
}

func waitAtGate(l *lab) { l.waiting(1) }

func openGate(l *lab, _ *line) {
	l.waiting(2) // the commit, and whoever asks about it
	l.unlock()
}

// deleteMarkers does so when the lost session has ended, as it locks its own.
func deleteMarkers(l *lab) {
	l.kill()
	l.exec("DELETE FROM ruyi_commit")
}

// The control of the test above: whoever simply tries again does it twice.
func TestCommitWithoutAnAnswerFoolsTheNaive(t *testing.T) {
	l := newLab(t, postgres.Options{})
	config, err := pgx.ParseConfig(l.dsn)
	must(t, err)
	config.DialFunc = l.net.dial
	l.net.disturb((*line).deliver)
	for attempt := 1; ; attempt++ {
		err := commitNaively(t.Context(), config)
		if err == nil {
			break
		}
		if attempt == 2 {
			t.Fatal(err)
		}
	}
	l.poll("the lost commit is not made", func() bool { return l.sessions() == 0 })
	l.effects(2)
}

func commitNaively(ctx context.Context, config *pgx.ConnConfig) error {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for _, statement := range []string{"BEGIN", "INSERT INTO effect VALUES (1)", "COMMIT"} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// A connection whose row in ruyi_commit was deleted could not tell what became of
// its commits.
func TestUpdateNeedsItsMarker(t *testing.T) {
	l := newLab(t, postgres.Options{MaxConns: 1})
	must(t, l.add(t.Context(), 1))
	l.exec("DELETE FROM ruyi_commit")
	l.net.disturb((*line).deliver)
	must(t, l.add(t.Context(), 2))
	l.effects(2)
}

func TestUnknownWhenTheDatabaseStaysAway(t *testing.T) {
	l := newLab(t, postgres.Options{MaxConns: 1, Deadline: 200 * time.Millisecond})
	l.net.disturb(func(line *line) error {
		l.net.down.Store(true)
		return line.deliver()
	})
	wantUnavailable(t, l.add(t.Context(), 1), store.ErrUnknown)
	wantUnavailable(t, l.add(t.Context(), 2), store.ErrUnavailable)
	l.net.down.Store(false)
	must(t, l.add(t.Context(), 3))
	l.poll("the lost commit is not made", func() bool { return l.number("SELECT count(*) FROM effect") == 2 })
}

// A transaction that is over time has no effect and says so, rather than to wait
// for a marker that it holds itself.
func TestNoCommitAfterTheDeadline(t *testing.T) {
	const deadline = 100 * time.Millisecond
	l := newLab(t, postgres.Options{MaxConns: 1, Deadline: deadline})
	err := l.db.Update(t.Context(), func(tx store.Conn) error {
		over, cancel := context.WithTimeout(t.Context(), deadline)
		defer cancel()
		err := effect(t.Context(), tx, 1)
		<-over.Done() // and so is the deadline, which began before
		return err
	})
	wantUnavailable(t, err, store.ErrUnavailable)
	l.effects(0)
}
