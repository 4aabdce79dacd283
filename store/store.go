package store

import (
	"context"
	"database/sql"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/label"
	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/user"
)

// Conn runs statements. *sql.Tx, *sql.Conn and *sql.DB implement it.
type Conn interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Engine is a database. Its Conn reads, each statement by itself.
type Engine interface {
	Conn
	// Update runs fn in one durable transaction, which ends with fn: committed
	// when it returns nil, else undone. Once it has begun it no longer depends on
	// ctx being cancelled, but has a deadline of its own. A conflict with another
	// transaction runs fn again. A panic in fn undoes the transaction and goes on
	// to the caller.
	Update(ctx context.Context, fn func(tx Conn) error) error
	// Ping reports whether the database answers.
	Ping(ctx context.Context) error
	// Close ends what runs and releases everything. Later calls fail.
	Close() error
}

// Dialect is what the engines' SQL differs in.
type Dialect struct {
	// Name is "sqlite" or "postgres".
	Name string
	// Dollar says that placeholders are $1, $2 … rather than ?.
	Dollar bool
	// ForUpdate ends a SELECT that locks its rows; "" where a transaction excludes
	// all others anyway.
	ForUpdate string
	// Unavailable reports whether err says that the database cannot answer now,
	// for example because it is busy, full or gone.
	Unavailable func(err error) bool
}

// DB hands out the stores over one database. It implements ruyi.Stores.
type DB struct {
	engine  Engine
	dialect *Dialect
	ids     *messageIDs
	// listeners hear what was committed, and news keeps what was not yet: nil
	// outside transactions.
	listeners *listeners
	news      *news
}

// New returns a DB over an engine whose schema is up to date, see [Migrate].
// Most programs call Open of store/sqlite or store/postgres instead.
func New(e Engine, d Dialect) *DB {
	return &DB{engine: e, dialect: &d, ids: &messageIDs{}, listeners: &listeners{}}
}

// Users returns the store of accounts.
func (db *DB) Users() user.Store { return userStore{users{db.read()}, db} }

// Friends returns the store of relations.
func (db *DB) Friends() friend.Store { return friendStore{friends{db.read()}, db} }

// Labels returns the store of labels.
func (db *DB) Labels() label.Store { return labelStore{labels{db.read()}, db} }

// Messages returns the store of messages.
func (db *DB) Messages() message.Store { return messageStore{messages{db.read()}, db} }

// Update runs fn in one transaction of the engine, for a host's own rows:
// placeholders are the engine's. See [Engine] for what it promises, and Join for
// how the stores take part: what they emit is pushed once it has committed. ErrUnavailable and its kin when the database cannot
// answer.
func (db *DB) Update(ctx context.Context, fn func(tx Conn) error) error {
	return db.fault(db.announcing(ctx, func(tx *DB, conn Conn) error { return fn(collecting{conn, tx.news}) }))
}

// Ping reports whether the database answers.
func (db *DB) Ping(ctx context.Context) error { return db.fault(db.engine.Ping(ctx)) }

// Close ends what runs and releases the database. Later calls fail with
// ErrClosed.
func (db *DB) Close() error { return db.engine.Close() }

// read returns the view that reads outside any transaction.
func (db *DB) read() q { return q{db.engine, db} }

// update runs fn in a transaction, given the view of it that a domain declares.
func update[T any](ctx context.Context, db *DB, view func(q) T, fn func(T) error) error {
	return db.announcing(ctx, func(tx *DB, conn Conn) error { return fn(view(q{conn, tx})) })
}
