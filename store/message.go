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
	policy
}

func (s messageStore) Update(ctx context.Context, fn func(message.Tx) error) error {
	return update(ctx, s.db, func(q q) message.Tx { return messageTx{messages{q}, outbox{q}, policy{q}} }, fn)
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
	Expire      int    `db:"expire"`
	Payload     []byte `db:"payload"`
	SentAt      int64  `db:"sent_at"`
	Hidden      bool   `db:"hidden"`
	Version     int64  `db:"extra_version"`
	Revoked     bool   `db:"revoked"`
	Revoker     string `db:"revoker"`
	Readers     int    `db:"readers"`
	ReadAt      int64  `db:"read_at"`
	Audience    int    `db:"audience"`
}

func (r messageRow) message() message.Message {
	return message.Message{
		ID: r.ID, Seq: max(r.Seq, 0), From: r.From, ClientMsgNo: r.ClientMsgNo,
		Channel: message.Channel{ID: r.ChannelID, Type: message.ChannelType(r.ChannelType)},
		Header:  message.Header{RedDot: r.RedDot, SyncOnce: r.SyncOnce},
		Setting: r.Setting, Expire: r.Expire, Payload: r.Payload, SentAt: instant(r.SentAt), Hidden: r.Hidden,
		Extra: message.Extra{
			Version: r.Version, Revoked: r.Revoked, Revoker: r.Revoker, Readers: r.Readers,
			Read: r.ReadAt > 0, ReadAt: instant(r.ReadAt), Unread: max(r.Audience-r.Readers, 0),
		},
	}
}

func (r messageRow) queued() message.Queued {
	return message.Queued{QueueSeq: r.QueueSeq, Message: r.message()}
}

// messageColumns are those of a message m in channel c, with what became of it,
// x, and what the viewer did with it, h and d. extrasOf joins these; its two
// placeholders are the viewer. The audience, beside the sender, is told only for
// messages that ask for receipts.
const (
	messageColumns = `m.id, m.seq, m.from_uid, m.client_msg_no, m.red_dot, m.sync_once, m.setting, m.expire,
		m.payload, m.sent_at, COALESCE(x.version, 0) AS extra_version, COALESCE(x.revoked, 0) AS revoked,
		COALESCE(x.revoker, '') AS revoker, COALESCE(x.readers, 0) AS readers,
		COALESCE(d.read_at, 0) AS read_at,
		CASE WHEN m.setting < 128 THEN 0
			WHEN m.limited = 1 THEN (SELECT count(*) - 1 FROM ruyi_message_visible v WHERE v.message_id = m.id)
			WHEN c.type = 2 THEN COALESCE((SELECT g.members - 1 FROM ruyi_group g WHERE g.no = c.id), 0)
			ELSE 1 END AS audience`
	extrasOf = ` LEFT JOIN ruyi_message_extra x ON x.message_id = m.id` + viewerOf
	viewerOf = ` LEFT JOIN ruyi_message_hidden h ON h.uid = ? AND h.message_id = m.id
		LEFT JOIN ruyi_message_read d ON d.uid = ? AND d.message_id = m.id AND x.readers > 0 `
)

func (s messages) Queue(ctx context.Context, uid string, after int64, limit int) ([]message.Queued, error) {
	return all(ctx, s.q, messageRow.queued, "SELECT q.seq AS queue_seq, "+messageColumns+`,
			COALESCE(c.id, '') AS channel_id, COALESCE(c.type, 0) AS channel_type,
			CASE WHEN h.uid IS NULL THEN 0 ELSE 1 END AS hidden
		FROM ruyi_queue q JOIN ruyi_message m ON m.chat = q.chat AND m.seq = q.message_seq
		LEFT JOIN ruyi_chat c ON c.num = m.chat
		LEFT JOIN ruyi_conversation me ON me.uid = q.uid AND me.chat = m.chat`+extrasOf+`
		WHERE q.uid = ? AND q.seq > ? AND (m.seq < 0 OR m.seq > COALESCE(me.cleared_seq, 0))
		ORDER BY q.seq LIMIT ?`, uid, uid, uid, after, limit)
}

func (s messages) Acked(ctx context.Context, uid string) (int64, error) {
	var acked int64
	err := s.get(ctx, &acked, "SELECT acked FROM ruyi_queue_head WHERE uid = ?", uid)
	return acked, absent(err, nil)
}

func (s messageTx) Acknowledge(ctx context.Context, uid string, seq int64) error {
	_, err := s.messages.exec(ctx, `UPDATE ruyi_queue_head SET acked = CASE WHEN seq < ? THEN seq ELSE ? END
		WHERE uid = ? AND acked < ?`, seq, seq, uid, seq)
	return err
}
