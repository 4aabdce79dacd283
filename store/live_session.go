package store

import (
	"context"
	"slices"
	"strings"

	"github.com/ruyi-im/ruyi/user"
)

type sessionRow struct {
	TokenHash string `db:"token_hash"`
	UID       string `db:"uid"`
	Flag      uint8  `db:"flag"`
	DeviceID  string `db:"device_id"`
	CreatedAt int64  `db:"created_at"`
	SeenAt    int64  `db:"seen_at"`
	ExpiresAt int64  `db:"expires_at"`
}

func (r sessionRow) session() user.Session {
	return user.Session{
		TokenHash: r.TokenHash, UID: r.UID, Flag: user.Flag(r.Flag), DeviceID: r.DeviceID,
		CreatedAt: instant(r.CreatedAt), SeenAt: instant(r.SeenAt), ExpiresAt: instant(r.ExpiresAt),
	}
}

// sessionsChunk is the number of sessions that one statement asks for, so that
// there is one text for any number of them.
const sessionsChunk = 50

const selectLiveSessions = `SELECT s.token_hash, s.uid, s.flag, s.device_id, s.created_at, s.expires_at,
		CASE WHEN s.seen_at = 0 THEN s.created_at ELSE s.seen_at END AS seen_at
	FROM ruyi_session s JOIN ruyi_user u ON u.uid = s.uid
	WHERE s.ended_at = 0 AND u.status = 1 AND s.token_hash IN (?`

func (s users) SessionsOf(ctx context.Context, hashes []string) ([]user.Session, error) {
	query := selectLiveSessions + strings.Repeat(", ?", sessionsChunk-1) + ")"
	sessions := []user.Session{}
	for some := range slices.Chunk(slices.Compact(slices.Sorted(slices.Values(hashes))), sessionsChunk) {
		args := make([]any, sessionsChunk)
		for i := range args {
			args[i] = some[min(i, len(some)-1)]
		}
		rows, err := all(ctx, s.q, sessionRow.session, query, args...)
		if err != nil {
			return nil, err
		}
		sessions = append(sessions, rows...)
	}
	return sessions, nil
}
