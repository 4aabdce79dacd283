package store

import (
	"context"
	"math"
	"slices"
	"time"
)

const (
	// emptied is the ruyi_queue_head.oldest of a queue without messages.
	emptied = math.MaxInt64
	// disorder is by how much ids in a queue may be out of order: an hour, for the
	// clocks of several processes and for transactions that waited for each other.
	disorder = int64(time.Hour/time.Millisecond) << idRandomBits
	// queuesAtOnce is how many queues one transaction shortens, or as many more as
	// the one message has that is in more.
	queuesAtOnce = 500
)

// Prune finds the messages by their ids, which grow with time, and their places
// in queues by the oldest message that each queue has: an index of queues by
// message would cost every sender.
func (s outbox) Prune(ctx context.Context, before time.Time, limit int) (int, error) {
	old, err := s.oldest(ctx, firstID(before), limit)
	if err != nil || len(old) == 0 {
		return 0, err
	}
	// Only what this transaction deletes itself; the rest another one does.
	gone := []int64{}
	for ids := range slices.Chunk(old, rowsAtOnce) {
		chunk, err := all(ctx, s.q, idRow.id, "DELETE FROM ruyi_message WHERE id IN ("+repeat("?", len(ids))+") RETURNING id", anys(ids)...)
		if err != nil {
			return 0, err
		}
		gone = append(gone, chunk...)
	}
	for ids := range slices.Chunk(gone, rowsAtOnce) {
		for _, table := range []string{"ruyi_message_extra", "ruyi_message_read", "ruyi_message_visible", "ruyi_message_hidden", "ruyi_reminder"} {
			if _, err := s.exec(ctx, "DELETE FROM "+table+" WHERE message_id IN ("+repeat("?", len(ids))+")", anys(ids)...); err != nil {
				return 0, err
			}
		}
	}
	if len(gone) == 0 {
		return 0, nil
	}
	return len(gone), s.shorten(ctx, slices.Max(gone))
}

type idRow struct {
	ID int64 `db:"id"`
}

func (r idRow) id() int64 { return r.ID }

// oldest returns at most limit ids below a bound, as many as lie in few enough
// queues.
func (s outbox) oldest(ctx context.Context, below int64, limit int) ([]int64, error) {
	const oldest = "SELECT id FROM ruyi_message WHERE id < ? ORDER BY id LIMIT ?"
	full := int64(math.MaxInt64) // the first message that would be in one queue too many
	err := s.get(ctx, &full, "SELECT oldest FROM ruyi_queue_head ORDER BY oldest LIMIT 1 OFFSET ?", queuesAtOnce)
	if absent(err, nil) != nil {
		return nil, err
	}
	ids, err := all(ctx, s.q, idRow.id, oldest, min(below, full), limit)
	if err != nil || len(ids) > 0 {
		return ids, err
	}
	return all(ctx, s.q, idRow.id, oldest, below, 1)
}

// shorten deletes the places of messages up to an id that are not there any more
// from all queues. They are at the beginning, where it looks no further than to
// the first message that is certainly younger. A message up to that id may be
// there all the same: it came late, and stays whole.
func (s outbox) shorten(ctx context.Context, last int64) error {
	type row struct {
		UID string `db:"uid"`
	}
	uids, err := all(ctx, s.q, func(r row) string { return r.UID },
		"SELECT uid FROM ruyi_queue_head WHERE oldest <= ? ORDER BY oldest LIMIT ?", last, math.MaxInt32)
	if err != nil {
		return err
	}
	slices.Sort(uids)
	if err := s.lockQueues(ctx, uids); err != nil {
		return err
	}
	for _, uid := range uids {
		if _, err := s.exec(ctx, `DELETE FROM ruyi_queue WHERE uid = ? AND message_id <= ?
				AND seq < COALESCE((SELECT l.seq FROM ruyi_queue l WHERE l.uid = ? AND l.message_id > ?
					ORDER BY l.seq LIMIT 1), 9223372036854775807)
				AND NOT EXISTS (SELECT 1 FROM ruyi_message m WHERE m.chat = ruyi_queue.chat AND m.seq = ruyi_queue.message_seq)`,
			uid, last, uid, last+disorder); err != nil {
			return err
		}
		// The first few, since the first one may have overtaken an older one. What is
		// missed for all that goes with a later batch, and nobody sees it until then.
		if _, err := s.exec(ctx, `UPDATE ruyi_queue_head SET oldest = COALESCE((SELECT min(f.message_id) FROM (
				SELECT q.message_id FROM ruyi_queue q WHERE q.uid = ? ORDER BY q.seq LIMIT 10) f), ?)
			WHERE uid = ?`, uid, int64(emptied), uid); err != nil {
			return err
		}
	}
	return nil
}

// lockQueues holds queues, in the order of everybody. What reads a queue to
// decide on its oldest message must begin after whoever was adding one.
func (s outbox) lockQueues(ctx context.Context, uids []string) error {
	if s.lock("") == "" {
		return nil // there is one transaction at a time
	}
	for chunk := range slices.Chunk(uids, rowsAtOnce) {
		if _, err := s.exec(ctx, s.lock("SELECT 1 FROM ruyi_queue_head WHERE uid IN ("+repeat("?", len(chunk))+") ORDER BY uid"), anys(chunk)...); err != nil {
			return err
		}
	}
	return nil
}

// anys returns the items as arguments of a statement.
func anys[T any](items []T) []any {
	args := make([]any, len(items))
	for i, item := range items {
		args[i] = item
	}
	return args
}
