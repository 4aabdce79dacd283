package store

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"
)

//go:embed migrations
var migrations embed.FS

// migration is one step of the schema: migrations/<engine>/NNNN_<name>.sql.
type migration struct {
	version  int
	name     string
	checksum string // SHA-256 of the file in hex
	script   string
}

// Migrate brings the schema of an engine up to date inside tx, a transaction
// that excludes other migrations. It goes forward only, and refuses a database
// that a newer version of this library has migrated or whose recorded steps are
// not the ones known here.
func Migrate(ctx context.Context, tx Conn, d Dialect) error {
	steps, err := migrationsOf(d.Name)
	if err != nil {
		return err
	}
	return migrate(ctx, q{tx, &DB{dialect: &d}}, steps)
}

func migrate(ctx context.Context, q q, steps []migration) error {
	const table = `CREATE TABLE IF NOT EXISTS ruyi_migration (
		version BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)`
	if _, err := q.conn.ExecContext(ctx, table); err != nil {
		return fmt.Errorf("store: migrate: %w", err)
	}
	type row struct {
		Version  int    `db:"version"`
		Checksum string `db:"checksum"`
	}
	applied, err := all(ctx, q, func(r row) row { return r },
		"SELECT version, checksum FROM ruyi_migration ORDER BY version")
	if err != nil {
		return fmt.Errorf("store: migrate: %w", err)
	}
	for i, r := range applied {
		if i >= len(steps) {
			return fmt.Errorf("store: migrate: the database is at step %d, this version knows %d: use a newer one", r.Version, len(steps))
		}
		if s := steps[i]; r.Version != s.version || r.Checksum != s.checksum {
			return fmt.Errorf("store: migrate: step %d of the database is not %04d_%s of this version", r.Version, s.version, s.name)
		}
	}
	for _, s := range steps[len(applied):] {
		if err := q.apply(ctx, s); err != nil {
			return fmt.Errorf("store: migrate: %04d_%s: %w", s.version, s.name, err)
		}
	}
	return nil
}

func (q q) apply(ctx context.Context, s migration) error {
	if _, err := q.conn.ExecContext(ctx, s.script); err != nil {
		return err
	}
	_, err := q.exec(ctx, "INSERT INTO ruyi_migration (version, name, checksum, applied_at) VALUES (?, ?, ?, ?)",
		s.version, s.name, s.checksum, ms(time.Now()))
	return err
}

// migrationsOf returns the steps of an engine, numbered 1, 2, 3 …
func migrationsOf(engine string) ([]migration, error) {
	files, err := fs.Glob(migrations, path.Join("migrations", engine, "*.sql"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("store: no migrations for %q", engine)
	}
	steps := make([]migration, len(files))
	for i, file := range files {
		script, err := fs.ReadFile(migrations, file)
		if err != nil {
			return nil, err
		}
		number, name, _ := strings.Cut(strings.TrimSuffix(path.Base(file), ".sql"), "_")
		version, err := strconv.Atoi(number)
		if err != nil || version != i+1 {
			return nil, fmt.Errorf("store: migration %s is not number %d", file, i+1)
		}
		sum := sha256.Sum256(script)
		steps[i] = migration{version, name, hex.EncodeToString(sum[:]), string(script)}
	}
	return steps, nil
}
