package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(M{M: m}) }

// connect opens a connection that is closed when the test ends.
func connect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func mustExec(t *testing.T, conn *pgx.Conn, statement string) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func queryText(t *testing.T, conn *pgx.Conn, query string) string {
	t.Helper()
	var text string
	if err := conn.QueryRow(t.Context(), query).Scan(&text); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return text
}

func TestSchemasAreIsolated(t *testing.T) {
	one, two := connect(t, DSN(t)), connect(t, DSN(t))
	for i, conn := range []*pgx.Conn{one, two} {
		mustExec(t, conn, "CREATE TABLE note (body text)")
		mustExec(t, conn, fmt.Sprintf("INSERT INTO note VALUES ('of %d')", i))
	}
	for i, conn := range []*pgx.Conn{one, two} {
		if got, want := queryText(t, conn, "SELECT string_agg(body, ',') FROM note"), fmt.Sprintf("of %d", i); got != want {
			t.Errorf("schema %d holds %q, want %q", i, got, want)
		}
	}
}

func TestSchemaIsDroppedWithItsTest(t *testing.T) {
	watch := connect(t, DSN(t))
	var schema string
	t.Run("user", func(t *testing.T) {
		conn := connect(t, DSN(t))
		mustExec(t, conn, "CREATE TABLE note (body text)")
		schema = queryText(t, conn, "SELECT current_schema()")
	})
	count := "SELECT count(*)::text FROM pg_namespace WHERE nspname = '" + schema + "'"
	if got := queryText(t, watch, count); schema == "" || got != "0" {
		t.Errorf("%s schemas named %q are left", got, schema)
	}
}

func TestClusterKeepsCommittedRowsOverStops(t *testing.T) {
	c := Start(t)
	mustExec(t, connect(t, c.DSN()), "CREATE TABLE note (body text)")
	for _, mode := range []Mode{Immediate, Fast} {
		conn := connect(t, c.DSN())
		mustExec(t, conn, "INSERT INTO note VALUES ('"+string(mode)+"')")
		c.Stop(mode)
		if _, err := conn.Exec(t.Context(), "SELECT 1"); err == nil {
			t.Fatalf("the server answers after Stop(%s)", mode)
		}
		c.Stop(mode) // a stopped cluster stays stopped
		c.Restart()
	}
	conn := connect(t, c.DSN())
	if got := queryText(t, conn, "SELECT string_agg(body, ',' ORDER BY body) FROM note"); got != "fast,immediate" {
		t.Errorf("after the restarts the rows are %q", got)
	}
	for _, setting := range []string{"fsync", "synchronous_commit", "full_page_writes"} {
		if got := queryText(t, conn, "SHOW "+setting); got != "on" {
			t.Errorf("%s is %s: a crash of this cluster proves nothing", setting, got)
		}
	}
}

func TestRestartOfARunningCluster(t *testing.T) {
	c := Start(t)
	mustExec(t, connect(t, c.DSN()), "CREATE TABLE note (body text)")
	c.Restart()
	mustExec(t, connect(t, c.DSN()), "INSERT INTO note VALUES ('again')")
}

func TestClusterLeavesNothingBehind(t *testing.T) {
	var dsn, dir string
	t.Run("user", func(t *testing.T) {
		c := Start(t)
		dsn, dir = c.DSN(), c.server.dir
	})
	if dsn == "" {
		t.Skip("no cluster to look at")
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the files are still there: %v", err)
	}
	if conn, err := pgx.Connect(t.Context(), dsn); err == nil {
		_ = conn.Close(t.Context())
		t.Error("the server still answers")
	}
}

// verdict stands in for a test and remembers how it was ended.
type verdict struct {
	testing.TB
	skipped, failed string
}

func (v *verdict) Helper()           {}
func (v *verdict) Skip(args ...any)  { v.skipped = fmt.Sprint(args...); runtime.Goexit() }
func (v *verdict) Fatal(args ...any) { v.failed = fmt.Sprint(args...); runtime.Goexit() }

func TestAbsenceSkipsUnlessRequired(t *testing.T) {
	for _, require := range []string{"", "1"} {
		t.Setenv(envRequire, require)
		var v verdict
		done := make(chan struct{})
		go func() {
			defer close(done)
			unavailable(&v, errors.New("not here"))
		}()
		<-done
		said, silent := v.skipped, v.failed
		if require == "1" {
			said, silent = v.failed, v.skipped
		}
		if !strings.Contains(said, envDSN) || silent != "" {
			t.Errorf("%s=%q: skipped with %q, failed with %q", envRequire, require, v.skipped, v.failed)
		}
	}
}

func TestSearchPathReplacesOnlyItself(t *testing.T) {
	got, err := withSearchPath("postgresql://u:p@h:1/d?search_path=old&sslmode=disable", "new")
	if want := "postgresql://u:p@h:1/d?search_path=new&sslmode=disable"; err != nil || got != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	for _, bad := range []string{"host=h password=hunter2", "postgres://u:hunter2@h:port/d", "mysql://u:hunter2@h"} {
		_, err := withSearchPath(bad, "new")
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v, want an error without the password", bad, err)
		}
	}
}

func TestNewestProgramsComeFirst(t *testing.T) {
	got := newestFirst([]string{"/opt/postgresql/bin", "/lib/postgresql/9.6/bin", "/lib/postgresql/17/bin", "/opt/postgresql@15/bin"})
	want := []string{"/lib/postgresql/17/bin", "/opt/postgresql@15/bin", "/lib/postgresql/9.6/bin", "/opt/postgresql/bin"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
