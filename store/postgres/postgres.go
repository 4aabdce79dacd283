package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"net"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/ruyi-im/ruyi/store"
)

// Options are the settings of Open. The zero value is right for most.
type Options struct {
	// MaxConns is the most connections this process opens. Default 16.
	MaxConns int
	// Deadline is how long one transaction may take, retries included. Default 5 s.
	Deadline time.Duration
	// Dial opens network connections, for tests that disturb them. Default: a
	// net.Dialer.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// AllowWeakDurability permits a server that may lose committed transactions:
	// one with fsync, full_page_writes or synchronous_commit off.
	AllowWeakDurability bool
}

func (o Options) withDefaults() Options {
	if o.MaxConns <= 0 {
		o.MaxConns = 16
	}
	if o.Deadline <= 0 {
		o.Deadline = 5 * time.Second
	}
	return o
}

// Open connects to the database that dsn names, a URL (postgres://…) or a list
// of key=value pairs, and brings the schema up to date. The tables are made in
// the first schema of the search path. Close the result when done.
func Open(ctx context.Context, dsn string, o Options) (*store.DB, error) {
	o = o.withDefaults()
	e, err := open(ctx, dsn, o)
	if err != nil {
		return nil, fmt.Errorf("postgres: open: %w", err)
	}
	return store.New(e, dialect), nil
}

var dialect = store.Dialect{
	Name: "postgres", Dollar: true, ForUpdate: " FOR UPDATE",
	// The bare error is that of a caller who gave up; ours are wrapped.
	Unavailable: func(err error) bool { return err != context.DeadlineExceeded && unavailable(err) },
}

func open(ctx context.Context, dsn string, o Options) (*engine, error) {
	config, err := parse(dsn, o)
	if err != nil {
		return nil, err
	}
	if err := prepare(ctx, *config, o); err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector{stdlib.GetConnector(*config, stdlib.OptionAfterConnect(giveSlot),
		// A caller who gives up during a ping costs the connection, and a dead one
		// shows at its first statement, which is repeated.
		stdlib.OptionShouldPing(func(context.Context, stdlib.ShouldPingParams) bool { return false })), o.Deadline})
	db.SetMaxOpenConns(o.MaxConns)
	db.SetMaxIdleConns(o.MaxConns)
	db.SetConnMaxIdleTime(5 * time.Minute)
	db.SetConnMaxLifetime(connLife)
	return newEngine(db, o), nil
}

// connector finishes a connection that it has begun for a caller who gives up:
// else callers with little patience would keep the server busy with connections
// that nobody uses.
type connector struct {
	driver.Connector
	deadline time.Duration
}

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.deadline)
	defer cancel()
	return c.Connector.Connect(ctx)
}

// parse reads the DSN and adds the limits that keep one stuck client from
// holding up the others; those that the DSN sets itself stay. Every statement
// here is served by an index whatever its values are, so a plan is made once: to
// plan a page of messages for its values anew takes longer than to read it.
func parse(dsn string, o Options) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	for name, value := range map[string]string{
		"lock_timeout": "2s", "statement_timeout": "5s",
		"idle_in_transaction_session_timeout": "10s", "timezone": "UTC",
		"plan_cache_mode": "force_generic_plan",
	} {
		if config.RuntimeParams[name] == "" {
			config.RuntimeParams[name] = value
		}
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = o.Deadline
	}
	// Queries are not cancelled with their callers, so a peer that has vanished
	// must be noticed by other means.
	config.DialFunc = (&net.Dialer{KeepAliveConfig: net.KeepAliveConfig{
		Enable: true, Idle: 5 * time.Second, Interval: 5 * time.Second, Count: 3,
	}}).DialContext
	if o.Dial != nil {
		config.DialFunc = o.Dial
	}
	return config, nil
}

// prepare checks the server and migrates the schema, on a connection of its own.
func prepare(ctx context.Context, config pgx.ConnConfig, o Options) error {
	db := stdlib.OpenDB(config)
	defer db.Close()
	tx, err := db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if !o.AllowWeakDurability {
		if err := durable(ctx, tx); err != nil {
			return err
		}
	}
	// Another process may take longer to migrate than the usual limits allow.
	if _, err := tx.ExecContext(ctx, "SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0"); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock($1)", int64(migrationLock)); err != nil {
		return err
	}
	if err := store.Migrate(ctx, tx, dialect); err != nil {
		return err
	}
	return tx.Commit()
}

// durable reads back what the promise to lose nothing rests on.
func durable(ctx context.Context, tx *sql.Tx) error {
	for _, name := range []string{"fsync", "full_page_writes", "synchronous_commit"} {
		var value string
		if err := tx.QueryRowContext(ctx, "SELECT current_setting($1)", name).Scan(&value); err != nil {
			return err
		}
		if value == "off" {
			return fmt.Errorf("%s is off, which may lose committed transactions: set AllowWeakDurability to accept that", name)
		}
	}
	return nil
}

// migrationLock is the key of the advisory lock that keeps migrations apart.
const migrationLock = 0x72757969 // "ruyi"
