package store

import (
	"context"
	"slices"
	"time"

	"github.com/ruyi-im/ruyi/message"
)

type reminderRow struct {
	ID          int64  `db:"id"`
	UID         string `db:"uid"`
	ChannelID   string `db:"channel_id"`
	ChannelType uint8  `db:"channel_type"`
	MessageID   int64  `db:"message_id"`
	Seq         int64  `db:"seq"`
	Type        int    `db:"type"`
	Text        string `db:"text"`
	Publisher   string `db:"publisher"`
	Done        bool   `db:"done"`
	Version     int64  `db:"version"`
}

func (r reminderRow) reminder() message.Reminder {
	return message.Reminder{
		ID: r.ID, UID: r.UID, Channel: message.Channel{ID: r.ChannelID, Type: message.ChannelType(r.ChannelType)},
		MessageID: r.MessageID, Seq: r.Seq, Type: r.Type, Text: r.Text, Publisher: r.Publisher,
		Done: r.Done, Version: r.Version,
	}
}

// Reminders reads up to the version of the last row of the page, for a client
// goes on behind it and would miss what else has it.
func (s messages) Reminders(ctx context.Context, uid string, version int64, limit int) ([]message.Reminder, error) {
	return all(ctx, s.q, reminderRow.reminder, `SELECT r.id, r.uid, r.version, r.message_id, r.seq, r.type, r.text,
			r.publisher, r.done, c.id AS channel_id, c.type AS channel_type
		FROM ruyi_reminder r JOIN ruyi_chat c ON c.num = r.chat
		WHERE r.uid = ? AND r.version > ? AND r.version <= COALESCE((SELECT l.version FROM ruyi_reminder l
			WHERE l.uid = ? AND l.version > ? ORDER BY l.version, l.id LIMIT 1 OFFSET ?), 9223372036854775807)
		ORDER BY r.version, r.id`, uid, version, uid, version, limit-1)
}

func (s messages) OpenReminders(ctx context.Context, uid string, ids []int64) ([]int64, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	args := padded(ids)
	return all(ctx, s.q, func(r reminderRow) int64 { return r.ID }, `SELECT id FROM ruyi_reminder
		WHERE uid = ? AND done = 0 AND id IN (`+repeat("?", len(args))+`) ORDER BY id`, append([]any{uid}, args...)...)
}

// done marks reminders that the condition names. Their owners' queues have just
// got something, so that their heads are held.
const done = `UPDATE ruyi_reminder SET done = 1,
	version = (SELECT h.seq FROM ruyi_queue_head h WHERE h.uid = ruyi_reminder.uid) WHERE done = 0 AND `

func (s messageTx) FinishReminders(ctx context.Context, uid string, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	args := padded(ids)
	_, err := s.messages.exec(ctx, done+"uid = ? AND id IN ("+repeat("?", len(args))+")", append([]any{uid}, args...)...)
	return err
}

func (s messageTx) CancelReminders(ctx context.Context, now time.Time, messageID int64, drafts ...message.Draft) error {
	uids, err := all(ctx, s.messages.q, func(r reminderRow) string { return r.UID },
		"SELECT uid FROM ruyi_reminder WHERE message_id = ? AND done = 0", messageID)
	if err != nil {
		return err
	}
	if len(uids) == 0 {
		return s.Emit(ctx, drafts...)
	}
	// One call, so that all queues are taken in one order.
	if err := s.Emit(ctx, append(slices.Clone(drafts), message.RemindersChanged(now, uids...))...); err != nil {
		return err
	}
	_, err = s.messages.exec(ctx, done+"message_id = ?", messageID)
	return err
}

// mention is that a message mentions somebody.
type mention struct {
	hearing     // of what he gets a copy: the message or a command
	of      int // the message, as a place in what is sent
}

// summons are the commands to those mentioned who have no copy of the message.
type summons struct {
	drafts []message.Draft
	sent   []message.Message
}

