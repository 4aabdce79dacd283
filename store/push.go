package store

import (
	"context"
	"time"

	"github.com/ruyi-im/ruyi/user"
)

func (s users) PushTarget(ctx context.Context, uid string, now time.Time) (user.PushTarget, error) {
	var r struct {
		Token    string `db:"device_token"`
		Type     string `db:"device_type"`
		BundleID string `db:"bundle_id"`
		Badge    int    `db:"badge"`
	}
	err := s.get(ctx, &r, `SELECT p.device_token, p.device_type, p.bundle_id, p.badge
		FROM ruyi_push p LEFT JOIN ruyi_session s ON s.token_hash = p.session
		WHERE p.uid = ? AND (p.session = '' OR (s.ended_at = 0 AND s.expires_at > ?))`, uid, ms(now))
	return user.PushTarget{
		PushDevice: user.PushDevice{Token: r.Token, Type: user.PushType(r.Type), BundleID: r.BundleID},
		Badge:      r.Badge,
	}, absent(err, user.ErrNotFound)
}

func (s users) SavePush(ctx context.Context, uid, session string, d user.PushDevice) error {
	type held struct {
		UID   string `db:"uid"`
		Badge int    `db:"badge"`
	}
	// In one order, for two users may be exchanging their devices.
	rows, err := all(ctx, s.q, func(r held) held { return r }, s.lock(`SELECT uid, badge FROM ruyi_push
		WHERE uid = ? OR device_token = ? ORDER BY device_token`), uid, d.Token)
	if err != nil {
		return err
	}
	badge := 0
	for _, r := range rows {
		if r.UID == uid {
			badge = r.Badge
		}
	}
	if _, err := s.exec(ctx, "DELETE FROM ruyi_push WHERE uid = ? AND device_token <> ?", uid, d.Token); err != nil {
		return err
	}
	_, err = s.exec(ctx, `INSERT INTO ruyi_push (device_token, uid, device_type, bundle_id, session, badge)
		VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (device_token) DO UPDATE SET uid = excluded.uid, device_type = excluded.device_type,
			bundle_id = excluded.bundle_id, session = excluded.session, badge = excluded.badge`,
		d.Token, uid, string(d.Type), d.BundleID, session, badge)
	return err
}

func (s users) RemovePush(ctx context.Context, uid string) error {
	_, err := s.exec(ctx, "DELETE FROM ruyi_push WHERE uid = ?", uid)
	return err
}

func (s users) SaveBadge(ctx context.Context, uid string, badge int) error {
	_, err := s.exec(ctx, "UPDATE ruyi_push SET badge = ? WHERE uid = ?", badge, uid)
	return err
}
