package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/ruyi-im/ruyi/message"
)

// outbox writes messages and satisfies message.Outbox.
type outbox struct{ q }

func (s outbox) Emit(ctx context.Context, drafts ...message.Draft) error {
	_, err := s.Deliver(ctx, drafts...)
	return err
}

// Deliver locks what it counts up in one order for everybody: channels, then
// queues, each sorted. The counters' rows stay locked until the transaction ends,
// so numbers become visible in their order.
func (s outbox) Deliver(ctx context.Context, drafts ...message.Draft) ([]message.Message, error) {
	chats, err := s.openChats(ctx, drafts)
	if err != nil {
		return nil, err
	}
	sent := make([]message.Message, len(drafts))
	var copies []queueRow
	for i, d := range drafts {
		chat := chats[d.Channel]
		if d.Header.NoPersist {
			sent[i] = stored(d, chat)
			sent[i].ID = s.db.ids.next(d.SentAt)
			continue
		}
		recipients, err := s.recipients(ctx, d, chat)
		if err != nil {
			return nil, err
		}
		m := stored(d, chat)
		if m.ID, err = s.insert(ctx, d, chat.num(), m.Seq); err != nil {
			return nil, err
		}
		if err := s.limit(ctx, d, m.ID); err != nil {
			return nil, err
		}
		for _, uid := range recipients {
			copies = append(copies, queueRow{hearing: hearing{uid, m.ID}, chat: chat.num(), place: place(m.Seq, m.ID)})
		}
		sent[i] = m
	}
	summons, copies, err := s.distribute(ctx, drafts, sent, chats, copies)
	if err != nil {
		return nil, err
	}
	s.announce(ctx, drafts, chats, sent, copies)
	s.announce(ctx, summons.drafts, nil, summons.sent, copies)
	return sent, s.converse(ctx, drafts, chats)
}

// stored is d at the next place of its channel.
func stored(d message.Draft, chat *openChat) message.Message {
	m := message.Message{
		Channel: d.Channel, From: d.From, ClientMsgNo: d.ClientMsgNo, Header: d.Header,
		Setting: d.Setting, Expire: d.Expire, Payload: d.Payload, SentAt: d.SentAt,
	}
	if inHistory(d) {
		chat.seq++
		m.Seq = chat.seq
	}
	return m
}

// inHistory reports whether d gets a place in a channel.
func inHistory(d message.Draft) bool {
	return d.Channel != (message.Channel{}) && !d.Header.SyncOnce && !d.Header.NoPersist
}

// raisesUnread reports whether d is news to those who may see it.
func raisesUnread(d message.Draft) bool {
	return inHistory(d) && d.Header.RedDot && d.Setting&message.SettingNoConversation == 0
}

// recipients returns whose queues receive d.
func (s outbox) recipients(ctx context.Context, d message.Draft, chat *openChat) ([]string, error) {
	recipients := d.Recipients
	if recipients == nil && d.Channel.Type == message.Group && !chat.Large {
		var err error
		if recipients, err = chat.people(ctx, s.q); err != nil {
			return nil, err
		}
	}
	if len(d.Visibles) == 0 {
		return recipients, nil
	}
	seeing := map[string]bool{d.From: true}
	for _, uid := range d.Visibles {
		seeing[uid] = true
	}
	return slices.DeleteFunc(slices.Clone(recipients), func(uid string) bool { return !seeing[uid] }), nil
}

