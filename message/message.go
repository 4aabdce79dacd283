package message

import (
	"context"
	"encoding/json"
	"hash/crc32"
	"slices"
	"strings"
	"time"
)

// System is the uid that notices and commands come from.
const System = "u_10000"

// ChannelType tells what a channel connects. The numbers are the wire's.
type ChannelType uint8

// The channel types of the API document.
const (
	Person ChannelType = 1 // two people
	Group  ChannelType = 2 // the members of a group
)

// Channel names one conversation as it is stored. The zero Channel belongs to
// commands that are about no conversation.
type Channel struct {
	ID   string
	Type ChannelType
}

// PersonChannel returns the channel of a and b, the same in either order. Its id
// joins the uids with "@", the one with the larger CRC-32 first, as the clients'
// IM servers do.
func PersonChannel(a, b string) Channel {
	ca, cb := crc32.ChecksumIEEE([]byte(a)), crc32.ChecksumIEEE([]byte(b))
	if ca < cb || ca == cb && a < b {
		a, b = b, a
	}
	return Channel{ID: a + "@" + b, Type: Person}
}

// Parties returns the two people of a person channel, one where they talk to
// themselves, and nobody for other channels.
func (c Channel) Parties() []string {
	a, b, ok := strings.Cut(c.ID, "@")
	if c.Type != Person || !ok {
		return nil
	}
	return slices.Compact([]string{a, b})
}

// Header holds the delivery flags of a message.
type Header struct {
	NoPersist bool // only pushed to who is connected, stored nowhere
	RedDot    bool // raises the unread count
	SyncOnce  bool // a command: it is in queues, in no channel's history
}

// The setting bits that this library heeds.
const (
	SettingNoConversation uint8 = 64  // do not update the conversation list
	SettingReceipt        uint8 = 128 // the sender wants to know who read it
)

// Draft is a message that has not been stored yet.
type Draft struct {
	Channel Channel
	From    string // uid of the sender
	// Recipients are whose queues receive it, each uid at most once. Nil in a
	// group's channel means its people, unless the group is large: its people
	// read the channel.
	Recipients []string
	// Visibles are the only ones who may see it, besides the sender. Empty means
	// everybody.
	Visibles []string
	// Others, with Header.NoPersist, leaves the sender's own devices out.
	Others      bool
	ClientMsgNo string    // unique per sender, but for System
	Expire      int       // seconds until it disappears, 0 for never
	Header      Header    // delivery flags
	Setting     uint8     // bits as on the wire, see SettingNoConversation and its kin
	Payload     []byte    // JSON object with an integer "type"
	SentAt      time.Time // the server's time of sending
}

// Message is a stored message as one reader sees it.
type Message struct {
	ID          int64 // unique, grows with time, below 2^53
	Seq         int64 // position in the channel's history, from 1; 0 for a command
	Channel     Channel
	From        string
	ClientMsgNo string
	Header      Header
	Setting     uint8
	Expire      int    // seconds until it disappears, 0 for never
	Payload     []byte // JSON object with an integer "type"
	SentAt      time.Time

	// Hidden says that the reader deleted the message, that it has expired or that
	// he was never to see it. It keeps its place, without its content: the services
	// leave nothing of its payload but the type.
	Hidden bool
	Extra
}

// Extra is what became of a message after it was sent.
type Extra struct {
	Version int64 // tick of the channel at the last change, 0 for none
	Revoked bool
	Revoker string    // who revoked it
	Read    bool      // the reader of it said so
	ReadAt  time.Time // when he did
	Readers int       // how many people said that they read it
	Unread  int       // how many did not yet, 0 unless the setting has SettingReceipt
}

// Queued is a message at its place in one user's queue.
type Queued struct {
	QueueSeq int64 // position in the user's queue, from 1
	Message
}

