package user

import (
	"context"
	"net/netip"
	"time"
)

// Guard is the state of the tries of passwords for one user name.
type Guard struct {
	Fails  int       // tries since the last right one
	NextAt time.Time // no further try before, once the free ones are spent
}

// Guards counts tries of passwords. A user name is given as a keyed hash of what
// was typed, so the rows name nobody; a device is one that the account knows, or
// "" for all strangers together.
type Guards interface {
	// KnowsDevice reports whether uid has signed in on that device.
	KnowsDevice(ctx context.Context, uid, deviceID string) (bool, error)
	// LockGuard returns the state of the tries on a device, the zero Guard when
	// there were none, and holds it until the end.
	LockGuard(ctx context.Context, username, device string) (Guard, error)
	// SaveGuard stores it.
	SaveGuard(ctx context.Context, username, device string, g Guard) error
	// ClearGuard forgets the tries on one device.
	ClearGuard(ctx context.Context, username, device string) error
	// ClearGuards forgets the tries for a user name on all devices.
	ClearGuards(ctx context.Context, username string) error
}

// try counts one more try, or refuses it with ErrTooManyLogins.
func (g *Guard) try(now time.Time, l Limits) error {
	if g.Fails >= l.LoginStop {
		return ErrTooManyLogins
	}
	// More than the longest wait is left only when the clock was set back.
	if left := g.NextAt.Sub(now); g.Fails >= l.LoginFree && left > 0 && left <= l.LoginWaitMax {
		return ErrTooManyLogins
	}
	g.Fails++
	g.NextAt = now // which no free try waits for, but Sweep does
	if over := g.Fails - l.LoginFree; over >= 0 {
		g.NextAt = now.Add(l.wait(over))
	}
	return nil
}

// wait returns the wait after the free tries and n more.
func (l Limits) wait(n int) time.Duration {
	w := l.LoginWait
	for ; n > 0 && w <= l.LoginWaitMax/2; n-- {
		w *= 2
	}
	if n > 0 {
		return l.LoginWaitMax
	}
	return w
}

// attempt is somebody's try at the password of a user name.
type attempt struct {
	username string // as it was typed
	device   string // where, "" when not told
	from     netip.Addr
}

// counted names the guard that an attempt was counted at.
type counted struct{ username, device string }

// clear forgets the tries, once the password was right.
func (c counted) clear(ctx context.Context, tx Guards) error {
	return tx.ClearGuard(ctx, c.username, c.device)
}

// guardName returns the name under which the tries for a user name are kept.
func (s *service) guardName(username string) string { return s.keyed("login", username) }

// prove checks a password against that of u, the zero User for nobody, with the
// same work whoever it is. The try is counted before it is made, so that parallel
// ones are no way around the limits, and stays counted until the caller clears
// it. ErrBusy, ErrAddressLimit, ErrTooManyLogins, ErrCredentials.
func (s *service) prove(ctx context.Context, a attempt, u User, password string, now time.Time) (counted, error) {
	// Whoever is refused for want of room, or gives up in the queue, has not tried.
	leave, err := s.hasher.enter(ctx)
	if err != nil {
		return counted{}, err
	}
	defer leave()
	c, err := s.count(ctx, a, u.UID, now)
	if err != nil {
		return counted{}, err
	}
	// What is counted is looked at, though the caller may have gone meanwhile.
	match, err := s.hasher.compare(context.WithoutCancel(ctx), password, u.PasswordHash)
	if err == nil && !match {
		err = ErrCredentials
	}
	return c, err
}

// count counts an attempt against the account uid, "" for nobody's.
func (s *service) count(ctx context.Context, a attempt, uid string, now time.Time) (c counted, err error) {
	var refusal error // a result, for the address is to be counted all the same
	err = s.store.Update(ctx, func(tx Tx) error {
		c = counted{username: s.guardName(a.username)}
		if err := take(ctx, tx, now, s.passwordsFrom(a.from)...); err != nil {
			return err
		}
		if known, err := tx.KnowsDevice(ctx, uid, a.device); err != nil {
			return err
		} else if known {
			c.device = a.device
		}
		g, err := tx.LockGuard(ctx, c.username, c.device)
		if err != nil {
			return err
		}
		if refusal = g.try(now, s.limits); refusal != nil {
			return nil
		}
		return tx.SaveGuard(ctx, c.username, c.device, g)
	})
	if err == nil {
		err = refusal
	}
	return c, err
}
