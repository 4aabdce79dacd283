package store

import (
	"context"

	"github.com/ruyi-im/ruyi/friend"
)

type receivedRow struct {
	requestRow
	Name string `db:"name"`
}

func (r receivedRow) received() friend.ReceivedRequest {
	return friend.ReceivedRequest{Request: r.request(), Name: r.Name}
}

func (s friends) ReceivedRequests(ctx context.Context, uid string, offset, limit int) ([]friend.ReceivedRequest, error) {
	return all(ctx, s.q, receivedRow.received, `SELECT a.id, a.to_uid, a.from_uid, a.token, a.remark, a.status,
			a.seen, a.created_at, a.updated_at, a.expires_at, COALESCE(u.name, '') AS name
		FROM ruyi_friend_apply a
		LEFT JOIN ruyi_user u ON u.uid = a.from_uid
		WHERE a.to_uid = ?
		ORDER BY a.updated_at DESC, a.id DESC LIMIT ? OFFSET ?`, uid, limit, offset)
}

func (s friends) UnseenRequests(ctx context.Context, uid string) (int, error) {
	var n int
	err := s.get(ctx, &n, "SELECT COUNT(*) FROM ruyi_friend_apply WHERE to_uid = ? AND seen = 0 AND status = 0", uid)
	return n, err
}

func (s relations) DeleteRequest(ctx context.Context, to, from string) error {
	_, err := s.exec(ctx, "DELETE FROM ruyi_friend_apply WHERE to_uid = ? AND from_uid = ?", to, from)
	return err
}

func (s relations) SeeRequests(ctx context.Context, uid string) error {
	_, err := s.exec(ctx, "UPDATE ruyi_friend_apply SET seen = 1 WHERE to_uid = ? AND seen = 0", uid)
	return err
}

// Category serves the ending of a friendship.
func (s friends) Category(ctx context.Context, uid string) (string, error) {
	var category string
	err := s.get(ctx, &category, "SELECT category FROM ruyi_user WHERE uid = ?", uid)
	return category, absent(err, nil)
}
