package store

import (
	"context"

	"github.com/ruyi-im/ruyi/user"
)

func (s users) KnowsDevice(ctx context.Context, uid, deviceID string) (bool, error) {
	var n int
	err := s.get(ctx, &n, "SELECT count(*) FROM ruyi_device WHERE uid = ? AND device_id = ?", uid, deviceID)
	return n > 0, err
}

func (s users) LockGuard(ctx context.Context, username, device string) (user.Guard, error) {
	var r struct {
		Fails  int   `db:"fails"`
		NextAt int64 `db:"next_at"`
	}
	// In one statement, as in LockWindow.
	err := s.get(ctx, &r, `INSERT INTO ruyi_login_guard (username, device, fails, next_at) VALUES (?, ?, 0, 0)
		ON CONFLICT (username, device) DO UPDATE SET fails = ruyi_login_guard.fails RETURNING fails, next_at`,
		username, device)
	return user.Guard{Fails: r.Fails, NextAt: instant(r.NextAt)}, err
}

func (s users) SaveGuard(ctx context.Context, username, device string, g user.Guard) error {
	_, err := s.exec(ctx, "UPDATE ruyi_login_guard SET fails = ?, next_at = ? WHERE username = ? AND device = ?",
		g.Fails, ms(g.NextAt), username, device)
	return err
}

func (s users) ClearGuard(ctx context.Context, username, device string) error {
	// The row stays for a while, since the same account logs in again.
	_, err := s.exec(ctx, "UPDATE ruyi_login_guard SET fails = 0, next_at = 0 WHERE username = ? AND device = ?",
		username, device)
	return err
}

func (s users) ClearGuards(ctx context.Context, username string) error {
	_, err := s.exec(ctx, "UPDATE ruyi_login_guard SET fails = 0, next_at = 0 WHERE username = ?", username)
	return err
}
