package group_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/group"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/sqlite"
	"github.com/ruyi-im/ruyi/user"
)

// crowded is a database with groups of so many members, owned by "m00000".
func crowded(b *testing.B, users int, sizes ...int) (db *store.DB, uids, nos []string) {
	b.Helper()
	db, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "ruyi.db"), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	uids = make([]string, users)
	for i := range uids {
		uids[i] = fmt.Sprintf("m%05d", i)
	}
	err = errors.Join(db.Users().Update(b.Context(), func(tx user.Tx) (err error) {
		for _, uid := range uids {
			err = errors.Join(err, tx.AddUser(b.Context(), user.User{UID: uid, Username: uid, ShortNo: uid, Name: uid, Status: user.Active}))
		}
		return err
	}), db.Groups().Update(b.Context(), func(tx group.Tx) (err error) {
		nos = nil
		for _, size := range sizes {
			no := fmt.Sprintf("%032d", size)
			nos = append(nos, no)
			members := make([]group.Member, size)
			for i := range members {
				members[i] = group.Member{UID: uids[i], Status: group.Accepted, CreatedAt: t0, UpdatedAt: t0}
			}
			members[0].Role = group.Owner
			large := size > 1000
			err = errors.Join(err, tx.SaveGroup(b.Context(), group.Group{No: no, Status: group.Normal, Large: large, ViewHistory: true, CreatedAt: t0}),
				tx.SaveMembers(b.Context(), no, members...), tx.Subscribe(b.Context(), group.Channel(no), true, uids[:size]...),
				tx.SetLarge(b.Context(), group.Channel(no), large))
		}
		return err
	}))
	if err != nil {
		b.Fatal(err)
	}
	return db, uids, nos
}

// median returns the middle of some times in microseconds.
func median(took []time.Duration) float64 {
	slices.Sort(took)
	return float64(took[len(took)/2]) / float64(time.Microsecond)
}

// BenchmarkGroupAdd adds somebody to a group of 20 and to one of 2,000, which is
// large. The ratio should be below 1.5.
func BenchmarkGroupAdd(b *testing.B) {
	db, uids, nos := crowded(b, 2001, 20, 2000)
	s, err := group.New(db.Groups(), people{}, group.Options{Limits: group.Limits{Size: 2001}})
	if err != nil {
		b.Fatal(err)
	}
	last := uids[2000:]
	var took [2][]time.Duration
	run := func(i int) {
		began := time.Now()
		err := s.Add(b.Context(), uids[0], nos[i], last)
		took[i] = append(took[i], time.Since(began))
		if err := errors.Join(err, s.Remove(b.Context(), uids[0], nos[i], last)); err != nil {
			b.Fatal(err)
		}
	}
	for i := range 6 {
		run(i % 2) // connect, prepare, cache
	}
	took = [2][]time.Duration{}
	for b.Loop() {
		for i := range 100 { // in turn, as other load comes and goes
			run(i % 2)
		}
	}
	small, large := median(took[0]), median(took[1])
	b.ReportMetric(small, "p50-µs/of-20")
	b.ReportMetric(large, "p50-µs/of-2000")
	b.ReportMetric(large/small, "ratio")
	b.ReportMetric(0, "ns/op") // of the mixture, which means nothing
}

// BenchmarkGroupSync reads 100 of 10,000 members at their beginning, and at their
// end. The ratio should be about 1.
func BenchmarkGroupSync(b *testing.B) {
	db, uids, nos := crowded(b, 10000, 10000)
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	must(db.Groups().Update(b.Context(), func(tx group.Tx) error {
		g, err := tx.LockGroup(b.Context(), nos[0])
		g.Large = false // as with a higher Limits.FanOut
		return errors.Join(err, tx.SaveGroup(b.Context(), g))
	}))
	s, err := group.New(db.Groups(), people{}, group.Options{})
	must(err)
	var took [2][]time.Duration
	run := func(i int) {
		began := time.Now()
		page, err := s.SyncMembers(b.Context(), uids[5], nos[0], int64(1+i*9900), 100)
		took[i] = append(took[i], time.Since(began))
		if must(err); len(page) != 100 {
			b.Fatalf("page %d has %d rows", i, len(page))
		}
	}
	for i := range 6 {
		run(i % 2)
	}
	took = [2][]time.Duration{}
	for b.Loop() {
		for i := range 100 {
			run(i % 2)
		}
	}
	first, last := median(took[0]), median(took[1])
	b.ReportMetric(first/100, "p50-µs/first-rows")
	b.ReportMetric(last/100, "p50-µs/last-rows")
	b.ReportMetric(last/first, "ratio")
	b.ReportMetric(0, "ns/op")
}
