package group

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ruyi-im/ruyi/internal/text"
)

// InviteLife is how long an invite waits for a manager.
const InviteLife = 7 * 24 * time.Hour

// MaxInviteRemark is how many characters the reason for an invite has at most.
const MaxInviteRemark = 100

// typeInvite is the type of the notice that an invite waits.
const typeInvite = 1009

// Invite is the wish of a member that managers take people into a group.
type Invite struct {
	No          string // 32 hex digits, random: who knows it may read the invite
	Group       string
	Inviter     string
	InviterName string
	Remark      string // why, "" for no reason
	Status      InviteStatus
	Allower     string   // the manager who confirmed, "" while nobody has
	Invited     []Person // in the order in which they were named
	CreatedAt   time.Time
	ExpiresAt   time.Time
}

// InviteStatus tells what became of an invite. The numbers are the wire's.
type InviteStatus uint8

// The states of an invite.
const (
	Pending   InviteStatus = 0
	Confirmed InviteStatus = 1
)

// Invitation is what somebody asks for with Invite.
type Invitation struct {
	UIDs   []string // whom to take in; at least one, at most Limits.Batch
	Remark string   // why, at most MaxInviteRemark characters
}

// Inviting lets members ask managers to take people in.
type Inviting interface {
	// Invite asks the managers of a group, in the name of its member uid, to take
	// people in (operation 44). They hear of it with notice 1009. Who is in the group
	// or on its blacklist, does not exist, may not use the account, belongs to the
	// system, or has blocked uid or was blocked, is left out without a word.
	//
	// ErrInviteesMissing, ErrTooMany, ErrInviteRemark; ErrNotFound, ErrNotMember,
	// ErrBlacklisted, ErrDisabled; when nobody is left ErrAllIn or ErrUnusable;
	// ErrFull.
	Invite(ctx context.Context, uid, no string, in Invitation) error

	// ConfirmCode returns a code with which the manager uid of a group can confirm an
	// invite to it, once and within ConfirmCodeLife (operation 45). ErrNotFound,
	// ErrNotManager, ErrDisabled, ErrInviteUnknown, ErrInviteDone.
	ConfirmCode(ctx context.Context, uid, no, inviteNo string) (code string, err error)

	// InviteDetail returns an invite. Its status is Confirmed also when all who were
	// invited are in the group by now. ErrNoInvite when there is none, its time is
	// over or the group was disbanded.
	InviteDetail(ctx context.Context, inviteNo string) (Invite, error)

	// ConfirmDetail returns what Confirm with that code would confirm, or the error
	// that it would answer.
	ConfirmDetail(ctx context.Context, code string) (Confirmation, error)

	// Confirm takes those in whom an invite names, as if the inviter had added them.
	// The code is the proof of who confirms: whether that is still a manager, and the
	// inviter still a member, is decided here.
	//
	// ErrConfirmCode, ErrNotConfirmCode, ErrNotFound, ErrInviteUnknown, ErrInviteDone,
	// ErrNotManager, ErrDisabled; ErrAddFailed when nobody can be added.
	Confirm(ctx context.Context, code string) error
}

// InviteReader is the part of Reader that knows invites.
type InviteReader interface {
	// Invite returns an invite, over or not, with the names of all in it.
	// ErrNoInvite.
	Invite(ctx context.Context, no string) (Invite, error)
	// ManagerUIDs returns the uids of the owner and the managers of a group, in no
	// order, without those on its blacklist.
	ManagerUIDs(ctx context.Context, no string) ([]string, error)
}

// InviteTx is the part of Tx that changes invites. The lock of the group is theirs
// too.
type InviteTx interface {
	// AddInvite inserts an invite, whose number must be new. The names are ignored.
	AddInvite(ctx context.Context, i Invite) error
	// ConfirmInvite makes an invite Confirmed by allower.
	ConfirmInvite(ctx context.Context, no, allower string) error
}

func (s *service) Invite(ctx context.Context, uid, no string, in Invitation) error {
	switch {
	case len(in.UIDs) == 0:
		return ErrInviteesMissing
	case len(in.UIDs) > s.limits.Batch:
		return ErrTooMany
	case !text.Line(in.Remark, MaxInviteRemark):
		return ErrInviteRemark
	}
	uids := slices.DeleteFunc(slices.Clone(in.UIDs), func(other string) bool { return !isID(other) })
	uids, err := s.unblocked(ctx, uid, uids)
	if err != nil {
		return err
	}
	now := s.now()
	i := Invite{
		No: newNo(), Group: no, Inviter: uid, Remark: in.Remark, Status: Pending, CreatedAt: now, ExpiresAt: now.Add(InviteLife),
	}
	return s.inGroup(ctx, uid, no, func(tx Tx, g Group, by Named) error {
		if err := mayShare(g, by.Member, ErrNotMember); err != nil {
			return err
		}
		people, err := s.admissible(ctx, tx, g, uids)
		if err != nil {
			return err
		}
		managers, err := tx.ManagerUIDs(ctx, no)
		if err != nil {
			return err
		}
		i := i
		i.Invited = people
		if err := tx.AddInvite(ctx, i); err != nil {
			return err
		}
		d := notice(now, no, typeInvite, fmt.Sprintf("“{0}“想邀请%d位朋友加入群聊", len(people)),
			[]Person{{UID: uid, Name: by.Name}}, map[string]any{"invite_no": i.No, "visibles": managers})
		d.Visibles = managers
		return tx.Emit(ctx, d)
	})
}

// mayShare returns nil when m may ask others into g; outside is for who is not in
// it.
func mayShare(g Group, m Member, outside error) error {
	switch {
	case !m.In():
		return outside
	case m.Status == Blacklisted:
		return ErrBlacklisted
	case g.Status != Normal:
		return ErrDisabled
	}
	return nil
}

// unblocked returns those of others whom uid has not blocked and who have not
// blocked uid.
func (s *service) unblocked(ctx context.Context, uid string, others []string) ([]string, error) {
	if s.friends == nil || len(others) == 0 {
		return others, nil
	}
	apart, err := s.friends.AmongApart(ctx, uid, others)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(others, func(other string) bool { return slices.Contains(apart, other) }), nil
}
