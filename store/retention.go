package store

import (
	"context"
	"math"
	"time"
)

const (
	// emptied is the ruyi_queue_head.oldest of a queue without messages.
	emptied = math.MaxInt64
	// disorder is by how much ids in a queue may be out of order: an hour, for the
	// clocks of several processes and for transactions that waited for each other.
	disorder = int64(time.Hour/time.Millisecond) << idRandomBits
)

// Prune finds the messages by their ids, which grow with time, and their places
// in queues by the oldest message that each queue has: an index of queues by
// message would cost every sender. What belongs to a message goes once the message
// is gone, so that one which came late under a smaller id stays whole.
func (s outbox) Prune(ctx context.Context, before time.Time, limit int) (int, error) {
	type row struct {
		ID int64 `db:"id"`
	}
	gone, err := all(ctx, s.q, func(r row) int64 { return r.ID }, `DELETE FROM ruyi_message WHERE id IN (
		SELECT id FROM ruyi_message WHERE id < ? ORDER BY id LIMIT ?) RETURNING id`, firstID(before), limit)
	if err != nil || len(gone) == 0 {
		return 0, err
	}
	last := gone[0]
	for _, id := range gone {
		last = max(last, id)
	}
	for _, table := range []string{"extra", "read", "visible", "hidden"} {
		if err := s.forget(ctx, "ruyi_message_"+table, last); err != nil {
			return 0, err
		}
	}
	if err := s.forget(ctx, "ruyi_reminder", last); err != nil {
		return 0, err
	}
	return len(gone), s.shorten(ctx, last)
}

// forget deletes the rows of messages up to an id that are not there any more.
func (s outbox) forget(ctx context.Context, table string, last int64) error {
	_, err := s.exec(ctx, "DELETE FROM "+table+` WHERE message_id <= ? AND NOT EXISTS (
		SELECT 1 FROM ruyi_message m WHERE m.id = `+table+".message_id)", last)
	return err
}

// shorten deletes the places of messages up to an id that are not there any more
// from all queues. They are at the beginning, where it looks no further than to
// the first message that is certainly younger.
func (s outbox) shorten(ctx context.Context, last int64) error {
	type row struct {
		UID string `db:"uid"`
	}
	// Senders lock the queues in this order too, or almost: the database may
	// compare texts otherwise, which at worst costs an attempt.
	held, err := all(ctx, s.q, func(r row) string { return r.UID },
		s.lock("SELECT uid FROM ruyi_queue_head WHERE oldest <= ? ORDER BY uid"), last)
	if err != nil || len(held) == 0 {
		return err
	}
	if _, err := s.exec(ctx, `DELETE FROM ruyi_queue WHERE (uid, seq) IN (
			SELECT q.uid, q.seq FROM ruyi_queue_head h JOIN ruyi_queue q ON q.uid = h.uid
				AND q.seq < COALESCE((SELECT l.seq FROM ruyi_queue l
					WHERE l.uid = h.uid AND l.message_id > ? ORDER BY l.seq LIMIT 1), 9223372036854775807)
			WHERE h.oldest <= ? AND q.message_id <= ?
				AND NOT EXISTS (SELECT 1 FROM ruyi_message m WHERE m.id = q.message_id))`,
		last+disorder, last, last); err != nil {
		return err
	}
	// The first few, since the first one may have overtaken an older one. What is
	// missed for all that goes with the next batch, and nobody sees it until then.
	_, err = s.exec(ctx, `UPDATE ruyi_queue_head SET oldest = COALESCE((SELECT min(f.message_id) FROM (
			SELECT q.message_id FROM ruyi_queue q WHERE q.uid = ruyi_queue_head.uid ORDER BY q.seq LIMIT 10) f), ?)
		WHERE oldest <= ?`, int64(emptied), last)
	return err
}
