package store

import (
	"context"
	"slices"

	"github.com/ruyi-im/ruyi/message"
)

// lockChat returns the channel and holds its counters, making it where it is not.
func (s outbox) lockChat(ctx context.Context, ch message.Channel) (c struct {
	Num  int64 `db:"num"`
	Seq  int64 `db:"seq"`
	Dots int64 `db:"dots"`
}, err error) {
	err = s.get(ctx, &c, `INSERT INTO ruyi_chat (id, type, seq) VALUES (?, ?, 0)
		ON CONFLICT (id, type) DO UPDATE SET seq = ruyi_chat.seq RETURNING num, seq, dots`, ch.ID, int(ch.Type))
	return c, err
}

func (s outbox) Subscribe(ctx context.Context, ch message.Channel, history bool, uids ...string) error {
	c, err := s.lockChat(ctx, ch)
	if err != nil {
		return err
	}
	cleared := c.Seq
	if history {
		cleared = 0
	}
	return s.subscribe(ctx, c.Num, cleared, c.Dots, uids)
}

// subscribe makes a channel a conversation of uids, who have read so many of its
// red dots and see nothing up to cleared.
func (s outbox) subscribe(ctx context.Context, chat, cleared, dots int64, uids []string) error {
	uids = slices.Sorted(slices.Values(uids)) // one order for everybody
	return insertRows(ctx, s.q, "INSERT INTO ruyi_conversation (uid, chat, active, cleared_seq, read_dots) VALUES ",
		"(?, ?, 1, ?, ?)", ` ON CONFLICT (uid, chat) DO UPDATE SET active = 1, cleared_seq = excluded.cleared_seq,
			read_dots = excluded.read_dots, hidden_seq = 0 WHERE ruyi_conversation.active = 0`,
		slices.Compact(uids), func(uid string) []any { return []any{uid, chat, cleared, dots} })
}

func (s outbox) Unsubscribe(ctx context.Context, ch message.Channel, uids ...string) error {
	c, err := s.lockChat(ctx, ch)
	if err != nil {
		return err
	}
	for _, uid := range slices.Sorted(slices.Values(uids)) {
		if _, err := s.exec(ctx, `UPDATE ruyi_conversation SET active = 0, hidden_seq = ? WHERE uid = ? AND chat = ?`,
			c.Seq, uid, c.Num); err != nil {
			return err
		}
	}
	return nil
}

func (s outbox) SetLarge(ctx context.Context, ch message.Channel, large bool) error {
	c, err := s.lockChat(ctx, ch)
	if err != nil {
		return err
	}
	_, err = s.exec(ctx, "UPDATE ruyi_chat SET large = ? WHERE num = ?", bit(large), c.Num)
	return err
}
