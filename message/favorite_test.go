package message_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store"
)

// aFavorite is one that is accepted.
func aFavorite(key string) message.Favorite {
	return message.Favorite{Type: 1, Key: key, AuthorUID: "bob", AuthorName: "Bob 😀", Payload: []byte(`{"content":"` + key + `"}`)}
}

// favorites returns the keys and payloads of a page.
func favorites(t *testing.T, s message.Service, uid string, page, size int) string {
	t.Helper()
	list, err := s.Favorites(t.Context(), uid, page, size)
	must(t, err)
	text := ""
	for _, f := range list {
		text += f.Key + string(f.Payload) + " "
	}
	return text
}

func TestFavoritesAreKeptOnceAndTheLastChangedIsFirst(t *testing.T) {
	now := t0
	s := message.New(openSQLite(t).Messages(), message.Options{Now: func() time.Time { return now }})
	for _, key := range []string{"a", "b", "c", "a"} {
		f := aFavorite(key)
		if now != t0 && key == "a" {
			f.Type, f.AuthorUID, f.AuthorName, f.Payload = 2, "x", "x", []byte(`{"x":1}`)
		}
		must(t, s.AddFavorite(t.Context(), "alice", f))
		now = now.Add(time.Second)
	}
	const a, b, c = `a{"content":"a"} `, `b{"content":"b"} `, `c{"content":"c"} `
	for _, p := range []struct {
		page, size int
		want       string
	}{{0, 0, c + b + a}, {-1, -1, c + b + a}, {1, 2, c + b}, {2, 2, a}, {3, 2, ""}, {1 << 62, 100, ""}, {2, 1 << 62, ""}} {
		if got := favorites(t, s, "alice", p.page, p.size); got != p.want {
			t.Errorf("page %d of %d: %q, want %q", p.page, p.size, got, p.want)
		}
	}
	list, err := s.Favorites(t.Context(), "alice", 3, 1)
	must(t, err)
	first := list[0]
	if len(first.No) != 32 || first.Type != 1 || first.AuthorUID != "bob" || first.AuthorName != "Bob 😀" || !first.CreatedAt.Equal(t0) {
		t.Errorf("kept %+v", first)
	}
	must(t, s.UpdateFavorite(t.Context(), "alice", "a", []byte(`{ "content" : "new" }`)))
	if got, want := favorites(t, s, "alice", 1, 2), `a{"content":"new"} `+c; got != want {
		t.Errorf("after a change: %q, want %q", got, want)
	}
	wantErr(t, "change of nothing", s.UpdateFavorite(t.Context(), "alice", "z", []byte(`{"x":1}`)), message.ErrNoFavorite)
	must(t, s.RemoveFavorite(t.Context(), "alice", first.No))
	must(t, s.RemoveFavorite(t.Context(), "alice", "b"))
	for _, nothing := range []string{"", "z", "a\x00", strings.Repeat("z", 300)} {
		must(t, s.RemoveFavorite(t.Context(), "alice", nothing))
	}
	if got := favorites(t, s, "alice", 1, 0); got != c {
		t.Errorf("after removals: %q, want %q", got, c)
	}
}

func TestFavoriteIsRemovedByItsNumberFirst(t *testing.T) {
	s := message.New(openSQLite(t).Messages(), message.Options{})
	must(t, s.AddFavorite(t.Context(), "alice", aFavorite("a")))
	list, err := s.Favorites(t.Context(), "alice", 1, 1)
	must(t, err)
	no := list[0].No
	must(t, s.AddFavorite(t.Context(), "alice", aFavorite(no))) // whose key is the number of the other
	must(t, s.RemoveFavorite(t.Context(), "alice", no))
	if got, want := favorites(t, s, "alice", 1, 9), no+`{"content":"`+no+`"} `; got != want {
		t.Errorf("left is %q, want %q", got, want)
	}
	must(t, s.RemoveFavorite(t.Context(), "alice", no))
	if got := favorites(t, s, "alice", 1, 9); got != "" {
		t.Errorf("left is %q", got)
	}
}

