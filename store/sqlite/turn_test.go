package sqlite_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/sqlite"
)

func TestUpdateInsideUpdateIsBusy(t *testing.T) {
	for _, end := range []error{nil, errJob} {
		synctest.Test(t, func(t *testing.T) {
			s := start(t, sqlite.Options{})
			err := s.Update(t.Context(), func(tx store.Conn) error {
				err := s.Update(t.Context(), func(store.Conn) error {
					t.Error("a transaction ran inside another")
					return nil
				})
				if !errors.Is(err, store.ErrBusy) {
					t.Errorf("inner error %v, want ErrBusy", err)
				}
				return errors.Join(insert(tx, 1), end)
			})
			if !errors.Is(err, end) {
				t.Errorf("outer error %v, want %v", err, end)
			}
			if end == nil {
				wantSeen(t, s, 1)
			} else {
				wantSeen(t, s)
			}
		})
	}
}

func TestWaitingCallerMayGiveUp(t *testing.T) {
	for _, c := range []struct {
		name   string
		ctx    func(ctx context.Context) (context.Context, context.CancelFunc)
		giveUp func(cancel context.CancelFunc)
		want   error
	}{
		{"cancelled", context.WithCancel, func(cancel context.CancelFunc) { cancel() }, context.Canceled},
		{"deadline", func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, time.Second)
		}, func(context.CancelFunc) { time.Sleep(time.Second) }, context.DeadlineExceeded},
		{"patience", context.WithCancel, func(context.CancelFunc) { time.Sleep(4 * time.Second) }, store.ErrBusy},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := start(t, sqlite.Options{BusyTimeout: 3 * time.Second})
				ctx, cancel := c.ctx(t.Context())
				defer cancel()
				var waiting sync.WaitGroup
				defer waiting.Wait()
				err := s.Update(t.Context(), func(tx store.Conn) error {
					waiting.Go(func() {
						err := s.Update(ctx, func(store.Conn) error {
							t.Error("it ran although nobody waits for it")
							return nil
						})
						if !errors.Is(err, c.want) {
							t.Errorf("error %v, want %v", err, c.want)
						}
					})
					synctest.Wait()
					c.giveUp(cancel)
					synctest.Wait()
					return insert(tx, 1)
				})
				if err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestCancellingARunningTransactionChangesNothing(t *testing.T) {
	s := start(t, sqlite.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	err := s.Update(ctx, func(tx store.Conn) error {
		cancel()
		_, err := tx.ExecContext(ctx, "INSERT INTO number (n) VALUES (1)")
		return err
	})
	if err != nil {
		t.Error(err)
	}
	wantSeen(t, s, 1)
}

func TestStatementAfterTheDeadlineFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, sqlite.Options{})
		err := s.Update(t.Context(), func(tx store.Conn) error {
			if err := insert(tx, 1); err != nil {
				t.Error(err)
			}
			time.Sleep(6 * time.Second)
			if _, err := tx.QueryContext(t.Context(), "SELECT 1"); !errors.Is(err, store.ErrBusy) {
				t.Errorf("query: error %v, want ErrBusy", err)
			}
			return insert(tx, 2)
		})
		if !errors.Is(err, store.ErrBusy) {
			t.Errorf("error %v, want ErrBusy", err)
		}
		wantSeen(t, s)
	})
}

// A transaction that somebody kept would write into the next one.
func TestEndedTransactionIsOfNoUse(t *testing.T) {
	s := start(t, sqlite.Options{})
	var kept store.Conn
	if err := s.Update(t.Context(), func(tx store.Conn) error {
		kept = tx
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := insert(kept, 1); err == nil {
		t.Error("an ended transaction still writes")
	}
	if rows, err := kept.QueryContext(t.Context(), "SELECT 1"); err == nil {
		rows.Close()
		t.Error("an ended transaction still reads")
	}
	wantSeen(t, s)
}

// Rows that nobody closes would keep the old state alive, and Close waiting.
func TestRowsEndWithTheirTransaction(t *testing.T) {
	s := start(t, sqlite.Options{})
	for _, end := range []error{nil, errJob} {
		err := s.Update(t.Context(), func(tx store.Conn) error {
			rows, err := tx.QueryContext(t.Context(), "SELECT 1 UNION SELECT 2")
			if err == nil && !rows.Next() {
				t.Error("no row")
			}
			return errors.Join(err, end)
		})
		if !errors.Is(err, end) {
			t.Errorf("error %v, want %v", err, end)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
