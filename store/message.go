package store

import (
	"context"

	"github.com/ruyi-im/ruyi/message"
)

// messages reads messages and satisfies message.Reader.
type messages struct{ q }

type messageStore struct {
	messages
	db *DB
}

// messageTx is everything that commits together when messages change.
type messageTx struct {
	messages
	outbox
}

func (s messageStore) Update(ctx context.Context, fn func(message.Tx) error) error {
	return update(ctx, s.db, func(q q) message.Tx { return messageTx{messages{q}, outbox{q}} }, fn)
}

type messageRow struct {
	QueueSeq    int64  `db:"queue_seq"`
	ID          int64  `db:"id"`
	ChannelID   string `db:"channel_id"`
	ChannelType uint8  `db:"channel_type"`
	Seq         int64  `db:"seq"`
	From        string `db:"from_uid"`
	ClientMsgNo string `db:"client_msg_no"`
	RedDot      bool   `db:"red_dot"`
	SyncOnce    bool   `db:"sync_once"`
	Setting     uint8  `db:"setting"`
	Payload     []byte `db:"payload"`
	SentAt      int64  `db:"sent_at"`
}

func (r messageRow) message() message.Message {
	return message.Message{
		ID: r.ID, Seq: r.Seq, From: r.From, ClientMsgNo: r.ClientMsgNo,
		Channel: message.Channel{ID: r.ChannelID, Type: message.ChannelType(r.ChannelType)},
		Header:  message.Header{RedDot: r.RedDot, SyncOnce: r.SyncOnce},
		Setting: r.Setting, Payload: r.Payload, SentAt: instant(r.SentAt),
	}
}

func (r messageRow) queued() message.Queued {
	return message.Queued{QueueSeq: r.QueueSeq, Message: r.message()}
}

const messageColumns = `m.id, m.channel_id, m.channel_type, m.seq, m.from_uid, m.client_msg_no,
	m.red_dot, m.sync_once, m.setting, m.payload, m.sent_at`

func (s messages) Queue(ctx context.Context, uid string, after int64, limit int) ([]message.Queued, error) {
	return all(ctx, s.q, messageRow.queued, "SELECT q.seq AS queue_seq, "+messageColumns+`
		FROM ruyi_queue q JOIN ruyi_message m ON m.id = q.message_id
		WHERE q.uid = ? AND q.seq > ? ORDER BY q.seq LIMIT ?`, uid, after, limit)
}

func (s messages) Acked(ctx context.Context, uid string) (int64, error) {
	var acked int64
	err := s.get(ctx, &acked, "SELECT acked FROM ruyi_queue_head WHERE uid = ?", uid)
	return acked, absent(err, nil)
}

func (s messages) History(ctx context.Context, ch message.Channel, after int64, limit int) ([]message.Message, error) {
	return all(ctx, s.q, messageRow.message, "SELECT "+messageColumns+` FROM ruyi_message m
		WHERE m.channel_id = ? AND m.channel_type = ? AND m.seq > 0 AND m.seq > ? ORDER BY m.seq LIMIT ?`,
		ch.ID, int(ch.Type), after, limit)
}

func (s messageTx) Acknowledge(ctx context.Context, uid string, seq int64) error {
	_, err := s.messages.exec(ctx, `UPDATE ruyi_queue_head SET acked = CASE WHEN seq < ? THEN seq ELSE ? END
		WHERE uid = ? AND acked < ?`, seq, seq, uid, seq)
	return err
}
