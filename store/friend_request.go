package store

import (
	"context"

	"github.com/ruyi-im/ruyi/friend"
)

type requestRow struct {
	ID        int64  `db:"id"`
	To        string `db:"to_uid"`
	From      string `db:"from_uid"`
	Token     string `db:"token"`
	Remark    string `db:"remark"`
	Vercode   string `db:"vercode"`
	Status    uint8  `db:"status"`
	Seen      bool   `db:"seen"`
	CreatedAt int64  `db:"created_at"`
	UpdatedAt int64  `db:"updated_at"`
	ExpiresAt int64  `db:"expires_at"`
}

func (r requestRow) request() friend.Request {
	return friend.Request{
		ID: r.ID, To: r.To, From: r.From, Token: r.Token, Remark: r.Remark, Vercode: r.Vercode,
		Status: friend.RequestStatus(r.Status), Seen: r.Seen,
		CreatedAt: instant(r.CreatedAt), UpdatedAt: instant(r.UpdatedAt), ExpiresAt: instant(r.ExpiresAt),
	}
}

const selectRequest = `SELECT id, to_uid, from_uid, token, remark, vercode, status, seen, created_at, updated_at, expires_at
	FROM ruyi_friend_apply `

func (s friends) RequestByToken(ctx context.Context, token string) (friend.Request, error) {
	var r requestRow
	err := s.get(ctx, &r, selectRequest+"WHERE token = ?", token)
	return r.request(), absent(err, friend.ErrNotFound)
}

func (s friends) Request(ctx context.Context, to, from string) (friend.Request, error) {
	var r requestRow
	err := s.get(ctx, &r, selectRequest+"WHERE to_uid = ? AND from_uid = ?", to, from)
	return r.request(), absent(err, friend.ErrNotFound)
}

func (s relations) SaveRequest(ctx context.Context, r friend.Request) error {
	_, err := s.exec(ctx, `INSERT INTO ruyi_friend_apply
			(to_uid, from_uid, token, remark, vercode, status, seen, created_at, updated_at, expires_at)
		VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?, ?)
		ON CONFLICT (to_uid, from_uid) DO UPDATE SET token = excluded.token, remark = excluded.remark,
			vercode = excluded.vercode, status = excluded.status,
			seen = CASE WHEN excluded.status = 0 THEN 0 ELSE ruyi_friend_apply.seen END,
			updated_at = excluded.updated_at, expires_at = excluded.expires_at`,
		r.To, r.From, r.Token, r.Remark, r.Vercode, int(r.Status), ms(r.CreatedAt), ms(r.UpdatedAt), ms(r.ExpiresAt))
	return err
}
