package store_test

import (
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/ruyi-im/ruyi/internal/pgtest"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/postgres"
	"github.com/ruyi-im/ruyi/store/sqlite"
)

// The benchmarks of messages compare with something measured in the same run, in
// turns with it, so that whatever else the machine does slows both alike.
var (
	messagesFlag = flag.Int("messages", 10000, "how many messages the benchmarks of pages lay in")
	keepFlag     = flag.String("keep", "", "a directory where what was laid in stays for the next run;\n"+
		"on PostgreSQL it stays in a schema of the server that RUYI_TEST_POSTGRES names")
)

// bench is a database under measurement.
type bench struct {
	*store.DB
	engine string
}

// bind gives query the placeholders of the engine.
func (d bench) bind(query string) string {
	if d.engine == "postgres" {
		return sqlx.Rebind(sqlx.DOLLAR, query)
	}
	return query
}

// onEngines runs a benchmark on both engines, with their durability.
func onEngines(b *testing.B, run func(b *testing.B, open func(name string) bench)) {
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			run(b, func(name string) bench { return openBench(b, engine, name) })
		})
	}
}

// openBench opens a database, the one of that name where it is kept.
func openBench(b *testing.B, engine, name string) bench {
	b.Helper()
	var db *store.DB
	var err error
	if engine == "postgres" {
		db, err = postgres.Open(b.Context(), benchDSN(b, name), postgres.Options{})
	} else {
		dir := *keepFlag
		if dir == "" || name == "" {
			dir = b.TempDir()
		}
		db, err = sqlite.Open(b.Context(), filepath.Join(dir, name+".db"), sqlite.Options{})
	}
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	return bench{db, engine}
}

func benchDSN(b *testing.B, name string) string {
	server := os.Getenv("RUYI_TEST_POSTGRES")
	if *keepFlag == "" || name == "" || server == "" {
		return pgtest.DSN(b)
	}
	u, err := url.Parse(server)
	if err != nil {
		b.Fatal("RUYI_TEST_POSTGRES must be a URL")
	}
	q := u.Query()
	q.Set("search_path", "ruyi_bench_"+name)
	u.RawQuery = q.Encode()
	return u.String()
}

// callers is how many transactions are under way at once.
const callers = 64

// race calls do each times from every caller and returns how long that took.
func race(b *testing.B, each int, do func(caller, n int) error) time.Duration {
	var wg sync.WaitGroup
	began := time.Now()
	for caller := range callers {
		wg.Go(func() {
			for n := range each {
				if err := do(caller, n); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	return time.Since(began)
}

// median returns the middle one.
func median[T int | int64 | float64 | time.Duration](s []T) T {
	s = slices.Sorted(slices.Values(s))
	return s[len(s)/2]
}

func benchUID(i int) string { return fmt.Sprintf("%032x", i) }
