package group

import (
	"context"
	"slices"
)

// Membership lets people in and out, and says what they are called inside. All of
// it is refused with ErrNotFound where there is no such group, it was disbanded, or
// uid never was in it, and, except for Exit, with ErrDisabled in a disabled group.
// A request names at most Limits.Batch people.
type Membership interface {
	// Add brings others into a group in the name of uid (operation 35). Who is in it
	// or on its blacklist, has blocked uid or was blocked, does not exist or belongs
	// to the system is left out without a word; accounts that were disabled or
	// destroyed are left out too, and named in a tip. The group hears of the others
	// with notice 1002. Who was a member before begins anew, but stays muted.
	//
	// ErrMembersMissing, ErrTooMany; ErrAdder for who left; ErrBlacklisted;
	// ErrInviteOnly for ordinary members of a group that asks its managers;
	// ErrUnusable and ErrAllIn when nobody is left; ErrFull.
	Add(ctx context.Context, uid, no string, uids []string) error
	// Remove ends the membership of others, of all or, when one of them may not be
	// removed, of none (operation 36). The group hears of it with notice 1003, and
	// they with 1020; then they receive and read nothing more.
	//
	// ErrMembersMissing, ErrTooMany; ErrOperator for who left; ErrRemover for
	// ordinary members; ErrRemoveSelf; ErrRemoveAbsent when one of them is not in the
	// group; ErrRemoveOwner, ErrRemoveManager.
	Remove(ctx context.Context, uid, no string, uids []string) error
	// Rename sets what member, who may be uid, is called in the group: at most
	// MaxNick characters in one line, "" for the own name (operation 37). Clients
	// hear of it with a memberUpdate command; of the name that it is already, nobody.
	//
	// ErrNick; ErrNotMember for who left; ErrBlacklisted; ErrRenamer for ordinary
	// members; ErrMember when member is not in the group; ErrRight when uid does not
	// outrank member.
	Rename(ctx context.Context, uid, no, member, nick string) error
	// Exit ends the membership of uid. When the owner leaves, the oldest manager, or
	// else the oldest member, owns the group; the last one out disbands it. Who is on
	// the blacklist inherits nothing. The managers hear of it with notice 1021, of a
	// new owner all with 1008. ErrLeft for who left before.
	Exit(ctx context.Context, uid, no string) error
	// Disband ends a group in the name of its owner. Its last message is the tip that
	// it happened. Its people can still read what was said, and nobody can write.
	// ErrNotMember for who left; ErrDisband for who is not the owner.
	Disband(ctx context.Context, uid, no string) error
}

// asMember lets act work on a group that uid is in, and that is in use, in one
// transaction that holds the group. Gone is what somebody hears who left.
func (s *service) asMember(ctx context.Context, uid, no string, gone error, act func(tx Tx, g Group, by Named) error) error {
	return s.inGroup(ctx, uid, no, func(tx Tx, g Group, by Named) error {
		switch {
		case !by.In():
			return gone
		case g.Status != Normal:
			return ErrDisabled
		}
		return act(tx, g, by)
	})
}

// targets returns the uids that a request names, each once and in their order.
func (s *service) targets(uids []string, missing error) ([]string, error) {
	switch {
	case len(uids) == 0:
		return nil, missing
	case len(uids) > s.limits.Batch:
		return nil, ErrTooMany
	}
	seen := make(map[string]bool, len(uids))
	return slices.DeleteFunc(slices.Clone(uids), func(uid string) bool {
		again := seen[uid]
		seen[uid] = true
		return again
	}), nil
}

// rowsOf returns the rows of uids in a group, in the order of uids: of members,
// and of who was one. Absent is returned when one of them has none.
func rowsOf(ctx context.Context, tx Tx, no string, uids []string, absent error) ([]Named, error) {
	if slices.ContainsFunc(uids, func(uid string) bool { return !isID(uid) }) {
		return nil, absent
	}
	rows, err := tx.MembersAmong(ctx, no, uids)
	if err != nil {
		return nil, err
	}
	if len(rows) < len(uids) {
		return nil, absent
	}
	at := make(map[string]int, len(uids))
	for i, uid := range uids {
		at[uid] = i
	}
	slices.SortFunc(rows, func(a, b Named) int { return at[a.UID] - at[b.UID] })
	return rows, nil
}

// membersOf is rowsOf, and absent for who left as well.
func membersOf(ctx context.Context, tx Tx, no string, uids []string, absent error) ([]Named, error) {
	rows, err := rowsOf(ctx, tx, no, uids, absent)
	if err == nil && slices.ContainsFunc(rows, func(r Named) bool { return !r.In() }) {
		return nil, absent
	}
	return rows, err
}

// person returns m as it is named in notices.
func (m Named) person() Person { return Person{UID: m.UID, Name: m.Name} }