// ChannelFor returns the channel id and type as viewer sees them: in a person
// channel the other party, for a command its sender.
func (m Message) ChannelFor(viewer string) (id string, typ ChannelType) {
	switch m.Channel.Type {
	case Person:
		a, b, _ := strings.Cut(m.Channel.ID, "@")
		if a == viewer {
			return b, Person
		}
		return a, Person
	case Group:
		return m.Channel.ID, Group
	default:
		return m.From, Person
	}
}

// To returns the uid m was sent to as viewer sees it: the receiving party of a
// person channel, viewer for a command, "" in a group.
func (m Message) To(viewer string) string {
	switch m.Channel.Type {
	case Person:
		other, _ := m.ChannelFor(m.From)
		return other
	case Group:
		return ""
	default:
		return viewer
	}
}

// The content types this library sends itself.
const (
	TypeText    = 1    // {content}
	TypeCommand = 99   // {cmd, param}
	TypeTip     = 2000 // {content, extra}: grey text in a chat

	TypeFriendRequest  = 1000 // {apply_uid, apply_name, to_uid, remark, token}
	TypeFriendAccepted = 1004 // {sure_uid, sure_name, to_uid, content}
)

// Command returns a draft that tells the clients of each recipient to act: cmd
// is a name clients know, param its arguments or nil. It comes from System and
// leaves no trace in any conversation.
func Command(now time.Time, cmd string, param any, recipients ...string) Draft {
	body := map[string]any{"type": TypeCommand, "cmd": cmd}
	if param != nil {
		body["param"] = param
	}
	return Notice(now, body, recipients...)
}

// Notice returns a draft that is for the clients of each recipient, as a command
// is, but has a "type" of its own in content.
func Notice(now time.Time, content map[string]any, recipients ...string) Draft {
	return Draft{
		From:        System,
		Recipients:  recipients,
		ClientMsgNo: newClientMsgNo(),
		Header:      Header{SyncOnce: true},
		Setting:     SettingNoConversation,
		Payload:     payload(content),
		SentAt:      now,
	}
}

// Between returns a draft of a visible message from one person to another. Both
// receive it, for the sender may have several devices.
func Between(now time.Time, from, to string, content map[string]any) Draft {
	return Draft{
		Channel:     PersonChannel(from, to),
		From:        from,
		Recipients:  slices.Compact([]string{from, to}),
		ClientMsgNo: newClientMsgNo(),
		Header:      Header{RedDot: true},
		Payload:     payload(content),
		SentAt:      now,
	}
}

// payload encodes what this library composes itself: maps and structs of plain
// values, which cannot fail to encode.
func payload(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("message: payload of a system message: " + err.Error())
	}
	return b
}

// Service is what a program does with messages. It may gain methods in a minor
// release; embed it in a struct to implement it elsewhere.
type Service interface {
	Syncing
	Sending
	Paging
	Deleting
	Revoking
	Receipting
	Conversing
	Reminding
	Keeping
	Filing
	Searching
	Typing
	Maintaining
}

// Syncing reads and acknowledges a user's queue and reads a channel's history.
type Syncing interface {
	// Queue returns the messages of uid's own queue, in ascending order, that
	// follow position after, or, when after is 0, the position uid acknowledged
	// last (operation 27 without a channel), without those of channels that uid has
	// cleared since. At most limit are returned: 0 or
	// less means DefaultSyncLimit, more than MaxSyncLimit means that many.
	// ErrAfter when after is negative.
	Queue(ctx context.Context, uid string, after int64, limit int) ([]Queued, error)

	// History returns the messages of a conversation of uid, in ascending order,
	// that follow position after in it (operation 27 with a channel). The channel
	// is named as uid sees it: the other person, or the group. Limits are those
	// of Queue. ErrAfter when after is negative, ErrChannel when there is no such
	// channel for uid.
	History(ctx context.Context, uid string, ch Channel, after int64, limit int) ([]Message, error)

	// Ack moves uid's acknowledged position forward to seq, never back and never
	// past the newest message (operation 30). All devices of a user share it.
	// ErrSeq when seq is not positive.
	Ack(ctx context.Context, uid string, seq int64) error
}
