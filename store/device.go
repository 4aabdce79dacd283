package store

import (
	"context"
	"time"

	"github.com/ruyi-im/ruyi/user"
)

type deviceRow struct {
	ID        string `db:"device_id"`
	Name      string `db:"name"`
	Model     string `db:"model"`
	LastLogin int64  `db:"last_login"`
}

func (r deviceRow) device() user.KnownDevice {
	return user.KnownDevice{
		Device: user.Device{ID: r.ID, Name: r.Name, Model: r.Model}, LastLogin: instant(r.LastLogin),
	}
}

func (s users) DeviceOf(ctx context.Context, uid, deviceID string) (user.KnownDevice, error) {
	var r deviceRow
	err := s.get(ctx, &r, `SELECT device_id, name, model, last_login FROM ruyi_device
		WHERE uid = ? AND device_id = ?`, uid, deviceID)
	return r.device(), absent(err, user.ErrNotFound)
}

func (s users) DevicesOf(ctx context.Context, uid string, offset, limit int) ([]user.KnownDevice, error) {
	return all(ctx, s.q, deviceRow.device, `SELECT device_id, name, model, last_login FROM ruyi_device
		WHERE uid = ? ORDER BY last_login DESC, device_id DESC LIMIT ? OFFSET ?`, uid, limit, offset)
}

func (s users) RemoveDevice(ctx context.Context, uid, deviceID, keep string, at time.Time) error {
	if _, err := s.exec(ctx, "DELETE FROM ruyi_device WHERE uid = ? AND device_id = ?", uid, deviceID); err != nil {
		return err
	}
	_, err := s.exec(ctx, `UPDATE ruyi_session SET ended_at = ?
		WHERE uid = ? AND ended_at = 0 AND device_id = ? AND token_hash <> ?`, ms(at), uid, deviceID, keep)
	return err
}
