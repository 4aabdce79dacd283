package group

import (
	"context"
	"fmt"
	"time"

	"github.com/ruyi-im/ruyi/message"
)

// typeLarge is the type of the notice that a group became large.
const typeLarge = 1022

// RollReader is the part of Reader that tells who is in a group.
type RollReader interface {
	// MemberUIDs returns the uids of all members of a group, in no order.
	MemberUIDs(ctx context.Context, no string) ([]string, error)
}

// grown returns the drafts of a use case that has added members to g, with what
// follows from it. It comes after SaveMembers and Subscribe, g is the group as it
// was locked, and added is by how many members it has grown since.
//
// A group that thereby has more than Limits.FanOut members becomes large, for
// good. The drafts of that moment are the last that everybody finds in the own
// queue: among them the notice that it happened, and the command to read the
// group's card, which says so, again.
func (s *service) grown(ctx context.Context, tx Tx, g Group, added int, now time.Time, drafts ...message.Draft) ([]message.Draft, error) {
	if g.Large || g.Members+added <= s.limits.FanOut {
		return drafts, nil
	}
	everybody, err := tx.MemberUIDs(ctx, g.No)
	if err != nil {
		return nil, err
	}
	if g, err = tx.Group(ctx, g.No); err != nil { // the use case may have saved it
		return nil, err
	}
	g.Large, g.UpdatedAt = true, now
	if err := tx.SaveGroup(ctx, g); err != nil {
		return nil, err
	}
	if err := tx.SetLarge(ctx, Channel(g.No), true); err != nil {
		return nil, err
	}
	all := make([]message.Draft, len(drafts), len(drafts)+2)
	copy(all, drafts)
	all = append(all, becameLarge(now, g.No, s.limits.FanOut), changed(now, g.No))
	for i := range all {
		if all[i].Channel == Channel(g.No) && all[i].Recipients == nil {
			all[i].Recipients = everybody
		}
	}
	return all, nil
}

// becameLarge is the notice that a group has more than so many members.
func becameLarge(now time.Time, no string, members int) message.Draft {
	return notice(now, no, typeLarge, fmt.Sprintf("群成员已超过%d人，本群升级为超级群", members), []Person{}, nil)
}
