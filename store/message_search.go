package store

import (
	"context"
	"time"

	"github.com/ruyi-im/ruyi/message"
)

type partyRow struct {
	ID     string `db:"id"`
	Type   uint8  `db:"type"`
	Name   string `db:"name"`
	Remark string `db:"remark"`
}

func (r partyRow) party() message.Party {
	return message.Party{
		Channel: message.Channel{ID: r.ID, Type: message.ChannelType(r.Type)}, Name: r.Name, Remark: r.Remark,
	}
}

func (s messages) Contacts(ctx context.Context, uid string) ([]message.Party, error) {
	return all(ctx, s.q, partyRow.party, `SELECT u.uid AS id, 1 AS type, u.name, COALESCE(s.remark, '') AS remark
		FROM ruyi_friend f JOIN ruyi_user u ON u.uid = f.peer
		LEFT JOIN ruyi_contact_setting s ON s.owner = f.owner AND s.peer = f.peer
		WHERE f.owner = ? AND f.deleted = 0 AND u.status <> 2`, uid)
}

func (s messages) Groups(ctx context.Context, uid string) ([]message.Party, error) {
	return all(ctx, s.q, partyRow.party, `SELECT g.no AS id, 2 AS type, g.name, COALESCE(s.remark, '') AS remark
		FROM ruyi_group_member m JOIN ruyi_group g ON g.no = m.group_no
		LEFT JOIN ruyi_group_setting s ON s.uid = m.uid AND s.group_no = m.group_no
		WHERE m.uid = ? AND m.deleted = 0 AND m.status = 1 AND g.status <> 2`, uid)
}

func (s messages) Parties(ctx context.Context, viewer string, channels []message.Channel) ([]message.Party, error) {
	ids := map[message.ChannelType][]string{}
	for _, c := range channels {
		ids[c.Type] = append(ids[c.Type], c.ID)
	}
	parties := []message.Party{}
	for _, kind := range []struct {
		typ   message.ChannelType
		query string
	}{
		{message.Person, `SELECT u.uid AS id, 1 AS type, u.name, COALESCE(s.remark, '') AS remark
			FROM ruyi_user u LEFT JOIN ruyi_contact_setting s ON s.owner = ? AND s.peer = u.uid WHERE u.uid IN `},
		{message.Group, `SELECT g.no AS id, 2 AS type, g.name, COALESCE(s.remark, '') AS remark
			FROM ruyi_group g LEFT JOIN ruyi_group_setting s ON s.uid = ? AND s.group_no = g.no WHERE g.no IN `},
	} {
		if len(ids[kind.typ]) == 0 {
			continue
		}
		list, args := anyOf(ids[kind.typ])
		of, err := all(ctx, s.q, partyRow.party, kind.query+list, append([]any{viewer}, args...)...)
		if err != nil {
			return nil, err
		}
		parties = append(parties, of...)
	}
	return parties, nil
}

func (s messages) Readable(ctx context.Context, uid string, only message.Channel, limit int) ([]int64, error) {
	type row struct {
		Num int64 `db:"num"`
	}
	where, args := "", []any{uid}
	if only != (message.Channel{}) {
		where, args = "AND c.id = ? AND c.type = ?", append(args, only.ID, int(only.Type))
	}
	return all(ctx, s.q, func(r row) int64 { return r.Num }, `SELECT c.num
		FROM ruyi_conversation me JOIN ruyi_chat c ON c.num = me.chat
		WHERE me.uid = ? AND me.active = 1 `+where+` ORDER BY c.shown_at DESC, c.num DESC LIMIT ?`, append(args, limit)...)
}

// mayRead leaves of the messages m the ones that the owner of the conversation me
// may read at a time, the parameter. It needs the joins of extrasOf. The plus keeps
// SQLite, which uses one bound of an index, from taking this one: channels are
// long, and few people cleared them.
const mayRead = ` me.active = 1 AND +m.seq > me.cleared_seq AND h.uid IS NULL AND COALESCE(x.revoked, 0) = 0
	AND (m.expire = 0 OR m.sent_at + CAST(m.expire AS BIGINT) * 1000 > ?)
	AND (m.limited = 0 OR EXISTS (SELECT 1 FROM ruyi_message_visible v WHERE v.message_id = m.id AND v.uid = me.uid)) `

func (s messages) Candidates(ctx context.Context, uid string, channels []int64, share int, now time.Time,
	visit func(message.Candidate)) error {
	type row struct {
		ID      int64  `db:"id"`
		From    string `db:"from_uid"`
		Payload []byte `db:"payload"`
	}
	list, nums := anyOf(channels)
	args := append([]any{uid, share, uid}, nums...)
	return each(ctx, s.q, func(r row) { visit(message.Candidate(r)) }, `SELECT m.id, m.from_uid, m.payload
		FROM ruyi_chat c
		JOIN ruyi_conversation me ON me.uid = ? AND me.chat = c.num
		JOIN ruyi_message m ON m.chat = c.num AND m.seq > c.seq - ? AND m.seq > 0
		LEFT JOIN ruyi_message_extra x ON x.message_id = m.id
		LEFT JOIN ruyi_message_hidden h ON h.uid = ? AND h.message_id = m.id
		WHERE c.num IN `+list+" AND"+mayRead, append(args, ms(now))...)
}

func (s messages) Readables(ctx context.Context, uid string, ids []int64, now time.Time) ([]message.Message, error) {
	list, wanted := anyOf(ids)
	args := append([]any{uid, uid, uid}, wanted...)
	return all(ctx, s.q, messageRow.message, "SELECT "+messageColumns+`, c.id AS channel_id, c.type AS channel_type
		FROM ruyi_message m
		JOIN ruyi_chat c ON c.num = m.chat
		JOIN ruyi_conversation me ON me.uid = ? AND me.chat = m.chat`+extrasOf+`
		WHERE m.id IN `+list+" AND"+mayRead+"ORDER BY m.id DESC", append(args, ms(now))...)
}

// anyOf returns a list of placeholders and its values for IN. It is filled up
// with zero values, which stand for nothing in any table, lest a text for each
// length be kept prepared.
func anyOf[T any](items []T) (list string, args []any) {
	n := 1
	for n < len(items) {
		n *= 4
	}
	args = make([]any, n)
	for i := range args {
		var v T
		if i < len(items) {
			v = items[i]
		}
		args[i] = v
	}
	return "(" + repeat("?", n) + ")", args
}
