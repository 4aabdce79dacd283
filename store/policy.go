package store

import (
	"context"
	"slices"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/group"
	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/user"
)

// policy puts the rules of packages friend and group together and satisfies
// message.Policy.
//
// What the rules rest on is locked as for a change, though it is only read:
// PostgreSQL lets those who share a row overtake one who waits to change it, so
// somebody who sends without a pause could not be blocked, muted or banned.
// Messages to one person or group follow each other anyway, by their counters.
type policy struct{ q }

func (s policy) MaySend(ctx context.Context, from string, ch message.Channel, rules message.SendRules) error {
	switch ch.Type {
	case message.Person:
		return friend.MaySend(ctx, pairs(s), from, ch.ID, rules.RequireFriends)
	case message.Group:
		return group.MaySend(ctx, standings(s), from, ch.ID, rules.Now)
	default:
		return message.ErrChannel
	}
}

// pairs satisfies friend.SendReader.
type pairs struct{ q }

// LockPair takes the locks first and reads in another statement: one that had to
// wait would see the blocks and friendships as they were before.
func (s pairs) LockPair(ctx context.Context, from, to string) (friend.Pair, error) {
	uids := []string{from, to}
	slices.Sort(uids)
	if err := s.lockClocks(ctx, uids[0], uids[1]); err != nil {
		return friend.Pair{}, err
	}
	type row struct {
		UID      string `db:"uid"`
		Status   uint8  `db:"status"`
		Category string `db:"category"`
		Blocks   bool   `db:"blocks"`
		Friend   bool   `db:"friend"`
	}
	rows, err := all(ctx, s.q, func(r row) row { return r }, s.lock(`SELECT u.uid, u.status, u.category,
			(SELECT count(*) FROM ruyi_contact_setting s WHERE s.owner = u.uid AND s.blocked_at > 0
				AND s.peer = CASE u.uid WHEN ? THEN ? ELSE ? END) AS blocks,
			(SELECT count(*) FROM ruyi_friend f WHERE f.owner = u.uid AND f.deleted = 0 AND f.alone = 0
				AND f.peer = CASE u.uid WHEN ? THEN ? ELSE ? END) AS friend
		FROM ruyi_user u WHERE u.uid IN (?, ?) ORDER BY CASE u.uid WHEN ? THEN 0 ELSE 1 END`),
		from, to, from, from, to, from, from, to, uids[0])
	p, befriended := friend.Pair{}, 0
	for _, r := range rows {
		party := friend.Party{
			Exists: true, Active: user.Status(r.Status) == user.Active,
			System:  user.Category(r.Category) == user.CategorySystem,
			Service: user.Category(r.Category) == user.CategoryCustomerService,
		}
		if r.UID == from {
			p.From = party
		}
		if r.UID == to {
			p.To = party
		}
		p.Apart = p.Apart || r.Blocks
		if r.Friend {
			befriended++
		}
	}
	p.Friends = befriended == 2
	return p, err
}

// lockClocks holds the contact lists of two people, in the order of
// relations.LockOwners, which writes and is left for who never had a contact: a
// row that is not there cannot be held.
func (s pairs) lockClocks(ctx context.Context, first, second string) error {
	type row struct {
		Owner string `db:"owner"`
	}
	held, err := all(ctx, s.q, func(r row) string { return r.Owner }, s.lock(`SELECT owner FROM ruyi_friend_clock
		WHERE owner IN (?, ?) ORDER BY CASE owner WHEN ? THEN 0 ELSE 1 END`), first, second, first)
	if err == nil && len(held) < len(slices.Compact([]string{first, second})) {
		err = relations(s).LockOwners(ctx, first, second)
	}
	return err
}

// standings satisfies group.SendReader.
type standings struct{ q }

// LockStanding takes the group's row first, which is the lock of its members too,
// and reads the member in another statement, for the reason of LockPair.
func (s standings) LockStanding(ctx context.Context, no, uid string) (group.Standing, error) {
	var g struct {
		Status    uint8 `db:"status"`
		Forbidden bool  `db:"forbidden"`
	}
	if err := s.get(ctx, &g, s.lock("SELECT status, forbidden FROM ruyi_group WHERE no = ?"), no); err != nil {
		return group.Standing{}, absent(err, group.ErrNotFound)
	}
	var m struct {
		Account    uint8 `db:"account"`
		Role       uint8 `db:"role"`
		Status     uint8 `db:"status"`
		Deleted    bool  `db:"deleted"`
		MutedUntil int64 `db:"muted_until"`
	}
	standing := group.Standing{Group: group.Group{No: no, Status: group.Status(g.Status), Forbidden: g.Forbidden}}
	err := s.get(ctx, &m, s.lock(`SELECT u.status AS account, m.role, m.status, m.deleted, m.muted_until
		FROM ruyi_group_member m JOIN ruyi_user u ON u.uid = m.uid WHERE m.group_no = ? AND m.uid = ?`), no, uid)
	if err != nil {
		return standing, absent(err, nil)
	}
	standing.Active = user.Status(m.Account) == user.Active
	standing.Member = group.Member{
		UID: uid, Role: group.Role(m.Role), Status: group.MemberStatus(m.Status), Deleted: m.Deleted,
		MutedUntil: instant(m.MutedUntil),
	}
	return standing, nil
}
