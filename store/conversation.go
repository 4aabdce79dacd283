package store

import (
	"context"
	"time"

	"github.com/ruyi-im/ruyi/message"
)

// In these texts me is a conversation and l a message of its channel. The list
// shows messages that are addressed to its owner and were kept: neither deleted
// by the owner nor gone, for which the placeholder is the time. Nothing else may
// move a conversation, or its owner would learn of what is not for him.
const (
	inChat = " FROM ruyi_message l WHERE l.chat = me.chat AND l.seq > 0"
	// Comparing with <> rather than = tells a planner that nearly all pass.
	addressed = ` AND (l.setting & 64) <> 64 AND (l.limited = 0 OR EXISTS (SELECT 1 FROM ruyi_message_visible v
		WHERE v.message_id = l.id AND v.uid = me.uid))`
	kept = ` AND (l.expire = 0 OR l.sent_at + CAST(l.expire AS BIGINT) * 1000 > ?)
		AND NOT EXISTS (SELECT 1 FROM ruyi_message_hidden k WHERE k.uid = me.uid AND k.message_id = l.id)`
	newest = inChat + " AND l.seq > me.cleared_seq" + addressed + kept

	// peer is the other party of a person channel "a@b"; no uid has an "@". It is
	// worked out for groups too, whose ids may be shorter than a uid.
	peer = `CASE WHEN c.type <> 1 THEN '' WHEN substr(c.id, 1, length(me.uid) + 1) = me.uid || '@'
		THEN substr(c.id, length(me.uid) + 2) ELSE substr(c.id, 1, length(c.id) - length(me.uid) - 1) END`
)

// conversationRow is a conversation with its newest message.
type conversationRow struct {
	messageRow
	Num            int64  `db:"num"`
	ShownAt        int64  `db:"shown_at"`
	Unread         int64  `db:"unread"`
	ReadSeq        int64  `db:"read_seq"`
	ClearedSeq     int64  `db:"cleared_seq"`
	BrowseTo       int64  `db:"browse_to"`
	KeepMessageSeq int64  `db:"keep_message_seq"`
	KeepOffsetY    int64  `db:"keep_offset_y"`
	Draft          string `db:"draft"`
	KeptVersion    int64  `db:"kept_version"`
	Mute           bool   `db:"mute"`
	Top            bool   `db:"top"`
}

func (r conversationRow) conversation() message.Conversation {
	last := r.message()
	return message.Conversation{
		Channel: last.Channel, Unread: r.Unread, ReadSeq: r.ReadSeq, ClearedSeq: r.ClearedSeq,
		Mute: r.Mute, Top: r.Top, Version: r.ShownAt, Recents: []message.Message{last}, Extra: r.extra(),
	}
}

func (r conversationRow) extra() message.ConversationExtra {
	return message.ConversationExtra{
		Channel:  message.Channel{ID: r.ChannelID, Type: message.ChannelType(r.ChannelType)},
		BrowseTo: r.BrowseTo, KeepMessageSeq: r.KeepMessageSeq, KeepOffsetY: r.KeepOffsetY,
		Draft: r.Draft, Version: r.KeptVersion,
	}
}

