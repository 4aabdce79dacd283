package store

import (
	"context"

	"github.com/ruyi-im/ruyi/message"
)

// sentQuery says who is exempt from the index, as the index does, or it would not
// be used.
const sentQuery = `SELECT m.id, m.seq, m.from_uid, m.client_msg_no, m.red_dot, m.sync_once, m.setting,
		m.expire, m.payload, m.sent_at, COALESCE(c.id, '') AS channel_id, COALESCE(c.type, 0) AS channel_type
	FROM ruyi_message m LEFT JOIN ruyi_chat c ON c.num = m.chat
	WHERE m.from_uid = ? AND m.client_msg_no = ? AND m.from_uid <> 'u_10000'`

func (s messages) Sent(ctx context.Context, from, clientMsgNo string) (message.Message, bool, error) {
	var r messageRow
	err := s.get(ctx, &r, sentQuery, from, clientMsgNo)
	return r.message(), err == nil, absent(err, nil)
}
