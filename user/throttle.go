package user

import (
	"context"
	"net/netip"
	"time"
)

// Window counts how often something happened since a moment.
type Window struct {
	Since time.Time
	Count int
}

// Throttles counts what clients and users may do only so often.
type Throttles interface {
	// LockWindow returns the window of one kind of act and who does it, the zero
	// Window when there is none yet, and holds it until the end.
	LockWindow(ctx context.Context, kind, key string) (Window, error)
	// SaveWindow stores it.
	SaveWindow(ctx context.Context, kind, key string, w Window) error
}

// limit is how often somebody may do something.
type limit struct {
	kind, key string
	per       time.Duration
	most      int
	refusal   error
}

// take counts one more act against every limit, or returns the refusal of the
// first one that is reached. Windows are fixed: they begin with the first act
// after the one before has ended. Whoever locks several limits names them in the
// same order: those of addresses, of users, of the service.
func take(ctx context.Context, tx Throttles, now time.Time, limits ...limit) error {
	for _, l := range limits {
		w, err := tx.LockWindow(ctx, l.kind, l.key)
		if err != nil {
			return err
		}
		// A clock that was set back starts the count anew rather than lock out.
		if since := now.Sub(w.Since); since < 0 || since >= l.per {
			w = Window{Since: now}
		}
		if w.Count >= l.most {
			return l.refusal
		}
		w.Count++
		if err := tx.SaveWindow(ctx, l.kind, l.key, w); err != nil {
			return err
		}
	}
	return nil
}

// allow takes in a transaction of its own, for what needs no other.
func (s *service) allow(ctx context.Context, now time.Time, limits ...limit) error {
	if len(limits) == 0 {
		return nil
	}
	return s.store.Update(ctx, func(tx Tx) error { return take(ctx, tx, now, limits...) })
}

// codesFrom are the limits of codes that the network of an address asks for.
func (s *service) codesFrom(a netip.Addr) []limit {
	return s.perNetwork(a,
		limit{kind: "sms_address_hour", per: time.Hour, most: s.limits.AddressHour},
		limit{kind: "sms_address_day", per: 24 * time.Hour, most: s.limits.AddressDay})
}

// passwordsFrom are the limits of passwords that the network of an address tries.
func (s *service) passwordsFrom(a netip.Addr) []limit {
	return s.perNetwork(a,
		limit{kind: "login_address_minute", per: time.Minute, most: s.limits.LoginMinute},
		limit{kind: "login_address_hour", per: time.Hour, most: s.limits.LoginHour})
}

// perNetwork keys limits by the network of an address. There are none for an
// address that is not known.
func (s *service) perNetwork(a netip.Addr, limits ...limit) []limit {
	key := clientNetwork(a)
	if key == "" || s.noAddressLimits {
		return nil
	}
	for i := range limits {
		limits[i].key, limits[i].refusal = key, ErrAddressLimit
	}
	return limits
}

// clientNetwork returns what one client can easily have all addresses of: an IPv4 /24
// or an IPv6 /64. It is empty for the zero address.
func clientNetwork(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	a = a.Unmap().WithZone("")
	bits := 64
	if a.Is4() {
		bits = 24
	}
	return netip.PrefixFrom(a, bits).Masked().String()
}

// codesFor are the limits of codes for an account, and of all codes together.
// Nobody's account has no limit of its own.
func (s *service) codesFor(uid string) []limit {
	all := limit{"sms_hour", "", time.Hour, s.limits.SMSHour, ErrSMSBudget}
	if uid == "" {
		return []limit{all}
	}
	return []limit{{"sms_user_day", uid, 24 * time.Hour, s.limits.UserDay, ErrTooMany}, all}
}

// searchesOf are the limits of a user's searches for people.
func (s *service) searchesOf(uid string) []limit {
	return []limit{
		{"search_minute", uid, time.Minute, s.limits.SearchMinute, ErrSearches},
		{"search_day", uid, 24 * time.Hour, s.limits.SearchDay, ErrSearches},
	}
}
