package label

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/ruyi-im/ruyi/internal/text"
)

// maxID is more than any uid or group number has. Not every database takes a
// text that is none.
const maxID = 100

// Groups answers what this package asks about groups.
type Groups interface {
	// GroupNames returns the groups among nos that uid is a member of, each with
	// its name. It is asked once for all labels that are shown together, so there
	// may be many; none is named twice.
	GroupNames(ctx context.Context, uid string, nos []string) (map[string]string, error)
}

// Limits bound what one owner can store. A zero field has its default; New
// refuses a negative one.
type Limits struct {
	// Labels is how many labels one owner may have. Default 200.
	Labels int
	// Members is how many members one label may have. Default 1,000.
	Members int
	// Groups is how many groups one label may have. Default 200.
	Groups int
}

// DefaultLimits returns the limits that zero fields stand for.
func DefaultLimits() Limits { return Limits{Labels: 200, Members: 1000, Groups: 200} }

// complete returns l with its defaults, or an error that names a negative field.
func (l Limits) complete() (Limits, error) {
	d := DefaultLimits()
	for _, f := range []struct {
		name     string
		field    *int
		standard int
	}{{"Labels", &l.Labels, d.Labels}, {"Members", &l.Members, d.Members}, {"Groups", &l.Groups, d.Groups}} {
		if *f.field < 0 {
			return l, fmt.Errorf("label: Limits.%s is negative", f.name)
		}
		if *f.field == 0 {
			*f.field = f.standard
		}
	}
	return l, nil
}

// Options are the optional settings of New. The zero value works.
type Options struct {
	// Now is the clock. Default time.Now.
	Now func() time.Time
	// Groups is asked which groups somebody is in. Default: no group exists, so
	// any in a Draft is refused.
	Groups Groups
	// Limits bound what one owner can store. Default DefaultLimits.
	Limits Limits
}

type service struct {
	store  Store
	groups Groups
	limits Limits
	now    func() time.Time
}

// New returns the service over store. It fails when a limit is negative.
func New(store Store, o Options) (Service, error) {
	limits, err := o.Limits.complete()
	if err != nil {
		return nil, err
	}
	s := &service{store: store, groups: o.Groups, limits: limits, now: o.Now}
	if s.now == nil {
		s.now = time.Now
	}
	return s, nil
}

// clean returns d as it is stored, or the refusal of what can be refused without
// knowing the owner.
func (s *service) clean(d Draft) (Draft, error) {
	d.Name = strings.TrimSpace(d.Name)
	switch {
	case !strings.ContainsFunc(d.Name, visible):
		return d, ErrNameMissing
	case !text.Line(d.Name, MaxName):
		return d, ErrName
	}
	d.Members, d.Groups = distinct(d.Members), distinct(d.Groups)
	switch {
	case len(d.Members) > s.limits.Members:
		return d, ErrMembers
	case len(d.Groups) > s.limits.Groups:
		return d, ErrGroups
	case slices.ContainsFunc(d.Members, noID):
		return d, ErrMember
	case slices.ContainsFunc(d.Groups, noID):
		return d, ErrGroup
	}
	return d, nil
}

// visible reports whether r alone would not leave a name blank, as spaces and
// joiners do.
func visible(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) }

// noID reports whether s can be neither a uid nor the number of a group.
func noID(s string) bool { return s == "" || !text.Line(s, maxID) }

// distinct returns list without repetitions, nil for nil.
func distinct(list []string) []string {
	if list == nil {
		return nil
	}
	return without(list, nil)
}

// without returns what of list is not in known, each once, in its order.
func without(list, known []string) []string {
	seen := make(map[string]bool, len(known)+len(list))
	for _, s := range known {
		seen[s] = true
	}
	rest := make([]string, 0, len(list))
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			rest = append(rest, s)
		}
	}
	return rest
}

// groupNames returns the groups among nos that uid is in.
func (s *service) groupNames(ctx context.Context, uid string, nos []string) (map[string]string, error) {
	if s.groups == nil || len(nos) == 0 {
		return nil, nil
	}
	return s.groups.GroupNames(ctx, uid, nos)
}

// admit refuses a draft with somebody who is neither a contact of owner nor in
// the label already, or with such a group; joined are the groups among d's that
// owner is in.
//
// Contacts are read without a lock: where a removal commits meanwhile, it is as
// if it had come after the change.
func admit(ctx context.Context, tx Contacts, owner string, d, before Draft, joined map[string]string) error {
	if added := without(d.Members, before.Members); len(added) > 0 {
		contacts, err := tx.ContactsAmong(ctx, owner, added)
		if err != nil {
			return err
		}
		if len(contacts) != len(added) {
			return ErrMember
		}
	}
	for _, no := range without(d.Groups, before.Groups) {
		if _, ok := joined[no]; !ok {
			return ErrGroup
		}
	}
	return nil
}
