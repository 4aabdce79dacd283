package store

import (
	"context"

	"github.com/ruyi-im/ruyi/message"
)

func (s messageTx) LockRole(ctx context.Context, groupNo, uid string) (uint8, error) {
	var no string
	err := s.messages.get(ctx, &no, s.messages.lock("SELECT no FROM ruyi_group WHERE no = ?"), groupNo)
	if err != nil {
		return 0, absent(err, nil)
	}
	var role uint8
	err = s.messages.get(ctx, &role, "SELECT role FROM ruyi_group_member WHERE group_no = ? AND uid = ? AND deleted = 0", groupNo, uid)
	return role, absent(err, nil)
}

func (s messageTx) SetRevoked(ctx context.Context, m message.Message, revoker string) error {
	chat, version, err := s.tick(ctx, m.Channel, 1)
	if err != nil {
		return err
	}
	_, err = s.messages.exec(ctx, `INSERT INTO ruyi_message_extra (message_id, chat, seq, version, revoked, revoker, readers)
		VALUES (?, ?, ?, ?, 1, ?, 0)
		ON CONFLICT (message_id) DO UPDATE SET version = excluded.version, revoked = 1, revoker = excluded.revoker`,
		m.ID, chat, m.Seq, version, revoker)
	return err
}

// tick takes the next n versions of a channel's extras and returns its number
// and the first of them.
func (s messageTx) tick(ctx context.Context, ch message.Channel, n int) (chat, first int64, err error) {
	var c struct {
		Num     int64 `db:"num"`
		Version int64 `db:"extra_version"`
	}
	err = s.messages.get(ctx, &c, `UPDATE ruyi_chat SET extra_version = extra_version + ? WHERE id = ? AND type = ?
		RETURNING num, extra_version`, n, ch.ID, int(ch.Type))
	return c.Num, c.Version - int64(n) + 1, err
}
