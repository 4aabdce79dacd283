package store

import (
	"context"
	"time"

	"github.com/ruyi-im/ruyi/group"
)

type groupCodeRow struct {
	Hash      string `db:"hash"`
	Kind      uint8  `db:"kind"`
	GroupNo   string `db:"group_no"`
	UID       string `db:"uid"`
	Scanner   string `db:"scanner"`
	InviteNo  string `db:"invite_no"`
	ExpiresAt int64  `db:"expires_at"`
	UsedAt    int64  `db:"used_at"`
}

const selectGroupCode = `SELECT hash, kind, group_no, uid, scanner, invite_no, expires_at, used_at
	FROM ruyi_group_code WHERE hash = ?`

func (q q) groupCode(ctx context.Context, query, hash string) (group.Code, error) {
	var r groupCodeRow
	if err := q.get(ctx, &r, query, hash); err != nil {
		return group.Code{}, absent(err, nil)
	}
	return group.Code{
		Hash: r.Hash, Kind: group.CodeKind(r.Kind), Group: r.GroupNo, UID: r.UID, Scanner: r.Scanner,
		Invite: r.InviteNo, ExpiresAt: instant(r.ExpiresAt), UsedAt: instant(r.UsedAt),
	}, nil
}

func (s groups) Code(ctx context.Context, hash string) (group.Code, error) {
	return s.groupCode(ctx, selectGroupCode, hash)
}

func (s groupWriter) LockCode(ctx context.Context, hash string) (group.Code, error) {
	return s.groupCode(ctx, s.lock(selectGroupCode), hash)
}

func (s groupWriter) AddCode(ctx context.Context, c group.Code) error {
	_, err := s.exec(ctx, `INSERT INTO ruyi_group_code (hash, kind, group_no, uid, scanner, invite_no, expires_at, used_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		c.Hash, int(c.Kind), c.Group, c.UID, c.Scanner, c.Invite, ms(c.ExpiresAt), ms(c.UsedAt))
	return err
}

func (s groupWriter) UseCode(ctx context.Context, hash string, at time.Time) error {
	_, err := s.exec(ctx, "UPDATE ruyi_group_code SET used_at = ? WHERE hash = ?", ms(at), hash)
	return err
}

func (s groupWriter) DropCodes(ctx context.Context, at time.Time, limit int) error {
	// In one order, so that two at once wait for each other instead of both.
	_, err := s.exec(ctx, "DELETE FROM ruyi_group_code WHERE hash IN ("+
		s.lock("SELECT hash FROM ruyi_group_code WHERE expires_at <= ? ORDER BY expires_at, hash LIMIT ?")+")",
		ms(at), limit)
	return err
}
