package store

import (
	"context"
	"slices"
)

type peerRow struct {
	Peer string `db:"peer"`
}

func (r peerRow) peer() string { return r.Peer }

func (s friends) FriendsAmong(ctx context.Context, owner string, peers []string) ([]string, error) {
	return among(ctx, s.q, peerRow.peer, peers, func(in string) string {
		return `SELECT f.peer FROM ruyi_friend f
			JOIN ruyi_friend b ON b.owner = f.peer AND b.peer = f.owner
			LEFT JOIN ruyi_contact_setting s ON s.owner = f.owner AND s.peer = f.peer
			LEFT JOIN ruyi_contact_setting o ON o.owner = f.peer AND o.peer = f.owner
			WHERE f.owner = ? AND f.deleted = 0 AND f.alone = 0 AND b.deleted = 0 AND b.alone = 0
				AND COALESCE(s.blocked_at, 0) = 0 AND COALESCE(o.blocked_at, 0) = 0 AND f.peer IN (` + in + ")"
	}, owner)
}

func (s friends) ApartAmong(ctx context.Context, uid string, others []string) ([]string, error) {
	mine, err := among(ctx, s.q, peerRow.peer, others, func(in string) string {
		return "SELECT peer FROM ruyi_contact_setting WHERE owner = ? AND blocked_at > 0 AND peer IN (" + in + ")"
	}, uid)
	if err != nil {
		return nil, err
	}
	theirs, err := among(ctx, s.q, peerRow.peer, others, func(in string) string {
		return "SELECT owner AS peer FROM ruyi_contact_setting WHERE peer = ? AND blocked_at > 0 AND owner IN (" + in + ")"
	}, uid)
	if err != nil {
		return nil, err
	}
	return slices.Compact(slices.Sorted(slices.Values(append(mine, theirs...)))), nil
}
