package postgres

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
)

// retryable reports whether a transaction that failed with err had no effect and
// may succeed when it is run again.
func retryable(err error) bool {
	if errors.Is(err, errUndone) {
		return true
	}
	switch sqlState(err) {
	case "40001", "40P01", // serialization failure, deadlock
		"55P03": // lock not available in time
		return true
	}
	return lost(err)
}

// lost reports whether err says that the connection is gone or cannot be made.
func lost(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	switch state := sqlState(err); state {
	case "":
	case "57P01", "57P02", "57P03", // shutting down, crashed, starting
		"57P05", "53300": // idle too long, too many connections
		return true
	default:
		return state[:2] == "08"
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || pgconn.SafeToRetry(err)
}

// unavailable recognises what says that the database cannot answer now.
func unavailable(err error) bool {
	if retryable(err) || errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	switch state := sqlState(err); state {
	case "":
		return false
	case "57014", "25006", "25P03": // statement timeout, read-only, transaction idle too long
		return true
	default:
		return state[:2] == "53" || state[:2] == "58" // out of a resource, system error
	}
}

// sqlState returns the code of an error of the server, else "".
func sqlState(err error) string {
	if e, ok := errors.AsType[interface {
		error
		SQLState() string
	}](err); ok {
		return e.SQLState()
	}
	return ""
}
