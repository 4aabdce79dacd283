package store

import (
	"context"
	"time"

	"github.com/ruyi-im/ruyi/message"
)

type favoriteRow struct {
	No         string `db:"no"`
	Type       int    `db:"type"`
	Key        string `db:"unique_key"`
	AuthorUID  string `db:"author_uid"`
	AuthorName string `db:"author_name"`
	Payload    []byte `db:"payload"`
	CreatedAt  int64  `db:"created_at"`
	UpdatedAt  int64  `db:"updated_at"`
}

func (r favoriteRow) favorite() message.Favorite {
	return message.Favorite{
		No: r.No, Type: r.Type, Key: r.Key, AuthorUID: r.AuthorUID, AuthorName: r.AuthorName,
		Payload: r.Payload, CreatedAt: instant(r.CreatedAt), UpdatedAt: instant(r.UpdatedAt),
	}
}

func (s messages) Favorites(ctx context.Context, uid string, offset, limit int) ([]message.Favorite, error) {
	return all(ctx, s.q, favoriteRow.favorite, `SELECT no, type, unique_key, author_uid, author_name, payload,
			created_at, updated_at
		FROM ruyi_favorite WHERE uid = ? ORDER BY updated_at DESC, id DESC LIMIT ? OFFSET ?`, uid, limit, offset)
}

// LockFavorites locks the row of uid's queue, the one that stands for uid among
// messages: of favourites there may be no row yet.
func (s messageTx) LockFavorites(ctx context.Context, uid string) (n int, err error) {
	if _, err := s.messages.exec(ctx, `INSERT INTO ruyi_queue_head (uid, seq) VALUES (?, 0)
		ON CONFLICT (uid) DO UPDATE SET seq = ruyi_queue_head.seq`, uid); err != nil {
		return 0, err
	}
	err = s.messages.get(ctx, &n, "SELECT count(*) FROM ruyi_favorite WHERE uid = ?", uid)
	return n, err
}

func (s messageTx) HasFavorite(ctx context.Context, uid, key string) (bool, error) {
	var n int
	err := s.messages.get(ctx, &n, "SELECT count(*) FROM ruyi_favorite WHERE uid = ? AND unique_key = ?", uid, key)
	return n > 0, err
}

func (s messageTx) AddFavorite(ctx context.Context, uid string, f message.Favorite) error {
	_, err := s.messages.exec(ctx, `INSERT INTO ruyi_favorite (uid, no, type, unique_key, author_uid, author_name,
			payload, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		uid, f.No, f.Type, f.Key, f.AuthorUID, f.AuthorName, string(f.Payload), ms(f.CreatedAt), ms(f.UpdatedAt))
	return err
}

func (s messageTx) UpdateFavorite(ctx context.Context, uid, key string, payload []byte, at time.Time) error {
	n, err := s.messages.exec(ctx, "UPDATE ruyi_favorite SET payload = ?, updated_at = ? WHERE uid = ? AND unique_key = ?",
		string(payload), ms(at), uid, key)
	if err == nil && n == 0 {
		err = message.ErrNoFavorite
	}
	return err
}

func (s messageTx) RemoveFavorite(ctx context.Context, uid, noOrKey string) error {
	for _, column := range []string{"no", "unique_key"} {
		n, err := s.messages.exec(ctx, "DELETE FROM ruyi_favorite WHERE uid = ? AND "+column+" = ?", uid, noOrKey)
		if n > 0 || err != nil {
			return err
		}
	}
	return nil
}
