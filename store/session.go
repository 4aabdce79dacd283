package store

import (
	"context"
	"time"

	"github.com/ruyi-im/ruyi/user"
)

func (s users) Session(ctx context.Context, tokenHash string) (user.Session, user.Status, error) {
	var r struct {
		UID       string `db:"uid"`
		Flag      uint8  `db:"flag"`
		DeviceID  string `db:"device_id"`
		CreatedAt int64  `db:"created_at"`
		SeenAt    int64  `db:"seen_at"`
		ExpiresAt int64  `db:"expires_at"`
		Status    uint8  `db:"status"`
	}
	err := s.get(ctx, &r, `SELECT s.uid, s.flag, s.device_id, s.created_at, s.expires_at,
			CASE WHEN s.seen_at = 0 THEN s.created_at ELSE s.seen_at END AS seen_at, u.status
		FROM ruyi_session s JOIN ruyi_user u ON u.uid = s.uid
		WHERE s.token_hash = ? AND s.ended_at = 0`, tokenHash)
	return user.Session{
		TokenHash: tokenHash, UID: r.UID, Flag: user.Flag(r.Flag), DeviceID: r.DeviceID,
		CreatedAt: instant(r.CreatedAt), SeenAt: instant(r.SeenAt), ExpiresAt: instant(r.ExpiresAt),
	}, user.Status(r.Status), absent(err, user.ErrNotFound)
}

func (s users) AddSession(ctx context.Context, n user.Session, keep int) error {
	// Two logins at once must not both survive on the app.
	var uid string
	if err := s.get(ctx, &uid, s.lock("SELECT uid FROM ruyi_user WHERE uid = ?"), n.UID); err != nil {
		return absent(err, user.ErrNotFound)
	}
	var err error
	if n.Flag == user.FlagApp {
		_, err = s.exec(ctx, `UPDATE ruyi_session SET ended_at = ?
			WHERE uid = ? AND ended_at = 0 AND flag = 0`, ms(n.CreatedAt), n.UID)
	} else {
		_, err = s.exec(ctx, `UPDATE ruyi_session SET ended_at = ?
			WHERE token_hash IN (SELECT token_hash FROM ruyi_session
				WHERE uid = ? AND ended_at = 0 AND flag <> 0
				ORDER BY created_at DESC LIMIT 1000 OFFSET ?)`, ms(n.CreatedAt), n.UID, keep-1)
	}
	if err != nil {
		return err
	}
	_, err = s.exec(ctx, `INSERT INTO ruyi_session (token_hash, uid, flag, device_id, created_at, seen_at, expires_at)
		VALUES (?, ?, ?, ?, ?, ?, ?)`,
		n.TokenHash, n.UID, int(n.Flag), n.DeviceID, ms(n.CreatedAt), ms(n.SeenAt), ms(n.ExpiresAt))
	return err
}

func (s users) SeeSession(ctx context.Context, tokenHash string, at time.Time) error {
	// Two requests may come in the wrong order.
	_, err := s.exec(ctx, `UPDATE ruyi_session SET seen_at = ?
		WHERE token_hash = ? AND ended_at = 0 AND seen_at < ?`, ms(at), tokenHash, ms(at))
	return err
}

func (s users) EndSession(ctx context.Context, uid, tokenHash string, at time.Time) error {
	_, err := s.exec(ctx, `UPDATE ruyi_session SET ended_at = ?
		WHERE token_hash = ? AND uid = ? AND ended_at = 0`, ms(at), tokenHash, uid)
	return err
}

func (s users) EndSessions(ctx context.Context, uid, except string, at time.Time) error {
	_, err := s.exec(ctx, `UPDATE ruyi_session SET ended_at = ?
		WHERE uid = ? AND ended_at = 0 AND token_hash <> ?`, ms(at), uid, except)
	return err
}

func (s users) EndComputers(ctx context.Context, uid string, at time.Time) error {
	_, err := s.exec(ctx, `UPDATE ruyi_session SET ended_at = ?
		WHERE uid = ? AND ended_at = 0 AND flag <> 0`, ms(at), uid)
	return err
}