func TestFavoritesAreTheCallersOwn(t *testing.T) {
	s := message.New(openSQLite(t).Messages(), message.Options{})
	must(t, s.AddFavorite(t.Context(), "alice", aFavorite("a")))
	list, err := s.Favorites(t.Context(), "alice", 1, 1)
	must(t, err)
	for _, eve := range []string{"eve", "", "alic", "alice "} {
		if got := favorites(t, s, eve, 1, 9); got != "" {
			t.Errorf("%q sees %q", eve, got)
		}
		must(t, s.RemoveFavorite(t.Context(), eve, "a"))
		must(t, s.RemoveFavorite(t.Context(), eve, list[0].No))
		wantErr(t, eve, s.UpdateFavorite(t.Context(), eve, "a", []byte(`{"x":1}`)), message.ErrNoFavorite)
		must(t, s.AddFavorite(t.Context(), eve, aFavorite("a")))
		must(t, s.RemoveFavorite(t.Context(), eve, "a"))
	}
	if got, want := favorites(t, s, "alice", 1, 9), `a{"content":"a"} `; got != want {
		t.Errorf("hers are %q, want %q", got, want)
	}
}

// TestFavoritesThatAreNone runs on both engines, for PostgreSQL refuses texts that
// SQLite takes: here the domain has to.
func TestFavoritesThatAreNone(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		s := message.New(db.Messages(), message.Options{})
		with := func(change func(f *message.Favorite)) error {
			f := aFavorite("a")
			change(&f)
			return s.AddFavorite(t.Context(), "alice", f)
		}
		for _, c := range []struct {
			what   string
			change func(f *message.Favorite)
			want   error
		}{
			{"all missing", func(f *message.Favorite) { *f = message.Favorite{} }, message.ErrAuthorMissing},
			{"no author", func(f *message.Favorite) { f.AuthorUID = " " }, message.ErrAuthorMissing},
			{"no name", func(f *message.Favorite) { f.AuthorName, f.Key = "", "" }, message.ErrAuthorNameMissing},
			{"no key", func(f *message.Favorite) { f.Key, f.Payload = "", nil }, message.ErrFavoriteKeyMissing},
			{"no payload", func(f *message.Favorite) { f.Payload = nil }, message.ErrFavoriteEmpty},
			{"null", func(f *message.Favorite) { f.Payload = []byte(`null`) }, message.ErrFavoriteEmpty},
			{"empty object", func(f *message.Favorite) { f.Payload = []byte(` { } `) }, message.ErrFavoriteEmpty},
			{"array", func(f *message.Favorite) { f.Payload = []byte(`[1]`) }, message.ErrFavoritePayload},
			{"text", func(f *message.Favorite) { f.Payload = []byte(`"x"`) }, message.ErrFavoritePayload},
			{"half an object", func(f *message.Favorite) { f.Payload = []byte(`{"a":`) }, message.ErrFavoritePayload},
			{"two objects", func(f *message.Favorite) { f.Payload = []byte(`{"a":1}{}`) }, message.ErrFavoritePayload},
			{"no UTF-8", func(f *message.Favorite) { f.Payload = []byte("{\"a\":\"\xff\"}") }, message.ErrFavoritePayload},
			{"too large", func(f *message.Favorite) {
				f.Payload = []byte(`{"a":"` + strings.Repeat("x", message.MaxFavoritePayload) + `"}`)
			}, message.ErrFavoritePayload},
			{"negative type", func(f *message.Favorite) { f.Type = -1 }, message.ErrFavoriteType},
			{"large type", func(f *message.Favorite) { f.Type = message.MaxFavoriteType + 1 }, message.ErrFavoriteType},
			{"long key", func(f *message.Favorite) { f.Key = strings.Repeat("键", 201) }, message.ErrFavoriteText},
			{"NUL", func(f *message.Favorite) { f.Key = "a\x00" }, message.ErrFavoriteText},
			{"key of no UTF-8", func(f *message.Favorite) { f.Key = "\xff" }, message.ErrFavoriteText},
			{"long uid", func(f *message.Favorite) { f.AuthorUID = strings.Repeat("u", 41) }, message.ErrFavoriteText},
			{"long name", func(f *message.Favorite) { f.AuthorName = strings.Repeat("名", 41) }, message.ErrFavoriteText},
			{"two lines", func(f *message.Favorite) { f.AuthorName = "a\nb" }, message.ErrFavoriteText},
		} {
			wantErr(t, c.what, with(c.change), c.want)
		}
		for what, payload := range map[string]string{"none": "", "array": "[]", "half": "{"} {
			if err := s.UpdateFavorite(t.Context(), "alice", "a", []byte(payload)); !errors.Is(err, message.ErrFavoritePayload) && !errors.Is(err, message.ErrFavoriteEmpty) {
				t.Errorf("change to %s: %v", what, err)
			}
		}
		wantErr(t, "change of no key", s.UpdateFavorite(t.Context(), "alice", "", []byte(`{"a":1}`)), message.ErrFavoriteKeyMissing)
		wantErr(t, "change of NUL", s.UpdateFavorite(t.Context(), "alice", "\x00", []byte(`{"a":1}`)), message.ErrNoFavorite)
		if got := favorites(t, s, "alice", 1, 9); got != "" {
			t.Errorf("kept %q", got)
		}
		must(t, with(func(f *message.Favorite) { // as large as may be
			f.Key, f.AuthorUID, f.AuthorName = strings.Repeat("键", 200), strings.Repeat("u", 40), strings.Repeat("😀", 40)
			f.Type, f.Payload = message.MaxFavoriteType, []byte(`{"a":"`+strings.Repeat("x", message.MaxFavoritePayload-8)+`"}`)
		}))
	})
}

