package store

import (
	"context"
	"net/netip"
	"time"

	"github.com/ruyi-im/ruyi/user"
)

type deviceCheckRow struct {
	Challenge   string `db:"challenge"`
	UID         string `db:"uid"`
	Address     string `db:"address"`
	Flag        uint8  `db:"flag"`
	DeviceID    string `db:"device_id"`
	DeviceName  string `db:"device_name"`
	DeviceModel string `db:"device_model"`
	ExpiresAt   int64  `db:"expires_at"`
}

func (r deviceCheckRow) check() user.DeviceCheck {
	address, _ := netip.ParseAddr(r.Address) // zero for ""
	return user.DeviceCheck{
		Challenge: r.Challenge, UID: r.UID, Address: address, Flag: user.Flag(r.Flag),
		Device:    user.Device{ID: r.DeviceID, Name: r.DeviceName, Model: r.DeviceModel},
		ExpiresAt: instant(r.ExpiresAt),
	}
}

func (s users) DeviceChecks(ctx context.Context, uid string) ([]user.DeviceCheck, error) {
	return all(ctx, s.q, deviceCheckRow.check, `SELECT challenge, uid, address, flag, device_id, device_name,
			device_model, expires_at
		FROM ruyi_device_check WHERE uid = ? ORDER BY expires_at DESC, challenge`, uid)
}

func (s users) AddDeviceCheck(ctx context.Context, c user.DeviceCheck, now time.Time, keep int) error {
	if _, err := s.exec(ctx, "DELETE FROM ruyi_device_check WHERE uid = ? AND (device_id = ? OR expires_at <= ?)",
		c.UID, c.Device.ID, ms(now)); err != nil {
		return err
	}
	if _, err := s.exec(ctx, `DELETE FROM ruyi_device_check
		WHERE challenge IN (SELECT challenge FROM ruyi_device_check
			WHERE uid = ? ORDER BY expires_at DESC, challenge LIMIT 1000 OFFSET ?)`, c.UID, keep-1); err != nil {
		return err
	}
	address := ""
	if c.Address.IsValid() {
		address = c.Address.String()
	}
	_, err := s.exec(ctx, `INSERT INTO ruyi_device_check
			(challenge, uid, address, flag, device_id, device_name, device_model, expires_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		c.Challenge, c.UID, address, int(c.Flag), c.Device.ID, c.Device.Name, c.Device.Model, ms(c.ExpiresAt))
	return err
}

func (s users) RemoveDeviceCheck(ctx context.Context, challenge string) error {
	_, err := s.exec(ctx, "DELETE FROM ruyi_device_check WHERE challenge = ?", challenge)
	return err
}
