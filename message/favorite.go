package message

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ruyi-im/ruyi/internal/text"
)

// Keeping is what users put aside for later: messages and other content of
// theirs (operations 48 to 50). Everybody sees and changes only their own.
type Keeping interface {
	// Favorites returns a page of uid's favourites, the ones changed last first.
	// Pages are numbered from 1, which 0 and less mean as well; a size of 0 or less
	// means DefaultFavoritePage, more than MaxFavoritePage that many.
	Favorites(ctx context.Context, uid string, page, size int) ([]Favorite, error)

	// AddFavorite keeps f for uid under a new number; No and the times of f are
	// ignored. What uid keeps under the same key already stays as it is, and that is
	// no error. ErrAuthorMissing, ErrAuthorNameMissing, ErrFavoriteKeyMissing,
	// ErrFavoriteEmpty, ErrFavoriteText, ErrFavoriteType, ErrFavoritePayload,
	// ErrFavoritesFull.
	AddFavorite(ctx context.Context, uid string, f Favorite) error

	// UpdateFavorite replaces the payload of what uid keeps under a key, which
	// becomes the one changed last (an extension). ErrFavoriteKeyMissing,
	// ErrFavoriteEmpty, ErrFavoritePayload, ErrNoFavorite.
	UpdateFavorite(ctx context.Context, uid, key string, payload []byte) error

	// RemoveFavorite forgets the favourite of uid that has this number, else the
	// one that has this key. None at all is no error.
	RemoveFavorite(ctx context.Context, uid, noOrKey string) error
}

// Favorite is something a user keeps. Its texts have one line each.
type Favorite struct {
	No         string // 32 hex digits, unique per user
	Type       int    // 1 a text, 2 a picture, others as for messages; 0 to MaxFavoriteType
	Key        string // what it was made of, for a message its id; unique per user, 1 to 200 characters
	AuthorUID  string // who wrote it, 1 to 40 characters
	AuthorName string // 1 to 40 characters
	Payload    []byte // a JSON object that is not empty, at most MaxFavoritePayload bytes
	CreatedAt  time.Time
	UpdatedAt  time.Time
}

// Bounds of favourites.
const (
	DefaultFavoritePage = 15
	MaxFavoritePage     = 100
	MaxFavoriteType     = math.MaxInt16
	MaxFavoritePayload  = 64 << 10
	// DefaultMaxFavorites is how many a user keeps at most, see Options.
	DefaultMaxFavorites = 5000

	maxFavoriteKey = 200
	maxAuthor      = 40
)

// FavoriteReader reads favourites.
type FavoriteReader interface {
	// Favorites returns at most limit favourites of uid after the first offset
	// ones, those changed last first.
	Favorites(ctx context.Context, uid string, offset, limit int) ([]Favorite, error)
}

// FavoriteTx changes favourites.
type FavoriteTx interface {
	// LockFavorites holds the favourites of uid until the end and returns how many
	// there are. Nobody else adds one meanwhile.
	LockFavorites(ctx context.Context, uid string) (n int, err error)
	// HasFavorite reports whether uid keeps something under key.
	HasFavorite(ctx context.Context, uid, key string) (bool, error)
	// AddFavorite stores f for uid, who has none with that key.
	AddFavorite(ctx context.Context, uid string, f Favorite) error
	// UpdateFavorite replaces the payload of one favourite. ErrNoFavorite.
	UpdateFavorite(ctx context.Context, uid, key string, payload []byte, at time.Time) error
	// RemoveFavorite removes the favourite of uid with that number, else the one
	// with that key, where there is one.
	RemoveFavorite(ctx context.Context, uid, noOrKey string) error
}

func (s *service) Favorites(ctx context.Context, uid string, page, size int) ([]Favorite, error) {
	page = max(page, 1)
	switch {
	case size <= 0:
		size = DefaultFavoritePage
	case size > MaxFavoritePage:
		size = MaxFavoritePage
	}
	if page-1 > math.MaxInt32/size { // farther than anybody's last page
		return []Favorite{}, nil
	}
	return s.store.Favorites(ctx, uid, (page-1)*size, size)
}

func (s *service) AddFavorite(ctx context.Context, uid string, f Favorite) error {
	if err := f.check(); err != nil {
		return err
	}
	payload, err := objectOf(f.Payload)
	if err != nil {
		return err
	}
	f.No, f.Payload, f.CreatedAt = newRandomNo(), payload, s.now()
	f.UpdatedAt = f.CreatedAt
	return s.store.Update(ctx, func(tx Tx) error {
		n, err := tx.LockFavorites(ctx, uid)
		if err != nil {
			return err
		}
		known, err := tx.HasFavorite(ctx, uid, f.Key)
		if known || err != nil {
			return err
		}
		if n >= s.maxFavorites {
			return ErrFavoritesFull
		}
		return tx.AddFavorite(ctx, uid, f)
	})
}

func (s *service) UpdateFavorite(ctx context.Context, uid, key string, payload []byte) error {
	if key == "" {
		return ErrFavoriteKeyMissing
	}
	object, err := objectOf(payload)
	if err != nil {
		return err
	}
	if !text.Line(key, maxFavoriteKey) {
		return ErrNoFavorite
	}
	now := s.now()
	return s.store.Update(ctx, func(tx Tx) error { return tx.UpdateFavorite(ctx, uid, key, object, now) })
}

func (s *service) RemoveFavorite(ctx context.Context, uid, noOrKey string) error {
	if noOrKey == "" || !text.Line(noOrKey, maxFavoriteKey) {
		return nil // which names nothing
	}
	return s.store.Update(ctx, func(tx Tx) error { return tx.RemoveFavorite(ctx, uid, noOrKey) })
}

// check refuses a favourite whose texts are none, in the order of the contract.
func (f Favorite) check() error {
	switch {
	case strings.TrimSpace(f.AuthorUID) == "":
		return ErrAuthorMissing
	case strings.TrimSpace(f.AuthorName) == "":
		return ErrAuthorNameMissing
	case strings.TrimSpace(f.Key) == "":
		return ErrFavoriteKeyMissing
	case f.Type < 0 || f.Type > MaxFavoriteType:
		return ErrFavoriteType
	case !text.Line(f.AuthorUID, maxAuthor), !text.Line(f.AuthorName, maxAuthor), !text.Line(f.Key, maxFavoriteKey):
		return ErrFavoriteText
	}
	return nil
}

// objectOf returns a JSON object without what stands between its members.
func objectOf(payload []byte) ([]byte, error) {
	if len(payload) > MaxFavoritePayload || !utf8.Valid(payload) {
		return nil, ErrFavoritePayload
	}
	if len(bytes.TrimSpace(payload)) == 0 {
		return nil, ErrFavoriteEmpty
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(payload, &members); err != nil {
		return nil, ErrFavoritePayload
	}
	if len(members) == 0 { // null as well
		return nil, ErrFavoriteEmpty
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, payload); err != nil {
		return nil, err
	}
	return compact.Bytes(), nil
}
