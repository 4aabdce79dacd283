package group

import "context"

// admissible returns those of uids who can become members of g, each once and in
// their order, or why nobody can: ErrAllIn, ErrUnusable, ErrFull.
func (s *service) admissible(ctx context.Context, r Reader, g Group, uids []string) ([]Person, error) {
	rows, err := r.MembersAmong(ctx, g.No, uids)
	if err != nil {
		return nil, err
	}
	accounts, err := r.Accounts(ctx, uids)
	if err != nil {
		return nil, err
	}
	able := make(map[string]Person, len(accounts))
	for _, a := range accounts {
		if a.Active && !a.System {
			able[a.UID] = a.Person()
		}
	}
	none := ErrUnusable
	for _, m := range rows {
		if m.In() || m.Status == Blacklisted {
			delete(able, m.UID)
			none = ErrAllIn
		}
	}
	people := []Person{}
	for _, uid := range uids {
		if p, ok := able[uid]; ok {
			people = append(people, p)
			delete(able, uid)
		}
	}
	switch {
	case len(people) == 0:
		return nil, none
	case g.Members+len(people) > s.limits.Size:
		return nil, ErrFull
	}
	return people, nil
}

func invitedUIDs(i Invite) []string {
	uids := make([]string, len(i.Invited))
	for n, p := range i.Invited {
		uids[n] = p.UID
	}
	return uids
}
