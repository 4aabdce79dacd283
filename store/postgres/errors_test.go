package postgres

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

func TestClassification(t *testing.T) {
	state := func(code string) error { return fmt.Errorf("host: %w", &pgconn.PgError{Code: code}) }
	for name, c := range map[string]struct {
		err                          error
		retryable, lost, unavailable bool
	}{
		"serialization failure": {state("40001"), true, false, true},
		"deadlock":              {state("40P01"), true, false, true},
		"lock timeout":          {state("55P03"), true, false, true},
		"shutting down":         {state("57P01"), true, true, true},
		"idle too long":         {state("57P05"), true, true, true},
		"too many connections":  {state("53300"), true, true, true},
		"connection exception":  {state("08006"), true, true, true},
		"disk full":             {state("53100"), false, false, true},
		"read only":             {state("25006"), false, false, true},
		"cancelled by server":   {state("57014"), false, false, true},
		"duplicate":             {state("23505"), false, false, false},
		"end of file":           {io.ErrUnexpectedEOF, true, true, true},
		"network":               {&net.OpError{Op: "read", Err: errors.New("reset")}, true, true, true},
		"bad connection":        {driver.ErrBadConn, true, true, true},
		"no marker":             {errNoSlot, true, true, true},
		"undone":                {errUndone, true, false, true},
		"over time":             {fmt.Errorf("read: %w", context.DeadlineExceeded), false, false, true},
		"cancelled by caller":   {context.Canceled, false, false, false},
		"any other":             {errors.New("other"), false, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			if r, l, u := retryable(c.err), lost(c.err), unavailable(c.err); r != c.retryable || l != c.lost || u != c.unavailable {
				t.Errorf("retryable %t, lost %t, unavailable %t", r, l, u)
			}
		})
	}
}

// A server may speak any language.
func TestRefused(t *testing.T) {
	for err, want := range map[*pgconn.PgError]bool{
		{Severity: "FEHLER", SeverityUnlocalized: "ERROR"}:        true,
		{Severity: "SCHWERWIEGEND", SeverityUnlocalized: "FATAL"}: false,
	} {
		if refused(err) != want {
			t.Errorf("refused(%v) = %t", err, !want)
		}
	}
	if refused(nil) || refused(io.EOF) {
		t.Error("what the server did not say counts as refused")
	}
}
