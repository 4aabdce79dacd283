package store

import (
	"context"

	"github.com/ruyi-im/ruyi/user"
)

func (s users) LockCode(ctx context.Context, purpose user.Purpose, p user.Phone) (user.Code, error) {
	var r struct {
		Hash      string `db:"hash"`
		Tries     int    `db:"tries"`
		ExpiresAt int64  `db:"expires_at"`
	}
	// In one statement, as in LockWindow.
	err := s.get(ctx, &r, `INSERT INTO ruyi_sms_code (zone, phone, purpose, hash, tries, expires_at)
		VALUES (?, ?, ?, '', 0, 0)
		ON CONFLICT (zone, phone, purpose) DO UPDATE SET tries = ruyi_sms_code.tries
		RETURNING hash, tries, expires_at`, p.Zone, p.Number, int(purpose))
	return user.Code{Hash: r.Hash, Tries: r.Tries, ExpiresAt: instant(r.ExpiresAt)}, err
}

func (s users) SaveCode(ctx context.Context, purpose user.Purpose, p user.Phone, c user.Code) error {
	_, err := s.exec(ctx, `UPDATE ruyi_sms_code SET hash = ?, tries = ?, expires_at = ?
		WHERE zone = ? AND phone = ? AND purpose = ?`,
		c.Hash, c.Tries, ms(c.ExpiresAt), p.Zone, p.Number, int(purpose))
	return err
}

func (s users) LockQuota(ctx context.Context, p user.Phone) (user.Quota, error) {
	var r struct {
		LastAt   int64 `db:"last_at"`
		HourFrom int64 `db:"hour_from"`
		Hour     int   `db:"hour"`
		DayFrom  int64 `db:"day_from"`
		Day      int   `db:"day"`
	}
	err := s.get(ctx, &r, `INSERT INTO ruyi_sms_quota (zone, phone, last_at, hour_from, hour, day_from, day)
		VALUES (?, ?, 0, 0, 0, 0, 0)
		ON CONFLICT (zone, phone) DO UPDATE SET last_at = ruyi_sms_quota.last_at
		RETURNING last_at, hour_from, hour, day_from, day`, p.Zone, p.Number)
	return user.Quota{
		LastAt: instant(r.LastAt), HourFrom: instant(r.HourFrom), Hour: r.Hour,
		DayFrom: instant(r.DayFrom), Day: r.Day,
	}, err
}

func (s users) SaveQuota(ctx context.Context, p user.Phone, n user.Quota) error {
	_, err := s.exec(ctx, `UPDATE ruyi_sms_quota SET last_at = ?, hour_from = ?, hour = ?, day_from = ?, day = ?
		WHERE zone = ? AND phone = ?`,
		ms(n.LastAt), ms(n.HourFrom), n.Hour, ms(n.DayFrom), n.Day, p.Zone, p.Number)
	return err
}
