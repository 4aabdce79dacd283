package group

import (
	"context"
	"time"

	"github.com/ruyi-im/ruyi/message"
)

// typeAdded is the type of the notice that somebody brought others in.
const typeAdded = 1002

// admission is who shall become members of a group.
type admission struct {
	Operator Person   // who brings them in, as they are named in the notice
	Inviter  string   // the uid that the rows of the new members name, "" for none
	People   []Person // each once, whose accounts may be used
	Now      time.Time
	// Notice returns what the group reads about those who joined. Default: notice
	// 1002, Operator invited them.
	Notice func(joined []Person) message.Draft
}

// admit makes people members of g, which the transaction has locked, and returns
// what to tell: for an Emit that is the last step of the transaction. Who was a
// member before begins anew as an ordinary one, but stays muted, or leaving would
// be the way out of it. Members and who is on the group's blacklist are skipped.
//
// ErrAllIn when nobody is left, ErrFull.
func (s *service) admit(ctx context.Context, tx Tx, g Group, a admission) ([]message.Draft, error) {
	uids := make([]string, len(a.People))
	for i, p := range a.People {
		uids[i] = p.UID
	}
	rows, err := tx.MembersAmong(ctx, g.No, uids)
	if err != nil {
		return nil, err
	}
	joined, members := a.fresh(rows)
	switch {
	case len(members) == 0:
		return nil, ErrAllIn
	case g.Members+len(members) > s.limits.Size:
		return nil, ErrFull
	}
	if err := tx.SaveMembers(ctx, g.No, members...); err != nil {
		return nil, err
	}
	if err := tx.Subscribe(ctx, Channel(g.No), g.ViewHistory, uidsOf(members)...); err != nil {
		return nil, err
	}
	return s.grown(ctx, tx, g, len(members), a.Now, a.news(g.No, joined))
}

// fresh returns who of a.People becomes a member, given the rows of those who
// are or were, and the rows that they get.
func (a admission) fresh(rows []Named) (joined []Person, members []Member) {
	known := make(map[string]Member, len(rows))
	for _, r := range rows {
		known[r.UID] = r.Member
	}
	for _, p := range a.People {
		old := known[p.UID]
		if old.In() || old.Status == Blacklisted {
			continue
		}
		joined = append(joined, p)
		members = append(members, Member{
			UID: p.UID, Status: Accepted, Inviter: a.Inviter, Vercode: newVercode(), MutedUntil: old.MutedUntil,
			CreatedAt: a.Now, UpdatedAt: a.Now,
		})
	}
	return joined, members
}

func (a admission) news(no string, joined []Person) message.Draft {
	if a.Notice != nil {
		return a.Notice(joined)
	}
	return notice(a.Now, no, typeAdded, plain(a.Operator.Name)+"邀请"+places(0, len(joined))+"加入群聊", joined,
		map[string]any{"from_uid": a.Operator.UID, "from_name": a.Operator.Name})
}

// dismiss ends memberships in g, which the transaction has locked. The rows stay,
// so that clients learn of it; the channel is none of the people's any more.
func dismiss(ctx context.Context, tx Tx, g Group, now time.Time, members ...Member) error {
	gone := make([]Member, len(members))
	for i, m := range members {
		m.Deleted, m.Role, m.UpdatedAt = true, Ordinary, now
		gone[i] = m
	}
	if err := tx.SaveMembers(ctx, g.No, gone...); err != nil {
		return err
	}
	return tx.Unsubscribe(ctx, Channel(g.No), uidsOf(gone)...)
}

func uidsOf(members []Member) []string {
	uids := make([]string, len(members))
	for i, m := range members {
		uids[i] = m.UID
	}
	return uids
}
