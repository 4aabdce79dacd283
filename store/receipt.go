package store

import (
	"context"
	"slices"
	"time"

	"github.com/ruyi-im/ruyi/message"
)

func (s messages) Extras(ctx context.Context, viewer string, ch message.Channel, version int64, limit int) ([]message.Message, error) {
	p, err := s.place(ctx, viewer, ch)
	if err != nil || !p.Active {
		return []message.Message{}, err
	}
	changed, err := all(ctx, s.q, messageRow.message, "SELECT "+messageColumns+`, c.id AS channel_id, c.type AS channel_type, 0 AS hidden
		FROM ruyi_message_extra x JOIN ruyi_message m ON m.id = x.message_id
		LEFT JOIN ruyi_chat c ON c.num = m.chat`+viewerOf+`
		WHERE x.chat = ? AND x.version > ? AND m.seq > ? AND h.uid IS NULL AND `+forViewer+` ORDER BY x.version LIMIT ?`,
		viewer, viewer, p.Num, version, p.Cleared, viewer, limit)
	for i := range changed {
		changed[i].Payload = nil
	}
	return changed, err
}

func (s messageTx) AddReader(ctx context.Context, uid string, at time.Time, read ...message.Message) error {
	fresh, err := s.addReads(ctx, uid, at, read)
	if err != nil || len(fresh) == 0 {
		return err
	}
	chat, version, err := s.tick(ctx, fresh[0].Channel, len(fresh))
	if err != nil {
		return err
	}
	return insertRows(ctx, s.messages.q, `INSERT INTO ruyi_message_extra
			(message_id, chat, seq, version, revoked, revoker, readers) VALUES `, "(?, ?, ?, ?, 0, '', 1)",
		` ON CONFLICT (message_id) DO UPDATE SET version = excluded.version, readers = ruyi_message_extra.readers + 1`,
		fresh, func(m message.Message) []any {
			version++
			return []any{m.ID, chat, m.Seq, version - 1}
		})
}

// addReads returns those of the messages that uid had not read before.
func (s messageTx) addReads(ctx context.Context, uid string, at time.Time, read []message.Message) (fresh []message.Message, err error) {
	type row struct {
		ID int64 `db:"message_id"`
	}
	added := map[int64]bool{}
	for chunk := range slices.Chunk(read, rowsAtOnce) {
		var args []any
		for _, m := range chunk {
			args = append(args, m.ID, uid, ms(at))
		}
		ids, err := all(ctx, s.messages.q, func(r row) int64 { return r.ID }, "INSERT INTO ruyi_message_read (message_id, uid, read_at) VALUES "+
			repeat("(?, ?, ?)", len(chunk))+" ON CONFLICT DO NOTHING RETURNING message_id", args...)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			added[id] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(read), func(m message.Message) bool { return !added[m.ID] }), nil
}
