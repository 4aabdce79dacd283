package user

import (
	"context"
	"time"
)

// How long rows are kept that mean nothing any more, for who looks into what
// happened.
const (
	keepChallenges = 24 * time.Hour      // codes, logins that wait, and what was counted
	keepSessions   = 90 * 24 * time.Hour // after their end
	// keepGuards is how long wrong passwords are held against whoever tries one,
	// when nobody has tried since. Where tries have come to an end, see
	// Limits.LoginStop, that lasts.
	keepGuards = 30 * 24 * time.Hour
)

// Sweeping removes what is over. ruyi.Core.Run calls it.
type Sweeping interface {
	// Sweep removes at most limit rows of each kind that ended long ago: codes,
	// counts, checks of devices and logins by QR code after a day, sessions after 90,
	// tries of passwords 30 days after the last. It returns how many there were:
	// limit or more means that more may be left. Several processes may sweep at the
	// same time. Nothing depends on its being called but the size of the database.
	Sweep(ctx context.Context, limit int) (removed int, err error)
}

// Leftover is a kind of rows that have an end.
type Leftover uint8

// The kinds, and which of their times Sweep compares.
const (
	OldWindows      Leftover = iota // of Throttles: Since
	OldCodes                        // ExpiresAt
	OldQuotas                       // LastAt
	OldDeviceChecks                 // ExpiresAt
	OldQRLogins                     // ExpiresAt
	EndedSessions                   // when they were ended
	ExpiredSessions                 // of those that were not: ExpiresAt
)

// SweepTx is the part of Tx that Sweeping needs. What another transaction holds is
// left for the next time.
type SweepTx interface {
	// Sweep removes at most limit rows of a kind whose time is before the given one,
	// and returns how many there were.
	Sweep(ctx context.Context, kind Leftover, before time.Time, limit int) (removed int, err error)
	// SweepGuards does so with Guards whose NextAt is before the given time, and
	// which count fewer than fails.
	SweepGuards(ctx context.Context, before time.Time, fails, limit int) (removed int, err error)
}

func (s *service) Sweep(ctx context.Context, limit int) (removed int, err error) {
	now := s.now()
	day, quarter := now.Add(-keepChallenges), now.Add(-keepSessions)
	for kind, before := range []time.Time{
		OldWindows: day, OldCodes: day, OldQuotas: day, OldDeviceChecks: day, OldQRLogins: day,
		EndedSessions: quarter, ExpiredSessions: quarter,
	} {
		n, err := s.swept(ctx, func(tx Tx) (int, error) { return tx.Sweep(ctx, Leftover(kind), before, limit) })
		if err != nil {
			return removed, err
		}
		removed += n
	}
	n, err := s.swept(ctx, func(tx Tx) (int, error) {
		return tx.SweepGuards(ctx, now.Add(-keepGuards), s.limits.LoginStop, limit)
	})
	return removed + n, err
}

// swept removes one kind in a transaction of its own: each is short, and none
// waits for the locks of another.
func (s *service) swept(ctx context.Context, remove func(tx Tx) (int, error)) (n int, err error) {
	err = s.store.Update(ctx, func(tx Tx) error {
		n, err = remove(tx)
		return err
	})
	return n, err
}
