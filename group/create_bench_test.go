package group_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/group"
	"github.com/ruyi-im/ruyi/internal/pgtest"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/postgres"
	"github.com/ruyi-im/ruyi/store/sqlite"
	"github.com/ruyi-im/ruyi/user"
)

// BenchmarkCreate founds groups of 200 friends, and for comparison only inserts
// the rows that this leaves, in one transaction with a statement a table. The
// ratio should be below 3.
func BenchmarkCreate(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) {
		db, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "ruyi.db"), sqlite.Options{})
		benchmarkCreate(b, db, err)
	})
	b.Run("postgres", func(b *testing.B) {
		db, err := postgres.Open(b.Context(), pgtest.DSN(b), postgres.Options{})
		benchmarkCreate(b, db, err)
	})
}

func benchmarkCreate(b *testing.B, db *store.DB, err error) {
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	must(err)
	b.Cleanup(func() { db.Close() })
	names, uids := people{}, make([]string, 200)
	must(db.Users().Update(b.Context(), func(tx user.Tx) (err error) {
		add := func(uid string) {
			names[uid] = uid
			err = errors.Join(err, tx.AddUser(b.Context(), user.User{UID: uid, Username: uid, ShortNo: uid, Name: uid, Status: user.Active}))
		}
		add("founder")
		for i := range uids {
			uids[i] = fmt.Sprintf("member%03d", i)
			add(uids[i])
			err = errors.Join(err, tx.AddContact(b.Context(), "founder", uids[i], t0), tx.AddContact(b.Context(), uids[i], "founder", t0))
		}
		return err
	}))
	s, err := group.New(db.Groups(), names, group.Options{
		Friends: friend.New(db.Friends(), names, friend.Options{}), Limits: group.Limits{Daily: 1 << 30},
	})
	must(err)
	n := 0
	do := [2]func(){
		func() {
			_, err := s.Create(b.Context(), "founder", group.Foundation{Members: uids})
			must(err)
		},
		func() { n++; must(insertGroup(b, db, n, uids)) },
	}
	var took [2][]time.Duration
	run := func(i int) {
		began := time.Now()
		do[i]()
		took[i] = append(took[i], time.Since(began))
	}
	for i := range 6 {
		run(i % 2) // connect, prepare, cache
	}
	took = [2][]time.Duration{}
	for b.Loop() {
		for i := range 40 { // in turn, as other load comes and goes
			run(i % 2)
		}
	}
	var p50 [2]float64
	for i := range took {
		slices.Sort(took[i])
		p50[i] = float64(took[i][len(took[i])/2]) / float64(time.Microsecond)
	}
	b.ReportMetric(p50[0], "p50-µs/created")
	b.ReportMetric(p50[1], "p50-µs/bare")
	b.ReportMetric(p50[0]/p50[1], "ratio")
	b.ReportMetric(0, "ns/op") // of the mixture, which means nothing
}

// insertGroup inserts the rows of a group: its own, those of its channel, and one
// for each member of the group, of the channel and of a queue.
func insertGroup(b *testing.B, db *store.DB, n int, uids []string) error {
	no := fmt.Sprintf("%032d", n)
	each := func(row string) string {
		rows := make([]string, len(uids))
		for i, uid := range uids {
			rows[i] = strings.NewReplacer("U", uid, "I", fmt.Sprint(i)).Replace(row)
		}
		return strings.Join(rows, ",")
	}
	return db.Update(b.Context(), func(tx store.Conn) error {
		chat, err := insertChat(b, tx, no)
		if err != nil {
			return err
		}
		for _, s := range []string{
			fmt.Sprintf(`INSERT INTO ruyi_group (no, name, notice, creator, status, category, large, invite, forbidden, forbidden_add_friend,
				view_history, member_pin, members, avatar, version, created_at, updated_at)
				VALUES ('%s', 'g', '', 'founder', 1, '', 0, 0, 0, 0, 1, 0, 200, 0, 201, 1, 1)`, no),
			`INSERT INTO ruyi_group_member (group_no, uid, role, status, deleted, version, remark, invite_uid, vercode, muted_until,
				created_at, updated_at) VALUES ` + each(fmt.Sprintf("('%s', 'U', 0, 1, 0, I, '', 'founder', '%s@2', 0, 1, 1)", no, no)),
			"INSERT INTO ruyi_conversation (uid, chat, active) VALUES " + each(fmt.Sprintf("('U', %d, 1)", chat)),
			fmt.Sprintf(`INSERT INTO ruyi_message (id, chat, seq, from_uid, client_msg_no, red_dot, sync_once, setting, expire, limited,
				payload, sent_at) VALUES (%d, %d, 1, 'u_10000', '%s', 1, 0, 0, 0, 0, '%s', 1)`, n, chat, no, strings.Repeat("x", 8000)),
			"INSERT INTO ruyi_queue (uid, seq, message_id, chat, message_seq) VALUES " + each(fmt.Sprintf("('bareU', %d, %d, %d, 1)", n, n, chat)),
			"INSERT INTO ruyi_queue_head (uid, seq) VALUES " + each(fmt.Sprintf("('bareU', %d)", n)) +
				" ON CONFLICT (uid) DO UPDATE SET seq = excluded.seq",
		} {
			if _, err := tx.ExecContext(b.Context(), s); err != nil {
				return fmt.Errorf("%.60s: %w", s, err)
			}
		}
		return nil
	})
}

// insertChat inserts a channel and returns its number.
func insertChat(b *testing.B, tx store.Conn, no string) (num int64, err error) {
	rows, err := tx.QueryContext(b.Context(), "INSERT INTO ruyi_chat (id, type, seq) VALUES ('"+no+"', 2, 1) RETURNING num")
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		err = errors.Join(err, rows.Scan(&num))
	}
	return num, errors.Join(err, rows.Err())
}