func TestNobodyKeepsMoreThanTheLimit(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		const most, callers = 5, 16
		s := message.New(db.Messages(), message.Options{MaxFavorites: most})
		refused := 0
		for _, err := range together(callers, func(i int) error {
			return s.AddFavorite(t.Context(), "alice", aFavorite(fmt.Sprint("k", i)))
		}) {
			if errors.Is(err, message.ErrFavoritesFull) {
				refused++
			} else {
				must(t, err)
			}
		}
		list, err := s.Favorites(t.Context(), "alice", 1, 100)
		must(t, err)
		if len(list) != most || refused != callers-most {
			t.Errorf("%d kept, %d refused", len(list), refused)
		}
		must(t, s.AddFavorite(t.Context(), "alice", aFavorite(list[0].Key))) // again is no more
		must(t, s.AddFavorite(t.Context(), "bob", aFavorite("k")))
		must(t, s.RemoveFavorite(t.Context(), "alice", list[0].No))
		must(t, s.AddFavorite(t.Context(), "alice", aFavorite("new")))
	})
}

func TestOneFavoriteAddedByManyIsOne(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		s := message.New(db.Messages(), message.Options{})
		for _, err := range together(12, func(int) error { return s.AddFavorite(t.Context(), "alice", aFavorite("a")) }) {
			must(t, err)
		}
		if got, want := favorites(t, s, "alice", 1, 9), `a{"content":"a"} `; got != want {
			t.Errorf("kept %q, want %q", got, want)
		}
	})
}

func TestDefaultLimitOfFavorites(t *testing.T) {
	full := fullStore{}
	s := message.New(full, message.Options{MaxFavorites: -1})
	wantErr(t, "one more than the default", s.AddFavorite(t.Context(), "alice", aFavorite("a")), message.ErrFavoritesFull)
}

// fullStore has as many favourites as may be.
type fullStore struct{ message.Store }

func (fullStore) Update(_ context.Context, fn func(tx message.Tx) error) error { return fn(fullTx{}) }

type fullTx struct{ message.Tx }

func (fullTx) LockFavorites(context.Context, string) (int, error) {
	return message.DefaultMaxFavorites, nil
}
func (fullTx) HasFavorite(context.Context, string, string) (bool, error) { return false, nil }
