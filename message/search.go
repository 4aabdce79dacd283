package message

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/ruyi-im/ruyi/internal/text"
)

// Searching finds what a user has read or could read (an extension).
type Searching interface {
	// Search finds contacts and groups of uid by their name or remark, and
	// messages, the newest first, that contain a keyword in either case. It looks at
	// the newest of what uid may read, see MaxSearchedMessages. ErrSearchKeyword,
	// ErrChannel when the channel is none.
	Search(ctx context.Context, uid string, q Search) (Found, error)
}

// Search says what to look for.
type Search struct {
	// Keyword is at most MaxSearchKeyword characters, besides space around them. It
	// may be empty only where Types or From say which messages are meant; else
	// nothing is found.
	Keyword string
	// Types are the content types of messages to find. Empty means all in which a
	// keyword can be: texts, and files by their names.
	Types []int
	// From is the sender of the messages to find, "" for everybody.
	From string
	// Channel is the one to search in, as uid sees it. The zero Channel means all,
	// and contacts and groups as well.
	Channel Channel
	// MessagesOnly leaves contacts and groups out.
	MessagesOnly bool
	// Page counts the pages of messages from 1, which 0 and less mean as well;
	// Limit is their length: 0 or less means DefaultSearchLimit, more than
	// MaxSearchLimit that many.
	Page, Limit int
}

// Found is what a search found.
type Found struct {
	// Friends and Groups are the same on every page, in the order of their names,
	// at most MaxSearchLimit of each.
	Friends, Groups []Party
	Messages        []FoundMessage
}

// Party is who somebody talks with or in: a person or a group.
type Party struct {
	Channel Channel // as seen by who asks
	Name    string
	Remark  string // the private name that who asks gave it, "" for none
}

// FoundMessage is a message with the names of the channel it is in.
type FoundMessage struct {
	Message
	In Party
}

// Bounds of a search.
const (
	DefaultSearchLimit = 20
	MaxSearchLimit     = 100
	MaxSearchKeyword   = 64
	// MaxSearchedChannel is how many messages of one channel a search looks at, the
	// newest ones.
	MaxSearchedChannel = 5000
	// MaxSearchedChannels is how many channels a search through all of them looks
	// at, those where something was said last.
	MaxSearchedChannels = 200
	// MaxSearchedMessages is how many messages such a search looks at: an equal
	// share of each channel.
	MaxSearchedMessages = 20000
)

// Candidate is what a search needs to know of a message that its reader may read.
type Candidate struct {
	ID      int64
	From    string
	Payload []byte
}

// SearchReader reads what a search looks through.
type SearchReader interface {
	// Contacts returns the contacts of uid, without accounts that were destroyed.
	Contacts(ctx context.Context, uid string) ([]Party, error)
	// Groups returns the groups that uid is a member of.
	Groups(ctx context.Context, uid string) ([]Party, error)
	// Parties returns the names of channels as viewer sees them. A person or group
	// that is not there is left out.
	Parties(ctx context.Context, viewer string, channels []Channel) ([]Party, error)
	// Readable returns the numbers of at most limit channels that uid may read,
	// those where something was said last. Only, unless zero, is the one to return.
	Readable(ctx context.Context, uid string, only Channel, limit int) ([]int64, error)
	// Candidates visits those of the newest `share` messages of each channel that
	// uid may read at now: neither before what uid cleared, deleted by uid, limited
	// to others, revoked nor expired. The order is any; visit calls no store and
	// keeps no payload.
	Candidates(ctx context.Context, uid string, channels []int64, share int, now time.Time, visit func(Candidate)) error
	// Readables returns those of the messages that uid may read at now, by the same
	// rules, the newest first.
	Readables(ctx context.Context, uid string, ids []int64, now time.Time) ([]Message, error)
}

func (s *service) Search(ctx context.Context, uid string, q Search) (Found, error) {
	found := Found{Friends: []Party{}, Groups: []Party{}, Messages: []FoundMessage{}}
	if err := q.complete(); err != nil {
		return found, err
	}
	stored, err := q.within(uid)
	if err != nil {
		return found, err
	}
	if q.Keyword != "" && !q.MessagesOnly && stored == (Channel{}) {
		people, err := s.store.Contacts(ctx, uid)
		if err != nil {
			return found, err
		}
		groups, err := s.store.Groups(ctx, uid)
		if err != nil {
			return found, err
		}
		found.Friends, found.Groups = matching(people, q.Keyword), matching(groups, q.Keyword)
	}
	if q.Keyword != "" || len(q.Types) > 0 || q.From != "" {
		found.Messages, err = s.searchMessages(ctx, uid, q, stored)
	}
	return found, err
}

