package user_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/metrics"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/sqlite"
	"github.com/ruyi-im/ruyi/user"
)

// bench returns a service on SQLite and the names of people with one password.
func bench(b *testing.B, people, hashes int) (user.Service, *store.DB, []string) {
	b.Helper()
	db, err := sqlite.Open(b.Context(), b.TempDir()+"/ruyi.db", sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	s, err := user.New(db.Users(), user.Options{Pepper: pepper, DevCode: devCode, NoAddressLimits: true, Limits: user.Limits{Hashes: hashes}})
	if err != nil {
		b.Fatal(err)
	}
	first, err := s.Register(b.Context(), registration())
	if err != nil {
		b.Fatal(err)
	}
	names := []string{first.User.Username}
	err = db.Users().Update(b.Context(), func(tx user.Tx) error {
		for n := 1; n < people; n++ {
			u := first.User
			u.UID, u.Username, u.ShortNo = fmt.Sprint("u", n), fmt.Sprint("name ", n), fmt.Sprint("no ", n)
			if err := tx.AddUser(b.Context(), u); err != nil {
				return err
			}
			names = append(names, u.Username)
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return s, db, names
}

// BenchmarkAuthenticate compares the check of a session that was read within the
// last second with one that has to be read.
func BenchmarkAuthenticate(b *testing.B) {
	s, _, names := bench(b, 1, 0)
	signed, err := s.Login(b.Context(), user.Login{Username: names[0], Password: password})
	if err != nil {
		b.Fatal(err)
	}
	check := func(b *testing.B) time.Duration {
		for range b.N {
			if _, err := s.Authenticate(b.Context(), signed.Token); err != nil {
				b.Fatal(err)
			}
		}
		return b.Elapsed() / time.Duration(b.N)
	}
	var read time.Duration
	b.Run("session=read", func(b *testing.B) {
		for range b.N {
			user.Forget(s, signed.User.UID)
			if _, err := s.Authenticate(b.Context(), signed.Token); err != nil {
				b.Fatal(err)
			}
		}
		read = b.Elapsed() / time.Duration(b.N)
	})
	b.Run("session=cached", func(b *testing.B) {
		if took := check(b); read > 0 && took > 0 {
			b.ReportMetric(float64(read)/float64(took), "ratio")
		}
	})
}

// parallel calls do b.N times from n goroutines and returns the rate.
func parallel(b *testing.B, n int, do func(i int64) error) float64 {
	var next atomic.Int64
	var wg sync.WaitGroup
	b.ResetTimer()
	for range n {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(b.N); i = next.Add(1) - 1 {
				if err := do(i); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	rate := float64(b.N) / b.Elapsed().Seconds()
	b.ReportMetric(rate, "logins/s")
	return rate
}

// BenchmarkLogin compares logins with as many bare hashes of the same cost as the
// processors can do.
func BenchmarkLogin(b *testing.B) {
	s, _, names := bench(b, 64, 0)
	var bare float64
	b.Run("argon2id", func(b *testing.B) {
		bare = parallel(b, runtime.GOMAXPROCS(0), func(int64) error {
			argon2.IDKey([]byte(password), pepper[:16], 2, 19*1024, 1, 32)
			return nil
		})
	})
	b.Run("login", func(b *testing.B) {
		rate := parallel(b, 32, func(i int64) error {
			_, err := s.Login(b.Context(), user.Login{Username: names[i%int64(len(names))], Password: password})
			return err
		})
		if bare > 0 {
			b.ReportMetric(rate/bare, "ratio")
		}
	})
}

// heap returns the megabytes that the process holds for its heap.
func heap() float64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/unused:bytes"}}
	metrics.Read(sample)
	return float64(sample[0].Value.Uint64()+sample[1].Value.Uint64()) / (1 << 20)
}

// BenchmarkLoginStorm lets 1,000 people log in at once, again and again for two
// seconds, and measures what it does to memory and to small transactions.
func BenchmarkLoginStorm(b *testing.B) {
	b.Run("hashes=processors", func(b *testing.B) { storm(b, 0) })
	b.Run("hashes=1", func(b *testing.B) { storm(b, 1) })
}

func storm(b *testing.B, hashes int) {
	const stormers, length = 1000, 2 * time.Second
	s, db, names := bench(b, stormers, hashes)
	small := func(storming func() bool) (p99 time.Duration, peak float64) {
		var took []time.Duration
		for storming() {
			at := time.Now()
			if err := db.Users().Update(b.Context(), func(tx user.Tx) error {
				w, err := tx.LockWindow(b.Context(), "bench", "")
				return errors.Join(err, tx.SaveWindow(b.Context(), "bench", "", w))
			}); err != nil {
				b.Fatal(err)
			}
			took = append(took, time.Since(at))
			peak = max(peak, heap())
			time.Sleep(time.Millisecond)
		}
		slices.Sort(took)
		return took[len(took)*99/100], peak
	}
	for range b.N {
		runtime.GC()
		calm, end := heap(), time.Now().Add(length)
		before, rest := small(func() bool { return time.Now().Before(end) })

		ctx, cancel := context.WithTimeout(b.Context(), length)
		var in, refused atomic.Int64
		var storm sync.WaitGroup
		for i := range stormers {
			storm.Go(func() {
				for ctx.Err() == nil {
					_, err := s.Login(ctx, user.Login{Username: names[i], Password: password})
					switch {
					case err == nil:
						in.Add(1)
					case errors.Is(err, user.ErrBusy):
						refused.Add(1)
						time.Sleep(100 * time.Millisecond) // as a person would
					case ctx.Err() == nil:
						b.Error(err)
					}
				}
			})
		}
		during, peak := small(func() bool { return ctx.Err() == nil })
		cancel()
		storm.Wait()
		b.ReportMetric(peak-calm, "MB-added")
		b.ReportMetric(rest-calm, "MB-added-calm")
		b.ReportMetric(float64(before.Microseconds())/1000, "p99-ms-calm")
		b.ReportMetric(float64(during.Microseconds())/1000, "p99-ms-storm")
		b.ReportMetric(float64(in.Load())/length.Seconds(), "logins/s")
		b.ReportMetric(float64(refused.Load())/length.Seconds(), "refused/s")
	}
}
