// Package pgtest gives tests a PostgreSQL server.
//
// A package whose tests use it says so once:
//
//	func TestMain(m *testing.M) { os.Exit(pgtest.Run(m)) }
//
// Each test then asks for an empty schema of its own:
//
//	db, err := postgres.Open(ctx, pgtest.DSN(t), postgres.Options{})
//
// The server is the one that RUYI_TEST_POSTGRES names (a postgres:// URL of a
// role that may create schemas). Without it, the PostgreSQL programs found on
// the machine run a throw-away cluster on a loopback port, one per test
// process, started by the first test that needs it. Where neither is to be had
// the test is skipped, or fails if RUYI_REQUIRE_POSTGRES is 1.
//
// The cluster keeps PostgreSQL's own durability settings: tests that crash it
// would prove nothing with fsync off.
package pgtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	envDSN     = "RUYI_TEST_POSTGRES"
	envRequire = "RUYI_REQUIRE_POSTGRES"

	// adminTimeout bounds one administrative statement. Dropping a schema
	// waits for the locks of transactions that a test forgot to end, and has
	// to say so instead of hanging until the test binary times out.
	adminTimeout = 20 * time.Second
)

// shared is the cluster behind DSN. It is a variable of the process because
// starting one takes a second: once per test would dominate every run.
var shared struct {
	managed atomic.Bool
	once    sync.Once
	server  *server
	err     error
}

// Run runs the tests of m, then stops the throw-away cluster if one was
// started and removes its files. It returns the exit code for os.Exit.
func Run(m *testing.M) int {
	shared.managed.Store(true)
	defer func() {
		if shared.server != nil {
			shared.server.remove()
		}
	}()
	return m.Run()
}

// M is a testing.M whose Run is that of this package, for libraries that call
// it themselves:
//
//	func TestMain(m *testing.M) { goleak.VerifyTestMain(pgtest.M{M: m}) }
type M struct{ *testing.M }

// Run runs the tests as the function Run does.
func (m M) Run() int { return Run(m.M) }

// DSN returns the postgres:// URL of a new, empty schema, which is dropped
// with everything in it when the test ends. The schema is the whole
// search_path, so unqualified names reach nothing outside it.
//
// It skips the test when there is no PostgreSQL, and fails it when
// RUYI_REQUIRE_POSTGRES is 1, when the server of RUYI_TEST_POSTGRES does not
// answer, or when TestMain does not call Run.
func DSN(t testing.TB) string {
	t.Helper()
	if !shared.managed.Load() {
		t.Fatal("pgtest: TestMain of this package must call pgtest.Run")
	}
	base := serverDSN(t)
	schema := "ruyi_" + strings.ToLower(rand.Text())
	dsn, err := withSearchPath(base, schema)
	if err != nil {
		t.Fatal("pgtest: " + err.Error())
	}
	if err := execute(base, "CREATE SCHEMA "+schema); err != nil {
		t.Fatalf("pgtest: creating a schema: %v", err)
	}
	t.Cleanup(func() {
		if err := execute(base, "DROP SCHEMA "+schema+" CASCADE"); err != nil {
			t.Errorf("pgtest: dropping the schema (is a transaction still open?): %v", err)
		}
	})
	return dsn
}

// serverDSN returns the URL of the server that the schemas live on.
func serverDSN(t testing.TB) string {
	t.Helper()
	if dsn := os.Getenv(envDSN); dsn != "" {
		return dsn
	}
	shared.once.Do(func() { shared.server, shared.err = newServer() })
	if shared.err != nil {
		unavailable(t, shared.err)
	}
	return shared.server.dsn()
}

// unavailable ends the test because there is no PostgreSQL for it.
func unavailable(t testing.TB, err error) {
	t.Helper()
	msg := fmt.Sprintf("no PostgreSQL for this test: %v; install it (Debian: apt-get install postgresql, "+
		"macOS: brew install postgresql) or set %s to the postgres:// URL of a server", err, envDSN)
	if os.Getenv(envRequire) == "1" {
		t.Fatal(msg)
	}
	t.Skip(msg)
}

// withSearchPath returns dsn with schema as its search_path, which pgx hands
// to the server when it connects.
func withSearchPath(dsn, schema string) (string, error) {
	u, err := url.Parse(dsn)
	// The parser's own error repeats the URL, and with it a password.
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		return "", errors.New(envDSN + " must be a postgres:// URL")
	}
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// execute runs one statement on a connection of its own: tests stop servers
// and exhaust pools, and a kept connection would be one of the casualties.
func execute(dsn, statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), adminTimeout)
	defer cancel()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}
