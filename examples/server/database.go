package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/postgres"
	"github.com/ruyi-im/ruyi/store/sqlite"
)

// askLimit is how long PostgreSQL may take to say whether it holds data.
const askLimit = 5 * time.Second

// database is where the data lies: exactly one of the two is set.
type database struct {
	path string // of a SQLite file
	dsn  string // of a PostgreSQL database
}

func parseDatabase(value string) (database, error) {
	if strings.HasPrefix(value, "postgres://") || strings.HasPrefix(value, "postgresql://") {
		return database{dsn: value}, nil
	}
	path, ok := strings.CutPrefix(value, "sqlite:")
	if !ok {
		return database{}, errors.New("want sqlite:PATH, postgres://… or postgresql://…")
	}
	if path == "" || strings.HasPrefix(path, ":memory:") {
		return database{}, errors.New("sqlite: needs the path of a file")
	}
	return database{path: path}, nil
}

func (d database) open(ctx context.Context) (*store.DB, error) {
	if d.path != "" {
		return sqlite.Open(ctx, d.path, sqlite.Options{})
	}
	return postgres.Open(ctx, d.dsn, postgres.Options{})
}

// keysFile is where the keys are kept unless a flag says otherwise.
func (d database) keysFile() string {
	if d.path != "" {
		return d.path + ".keys"
	}
	return "ruyi.keys"
}

// filesDir is where uploaded files are kept unless a flag says otherwise.
func (d database) filesDir() string {
	if d.path != "" {
		return d.path + ".files"
	}
	return "ruyi.files"
}

// used reports whether the database was set up before, so that what it holds
// depends on keys that exist already.
func (d database) used(ctx context.Context) (bool, error) {
	if d.path != "" {
		info, err := os.Stat(d.path)
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
		return err == nil && info.Size() > 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	conn, err := pgx.Connect(ctx, d.dsn)
	if err != nil {
		return false, err
	}
	defer func() { _ = conn.Close(ctx) }()
	var used bool
	if err := conn.QueryRow(ctx, "SELECT to_regclass('ruyi_user') IS NOT NULL").Scan(&used); err != nil {
		return false, fmt.Errorf("looking for earlier data: %w", err)
	}
	return used, nil
}
