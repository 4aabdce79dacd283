package group

import (
	"context"
	"time"
)

// Picture is what a QR picture of a group shows.
type Picture struct {
	Code      string
	ExpiresAt time.Time
}

// Scanned is what a group's picture means to who scanned it.
type Scanned struct {
	Group string // its number
	Join  string // the code with which the scanner can join, "" for a member
}

// Joining lets people join who scan the picture of a member.
type Joining interface {
	// QRCode returns a new code for a picture of a group by its member uid, good for
	// QRCodeLife and for whoever scans it (operation 42). ErrNotFound, ErrQRMembers,
	// ErrBlacklisted, ErrDisabled.
	QRCode(ctx context.Context, uid, no string) (Picture, error)

	// Scan returns what a picture's code means to uid (operation 47). A scanner who
	// is not in the group gets a code of their own, good for JoinCodeLife and for one
	// joining. ErrQRCode when it is no such code or its time is over, the group was
	// disbanded, or who shared it is not in it any more.
	Scan(ctx context.Context, uid, code string) (Scanned, error)

	// JoinDetail returns what Join with that code would join, or the error that it
	// would answer.
	JoinDetail(ctx context.Context, code, no string) (Joinable, error)

	// Join makes a member of the group no of who got the code by scanning; the member
	// whose picture it was counts as the inviter. The code is the proof of who joins.
	// The group hears of it with notice 1007.
	//
	// ErrNoMissing, ErrNotFound, ErrJoinClosed, ErrJoinCode, ErrNotJoinCode,
	// ErrOtherGroup, ErrAlreadyIn, ErrDisabled, ErrBlacklisted, ErrSharer, ErrFull,
	// ErrUnusable.
	Join(ctx context.Context, code, no string) error
}

func (s *service) QRCode(ctx context.Context, uid, no string) (Picture, error) {
	now := s.now()
	p := Picture{ExpiresAt: now.Add(QRCodeLife)}
	err := s.inGroup(ctx, uid, no, func(tx Tx, g Group, by Named) error {
		if err := mayShare(g, by.Member, ErrQRMembers); err != nil {
			return err
		}
		var err error
		p.Code, err = issue(ctx, tx, now, Code{Kind: QRCode, Group: no, UID: uid, ExpiresAt: p.ExpiresAt})
		return err
	})
	if err != nil {
		return Picture{}, err
	}
	return p, nil
}

func (s *service) Scan(ctx context.Context, uid, code string) (Scanned, error) {
	now := s.now()
	// What the picture stands for never changes, but for its end.
	c, err := s.store.Code(ctx, hashCode(code))
	if err != nil {
		return Scanned{}, err
	}
	if c.Kind != QRCode || !c.live(now) {
		return Scanned{}, ErrQRCode
	}
	var found Scanned
	err = s.store.Update(ctx, func(tx Tx) error {
		g, err := tx.LockGroup(ctx, c.Group)
		if err != nil {
			return err
		}
		sharer, err := tx.Member(ctx, g.No, c.UID)
		if err != nil {
			return err
		}
		scanner, err := tx.Member(ctx, g.No, uid)
		if err != nil {
			return err
		}
		found = Scanned{Group: g.No}
		switch {
		case g.Status == Disbanded:
			return ErrQRCode
		case scanner.In():
			return nil
		case !sharer.In() || sharer.Status == Blacklisted:
			return ErrQRCode
		}
		found.Join, err = issue(ctx, tx, now, Code{
			Kind: JoinCode, Group: g.No, UID: c.UID, Scanner: uid, ExpiresAt: now.Add(JoinCodeLife),
		})
		return err
	})
	if err != nil {
		return Scanned{}, err
	}
	return found, nil
}
