package group

import (
	"time"

	"github.com/ruyi-im/ruyi/message"
)

// Group is a group of people who read and write in one channel.
type Group struct {
	No       string // 32 hex digits; also the id of its channel
	Name     string // at most 20 characters
	Notice   string // announcement
	Creator  string // who founded it; the owner is the member with that role
	Status   Status
	Category string // of the operator's, "" for none
	Large    bool   // above Limits.FanOut once: its people read the channel, not their queues

	Invite             bool // members are invited, and a manager confirms
	Forbidden          bool // only the owner and managers may write
	ForbiddenAddFriend bool // members may not become friends through the group
	ViewHistory        bool // who joins may read what was said before
	MemberPin          bool // members may pin messages

	Members   int   // how many there are
	Avatar    int64 // version of the uploaded picture, 0 for none
	Version   int64 // last tick of the group's clock
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Channel returns the channel of a group.
func Channel(no string) message.Channel { return message.Channel{ID: no, Type: message.Group} }

// Status tells whether a group may be used. The numbers are the wire's.
type Status uint8

// The states of a group.
const (
	Disabled  Status = 0 // closed by the operator of the service
	Normal    Status = 1
	Disbanded Status = 2
)

// Member is somebody in a group, or who was in it.
type Member struct {
	ID         int64 // unique, for the life of the row
	UID        string
	Role       Role
	Status     MemberStatus
	Deleted    bool      // left or was removed; kept so that clients learn of it
	Version    int64     // tick of the group's clock at the last change; no two rows share one
	Remark     string    // name inside the group
	Inviter    string    // uid, "" for none
	Vercode    string    // proof of having met in the group, "…@2"
	MutedUntil time.Time // may not write before; the zero time for not muted
	CreatedAt  time.Time // when this membership began
	UpdatedAt  time.Time
}

// In reports whether m is in the group now.
func (m Member) In() bool { return m.UID != "" && !m.Deleted }

// Manages reports whether m is the owner or a manager, and not on the blacklist.
func (m Member) Manages() bool {
	return m.In() && m.Role != Ordinary && m.Status != Blacklisted
}

// Outranks reports whether m may act on other: the owner on everybody else,
// managers on ordinary members.
func (m Member) Outranks(other Member) bool {
	return m.Manages() && (m.Role == Owner && other.Role != Owner || m.Role == Manager && other.Role == Ordinary)
}

// Named is a member together with the account's name.
type Named struct {
	Member
	Name      string
	Robot     bool
	Destroyed bool
}

// Role is what a member may do. The numbers are the wire's.
type Role uint8

// The roles.
const (
	Ordinary Role = 0
	Owner    Role = 1
	Manager  Role = 2
)

// MemberStatus tells whether a member may take part. The numbers are the wire's.
type MemberStatus uint8

// The states of a member.
const (
	Accepted    MemberStatus = 1
	Blacklisted MemberStatus = 2 // on the blacklist of the group
)

// Settings are what somebody set for a group.
type Settings struct {
	Remark     string // private name for the group
	Mute       bool
	Top        bool // keep the chat on top
	Save       bool // keep the group in one's list of groups
	ShowNick   bool // show names inside the group
	ChatPwdOn  bool // the chat asks for the chat password
	Screenshot bool // tell the others about screenshots
	Recall     bool // tell me when a message is revoked
	Receipt    bool // ask for read receipts
	JoinRemind bool // tell me who joins
	Flame      bool // burn messages after reading
	FlameSecs  int  // seconds until then
	Version    int64
}

// DefaultSettings are the settings of who has set nothing.
func DefaultSettings() Settings {
	return Settings{Screenshot: true, Recall: true, Receipt: true}
}

// Service is what a program does with groups. It may gain methods in a minor
// release; embed it in a struct to implement it elsewhere.
type Service interface {
	Facts
	Founding
	Viewing
	Changing
	Membership
	Ranking
	Muting
	Syncing
	Inviting
	Joining
}
