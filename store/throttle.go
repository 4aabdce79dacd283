package store

import (
	"context"

	"github.com/ruyi-im/ruyi/user"
)

func (s users) LockWindow(ctx context.Context, kind, key string) (user.Window, error) {
	var r struct {
		Since int64 `db:"since"`
		Count int   `db:"count"`
	}
	// In one statement: between two, a row without a lock may be swept away. To
	// update what is there takes the lock.
	err := s.get(ctx, &r, `INSERT INTO ruyi_throttle (kind, key, since, count) VALUES (?, ?, 0, 0)
		ON CONFLICT (kind, key) DO UPDATE SET count = ruyi_throttle.count RETURNING since, count`, kind, key)
	return user.Window{Since: instant(r.Since), Count: r.Count}, err
}

func (s users) SaveWindow(ctx context.Context, kind, key string, w user.Window) error {
	_, err := s.exec(ctx, "UPDATE ruyi_throttle SET since = ?, count = ? WHERE kind = ? AND key = ?",
		ms(w.Since), w.Count, kind, key)
	return err
}
