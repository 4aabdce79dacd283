package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/user"
)

// benchPayload is as long as a sentence.
var benchPayload = []byte(`{"content":"` + strings.Repeat("如意", 16) + `","type":1}`)

// room is a channel that somebody is about to write to.
type room struct {
	channel message.Channel
	people  []string // who receive it
	large   bool     // they do so by reading the channel
	num     int64    // of the channel, where rows are written bare
}

// speakers are those of the people who write.
func (r *room) speakers() []string { return r.people[:min(10, len(r.people))] }

// draft returns a message of one of the people.
func (r *room) draft() message.Draft {
	d := message.Draft{
		Channel: r.channel, From: r.speakers()[rand.IntN(len(r.speakers()))],
		ClientMsgNo: fmt.Sprintf("%016x%016x", rand.Uint64(), rand.Uint64()),
		Header:      message.Header{RedDot: true}, Payload: benchPayload, SentAt: time.Now(),
	}
	if r.channel.Type == message.Person {
		d.Recipients = r.people
	}
	return d
}

// pairs returns rooms of two: each of n people and the one who comes next.
func pairs(n int) []*room {
	var rooms []*room
	for i := range n {
		a, z := benchUID(i), benchUID((i+1)%n)
		rooms = append(rooms, &room{channel: message.PersonChannel(a, z), people: []string{a, z}})
	}
	return rooms
}

// groups returns n rooms of so many people, none of whom is in two.
func groups(n, people int, large bool) []*room {
	rooms := make([]*room, n)
	for i := range rooms {
		rooms[i] = &room{channel: message.Channel{ID: fmt.Sprintf("g%dx%d", people, i), Type: message.Group}, large: large}
		for j := range people {
			rooms[i].people = append(rooms[i].people, benchUID(i*people+j))
		}
	}
	return rooms
}

// furnish makes the rooms and says something in each.
func (d bench) furnish(b *testing.B, rooms []*room) {
	ctx := b.Context()
	for len(rooms) > 0 {
		some := rooms[:min(100, len(rooms))]
		rooms = rooms[len(some):]
		if err := d.Messages().Update(ctx, func(tx message.Tx) error {
			drafts := make([]message.Draft, len(some))
			for i, r := range some {
				drafts[i] = r.draft()
				if r.channel.Type != message.Group {
					continue
				}
				if err := tx.Subscribe(ctx, r.channel, true, r.people...); err != nil {
					return err
				}
				if err := tx.SetLarge(ctx, r.channel, r.large); err != nil {
					return err
				}
			}
			return tx.Emit(ctx, drafts...)
		}); err != nil {
			b.Fatal(err)
		}
		if err := d.number(ctx, some); err != nil {
			b.Fatal(err)
		}
		if err := d.admit(ctx, some); err != nil {
			b.Fatal(err)
		}
	}
	d.analyze(b)
}

// admit gives those who write accounts, and the groups with them as members.
func (d bench) admit(ctx context.Context, rooms []*room) error {
	if err := d.Users().Update(ctx, func(tx user.Tx) error {
		for _, r := range rooms {
			for _, uid := range r.speakers() {
				if _, err := tx.User(ctx, uid); !errors.Is(err, user.ErrNotFound) {
					continue
				}
				no := uid[len(uid)-8:]
				if err := tx.AddUser(ctx, user.User{
					UID: uid, Username: no, Phone: user.Phone{Zone: "0086", Number: no}, ShortNo: no, Status: user.Active, CreatedAt: t0,
				}); err != nil {
					return err
				}
			}
		}
		return nil
	}); err != nil {
		return err
	}
	return d.Update(ctx, func(tx store.Conn) error {
		for _, r := range rooms {
			if err := d.found(ctx, tx, r); err != nil {
				return err
			}
		}
		return nil
	})
}

// found makes the group of a room.
func (d bench) found(ctx context.Context, tx store.Conn, r *room) error {
	if r.channel.Type != message.Group {
		return nil
	}
	if _, err := tx.ExecContext(ctx, d.bind(`INSERT INTO ruyi_group (no, name, notice, creator, status, category, large,
			invite, forbidden, forbidden_add_friend, view_history, member_pin, members, avatar, version, created_at, updated_at)
		VALUES (?, '', '', '', 1, '', 0, 0, 0, 0, 1, 0, ?, 0, ?, 0, 0)`), r.channel.ID, len(r.people), len(r.people)); err != nil {
		return err
	}
	for i, uid := range r.speakers() {
		if _, err := tx.ExecContext(ctx, d.bind(`INSERT INTO ruyi_group_member (group_no, uid, role, status, deleted, version,
				remark, invite_uid, vercode, muted_until, created_at, updated_at)
			VALUES (?, ?, 0, 1, 0, ?, '', '', ?, 0, 0, 0)`), r.channel.ID, uid, i, r.channel.ID+uid); err != nil {
			return err
		}
	}
	return nil
}

// analyze does what PostgreSQL does by itself after a while.
func (d bench) analyze(b *testing.B) {
	if d.engine != "postgres" {
		return
	}
	if err := d.Update(b.Context(), func(tx store.Conn) error {
		_, err := tx.ExecContext(b.Context(), "ANALYZE")
		return err
	}); err != nil {
		b.Fatal(err)
	}
}

