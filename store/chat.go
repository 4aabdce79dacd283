package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/ruyi-im/ruyi/message"
)

// openChat is a channel whose counters a transaction has moved and locked.
type openChat struct {
	Num      int64    `db:"num"`
	Seq      int64    `db:"seq"` // the last number that the transaction has reserved
	Large    bool     `db:"large"`
	seq      int64    // the last number given out
	first    bool     // nobody has said anything in it before
	everyone []string // who belongs to it, once asked
}

func (c *openChat) num() int64 {
	if c == nil {
		return 0
	}
	return c.Num
}

// people returns the active subscribers.
func (c *openChat) people(ctx context.Context, q q) (uids []string, err error) {
	if c.everyone == nil {
		type row struct {
			UID string `db:"uid"`
		}
		c.everyone, err = all(ctx, q, func(r row) string { return r.UID },
			"SELECT uid FROM ruyi_conversation WHERE chat = ? AND active = 1", c.Num)
	}
	return c.everyone, err
}

// growth is by how much drafts move the counters of a channel.
type growth struct {
	seq     int64 // messages with a place in the channel
	dots    int64 // those of them that raise the unread count of everybody
	shown   int64 // the place, among them, of the last that moves the conversation
	shownAt time.Time
}

func (g *growth) add(d message.Draft) {
	if !inHistory(d) {
		return
	}
	g.seq++
	if raisesUnread(d) && len(d.Visibles) == 0 {
		g.dots++
	}
	if d.Setting&message.SettingNoConversation == 0 {
		g.shown, g.shownAt = g.seq, d.SentAt
	}
}

// openChats moves the counters of every channel that the drafts touch.
func (s outbox) openChats(ctx context.Context, drafts []message.Draft) (map[message.Channel]*openChat, error) {
	grows := map[message.Channel]*growth{}
	for _, d := range drafts {
		if d.Channel == (message.Channel{}) || d.Header.NoPersist {
			continue
		}
		if grows[d.Channel] == nil {
			grows[d.Channel] = &growth{}
		}
		grows[d.Channel].add(d)
	}
	chats := make(map[message.Channel]*openChat, len(grows))
	for _, ch := range sortedKeys(grows, compareChannels) {
		g, c := grows[ch], &openChat{}
		err := s.get(ctx, c, `INSERT INTO ruyi_chat (id, type, seq, dots, shown_seq, shown_at) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (id, type) DO UPDATE SET
				seq = ruyi_chat.seq + excluded.seq,
				dots = ruyi_chat.dots + excluded.dots,
				shown_seq = CASE WHEN excluded.shown_seq > 0 THEN ruyi_chat.seq + excluded.shown_seq ELSE ruyi_chat.shown_seq END,
				shown_at = CASE WHEN excluded.shown_at > ruyi_chat.shown_at THEN excluded.shown_at ELSE ruyi_chat.shown_at END
			RETURNING num, seq, large`, ch.ID, int(ch.Type), g.seq, g.dots, g.shown, ms(g.shownAt))
		if err != nil {
			return nil, err
		}
		c.seq, c.first = c.Seq-g.seq, g.seq > 0 && c.Seq == g.seq
		chats[ch] = c
	}
	return chats, nil
}

func compareChannels(a, b message.Channel) int {
	return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.ID, b.ID))
}

// converse keeps the conversations of the people concerned: the first message
// between two people makes it one of both, and what somebody wrote is not unread
// to them.
func (s outbox) converse(ctx context.Context, drafts []message.Draft, chats map[message.Channel]*openChat) error {
	for _, ch := range sortedKeys(chats, compareChannels) {
		if c := chats[ch]; c.first && ch.Type == message.Person {
			if err := s.subscribe(ctx, c.Num, 0, 0, ch.Parties()); err != nil {
				return err
			}
		}
	}
	return s.countUnread(ctx, drafts, chats)
}

// countUnread corrects the unread counts that the dots of the channels have
// raised for everybody. Those of one channel that change alike change in one
// statement.
func (s outbox) countUnread(ctx context.Context, drafts []message.Draft, chats map[message.Channel]*openChat) error {
	unread := map[conversation]int64{}
	for _, d := range drafts {
		switch {
		case !raisesUnread(d):
		case len(d.Visibles) == 0:
			unread[conversation{chats[d.Channel].Num, d.From}]--
		default:
			for _, uid := range d.Visibles {
				if uid != d.From {
					unread[conversation{chats[d.Channel].Num, uid}]++
				}
			}
		}
	}
	alike := map[change][]any{}
	for _, c := range sortedKeys(unread, compareConversations) {
		by := change{c.chat, unread[c]}
		alike[by] = append(alike[by], c.uid)
	}
	for _, by := range sortedKeys(alike, compareChanges) {
		for uids := range slices.Chunk(alike[by], rowsAtOnce) {
			if _, err := s.exec(ctx, "UPDATE ruyi_conversation SET read_dots = read_dots - ? WHERE chat = ? AND uid IN ("+
				repeat("?", len(uids))+")", append([]any{by.unread, by.chat}, uids...)...); err != nil {
				return err
			}
		}
	}
	return nil
}

// conversation is what a channel is to one of its people.
type conversation struct {
	chat int64
	uid  string
}

func compareConversations(a, b conversation) int {
	return cmp.Or(cmp.Compare(a.chat, b.chat), cmp.Compare(a.uid, b.uid))
}

// change is by how much the unread counts of some conversations of a channel
// change.
type change struct {
	chat, unread int64
}

func compareChanges(a, b change) int {
	return cmp.Or(cmp.Compare(a.chat, b.chat), cmp.Compare(a.unread, b.unread))
}
