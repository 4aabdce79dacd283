package sqlite_test

import (
	"fmt"
	"testing"

	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/sqlite"
)

func TestMoreStatementsThanAreKept(t *testing.T) {
	s := start(t, sqlite.Options{})
	const many = 300 // to insert, and as many to select
	try(t, s.Update(t.Context(), func(tx store.Conn) error {
		for range 2 {
			for i := range many {
				if err := exec(tx, fmt.Sprintf("INSERT INTO number (n) VALUES (%d) ON CONFLICT DO UPDATE SET pad = 'again'", i)); err != nil {
					return err
				}
			}
		}
		for i := range many {
			rows, err := tx.QueryContext(t.Context(), fmt.Sprintf("SELECT n FROM number WHERE n = %d AND pad = 'again'", i))
			if err != nil {
				return err
			}
			if !rows.Next() {
				t.Errorf("%d is not there", i)
			}
		}
		return nil
	}))
	if seen := s.seen(t); len(seen) != many {
		t.Errorf("%d numbers, want %d", len(seen), many)
	}
}
