package postgres_test

import (
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/store/postgres"
	"github.com/ruyi-im/ruyi/user"
)

// A sweep waits for nobody: what somebody is about to change is not over.
func TestSweepLeavesWhatIsHeld(t *testing.T) {
	l := newLab(t, postgres.Options{MaxConns: 2})
	at, removed := time.UnixMilli(1767225600123), 0
	sweep := func() error {
		return l.db.Users().Update(t.Context(), func(tx user.Tx) (err error) {
			removed, err = tx.Sweep(t.Context(), user.OldWindows, at.Add(time.Hour), 10)
			return err
		})
	}
	must(t, l.db.Users().Update(t.Context(), func(tx user.Tx) error {
		for _, key := range []string{"held", "free"} {
			if _, err := tx.LockWindow(t.Context(), "k", key); err != nil {
				return err
			}
			if err := tx.SaveWindow(t.Context(), "k", key, user.Window{Since: at, Count: 1}); err != nil {
				return err
			}
		}
		return nil
	}))
	must(t, l.db.Users().Update(t.Context(), func(tx user.Tx) error {
		if _, err := tx.LockWindow(t.Context(), "k", "held"); err != nil {
			return err
		}
		err := sweep() // on the other connection
		equal(t, "removed beside a held row", removed, 1)
		return err
	}))
	must(t, sweep())
	equal(t, "removed afterwards", removed, 1)
}
