package user

import (
	"context"
	"strings"

	"github.com/ruyi-im/ruyi/internal/text"
)

// Searching finds people among all accounts.
type Searching interface {
	// Search returns the one account that keyword names (operation 3): exactly its
	// short number, in either case, its username, or its phone number without the
	// zone, in this order. Found is false when there is none, when it does not want
	// to be found this way, and when several have the number in different zones.
	// System accounts and those that are disabled or destroyed are never found.
	// searcher is who asks. ErrKeywordMissing,
	// ErrSearches.
	Search(ctx context.Context, searcher, keyword string) (hit Hit, found bool, err error)
	// CustomerServices returns the active accounts of CategoryCustomerService, at
	// most MaxCustomerServices, in the order of their uids (operation 12).
	CustomerServices(ctx context.Context) ([]CustomerService, error)
	// Policy returns the rules of this deployment, which clients ask for before
	// anybody signs in.
	Policy() Policy
}

// Finder looks accounts up by what people know of them.
type Finder interface {
	// FindUsers returns the accounts, whatever their state, whose short number, in
	// either case, username or phone number is keyword.
	FindUsers(ctx context.Context, keyword string) ([]User, error)
	// CustomerServices returns at most limit active accounts of
	// CategoryCustomerService in the order of their uids.
	CustomerServices(ctx context.Context, limit int) ([]CustomerService, error)
}

// Hit is whom a search found.
type Hit struct {
	UID     string
	Name    string
	Vercode string // proof for a friend request, see User.Vercode
}

// CustomerService is an account that answers customers.
type CustomerService struct {
	UID  string
	Name string
}

// MaxCustomerServices is the length of the list of customer services.
const MaxCustomerServices = 200

func (s *service) Search(ctx context.Context, searcher, keyword string) (hit Hit, found bool, err error) {
	keyword = strings.TrimSpace(keyword)
	if keyword == "" {
		return Hit{}, false, ErrKeywordMissing
	}
	if !text.Line(keyword, maxUsername) {
		return Hit{}, false, nil
	}
	if err := s.allow(ctx, s.now(), s.searchesOf(searcher)...); err != nil {
		return Hit{}, false, err
	}
	known, err := s.store.FindUsers(ctx, keyword)
	if err != nil {
		return Hit{}, false, err
	}
	u, found := pick(known, keyword, s.policy)
	if !found {
		return Hit{}, false, nil
	}
	return Hit{UID: u.UID, Name: u.Name, Vercode: u.Vercode}, true, nil
}

// pick returns the only account that keyword names in the first way that names
// any.
func pick(known []User, keyword string, p Policy) (u User, found bool) {
	byPhone := func(u User) bool { return u.Settings.SearchByPhone && !p.PhoneSearchOff }
	for _, names := range []func(u User) bool{
		func(u User) bool { return strings.EqualFold(u.ShortNo, keyword) && u.Settings.SearchByShort },
		func(u User) bool {
			// Most usernames are the phone number with its zone.
			return u.Username == keyword && (u.Username != u.Phone.Username() || byPhone(u))
		},
		func(u User) bool { return u.Phone.Number == keyword && byPhone(u) },
	} {
		n := 0
		for _, k := range known {
			if k.Status == Active && k.Category != CategorySystem && names(k) {
				u = k
				n++
			}
		}
		if n > 0 {
			return u, n == 1
		}
	}
	return User{}, false
}

func (s *service) CustomerServices(ctx context.Context) ([]CustomerService, error) {
	return s.store.CustomerServices(ctx, MaxCustomerServices)
}
