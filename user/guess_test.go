package user_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/user"
)

const guessers = 64

// guess lets many try different wrong codes at once, and returns how many
// guesses were compared with the code. All others must have found it locked.
func guess(t *testing.T, w *world, s user.Store, code string, each int) (compared int) {
	t.Helper()
	var mu sync.Mutex
	together(guessers, func(i int) error {
		for n := range each {
			g := fmt.Sprintf("%06d", i*each+n)
			if g == code {
				continue
			}
			err := w.try(s, phone, g)
			mu.Lock()
			if errors.Is(err, user.ErrCode) {
				compared++
			} else if !errors.Is(err, user.ErrCodeLocked) {
				t.Errorf("guess %s: %v", g, err)
			}
			mu.Unlock()
		}
		return nil
	})
	return compared
}

func TestParallelGuessesCompareFive(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db)
		code := w.send(phone)
		if n := guess(t, w, db.Users(), code, 32); n != limits.CodeTries {
			t.Errorf("%d guesses were compared, want %d", n, limits.CodeTries)
		}
		w.wantTry("the code after all", phone, code, user.ErrCodeLocked)
	})
}

// stale is a store that breaks the promise of LockCode: transactions count on
// from what was stored when all of them began.
type stale struct {
	user.Store
	all *sync.WaitGroup
}

func (s stale) Update(ctx context.Context, fn func(user.Tx) error) error {
	var seen user.Code
	err := s.Store.Update(ctx, func(tx user.Tx) (err error) {
		seen, err = tx.LockCode(ctx, user.ForRegister, user.Phone{Number: phone.Username()})
		return err
	})
	s.all.Done()
	s.all.Wait()
	if err != nil {
		return err
	}
	return s.Store.Update(ctx, func(tx user.Tx) error { return fn(staleTx{tx, seen}) })
}

type staleTx struct {
	user.Tx
	seen user.Code
}

func (tx staleTx) LockCode(context.Context, user.Purpose, user.Phone) (user.Code, error) {
	return tx.seen, nil
}

// TestGuessingSeesAMissingLock is the negative control of the test above.
func TestGuessingSeesAMissingLock(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db)
		code := w.send(phone)
		all := &sync.WaitGroup{}
		all.Add(guessers)
		if code < "000064" {
			all.Done() // the guesser who would have hit the code does not call
		}
		if n := guess(t, w, stale{db.Users(), all}, code, 1); n <= limits.CodeTries {
			t.Errorf("only %d guesses were compared without a lock", n)
		}
	})
}
