package group

import "time"

// Group is a group of people who read and write in one channel.
type Group struct {
	No        string // 32 hex digits; also the id of its channel
	Status    Status
	Forbidden bool // only the owner and managers may write
}

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
	UID        string
	Role       Role
	Status     MemberStatus
	Deleted    bool      // left or was removed; kept so that clients learn of it
	MutedUntil time.Time // may not write before; the zero time for not muted
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
