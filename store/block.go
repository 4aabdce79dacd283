package store

import (
	"context"
	"time"

	"github.com/ruyi-im/ruyi/friend"
)

// A query that lists or counts blocks says that blocked_at is above 0, as the
// index does.

func (s friends) BlockedAt(ctx context.Context, owner, peer string) (time.Time, error) {
	var at int64
	err := s.get(ctx, &at, "SELECT blocked_at FROM ruyi_contact_setting WHERE owner = ? AND peer = ?", owner, peer)
	return instant(at), absent(err, nil)
}

func (s friends) Apart(ctx context.Context, a, b string) (bool, error) {
	var n int
	err := s.get(ctx, &n, `SELECT
			(SELECT count(*) FROM ruyi_contact_setting WHERE owner = ? AND peer = ? AND blocked_at <> 0) +
			(SELECT count(*) FROM ruyi_contact_setting WHERE owner = ? AND peer = ? AND blocked_at <> 0)`, a, b, b, a)
	return n > 0, err
}

func (s friends) Blacklist(ctx context.Context, owner string) ([]friend.Blocked, error) {
	type row struct {
		UID       string `db:"peer"`
		Name      string `db:"name"`
		Username  string `db:"username"`
		BlockedAt int64  `db:"blocked_at"`
	}
	return all(ctx, s.q, func(r row) friend.Blocked {
		return friend.Blocked{UID: r.UID, Name: r.Name, Username: r.Username, At: instant(r.BlockedAt)}
	}, `SELECT s.peer, COALESCE(u.name, '') AS name,
			CASE WHEN u.robot = 1 THEN u.username ELSE '' END AS username, s.blocked_at
		FROM ruyi_contact_setting s LEFT JOIN ruyi_user u ON u.uid = s.peer
		WHERE s.owner = ? AND s.blocked_at > 0
		ORDER BY s.blocked_at DESC, s.peer DESC`, owner)
}

func (s friends) CountBlocked(ctx context.Context, owner string) (n int, err error) {
	err = s.get(ctx, &n, "SELECT count(*) FROM ruyi_contact_setting WHERE owner = ? AND blocked_at > 0", owner)
	return n, err
}

func (s friends) CountContacts(ctx context.Context, owner string) (n int, err error) {
	err = s.get(ctx, &n, "SELECT count(*) FROM ruyi_friend WHERE owner = ? AND deleted = 0", owner)
	return n, err
}

func (s relations) SetBlocked(ctx context.Context, owner, peer string, at time.Time) error {
	_, err := s.exec(ctx, `INSERT INTO ruyi_contact_setting (owner, peer, blocked_at) VALUES (?, ?, ?)
		ON CONFLICT (owner, peer) DO UPDATE SET blocked_at = excluded.blocked_at`, owner, peer, ms(at))
	return err
}
