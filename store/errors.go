package store

import (
	"errors"

	"github.com/ruyi-im/ruyi/internal/errs"
)

// What every store may answer besides the refusals of its domain. They are of
// the kind that a client may try again later.
var (
	// ErrUnavailable says that the database cannot answer now and nothing was
	// changed.
	ErrUnavailable error = errs.New(errs.Unavailable, "store.unavailable", "服务暂不可用，请稍后再试", "the service is not available now, try again later")
	// ErrBusy says that too much waits to be written, and nothing was changed.
	ErrBusy error = errs.New(errs.Unavailable, "store.busy", "服务繁忙，请稍后再试", "the service is busy, try again later")
	// ErrUnknown says that the connection was lost while committing and the
	// database did not come back in time: the change may have been made or not.
	ErrUnknown error = errs.New(errs.Unavailable, "store.unknown", "操作结果未知，请稍后查询", "the outcome is not known, look before you try again")
	// ErrClosed says that the store was closed.
	ErrClosed error = errs.New(errs.Unavailable, "store.closed", "服务已停止", "the service has stopped")
)

// fault gives an error of the driver the shape callers know.
func (db *DB) fault(err error) error {
	if err == nil || errs.KindOf(err) != errs.Internal {
		return err
	}
	if db.dialect.Unavailable(err) {
		return errs.Because(ErrUnavailable, err)
	}
	return err
}

// absent turns "no row" into the sentinel of a domain.
func absent(err, sentinel error) error {
	if errors.Is(err, errNoRow) {
		return sentinel
	}
	return err
}
