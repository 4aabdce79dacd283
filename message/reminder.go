package message

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Limits of the calls about reminders.
const (
	DefaultReminders = 100 // of one page
	MaxReminders     = 500 // of one page
	MaxDone          = 200 // reminders of one call
)

// ReminderMention is the type of a reminder that somebody mentioned the user. It
// is the only one there is.
const ReminderMention = 1

// MentionText is what a reminder of a mention says.
const MentionText = "[有人@我]"

// Reminder is something that its owner is to look at: a message of a group that
// mentions him.
type Reminder struct {
	ID        int64
	UID       string // whose it is
	Channel   Channel
	MessageID int64
	Seq       int64  // place of the message in the channel
	Type      int    // ReminderMention
	Text      string // to show beside the conversation
	Publisher string // uid of who mentioned the owner
	Done      bool   // the owner has looked, or the message was revoked
	// Version is a place in the owner's queue, that of what told the owner's devices
	// about the last change. Several reminders that changed together share one.
	Version int64
}

// Mention is who a message wants to look at it.
type Mention struct {
	All  bool     // everybody
	UIDs []string // sorted, each once
}

// Mentions returns whom the message mentions: the member "mention" of its
// payload, {all: 1 or true, uids: [...]}. What has another form mentions nobody,
// and so does anything but a stored message of a group.
func (d Draft) Mentions() Mention {
	if d.Channel.Type != Group || d.Header.SyncOnce || d.Header.NoPersist {
		return Mention{}
	}
	var p struct {
		Mention struct {
			All  any `json:"all"`
			UIDs any `json:"uids"`
		} `json:"mention"`
	}
	if json.Unmarshal(d.Payload, &p) != nil {
		return Mention{}
	}
	var m Mention
	m.All = p.Mention.All == true || p.Mention.All == float64(1)
	uids, _ := p.Mention.UIDs.([]any)
	for _, v := range uids {
		// Not every database takes a NUL.
		if uid, ok := v.(string); ok && uid != "" && !strings.ContainsRune(uid, 0) {
			m.UIDs = append(m.UIDs, uid)
		}
	}
	slices.Sort(m.UIDs)
	m.UIDs = slices.Compact(m.UIDs)
	return m
}

// Reminding is what a user is to look at. Reminders are made by messages of
// groups that mention people, see Draft.Mentions, for those of them who are in
// the group and may see the message, but not for its sender. In a large group
// "all" reminds nobody.
type Reminding interface {
	// Reminders returns what changed about uid's reminders after version, in
	// ascending order of the versions. At most limit are returned, and those that
	// share the version of the last besides; less than 1 means DefaultReminders,
	// more than MaxReminders means that many. ErrVersion when version is negative.
	Reminders(ctx context.Context, uid string, version int64, limit int) ([]Reminder, error)

	// DoneReminders marks reminders of uid as done. The user's devices hear of it
	// by the command syncReminders. Ids of other people's reminders, of none, and of
	// those done before change nothing. ErrReminders for more than MaxDone ids, and
	// for one that is not positive.
	DoneReminders(ctx context.Context, uid string, ids []int64) error
}

// ReminderReader reads reminders without locking.
type ReminderReader interface {
	// Reminders returns uid's reminders with a greater version, ascending, at most
	// limit and those that share the version of the last. Channels are as stored.
	Reminders(ctx context.Context, uid string, version int64, limit int) ([]Reminder, error)
	// OpenReminders returns which of the reminders are uid's and not done.
	OpenReminders(ctx context.Context, uid string, ids []int64) ([]int64, error)
}

// ReminderTx changes reminders. New ones are made by Deliver and Emit.
type ReminderTx interface {
	// FinishReminders marks open reminders of uid as done. Their version is the
	// last number of the user's queue, in which this transaction has put something.
	FinishReminders(ctx context.Context, uid string, ids []int64) error
	// CancelReminders marks the reminders of a message as done, for it is not there
	// to be looked at any more, and emits the drafts, with the command syncReminders
	// for whom that concerns. The caller holds the message's channel. As it emits,
	// it is a transaction's last step.
	CancelReminders(ctx context.Context, now time.Time, messageID int64, drafts ...Draft) error
}

// RemindersChanged returns the command that makes the clients of uids ask for
// their reminders.
func RemindersChanged(now time.Time, uids ...string) Draft {
	return Command(now, "syncReminders", nil, uids...)
}

func (s *service) Reminders(ctx context.Context, uid string, version int64, limit int) ([]Reminder, error) {
	if version < 0 {
		return nil, ErrVersion
	}
	if limit <= 0 {
		limit = DefaultReminders
	}
	list, err := s.store.Reminders(ctx, uid, version, min(limit, MaxReminders))
	for i := range list {
		list[i].Channel = seenAs(uid, list[i].Channel)
	}
	return list, err
}

func (s *service) DoneReminders(ctx context.Context, uid string, ids []int64) error {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) > MaxDone || len(ids) > 0 && ids[0] <= 0 {
		return ErrReminders
	}
	if len(ids) == 0 {
		return nil
	}
	now := s.now()
	return s.store.Update(ctx, func(tx Tx) error {
		// What another device finishes meanwhile costs a command too many, no more.
		open, err := tx.OpenReminders(ctx, uid, ids)
		if err != nil || len(open) == 0 {
			return err
		}
		if err := tx.Emit(ctx, RemindersChanged(now, uid)); err != nil {
			return err
		}
		return tx.FinishReminders(ctx, uid, open)
	})
}