// complete brings q into its bounds.
func (q *Search) complete() error {
	q.Keyword = strings.TrimSpace(q.Keyword)
	if !text.Line(q.Keyword, MaxSearchKeyword) {
		return ErrSearchKeyword
	}
	q.Keyword = strings.ToLower(q.Keyword)
	q.Page = max(q.Page, 1)
	switch {
	case q.Limit <= 0:
		q.Limit = DefaultSearchLimit
	case q.Limit > MaxSearchLimit:
		q.Limit = MaxSearchLimit
	}
	return nil
}

// typeFile is the content type of files: {name, url, size}.
const typeFile = 8

// within returns the channel to search in as it is stored, the zero Channel for
// all.
func (q *Search) within(uid string) (Channel, error) {
	if q.Channel == (Channel{}) {
		return q.Channel, nil
	}
	return storedChannel(uid, q.Channel)
}

// matching returns those of a list whose name or remark contains a keyword.
func matching(all []Party, keyword string) []Party {
	match := slices.DeleteFunc(all, func(p Party) bool {
		return !strings.Contains(strings.ToLower(p.Name), keyword) && !strings.Contains(strings.ToLower(p.Remark), keyword)
	})
	slices.SortFunc(match, func(a, b Party) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Channel.ID, b.Channel.ID))
	})
	return match[:min(len(match), MaxSearchLimit)]
}

func (s *service) searchMessages(ctx context.Context, uid string, q Search, only Channel) ([]FoundMessage, error) {
	now := s.now()
	channels, err := s.store.Readable(ctx, uid, only, MaxSearchedChannels)
	if err != nil || len(channels) == 0 {
		return []FoundMessage{}, err
	}
	var ids []int64
	share := min(MaxSearchedMessages/len(channels), MaxSearchedChannel)
	err = s.store.Candidates(ctx, uid, channels, share, now, func(c Candidate) {
		if q.matches(c) {
			ids = append(ids, c.ID)
		}
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(ids, func(a, b int64) int { return cmp.Compare(b, a) }) // ids grow with time
	first := min((min(q.Page, MaxSearchedMessages)-1)*q.Limit, len(ids))
	ids = ids[first:min(first+q.Limit, len(ids))]
	if len(ids) == 0 {
		return []FoundMessage{}, nil
	}
	messages, err := s.store.Readables(ctx, uid, ids, now)
	if err != nil {
		return nil, err
	}
	return s.named(ctx, uid, messages)
}

// named adds the channels to messages.
func (s *service) named(ctx context.Context, viewer string, messages []Message) ([]FoundMessage, error) {
	channels := make([]Channel, 0, len(messages))
	found := make([]FoundMessage, len(messages))
	for i, m := range messages {
		var ch Channel
		ch.ID, ch.Type = m.ChannelFor(viewer)
		found[i] = FoundMessage{Message: m, In: Party{Channel: ch}}
		if !slices.Contains(channels, ch) {
			channels = append(channels, ch)
		}
	}
	parties, err := s.store.Parties(ctx, viewer, channels)
	if err != nil {
		return nil, err
	}
	for _, p := range parties {
		for i := range found {
			if found[i].In.Channel == p.Channel {
				found[i].In = p
			}
		}
	}
	return found, nil
}

// matches reports whether q means a message.
func (q *Search) matches(c Candidate) bool {
	if q.From != "" && c.From != q.From {
		return false
	}
	var p struct {
		Type    int    `json:"type"`
		Content string `json:"content"`
		Name    string `json:"name"`
	}
	// Where a member is something else than here, the others still count.
	_ = json.Unmarshal(c.Payload, &p)
	if len(q.Types) > 0 && !slices.Contains(q.Types, p.Type) {
		return false
	}
	switch {
	case q.Keyword == "":
		return true
	case p.Type == TypeText:
		return strings.Contains(strings.ToLower(p.Content), q.Keyword)
	case p.Type == typeFile:
		return strings.Contains(strings.ToLower(p.Name), q.Keyword)
	}
	return false
}
