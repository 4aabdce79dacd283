package group

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ruyi-im/ruyi/message"
)

// fileHelper is a system account that clients offer like a friend.
const fileHelper = "fileHelper"

// typeCreated is the type of the notice that a group was founded.
const typeCreated = 1001

// company is who founds a group together.
type company struct {
	founder Account
	others  []Account // in the order in which they were named
	lost    []Person  // who cannot take part any more
}

// company returns who may found a group with uid, out of the people it names.
func (s *service) company(ctx context.Context, uid string, named []string) (company, error) {
	others, err := s.named(uid, named)
	if err != nil {
		return company{}, err
	}
	if slices.Contains(others, fileHelper) {
		return company{}, ErrFileHelper
	}
	if others, err = s.reachable(ctx, uid, others); err != nil {
		return company{}, err
	}
	known, err := s.store.Accounts(ctx, append([]string{uid}, others...))
	if err != nil {
		return company{}, err
	}
	c := newCompany(uid, others, known)
	switch {
	case !c.founder.Active:
		return company{}, ErrFounder
	case len(c.others) == 0 && len(c.lost) > 0:
		return company{}, ErrUnusable
	case len(c.others) == 0:
		return company{}, ErrNotFriends
	case len(c.others) >= s.limits.Size:
		return company{}, ErrFull
	}
	return c, nil
}

// named returns the uids that a request of uid names, each once and without uid,
// or why there may not be such a request. What can be no uid is left out like the
// uid of nobody.
func (s *service) named(uid string, uids []string) ([]string, error) {
	if len(uids) > s.limits.Batch {
		return nil, ErrTooMany
	}
	if !slices.ContainsFunc(uids, func(other string) bool { return other != uid }) {
		return nil, ErrMembersMissing
	}
	seen := map[string]bool{uid: true}
	others := make([]string, 0, len(uids))
	for _, other := range uids {
		if !seen[other] && isID(other) {
			seen[other] = true
			others = append(others, other)
		}
	}
	return others, nil
}

// reachable returns whom uid may put into a new group.
func (s *service) reachable(ctx context.Context, uid string, others []string) ([]string, error) {
	if s.friends == nil || len(others) == 0 {
		return others, nil
	}
	list, keep := s.friends.AmongFriends, true
	if s.allowStrangers {
		list, keep = s.friends.AmongApart, false
	}
	found, err := list(ctx, uid, others)
	if err != nil {
		return nil, err
	}
	marked := make(map[string]bool, len(found))
	for _, other := range found {
		marked[other] = true
	}
	return slices.DeleteFunc(others, func(other string) bool { return marked[other] != keep }), nil
}

func newCompany(uid string, others []string, known []Account) company {
	accounts := make(map[string]Account, len(known))
	for _, a := range known {
		accounts[a.UID] = a
	}
	c := company{founder: accounts[uid]}
	for _, other := range others {
		switch a := accounts[other]; {
		case a.UID == "" || a.System:
		case a.Active:
			c.others = append(c.others, a)
		default:
			c.lost = append(c.lost, a.Person())
		}
	}
	return c
}

// name is what a group is called that nobody gave a name.
func (c company) name() string {
	names := make([]string, 0, 1+len(c.others))
	for _, a := range append([]Account{c.founder}, c.others...) {
		if !blank(a.Name) {
			names = append(names, a.Name)
		}
	}
	return cut(strings.Join(names, "、"))
}

func (c company) uids() []string {
	uids := []string{c.founder.UID}
	for _, a := range c.others {
		uids = append(uids, a.UID)
	}
	return uids
}

// members returns the rows of a new group.
func (c company) members(now time.Time) []Member {
	var list []Member
	for _, uid := range c.uids() {
		m := Member{
			UID: uid, Status: Accepted, Inviter: c.founder.UID, Vercode: newVercode(), CreatedAt: now, UpdatedAt: now,
		}
		if uid == c.founder.UID {
			m.Role, m.Inviter = Owner, ""
		}
		list = append(list, m)
	}
	return list
}

// news tells that the group g was founded.
func (c company) news(now time.Time, g Group) []message.Draft {
	people := make([]Person, len(c.others))
	for i, a := range c.others {
		people[i] = a.Person()
	}
	news := []message.Draft{notice(now, g.No, typeCreated,
		plain(c.founder.Name)+"邀请"+places(0, len(people))+"加入群聊", people,
		map[string]any{"creator": c.founder.UID, "creator_name": c.founder.Name, "version": g.Version})}
	if len(c.lost) > 0 {
		news = append(news, unusable(now, g.No, c.lost))
	}
	return news
}
