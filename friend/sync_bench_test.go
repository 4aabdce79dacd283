package friend_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/internal/pgtest"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/postgres"
	"github.com/ruyi-im/ruyi/store/sqlite"
)

// BenchmarkSyncPage reads a page of 200 from the middle of a list of 5,000, with
// few and with many rows of other people beside it. The ratio of the two should
// be near 1: what others have must not cost anything.
func BenchmarkSyncPage(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) {
		benchmarkSyncPage(b, func() (*store.DB, error) {
			return sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "ruyi.db"), sqlite.Options{})
		})
	})
	b.Run("postgres", func(b *testing.B) {
		benchmarkSyncPage(b, func() (*store.DB, error) {
			return postgres.Open(b.Context(), pgtest.DSN(b), postgres.Options{})
		})
	})
}

func benchmarkSyncPage(b *testing.B, open func() (*store.DB, error)) {
	const own, page, samples = 5000, 200, 20
	others := [2]int{1_000, 100_000}
	var services [2]friend.Service
	for i, rows := range others {
		db, err := open()
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { db.Close() })
		fillContacts(b, db, own, rows)
		services[i] = friend.New(db.Friends(), people{}, friend.Options{})
	}
	var took [2][]time.Duration
	read := func(i int) {
		began := time.Now()
		rows, err := services[i].Sync(b.Context(), "owner", friend.Cursor{Version: own / 2}, page)
		if err != nil || len(rows) != page || rows[0].Version != own/2+1 {
			b.Fatalf("%d rows, %v", len(rows), err)
		}
		took[i] = append(took[i], time.Since(began))
	}
	for n := range samples {
		read(n % 2) // connect, prepare, cache
	}
	took = [2][]time.Duration{}
	for b.Loop() {
		for n := range 2 * samples { // in turn, as other load comes and goes
			read(n % 2)
		}
	}
	var p50 [2]float64
	for i := range took {
		slices.Sort(took[i])
		p50[i] = float64(took[i][len(took[i])/2]) / float64(time.Microsecond)
		b.ReportMetric(p50[i], fmt.Sprintf("p50-µs/%d-others", others[i]))
	}
	b.ReportMetric(p50[1]/p50[0], "ratio")
	b.ReportMetric(0, "ns/op") // of the mixture, which means nothing
}

// fillContacts gives owner a list of that many friends, and other people, who
// have a hundred each, as many rows as are asked for in all.
func fillContacts(b *testing.B, db *store.DB, own, others int) {
	b.Helper()
	count := func(n int) string {
		return fmt.Sprintf("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) ", n)
	}
	statements := []string{
		`INSERT INTO ruyi_user (uid, username, name, zone, phone, short_no, sex, category, robot, vercode, qr_vercode,
			password_hash, search_by_phone, search_by_short, new_msg_notice, msg_show_detail, voice_on, shock_on,
			offline_protection, device_lock, mute_of_app, status, created_at) ` + count(own) + `
			SELECT 'peer' || i, 'peer' || i, 'Peer ' || i, '', '', 'no' || i, 1, '', 0, i || '@1', i || '@3',
				'', 1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 0 FROM n`,
		`INSERT INTO ruyi_contact_setting (owner, peer, remark) ` + count(own) + `SELECT 'owner', 'peer' || i, 'Remark' FROM n`,
		`INSERT INTO ruyi_friend (owner, peer, version, deleted, alone, initiator, vercode, created_at) ` + count(own) + `
			SELECT 'owner', 'peer' || i, i, i % 2, 0, 0, i || '@4', 0 FROM n`,
		`INSERT INTO ruyi_friend (owner, peer, version, deleted, alone, initiator, vercode, created_at) ` + count(others) + `
			SELECT 'other' || (i % (` + fmt.Sprint(others) + ` / 100)), 'peer' || (i / 10), i, i % 2, 0, 0, i || '+@4', 0 FROM n`,
		"ANALYZE",
	}
	err := db.Update(b.Context(), func(tx store.Conn) error {
		for _, s := range statements {
			if _, err := tx.ExecContext(b.Context(), s); err != nil {
				return fmt.Errorf("%.60s: %w", s, err)
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}