// distribute puts copies of messages into queues and reminds those whom the
// messages mention. Who is mentioned and has no copy, as in a large group, gets
// a command. It returns the commands, and all copies with their numbers.
func (s outbox) distribute(ctx context.Context, drafts []message.Draft, sent []message.Message,
	chats map[message.Channel]*openChat, copies []queueRow) (summons, []queueRow, error) {
	var mentions []mention
	for i, d := range drafts {
		uids, err := s.mentioned(ctx, d, chats[d.Channel])
		if err != nil {
			return summons{}, nil, err
		}
		for _, uid := range uids {
			mentions = append(mentions, mention{hearing{uid, sent[i].ID}, i})
		}
	}
	if len(mentions) == 0 {
		return summons{}, copies, s.enqueue(ctx, copies)
	}
	commands, copies, err := s.summon(ctx, mentions, drafts, copies)
	if err != nil {
		return summons{}, nil, err
	}
	if err := s.enqueue(ctx, copies); err != nil {
		return summons{}, nil, err
	}
	return commands, copies, s.remind(ctx, mentions, drafts, sent, chats, copies)
}

// remind stores a reminder for each mention, under the number of the copy by which
// he hears of it.
func (s outbox) remind(ctx context.Context, mentions []mention, drafts []message.Draft, sent []message.Message,
	chats map[message.Channel]*openChat, copies []queueRow) error {
	places := make(map[hearing]int64, len(copies))
	for _, c := range copies {
		places[c.hearing] = c.seq
	}
	return insertRows(ctx, s.q, `INSERT INTO ruyi_reminder (uid, version, chat, message_id, seq, type, text, publisher, done) VALUES `,
		"(?, ?, ?, ?, ?, ?, ?, ?, 0)", "", mentions, func(m mention) []any {
			d, about := drafts[m.of], sent[m.of]
			return []any{m.uid, places[m.hearing], chats[d.Channel].Num, about.ID, about.Seq,
				message.ReminderMention, message.MentionText, d.From}
		})
}

// mentioned returns those whom d mentions and who may see it.
func (s outbox) mentioned(ctx context.Context, d message.Draft, chat *openChat) (uids []string, err error) {
	if d.Header.NoPersist {
		return nil, nil
	}
	m := d.Mentions()
	switch {
	case m.All && !chat.Large:
		uids, err = chat.people(ctx, s.q)
	case len(m.UIDs) > 0:
		uids, err = s.peopleAmong(ctx, chat, m.UIDs)
	}
	return slices.DeleteFunc(slices.Clone(uids), func(uid string) bool {
		return uid == d.From || len(d.Visibles) > 0 && !slices.Contains(d.Visibles, uid)
	}), err
}

// peopleAmong returns which of uids are active subscribers.
func (s outbox) peopleAmong(ctx context.Context, chat *openChat, uids []string) (found []string, err error) {
	for some := range slices.Chunk(uids, rowsAtOnce) {
		args := padded(some)
		people, err := all(ctx, s.q, func(r reminderRow) string { return r.UID }, `SELECT uid FROM ruyi_conversation
			WHERE chat = ? AND active = 1 AND uid IN (`+repeat("?", len(args))+")", append([]any{chat.Num}, args...)...)
		if err != nil {
			return nil, err
		}
		found = append(found, people...)
	}
	return found, nil
}

// summon adds a command for those mentioned who have no copy of the message that
// mentions them: one for each such message.
func (s outbox) summon(ctx context.Context, mentions []mention, drafts []message.Draft, copies []queueRow) (summons, []queueRow, error) {
	has := make(map[hearing]bool, len(copies))
	for _, c := range copies {
		has[c.hearing] = true
	}
	var all summons
	commands := map[int]int64{} // by the message
	for i, m := range mentions {
		if has[m.hearing] {
			continue
		}
		id, ok := commands[m.of]
		if !ok {
			d := message.RemindersChanged(drafts[m.of].SentAt)
			var err error
			if id, err = s.insert(ctx, d, 0, 0); err != nil {
				return summons{}, nil, err
			}
			commands[m.of] = id
			sent := stored(d, nil)
			sent.ID = id
			all.drafts, all.sent = append(all.drafts, d), append(all.sent, sent)
		}
		mentions[i].message = id
		copies = append(copies, queueRow{hearing: mentions[i].hearing, place: place(0, id)})
	}
	return all, copies, nil
}