// insert stores a message under an id of its own. Another process may have drawn
// the same one within the same millisecond, or many while the clock stood still;
// then the next is taken. Nothing inserted, rather than a constraint error, which
// on PostgreSQL would end the transaction, is also how a number shows that its
// sender has used.
func (s outbox) insert(ctx context.Context, d message.Draft, chat, seq int64) (int64, error) {
	for range 1 << idRandomBits {
		id := s.db.ids.next(d.SentAt)
		n, err := s.exec(ctx, `INSERT INTO ruyi_message (id, chat, seq, from_uid, client_msg_no, red_dot,
				sync_once, setting, expire, limited, payload, sent_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			id, chat, place(seq, id), d.From, d.ClientMsgNo, bit(d.Header.RedDot), bit(d.Header.SyncOnce), int(d.Setting),
			d.Expire, bit(len(d.Visibles) > 0), string(d.Payload), ms(d.SentAt))
		if err != nil || n == 1 {
			return id, err
		}
		if _, used, err := (messages(s)).Sent(ctx, d.From, d.ClientMsgNo); err != nil || used {
			return 0, cmp.Or(err, message.ErrClientMsgNo)
		}
	}
	return 0, fmt.Errorf("store: no free id for place %d of channel %d", seq, chat)
}

// limit records who may see a message that is not for everybody.
func (s outbox) limit(ctx context.Context, d message.Draft, id int64) error {
	seeing := slices.Clone(d.Visibles)
	if len(seeing) == 0 {
		return nil
	}
	seeing = append(seeing, d.From)
	slices.Sort(seeing)
	return insertRows(ctx, s.q, "INSERT INTO ruyi_message_visible (message_id, uid) VALUES ", "(?, ?)", "",
		slices.Compact(seeing), func(uid string) []any { return []any{id, uid} })
}

// queueRow is a message on its way into a queue.
type queueRow struct {
	hearing
	chat  int64 // where the message lies
	place int64
	seq   int64 // its number in the queue, once it has one
}

// hearing is that somebody gets a copy of a message.
type hearing struct {
	uid     string
	message int64
}

// enqueue gives the rows the next numbers of their queues, in their order.
func (s outbox) enqueue(ctx context.Context, rows []queueRow) error {
	if len(rows) == 0 {
		return nil
	}
	counts := map[string]int64{}
	for _, r := range rows {
		counts[r.uid]++
	}
	next, err := s.reserve(ctx, counts, rows[0].message)
	if err != nil {
		return err
	}
	for i, r := range rows {
		next[r.uid]++
		rows[i].seq = next[r.uid]
	}
	return insertRows(ctx, s.q, "INSERT INTO ruyi_queue (uid, seq, message_id, chat, message_seq) VALUES ", "(?, ?, ?, ?, ?)", "",
		rows, func(r queueRow) []any { return []any{r.uid, r.seq, r.message, r.chat, r.place} })
}

// reserve takes so many numbers of each queue, and returns the last number used
// before them. A queue without messages learns which is the oldest that comes.
func (s outbox) reserve(ctx context.Context, counts map[string]int64, oldest int64) (map[string]int64, error) {
	type head struct {
		UID    string `db:"uid"`
		Seq    int64  `db:"seq"`
		Oldest int64  `db:"oldest"`
	}
	last := make(map[string]int64, len(counts))
	for uids := range slices.Chunk(sortedKeys(counts, cmp.Compare[string]), rowsAtOnce) {
		args := make([]any, 0, 3*len(uids))
		for _, uid := range uids {
			args = append(args, uid, counts[uid], oldest)
		}
		heads, err := all(ctx, s.q, func(h head) head { return h }, "INSERT INTO ruyi_queue_head (uid, seq, oldest) VALUES "+
			repeat("(?, ?, ?)", len(uids))+` ON CONFLICT (uid) DO UPDATE SET seq = ruyi_queue_head.seq + excluded.seq
			RETURNING uid, seq, oldest`, args...)
		if err != nil {
			return nil, err
		}
		for _, h := range heads {
			last[h.UID] = h.Seq - counts[h.UID]
			if h.Oldest != emptied {
				continue
			}
			if _, err := s.exec(ctx, "UPDATE ruyi_queue_head SET oldest = ? WHERE uid = ?", oldest, h.UID); err != nil {
				return nil, err
			}
		}
	}
	return last, nil
}

func sortedKeys[K comparable, V any](m map[K]V, compare func(a, b K) int) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, compare)
	return keys
}
