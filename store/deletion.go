package store

import (
	"context"

	"github.com/ruyi-im/ruyi/message"
)

// LockPlace locks the channel first: what it reads after that nobody changes any
// more.
func (s messageTx) LockPlace(ctx context.Context, uid string, ch message.Channel) (message.Place, error) {
	var num int64
	err := s.messages.get(ctx, &num, s.messages.lock("SELECT num FROM ruyi_chat WHERE id = ? AND type = ?"), ch.ID, int(ch.Type))
	if err != nil {
		return message.Place{}, absent(err, nil)
	}
	p, err := s.place(ctx, uid, ch)
	return message.Place{Follows: p.Active, Cleared: p.Cleared, Last: p.Seq, Large: p.Large}, err
}

func (s messageTx) Hide(ctx context.Context, uid string, ids ...int64) error {
	return insertRows(ctx, s.messages.q, "INSERT INTO ruyi_message_hidden (uid, message_id) VALUES ", "(?, ?)",
		" ON CONFLICT DO NOTHING", ids, func(id int64) []any { return []any{uid, id} })
}

func (s messageTx) Clear(ctx context.Context, uid string, ch message.Channel, seq int64) (int64, error) {
	p, err := s.place(ctx, uid, ch)
	if err != nil {
		return 0, err
	}
	// Only as many are counted as were unread.
	unread := max(p.Dots-p.ReadDots, 0)
	err = s.messages.get(ctx, &unread, `SELECT count(*) FROM (
			SELECT 1 AS one FROM ruyi_message m
			WHERE m.chat = ? AND m.seq > ? AND m.seq > 0 AND m.red_dot = 1 AND m.from_uid <> ? AND `+forViewer+`
			LIMIT ?) AS counted`, p.Num, seq, uid, uid, unread)
	if err != nil {
		return 0, err
	}
	_, err = s.messages.exec(ctx, `UPDATE ruyi_conversation SET cleared_seq = ?, read_dots = ?,
			read_seq = CASE WHEN read_seq < ? THEN ? ELSE read_seq END
		WHERE uid = ? AND chat = ?`, seq, p.Dots-unread, seq, seq, uid, p.Num)
	return unread, err
}
