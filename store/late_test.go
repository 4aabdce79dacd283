package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"testing"
)

// lateFailure is a driver that accepts every query and fails when the first row
// is asked for, as PostgreSQL's does when the server refuses.
type lateFailure struct{}

func (f lateFailure) Connect(context.Context) (driver.Conn, error) { return f, nil }
func (lateFailure) Driver() driver.Driver                          { return nil }
func (lateFailure) Prepare(string) (driver.Stmt, error)            { return nil, errDriver }
func (lateFailure) Begin() (driver.Tx, error)                      { return nil, errDriver }
func (lateFailure) Close() error                                   { return nil }
func (lateFailure) Columns() []string                              { return []string{"a"} }
func (lateFailure) Next([]driver.Value) error                      { return errDriver }
func (f lateFailure) QueryContext(context.Context, string, []driver.NamedValue) (driver.Rows, error) {
	return f, nil
}

func TestLateFailureIsNoAbsence(t *testing.T) {
	conn := sql.OpenDB(lateFailure{})
	defer conn.Close()
	q := plain(conn)
	q.db.dialect.Unavailable = func(err error) bool { return errors.Is(err, errDriver) }
	var n int64
	_, listed := all(t.Context(), q, func(p pair) pair { return p }, "SELECT")
	for name, err := range map[string]error{"get": q.get(t.Context(), &n, "SELECT"), "all": listed} {
		if !errors.Is(err, ErrUnavailable) {
			t.Errorf("%s: error %v, want ErrUnavailable", name, err)
		}
	}
}
