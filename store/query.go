package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/jmoiron/sqlx/reflectx"
)

// errNoRow says that a query for one row found none.
var errNoRow = errors.New("store: no row")

// mapper maps columns to struct fields by their db tag; it caches per type.
var mapper = reflectx.NewMapper("db")

// dollars keeps the statements that were rewritten with numbered placeholders.
var dollars sync.Map // string to string

// q runs the statements of a store, on a pool or inside a transaction.
type q struct {
	conn Conn
	db   *DB
}

func (q q) bind(query string) string {
	if !q.db.dialect.Dollar {
		return query
	}
	if b, ok := dollars.Load(query); ok {
		return b.(string)
	}
	b := sqlx.Rebind(sqlx.DOLLAR, query)
	dollars.Store(query, b)
	return b
}

// lock ends a query for rows that a transaction is about to decide on.
func (q q) lock(query string) string { return query + q.db.dialect.ForUpdate }

// get reads one row into a struct with db tags or into a single value. errNoRow
// when there is none.
func (q q) get(ctx context.Context, dest any, query string, args ...any) error {
	rows, err := q.conn.QueryContext(ctx, q.bind(query), args...)
	if err != nil {
		return q.db.fault(err)
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return q.db.fault(err)
		}
		return errNoRow
	}
	if reflect.TypeOf(dest).Elem().Kind() == reflect.Struct {
		err = (&sqlx.Rows{Rows: rows, Mapper: mapper}).StructScan(dest)
	} else {
		err = rows.Scan(dest)
	}
	if err != nil {
		return fmt.Errorf("store: scan: %w", err)
	}
	return q.db.fault(rows.Close())
}

// all reads every row, converted by row from a struct with db tags. No row gives
// an empty slice, never nil.
func all[R, T any](ctx context.Context, q q, convert func(R) T, query string, args ...any) ([]T, error) {
	list := []T{}
	err := each(ctx, q, func(r R) { list = append(list, convert(r)) }, query, args...)
	if err != nil {
		return nil, err
	}
	return list, nil
}

// each visits every row, one at a time, as a struct with db tags. The connection
// is in use meanwhile: visit runs no statement.
func each[R any](ctx context.Context, q q, visit func(R), query string, args ...any) error {
	rows, err := q.conn.QueryContext(ctx, q.bind(query), args...)
	if err != nil {
		return q.db.fault(err)
	}
	defer rows.Close()
	scanner := sqlx.Rows{Rows: rows, Mapper: mapper}
	for scanner.Next() {
		var r R
		if err := scanner.StructScan(&r); err != nil {
			return fmt.Errorf("store: scan: %w", err)
		}
		visit(r)
	}
	return q.db.fault(scanner.Err())
}

// exec runs a statement and returns how many rows it changed.
func (q q) exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := q.conn.ExecContext(ctx, q.bind(query), args...)
	if err != nil {
		return 0, q.db.fault(err)
	}
	n, err := res.RowsAffected()
	return n, q.db.fault(err)
}

// Columns hold instants as Unix milliseconds, with 0 for "never", and truth as 0
// or 1, which both engines read and compare alike.

func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