// number looks up the numbers of the rooms.
func (d bench) number(ctx context.Context, rooms []*room) error {
	return d.Update(ctx, func(tx store.Conn) error {
		for _, r := range rooms {
			rows, err := tx.QueryContext(ctx, d.bind("SELECT num FROM ruyi_chat WHERE id = ? AND type = ?"), r.channel.ID, int(r.channel.Type))
			if err != nil {
				return err
			}
			rows.Next()
			err = rows.Scan(&r.num)
			rows.Close()
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// send is what a message costs. It becomes one call of message.Service.Send.
func (d bench) send(ctx context.Context, r *room) error {
	draft := r.draft()
	return d.Messages().Update(ctx, func(tx message.Tx) error {
		_, err := tx.Deliver(ctx, draft)
		return err
	})
}

// bare writes the rows that send writes, one statement for each table, by
// numbers that nobody has to ask for.
func (d bench) bare(ctx context.Context, r *room, n int64) error {
	m := r.draft()
	n += 1 << 40
	return d.Update(ctx, func(tx store.Conn) error {
		exec := func(query string, args ...any) error {
			_, err := tx.ExecContext(ctx, d.bind(query), args...)
			return err
		}
		if err := exec(`UPDATE ruyi_chat SET seq = seq + 1, dots = dots + 1, shown_seq = seq + 1, shown_at = ?
			WHERE id = ? AND type = ?`, m.SentAt.UnixMilli(), r.channel.ID, int(r.channel.Type)); err != nil {
			return err
		}
		if err := exec(`INSERT INTO ruyi_message (id, chat, seq, from_uid, client_msg_no, red_dot, sync_once,
				setting, expire, limited, payload, sent_at) VALUES (?, ?, ?, ?, ?, 1, 0, 0, 0, 0, ?, ?)`,
			n, r.num, n, m.From, m.ClientMsgNo, string(m.Payload), m.SentAt.UnixMilli()); err != nil {
			return err
		}
		if err := exec("UPDATE ruyi_conversation SET read_dots = read_dots + 1 WHERE uid = ? AND chat = ?", m.From, r.num); err != nil || r.large {
			return err
		}
		var heads, queue []any
		for _, uid := range r.people {
			heads, queue = append(heads, uid, n), append(queue, uid, n, n, r.num, n)
		}
		if err := exec("INSERT INTO ruyi_queue_head (uid, seq, oldest) VALUES (?, 1, ?)"+strings.Repeat(", (?, 1, ?)", len(r.people)-1)+
			" ON CONFLICT (uid) DO UPDATE SET seq = ruyi_queue_head.seq + 1", heads...); err != nil {
			return err
		}
		return exec("INSERT INTO ruyi_queue (uid, seq, message_id, chat, message_seq) VALUES (?, ?, ?, ?, ?)"+
			strings.Repeat(", (?, ?, ?, ?, ?)", len(r.people)-1), queue...)
	})
}

// BenchmarkSend measures durable messages of 64 senders against the same rows
// written bare: what share of the store's own limit sending has.
func BenchmarkSend(b *testing.B) {
	for _, c := range []struct {
		name  string
		rooms func() []*room
		each  int // messages of each sender in a round
	}{
		{"person", func() []*room { return pairs(600) }, 10},
		{"group of 100", func() []*room { return groups(16, 100, false) }, 2},
	} {
		b.Run(c.name, func(b *testing.B) {
			onEngines(b, func(b *testing.B, open func(string) bench) {
				sending, writing := open(""), open("")
				rooms := c.rooms()
				sending.furnish(b, rooms)
				writing.furnish(b, rooms)
				compare(b, c.each, rowsOf(rooms[0]),
					func() error { return sending.send(b.Context(), rooms[rand.IntN(len(rooms))]) },
					func(n int64) error { return writing.bare(b.Context(), rooms[rand.IntN(len(rooms))], n) })
			})
		})
	}
}

// rowsOf returns how many rows a message in r writes: itself, its channel, its
// sender's conversation, and a counter and a place for each recipient.
func rowsOf(r *room) int {
	if r.large {
		return 3
	}
	return 3 + 2*len(r.people)
}

// compare runs rounds of send and bare in turns.
func compare(b *testing.B, each, rows int, send func() error, bare func(n int64) error) {
	var n atomic.Int64
	var sends, bares []time.Duration
	var ratios []float64
	for b.Loop() {
		sent := race(b, each, func(int, int) error { return send() })
		wrote := race(b, each, func(int, int) error { return bare(n.Add(1)) })
		sends, bares = append(sends, sent), append(bares, wrote)
		ratios = append(ratios, float64(wrote)/float64(sent))
	}
	rate := func(d time.Duration) float64 { return callers * float64(each) / d.Seconds() }
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(rate(median(sends)), "msg/s")
	b.ReportMetric(rate(median(sends))*float64(rows), "rows/s")
	b.ReportMetric(rate(median(bares)), "bare-msg/s")
	b.ReportMetric(median(ratios), "ratio")
}

// BenchmarkSendLarge compares a message to a group of 2,000, which is above the
// limit of fan-out, with one to a person.
func BenchmarkSendLarge(b *testing.B) {
	onEngines(b, func(b *testing.B, open func(string) bench) {
		d := open("")
		people, large := pairs(600), groups(8, 2000, true)
		d.furnish(b, people)
		d.furnish(b, large)
		var ratios []float64
		for b.Loop() {
			one := race(b, 10, func(int, int) error { return d.send(b.Context(), people[rand.IntN(len(people))]) })
			all := race(b, 10, func(int, int) error { return d.send(b.Context(), large[rand.IntN(len(large))]) })
			ratios = append(ratios, float64(all)/float64(one))
		}
		b.ReportMetric(median(ratios), "ratio")
	})
}
