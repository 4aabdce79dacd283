package store

import (
	"context"
	"math"
	"slices"

	"github.com/ruyi-im/ruyi/message"
)

// forViewer says that message m is not meant for others than the viewer, its
// placeholder.
const forViewer = `(m.limited = 0 OR EXISTS (SELECT 1 FROM ruyi_message_visible v
	WHERE v.message_id = m.id AND v.uid = ?))`

// placeRow is a channel with what it is to one of its people.
type placeRow struct {
	Num      int64 `db:"num"`
	Seq      int64 `db:"seq"`
	Dots     int64 `db:"dots"`
	Large    bool  `db:"large"`
	Active   bool  `db:"active"`
	Cleared  int64 `db:"cleared_seq"`
	ReadDots int64 `db:"read_dots"`
}

// place returns the zero row where uid has never belonged to ch.
func (s messages) place(ctx context.Context, uid string, ch message.Channel) (p placeRow, err error) {
	err = s.get(ctx, &p, `SELECT c.num, c.seq, c.dots, c.large, me.active, me.cleared_seq, me.read_dots
		FROM ruyi_chat c JOIN ruyi_conversation me ON me.uid = ? AND me.chat = c.num
		WHERE c.id = ? AND c.type = ?`, uid, ch.ID, int(ch.Type))
	return p, absent(err, nil)
}

func (s messages) Follows(ctx context.Context, viewer string, ch message.Channel) (bool, error) {
	p, err := s.place(ctx, viewer, ch)
	return p.Active, err
}

func (s messages) History(ctx context.Context, viewer string, ch message.Channel, after int64, limit int) ([]message.Message, error) {
	return s.stretch(ctx, viewer, ch, after, math.MaxInt64, " ORDER BY m.seq", limit)
}

func (s messages) Page(ctx context.Context, viewer string, ch message.Channel, r message.Range) ([]message.Message, error) {
	if r.Newer {
		last := r.End - 1
		if r.End == 0 {
			last = math.MaxInt64
		}
		return s.stretch(ctx, viewer, ch, r.Start-1, last, " ORDER BY m.seq", r.Limit)
	}
	last := r.Start
	if r.Start == 0 {
		last = math.MaxInt64
	}
	page, err := s.stretch(ctx, viewer, ch, r.End, last, " ORDER BY m.seq DESC", r.Limit)
	slices.Reverse(page)
	return page, err
}

// stretch returns messages after one position up to another. The place is read
// first: then a page is one stretch of the index, however long the history is.
// SQLite begins it at the first of several lower bounds; "> 0" is that of the
// index.
func (s messages) stretch(ctx context.Context, viewer string, ch message.Channel, after, last int64, order string, limit int) ([]message.Message, error) {
	p, err := s.place(ctx, viewer, ch)
	if err != nil || !p.Active {
		return []message.Message{}, err
	}
	return all(ctx, s.q, messageRow.message, "SELECT "+messageColumns+`, c.id AS channel_id, c.type AS channel_type,
			CASE WHEN h.uid IS NULL AND `+forViewer+` THEN 0 ELSE 1 END AS hidden
		FROM ruyi_message m LEFT JOIN ruyi_chat c ON c.num = m.chat`+extrasOf+`
		WHERE m.chat = ? AND m.seq > ? AND m.seq <= ? AND m.seq > 0`+order+" LIMIT ?",
		viewer, viewer, viewer, p.Num, max(after, p.Cleared), last, limit)
}

func (s messages) Find(ctx context.Context, viewer string, ids ...int64) ([]message.Message, error) {
	args := []any{viewer, viewer, viewer}
	for _, id := range ids {
		args = append(args, id)
	}
	return all(ctx, s.q, messageRow.message, "SELECT "+messageColumns+`, c.id AS channel_id, c.type AS channel_type,
			CASE WHEN h.uid IS NULL THEN 0 ELSE 1 END AS hidden
		FROM ruyi_message m JOIN ruyi_chat c ON c.num = m.chat
		JOIN ruyi_conversation me ON me.uid = ? AND me.chat = m.chat AND me.active = 1`+extrasOf+`
		WHERE m.id IN (`+repeat("?", len(ids))+") AND m.seq > me.cleared_seq AND "+forViewer+" ORDER BY m.id",
		append(args, viewer)...)
}
