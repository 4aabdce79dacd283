package store

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/ruyi-im/ruyi/message"
)

// outbox writes messages and satisfies message.Outbox.
type outbox struct{ q }

func (s outbox) Emit(ctx context.Context, drafts ...message.Draft) error {
	channels, queues, err := s.reserve(ctx, drafts)
	if err != nil {
		return err
	}
	for _, d := range drafts {
		var seq int64
		if d.Channel != (message.Channel{}) {
			channels[d.Channel]++
			seq = channels[d.Channel]
		}
		id, err := s.insert(ctx, d, seq)
		if err != nil {
			return err
		}
		for _, uid := range d.Recipients {
			queues[uid]++
			if _, err := s.exec(ctx, "INSERT INTO ruyi_queue (uid, seq, message_id) VALUES (?, ?, ?)",
				uid, queues[uid], id); err != nil {
				return err
			}
		}
	}
	return nil
}

// reserve takes the next numbers of all channels and queues that the drafts
// touch, and returns the last number used before them. The counters' rows stay
// locked until the transaction ends, so numbers become visible in their order.
// They are locked in one order for everybody: channels, then queues, each sorted.
func (s outbox) reserve(ctx context.Context, drafts []message.Draft) (map[message.Channel]int64, map[string]int64, error) {
	channels, queues := map[message.Channel]int64{}, map[string]int64{}
	for _, d := range drafts {
		if d.Channel != (message.Channel{}) {
			channels[d.Channel]++
		}
		for _, uid := range d.Recipients {
			queues[uid]++
		}
	}
	for _, ch := range sortedKeys(channels, compareChannels) {
		last, n := int64(0), channels[ch]
		err := s.get(ctx, &last, `INSERT INTO ruyi_channel (id, type, seq) VALUES (?, ?, ?)
			ON CONFLICT (id, type) DO UPDATE SET seq = ruyi_channel.seq + excluded.seq
			RETURNING seq`, ch.ID, int(ch.Type), n)
		if err != nil {
			return nil, nil, err
		}
		channels[ch] = last - n
	}
	for _, uid := range sortedKeys(queues, cmp.Compare[string]) {
		last, n := int64(0), queues[uid]
		err := s.get(ctx, &last, `INSERT INTO ruyi_queue_head (uid, seq) VALUES (?, ?)
			ON CONFLICT (uid) DO UPDATE SET seq = ruyi_queue_head.seq + excluded.seq
			RETURNING seq`, uid, n)
		if err != nil {
			return nil, nil, err
		}
		queues[uid] = last - n
	}
	return channels, queues, nil
}

func compareChannels(a, b message.Channel) int {
	return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.ID, b.ID))
}

func sortedKeys[K comparable, V any](m map[K]V, compare func(a, b K) int) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, compare)
	return keys
}

// insert stores a message under an id of its own. Another process may have drawn
// the same one within the same millisecond; then the next is taken.
func (s outbox) insert(ctx context.Context, d message.Draft, seq int64) (int64, error) {
	for {
		id := s.db.ids.next(d.SentAt)
		n, err := s.exec(ctx, `INSERT INTO ruyi_message (id, channel_id, channel_type, seq, from_uid,
				client_msg_no, red_dot, sync_once, setting, payload, sent_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
			id, d.Channel.ID, int(d.Channel.Type), seq, d.From, d.ClientMsgNo, bit(d.Header.RedDot),
			bit(d.Header.SyncOnce), int(d.Setting), string(d.Payload), ms(d.SentAt))
		if err != nil || n == 1 {
			return id, err
		}
	}
}

// messageIDs gives out message ids that grow with time and stay below 2^53, so
// that a JavaScript client may read them as numbers: 40 bits of milliseconds
// since idEpoch, which last until 2058, and 13 random ones.
type messageIDs struct {
	mu   sync.Mutex
	last int64
}

const (
	idEpoch      = 1704067200000 // 2024-01-01
	idRandomBits = 13
)

func (g *messageIDs) next(at time.Time) int64 {
	id := max(at.UnixMilli()-idEpoch, 0)<<idRandomBits | rand.Int64N(1<<idRandomBits)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.last = max(id, g.last+1) // never twice, nor back with the clock
	return g.last
}
