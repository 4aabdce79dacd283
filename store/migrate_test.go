package store

import (
	"database/sql"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var engines = []string{"sqlite", "postgres"}

func TestEnginesHaveTheSameSteps(t *testing.T) {
	names := map[string][]string{}
	for _, engine := range engines {
		steps, err := migrationsOf(engine)
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range steps {
			if s.version != i+1 || s.name == "" || len(s.checksum) != 64 {
				t.Errorf("%s: step %d is %d %q %q", engine, i+1, s.version, s.name, s.checksum)
			}
			names[engine] = append(names[engine], s.name)
		}
	}
	if !slices.Equal(names["sqlite"], names["postgres"]) {
		t.Errorf("steps differ: %q", names)
	}
}

func TestEnginesHaveTheSameTables(t *testing.T) {
	lite, pg := tablesOf(t, "sqlite"), tablesOf(t, "postgres")
	delete(pg, "ruyi_commit") // SQLite answers a commit or has not made it
	if len(lite) < 10 {
		t.Fatalf("only %d tables were found", len(lite))
	}
	for name := range union(lite, pg) {
		if !slices.Equal(lite[name], pg[name]) {
			t.Errorf("%s has %q on SQLite and %q on PostgreSQL", name, lite[name], pg[name])
		}
		if !strings.HasPrefix(name, "ruyi_") {
			t.Errorf("%s may be a table of the host", name)
		}
	}
}

// TestScriptsMakeTheTablesThatWereRead makes sure that tablesOf reads scripts as
// SQLite does.
func TestScriptsMakeTheTablesThatWereRead(t *testing.T) {
	db := openPlain(t)
	try(t, Migrate(t.Context(), db, Dialect{Name: "sqlite"}))
	for name, columns := range tablesOf(t, "sqlite") {
		live := texts(t, db, "SELECT name AS text FROM pragma_table_info(?)", name)
		if !slices.Equal(live, columns) {
			t.Errorf("%s was read as %q and is %q", name, columns, live)
		}
	}
}

var (
	createTable = regexp.MustCompile(`(?s)CREATE TABLE (\w+) \(\n(.*?)\n\)`)
	column      = regexp.MustCompile(`(?m)^    ([a-z_]+) `) // constraints are in capitals
	addColumn   = regexp.MustCompile(`ALTER TABLE (\w+) ADD COLUMN (\w+)`)
	dropColumn  = regexp.MustCompile(`ALTER TABLE (\w+) DROP COLUMN (\w+)`)
	renameTable = regexp.MustCompile(`ALTER TABLE (\w+) RENAME TO (\w+)`)
	dropTable   = regexp.MustCompile(`DROP TABLE (\w+)`)
)

// tablesOf returns the columns of each table that an engine's scripts make.
func tablesOf(t *testing.T, engine string) map[string][]string {
	t.Helper()
	steps, err := migrationsOf(engine)
	try(t, err)
	tables := map[string][]string{}
	for _, s := range steps {
		for _, table := range createTable.FindAllStringSubmatch(s.script, -1) {
			for _, c := range column.FindAllStringSubmatch(table[2], -1) {
				tables[table[1]] = append(tables[table[1]], c[1])
			}
		}
		for _, c := range addColumn.FindAllStringSubmatch(s.script, -1) {
			tables[c[1]] = append(tables[c[1]], c[2])
		}
		for _, d := range dropColumn.FindAllStringSubmatch(s.script, -1) {
			tables[d[1]] = slices.DeleteFunc(tables[d[1]], func(c string) bool { return c == d[2] })
		}
		for _, d := range dropTable.FindAllStringSubmatch(s.script, -1) {
			delete(tables, d[1])
		}
		for _, r := range renameTable.FindAllStringSubmatch(s.script, -1) {
			tables[r[2]] = tables[r[1]]
			delete(tables, r[1])
		}
	}
	return tables
}

func union(a, b map[string][]string) map[string][]string {
	both := maps.Clone(a)
	maps.Copy(both, b)
	return both
}

// threeSteps end in the state where table c has one row.
var threeSteps = []migration{
	{1, "a", "sum1", "CREATE TABLE a (n INTEGER)"},
	{2, "b", "sum2", "CREATE TABLE b (n INTEGER)"},
	{3, "c", "sum3", "CREATE TABLE c (n INTEGER); INSERT INTO c VALUES (1)"},
}

// run migrates in a transaction, as engines do.
func run(t *testing.T, db *sql.DB, steps []migration) error {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	try(t, err)
	defer tx.Rollback()
	q := plain(db)
	q.conn = tx
	if err := migrate(t.Context(), q, steps); err != nil {
		return err
	}
	return tx.Commit()
}

// state describes a database: its tables and its recorded steps.
func state(t *testing.T, db *sql.DB) []string {
	t.Helper()
	return texts(t, db, `SELECT name AS text FROM sqlite_schema WHERE type = 'table' AND name <> 'ruyi_migration'
		UNION ALL SELECT version || ' ' || name || ' ' || checksum FROM ruyi_migration`)
}

// texts returns the column text of a query.
func texts(t *testing.T, db *sql.DB, query string, args ...any) []string {
	t.Helper()
	type row struct {
		Text string `db:"text"`
	}
	list, err := all(t.Context(), plain(db), func(r row) string { return r.Text }, query, args...)
	try(t, err)
	return list
}

func TestMigrationsAreRefused(t *testing.T) {
	for name, later := range map[string][]migration{
		"other checksum": {threeSteps[0], {2, "b", "other", ""}, threeSteps[2]},
		"other number":   {threeSteps[0], {4, "b", "sum2", ""}, threeSteps[2]},
		"older version":  threeSteps[:2],
		"no version":     nil,
	} {
		db := openPlain(t)
		try(t, run(t, db, threeSteps))
		before := state(t, db)
		if err := run(t, db, later); err == nil {
			t.Errorf("%s: accepted", name)
		}
		if after := state(t, db); !slices.Equal(after, before) {
			t.Errorf("%s: %q became %q", name, before, after)
		}
	}
}

func TestMigrationGoesOnWhereItFailed(t *testing.T) {
	db := openPlain(t)
	try(t, run(t, db, threeSteps[:1]))
	before := state(t, db)
	broken := slices.Clone(threeSteps)
	broken[2].script = "CREATE TABLE c (n INTEGER); INSERT INTO c VALUES (1, 2)"
	err := run(t, db, broken)
	if err == nil || !strings.Contains(err.Error(), "0003_c") {
		t.Errorf("error %v, want one that names the step", err)
	}
	if after := state(t, db); !slices.Equal(after, before) {
		t.Errorf("a failure left %q, before %q", after, before)
	}
	for range 2 {
		try(t, run(t, db, threeSteps))
		want := []string{"a", "b", "c", "1 a sum1", "2 b sum2", "3 c sum3"}
		if after := state(t, db); !reflect.DeepEqual(after, want) {
			t.Errorf("%q, want %q", after, want)
		}
		var rows int64
		try(t, plain(db).get(t.Context(), &rows, "SELECT count(*) FROM c"))
		if rows != 1 {
			t.Errorf("the last step ran %d times", rows)
		}
	}
}

func TestUnknownEngine(t *testing.T) {
	err := Migrate(t.Context(), nil, Dialect{Name: "oracle"})
	if err == nil || err.Error() != `store: no migrations for "oracle"` {
		t.Errorf("error %v", err)
	}
}

func try(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
