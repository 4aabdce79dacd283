package store

import (
	"context"

	"github.com/ruyi-im/ruyi/user"
)

func (s users) LockWindow(ctx context.Context, kind, key string) (user.Window, error) {
	// A row that is absent cannot be locked.
	if _, err := s.exec(ctx, `INSERT INTO ruyi_throttle (kind, key, since, count)
		VALUES (?, ?, 0, 0) ON CONFLICT DO NOTHING`, kind, key); err != nil {
		return user.Window{}, err
	}
	var r struct {
		Since int64 `db:"since"`
		Count int   `db:"count"`
	}
	err := s.get(ctx, &r, s.lock("SELECT since, count FROM ruyi_throttle WHERE kind = ? AND key = ?"), kind, key)
	return user.Window{Since: instant(r.Since), Count: r.Count}, err
}

func (s users) SaveWindow(ctx context.Context, kind, key string, w user.Window) error {
	_, err := s.exec(ctx, "UPDATE ruyi_throttle SET since = ?, count = ? WHERE kind = ? AND key = ?",
		ms(w.Since), w.Count, kind, key)
	return err
}
