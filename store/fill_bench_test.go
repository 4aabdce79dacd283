package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/postgres"
	"github.com/ruyi-im/ruyi/store/sqlite"
)

// town is who talks to whom: at most 10,000 people in 50,000 channels of two, of
// which a few are groups of 20. Everybody talks all the time, so that the
// messages of a channel lie far apart in the order of time.
type town struct {
	messages, people, channels int
	seq                        []int64 // of channels, so far
	queue                      []int64 // of people, so far
}

func newTown(messages int) *town {
	t := &town{messages: messages, people: min(max(11, messages/1000), 10000)} // with 10, channels would coincide
	t.channels = 5 * t.people
	if messages < 10000 {
		t.channels = t.people // so that each holds pages
	}
	t.seq, t.queue = make([]int64, t.channels), make([]int64, t.people)
	return t
}

// members returns who belongs to a channel.
func (t *town) members(channel int) []int {
	a := channel % t.people
	if channel%100 == 99 && t.people >= 100 {
		all := make([]int, 20)
		for i := range all {
			all[i] = (a + i) % t.people
		}
		return all
	}
	return []int{a, (a + 1 + channel/t.people) % t.people}
}

// channel returns its name.
func (t *town) channel(n int) message.Channel {
	people := t.members(n)
	if len(people) > 2 {
		return message.Channel{ID: fmt.Sprintf("%032x", n), Type: message.Group}
	}
	return message.PersonChannel(benchUID(people[0]), benchUID(people[1]))
}

// laidIn opens a database with so many messages, the one that was kept where
// there is one.
func laidIn(b *testing.B, engine string, messages int) (bench, *town) {
	t := newTown(messages)
	name := fmt.Sprintf("messages%d", messages)
	place := *keepFlag
	if place == "" {
		place = b.TempDir()
	}
	path := filepath.Join(place, name+".db")
	dsn := ""
	if engine == "postgres" {
		dsn = benchDSN(b, name)
	}
	if d := openFilling(b, engine, path, dsn); d.filled(b, t) {
		d.Close()
	} else {
		began := time.Now()
		d.fill(b, t)
		d.Close()
		if messages > 100000 {
			b.Logf("%d messages in %v", messages, time.Since(began))
		}
	}
	var db *store.DB
	var err error
	if engine == "postgres" {
		db, err = postgres.Open(b.Context(), dsn, postgres.Options{})
	} else {
		db, err = sqlite.Open(b.Context(), path, sqlite.Options{})
	}
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	return bench{db, engine}, t
}

// openFilling opens a database for somebody in a hurry.
func openFilling(b *testing.B, engine, path, dsn string) bench {
	var db *store.DB
	var err error
	if engine == "postgres" {
		db, err = postgres.Open(b.Context(), dsn+"&synchronous_commit=off&statement_timeout=0",
			postgres.Options{AllowWeakDurability: true, Deadline: time.Hour})
	} else {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			b.Fatal(err)
		}
		db, err = sqlite.Open(b.Context(), path, sqlite.Options{AllowWeakDurability: true, Synchronous: "OFF"})
	}
	if err != nil {
		b.Fatal(err)
	}
	return bench{db, engine}
}

// filled reports whether everything was laid in: the index of senders is made
// last.
func (d bench) filled(b *testing.B, t *town) bool {
	_, total, err := d.count(b.Context(), "SELECT count(*), COALESCE(sum(seq), 0) FROM ruyi_chat")
	if err != nil {
		b.Fatal(err)
	}
	if total > 0 && total != int64(t.messages) {
		b.Fatalf("another %d messages were laid in", total)
	}
	return total > 0
}

func (d bench) count(ctx context.Context, query string) (x, y int64, err error) {
	err = d.Update(ctx, func(tx store.Conn) error {
		rows, err := tx.QueryContext(ctx, query)
		if err != nil {
			return err
		}
		defer rows.Close()
		rows.Next()
		return rows.Scan(&x, &y)
	})
	return x, y, err
}

const senders = "CREATE UNIQUE INDEX ruyi_message_by_client ON ruyi_message (from_uid, client_msg_no) WHERE from_uid <> 'u_10000'"