func (s messages) Conversations(ctx context.Context, uid string, now time.Time, limit, recents int) ([]message.Conversation, error) {
	at := ms(now)
	// What is read apart and first is one row for a conversation. A planner that
	// could mix it with the rest would read all messages of all channels.
	rows, err := all(ctx, s.q, func(r conversationRow) conversationRow { return r }, `WITH listed AS MATERIALIZED (
			SELECT me.uid, c.num, c.id, c.type, c.shown_at,
				CASE WHEN c.dots > me.read_dots THEN c.dots - me.read_dots ELSE 0 END AS unread,
				me.read_seq, me.cleared_seq, me.browse_to, me.keep_message_seq, me.keep_offset_y, me.draft,
				me.extra_version AS kept_version, `+peer+` AS peer,
				(SELECT l.id`+newest+` ORDER BY l.seq DESC LIMIT 1) AS last_id
			FROM ruyi_conversation me JOIN ruyi_chat c ON c.num = me.chat
			WHERE me.uid = ? AND me.active = 1 AND c.shown_seq > me.hidden_seq
				AND (me.hidden_seq = 0 OR EXISTS (SELECT 1`+inChat+` AND l.seq > me.hidden_seq`+addressed+`)))
		SELECT c.num, c.id AS channel_id, c.type AS channel_type, c.shown_at, c.unread, c.read_seq, c.cleared_seq, c.browse_to,
			c.keep_message_seq, c.keep_offset_y, c.draft, c.kept_version,
			COALESCE(p.mute, g.mute, 0) AS mute, COALESCE(p.top, g.top, 0) AS top, `+messageColumns+`
		FROM listed c JOIN ruyi_message m ON m.id = c.last_id`+extrasOf+`
		LEFT JOIN ruyi_contact_setting p ON p.owner = c.uid AND p.peer = c.peer
		LEFT JOIN ruyi_group_setting g ON g.uid = c.uid AND g.group_no = c.id
		ORDER BY m.sent_at DESC, m.id DESC LIMIT ?`, at, uid, uid, uid, limit)
	if err != nil {
		return nil, err
	}
	list := make([]message.Conversation, len(rows))
	for i, r := range rows {
		list[i] = r.conversation()
	}
	if recents == 1 || len(rows) == 0 {
		return list, nil
	}
	return list, s.recents(ctx, uid, at, recents, rows, list)
}

// recents puts the messages before the last into list, whose conversations are
// those of rows.
func (s messages) recents(ctx context.Context, uid string, at int64, recents int, rows []conversationRow, list []message.Conversation) error {
	place := make(map[int64]int, len(rows))
	chats := make([]int64, len(rows))
	for i, r := range rows {
		place[r.Num], chats[i] = i, r.Num
	}
	nums := padded(chats)
	// SQLite keeps the order of a cross join, and might else begin with all messages.
	args := append([]any{at, uid}, nums...)
	older, err := all(ctx, s.q, func(r conversationRow) conversationRow { return r }, `WITH RECURSIVE recent (uid, chat, cleared_seq, seq, n) AS (
			SELECT me.uid, me.chat, me.cleared_seq, (SELECT l.seq`+newest+` ORDER BY l.seq DESC LIMIT 1), 1
			FROM ruyi_conversation me
			WHERE me.uid = ? AND me.active = 1 AND me.chat IN (`+repeat("?", len(nums))+`)
			UNION ALL SELECT me.uid, me.chat, me.cleared_seq,
				(SELECT l.seq`+newest+` AND l.seq < me.seq ORDER BY l.seq DESC LIMIT 1), me.n + 1
			FROM recent me WHERE me.n < ? AND me.seq IS NOT NULL)
		SELECT me.chat AS num, `+messageColumns+`
		FROM recent me CROSS JOIN ruyi_chat c CROSS JOIN ruyi_message m`+extrasOf+`
		WHERE c.num = me.chat AND m.chat = me.chat AND m.seq = me.seq AND m.seq > 0
		ORDER BY me.chat, me.seq DESC`, append(args, at, recents, uid, uid)...)
	for _, r := range older {
		c, m := &list[place[r.Num]], r.message()
		// What has come since the list was read is for the next one.
		if m.Channel = c.Channel; m.Seq < c.Last().Seq {
			c.Recents = append(c.Recents, m)
		}
	}
	return err
}

func (s messages) ConversationExtras(ctx context.Context, uid string, version int64, limit int) ([]message.ConversationExtra, error) {
	return all(ctx, s.q, conversationRow.extra, `SELECT c.id AS channel_id, c.type AS channel_type, me.browse_to,
			me.keep_message_seq, me.keep_offset_y, me.draft, me.extra_version AS kept_version
		FROM ruyi_conversation me JOIN ruyi_chat c ON c.num = me.chat
		WHERE me.uid = ? AND me.extra_version > 0 AND me.extra_version > ? AND me.active = 1
		ORDER BY me.extra_version LIMIT ?`, uid, version, limit)
}

// padded returns the items as arguments, the last one repeated until they are as
// many as one of few numbers: a statement with so many placeholders is kept
// prepared.
func padded[T any](items []T) []any {
	n := len(items)
	for _, size := range []int{1, 20, 200, 500} {
		if n <= size {
			n = size
			break
		}
	}
	args := make([]any, n)
	for i := range args {
		args[i] = items[min(i, len(items)-1)]
	}
	return args
}
