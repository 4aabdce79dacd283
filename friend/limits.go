package friend

import "context"

// Limits bound what one person keeps. A field of 0 or less has its default.
type Limits struct {
	// Contacts is how many contacts a person may have, system accounts included
	// and removed ones not. Nobody can ask or accept beyond it; who has more, since
	// the limit was lowered, keeps them. Default 5,000.
	Contacts int
	// Blocked is how many people a person may have on the blacklist. Default 1,000.
	Blocked int
}

// DefaultLimits returns the limits that empty fields stand for.
func DefaultLimits() Limits { return Limits{Contacts: 5000, Blocked: 1000} }

// complete returns l with its defaults.
func (l Limits) complete() Limits {
	d := DefaultLimits()
	if l.Contacts <= 0 {
		l.Contacts = d.Contacts
	}
	if l.Blocked <= 0 {
		l.Blocked = d.Blocked
	}
	return l
}

// hasRoom reports whether owner may have peer as a contact, as one already or as
// one more.
func (s *service) hasRoom(ctx context.Context, r Reader, owner, peer string) (bool, error) {
	n, err := r.CountContacts(ctx, owner)
	if err != nil || n < s.limits.Contacts {
		return err == nil, err
	}
	return has(ctx, r, owner, peer)
}