// fill lays in the messages of a town as if they had been sent one after another.
func (d bench) fill(b *testing.B, t *town) {
	ctx := b.Context()
	do := func(fn func(tx store.Conn) error) {
		b.Helper()
		if err := d.Update(ctx, fn); err != nil {
			b.Fatal(err)
		}
	}
	do(func(tx store.Conn) error {
		for _, s := range []string{"DROP INDEX ruyi_message_by_client", "PRAGMA cache_size = -2000000", "PRAGMA wal_autocheckpoint = 20000"} {
			if d.engine == "postgres" && strings.HasPrefix(s, "PRAGMA") {
				continue
			}
			if _, err := tx.ExecContext(ctx, s); err != nil {
				return err
			}
		}
		return nil
	})
	random := rand.New(rand.NewPCG(1, 2))
	at, id := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli(), int64(0)
	for left := t.messages; left > 0; {
		n := min(left, 5000)
		left -= n
		var messages, queue rowsOut
		for range n {
			at += 1 + random.Int64N(3000)
			id = max(id+1, (at-1704067200000)<<13|random.Int64N(1<<13))
			c := random.IntN(t.channels)
			people := t.members(c)
			t.seq[c]++
			messages.add(id, c+1, t.seq[c], benchUID(people[random.IntN(len(people))]),
				fmt.Sprintf("%016x%016x", random.Uint64(), random.Uint64()), 1, 0, 0, 0, 0, string(benchPayload), at)
			for _, p := range people {
				t.queue[p]++
				queue.add(benchUID(p), t.queue[p], id, c+1, t.seq[c])
			}
		}
		do(func(tx store.Conn) error {
			if err := messages.write(ctx, d, tx, `INSERT INTO ruyi_message (id, chat, seq, from_uid, client_msg_no,
				red_dot, sync_once, setting, expire, limited, payload, sent_at) VALUES `); err != nil {
				return err
			}
			return queue.write(ctx, d, tx, "INSERT INTO ruyi_queue (uid, seq, message_id, chat, message_seq) VALUES ")
		})
	}
	do(func(tx store.Conn) error { return t.settle(ctx, d, tx, at) })
	do(func(tx store.Conn) error {
		_, err := tx.ExecContext(ctx, senders)
		return err
	})
	d.analyze(b)
}

// settle writes the counters of channels and queues, and who is in which.
func (t *town) settle(ctx context.Context, d bench, tx store.Conn, at int64) error {
	var chats, conversations, heads rowsOut
	for c := range t.channels {
		ch := t.channel(c)
		chats.add(c+1, ch.ID, int(ch.Type), t.seq[c], t.seq[c], at, t.seq[c])
		for _, p := range t.members(c) {
			conversations.add(benchUID(p), c+1, 1)
		}
	}
	for p := range t.people {
		heads.add(benchUID(p), t.queue[p], 0)
	}
	into := "INSERT INTO ruyi_chat (num, id, type, seq, shown_seq, shown_at, dots) "
	if d.engine == "postgres" {
		into += "OVERRIDING SYSTEM VALUE "
	}
	if err := chats.write(ctx, d, tx, into+"VALUES "); err != nil {
		return err
	}
	if err := conversations.write(ctx, d, tx, "INSERT INTO ruyi_conversation (uid, chat, active) VALUES "); err != nil {
		return err
	}
	if err := heads.write(ctx, d, tx, "INSERT INTO ruyi_queue_head (uid, seq, oldest) VALUES "); err != nil {
		return err
	}
	if d.engine != "postgres" {
		return nil
	}
	_, err := tx.ExecContext(ctx, fmt.Sprintf("ALTER TABLE ruyi_chat ALTER COLUMN num RESTART WITH %d", t.channels+1))
	return err
}

// rowsOut collects rows of one table.
type rowsOut struct{ rows [][]any }

func (r *rowsOut) add(row ...any) { r.rows = append(r.rows, row) }

// write inserts the rows, 500 at once.
func (r *rowsOut) write(ctx context.Context, d bench, tx store.Conn, into string) error {
	for len(r.rows) > 0 {
		n := min(500, len(r.rows))
		row := "(?" + strings.Repeat(", ?", len(r.rows[0])-1) + ")"
		var args []any
		for _, row := range r.rows[:n] {
			args = append(args, row...)
		}
		r.rows = r.rows[n:]
		if _, err := tx.ExecContext(ctx, d.bind(into+row+strings.Repeat(", "+row, n-1)), args...); err != nil {
			return err
		}
	}
	return nil
}
