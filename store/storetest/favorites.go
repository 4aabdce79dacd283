package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/message"
)

func testFavorites(t *testing.T, s Stores) {
	k := keeping{t, s}
	equal(t, "of nobody", k.keys("a", 0, 9), "")
	equal(t, "number of nobody's", k.count("a"), 0)
	for i := range 4 {
		must(t, k.add("a", i))
	}
	must(t, k.add("b", 1))
	k.want("a", 3, favorite(0))
	equal(t, "page", k.keys("a", 1, 2), "key2 key1 ")
	equal(t, "past the end", k.keys("a", 4, 2), "")
	equal(t, "number", k.count("a"), 4)
	if k.add("a", 1) == nil {
		t.Error("one key twice")
	}
	t.Run("Changes", func(t *testing.T) { keeping{t, s}.testChanges() })
	t.Run("Contention", func(t *testing.T) { must(t, CountFavorites(t.Context(), s)) })
}

// favorite returns one of those that tests keep.
func favorite(i int) message.Favorite {
	return message.Favorite{
		No: fmt.Sprint("no", i), Type: i, Key: fmt.Sprint("key", i), AuthorUID: "b", AuthorName: "B 😀",
		Payload: []byte(`{"content":"\u0000"}`), CreatedAt: t0, UpdatedAt: t0,
	}
}

// keeping tests the favourites of a store.
type keeping struct {
	t *testing.T
	s Stores
}

func (k keeping) change(fn func(ctx context.Context, tx message.Tx) error) error {
	ctx := k.t.Context()
	return k.s.Messages().Update(ctx, func(tx message.Tx) error { return fn(ctx, tx) })
}

func (k keeping) add(uid string, i int) error {
	return k.change(func(ctx context.Context, tx message.Tx) error { return tx.AddFavorite(ctx, uid, favorite(i)) })
}

func (k keeping) keys(uid string, offset, limit int) (list string) {
	k.t.Helper()
	page, err := k.s.Messages().Favorites(k.t.Context(), uid, offset, limit)
	must(k.t, err)
	for _, f := range page {
		list += f.Key + " "
	}
	return list
}

func (k keeping) count(uid string) (n int) {
	k.t.Helper()
	must(k.t, k.change(func(ctx context.Context, tx message.Tx) (err error) {
		n, err = tx.LockFavorites(ctx, uid)
		return err
	}))
	return n
}

// want compares one favourite with what it should be.
func (k keeping) want(uid string, offset int, want message.Favorite) {
	k.t.Helper()
	page, err := k.s.Messages().Favorites(k.t.Context(), uid, offset, 1)
	must(k.t, err)
	if !reflect.DeepEqual(page, []message.Favorite{want}) {
		k.t.Errorf("favourite %+v, want %+v", page, want)
	}
}

// testChanges changes what testFavorites has stored.
func (k keeping) testChanges() {
	t := k.t
	must(t, k.change(func(ctx context.Context, tx message.Tx) error {
		for key, want := range map[string]bool{"key1": true, "no1": false, "key9": false} {
			has, err := tx.HasFavorite(ctx, "a", key)
			must(t, err)
			equal(t, "has "+key, has, want)
		}
		return nil
	}))
	changed := favorite(1)
	changed.Payload, changed.UpdatedAt = []byte(`{"b":2}`), t0.Add(time.Second)
	update := func(uid string) error {
		return k.change(func(ctx context.Context, tx message.Tx) error {
			return tx.UpdateFavorite(ctx, uid, changed.Key, changed.Payload, changed.UpdatedAt)
		})
	}
	must(t, update("a"))
	equal(t, "after a change", k.keys("a", 0, 9), "key1 key3 key2 key0 ")
	k.want("a", 0, changed)
	k.want("b", 0, favorite(1))
	wantErr(t, update("c"), message.ErrNoFavorite)
	for _, what := range []string{"key9", "no3", "key0"} {
		must(t, k.change(func(ctx context.Context, tx message.Tx) error { return tx.RemoveFavorite(ctx, "a", what) }))
	}
	equal(t, "after removals", k.keys("a", 0, 9), "key1 key2 ")
	equal(t, "of another", k.keys("b", 0, 9), "key1 ")
}

// CountFavorites lets many callers add a favourite of one user at the same time,
// each as long as it counts fewer than five. It returns an error when there are
// not five in the end.
func CountFavorites(ctx context.Context, s Stores) error {
	full := errors.New("full")
	uid := newUser("u").UID
	const callers, most = 16, 5
	err := together(callers, func(i int) error {
		err := s.Messages().Update(ctx, func(tx message.Tx) error {
			n, err := tx.LockFavorites(ctx, uid)
			if err != nil {
				return err
			}
			if n >= most {
				return full
			}
			return tx.AddFavorite(ctx, uid, favorite(i))
		})
		if errors.Is(err, full) {
			return nil
		}
		return err
	})
	if err != nil {
		return err
	}
	kept, err := s.Messages().Favorites(ctx, uid, 0, callers)
	if err == nil && len(kept) != most {
		err = fmt.Errorf("%d favourites are kept, not %d", len(kept), most)
	}
	return err
}
