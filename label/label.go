package label

import (
	"context"
	"time"
)

// MaxName is the length of the longest name, in characters.
const MaxName = 36

// Label is a label as its owner sees it.
type Label struct {
	ID        int64 // unique; can be guessed, so it gives no right by itself
	Name      string
	Members   []Member // the contacts among those stored, in the order given; never nil
	Groups    []Group  // the groups among those stored that the owner is in, likewise
	UpdatedAt time.Time
}

// Count is the number that clients show beside the name: members and groups.
func (l Label) Count() int { return len(l.Members) + len(l.Groups) }

// Member is somebody in a label.
type Member struct {
	UID    string
	Name   string
	Remark string // the owner's private name for the member, "" for none
}

// Group is a group in a label.
type Group struct {
	No   string
	Name string
}

// Draft is what a label shall be. What is named twice counts once, at its first
// place.
type Draft struct {
	// Name is 1 to MaxName characters in one line, spaces around it not counted.
	// Two labels may have the same.
	Name string
	// Members are the uids of contacts of the owner, in the order they are shown.
	// Nobody is fine.
	Members []string
	// Groups are the numbers of groups that the owner is in. Nil is none for a new
	// label and leaves those of an old one as they are, for clients that know
	// nothing of groups in labels; an empty slice removes them.
	Groups []string
}

// Service is what a program does with labels. It may gain methods in a minor
// release; embed it in a struct to implement it elsewhere.
type Service interface {
	Editing
	Viewing
}

// Editing makes, changes and removes labels. Nobody is told: clients read their
// list again.
type Editing interface {
	// Create makes a label of uid and returns its id (operation 80). Every member
	// must be in uid's contact list, blocked or not and whatever became of the
	// account, and uid must be in every group. ErrNameMissing, ErrName, ErrMember,
	// ErrMembers, ErrGroup, ErrGroups, ErrLabels, ErrOwner.
	Create(ctx context.Context, uid string, d Draft) (id int64, err error)

	// Replace makes label id of uid what d says: nothing else stays, and of several
	// at once one comes last as a whole (operation 82). Who is added must be as for
	// Create. Who was in the label before may be named again even when no longer a
	// contact: clients send back the set they were shown, and that somebody was
	// removed meanwhile is no mistake of the one who edits; such a member stays
	// stored and unseen. It is the same with groups. ErrNotFound, ErrNameMissing,
	// ErrName, ErrMember, ErrMembers, ErrGroup, ErrGroups.
	Replace(ctx context.Context, uid string, id int64, d Draft) error

	// Delete removes label id of uid, and nothing of whom it names (operation 83).
	// ErrNotFound.
	Delete(ctx context.Context, uid string, id int64) error
}

// Viewing reads labels.
type Viewing interface {
	// List returns the labels of uid, the one that was made or replaced last first
	// (operation 81).
	List(ctx context.Context, uid string) ([]Label, error)

	// Label returns label id of uid (operation 84). ErrNotFound.
	Label(ctx context.Context, uid string, id int64) (Label, error)
}
