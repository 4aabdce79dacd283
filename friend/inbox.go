package friend

import (
	"context"
	"errors"
	"time"

	"github.com/ruyi-im/ruyi/internal/text"
)

// Limits of one page of an inbox.
const (
	DefaultInboxPage = 15  // requests on a page
	MaxInboxPage     = 100 // the same at most
)

// maxInboxPages is more pages than any inbox has.
const maxInboxPages = 1 << 20

// ReceivedRequest is a request together with what its receiver sees of the one
// who made it.
type ReceivedRequest struct {
	Request
	Name string // of From; "" when there is no such user any more
}

// open reports whether r can be accepted.
func (r Request) open(now time.Time) bool { return r.Status == Waiting && now.Before(r.ExpiresAt) }

// Inbox is where the requests that somebody received stay, whatever became of
// them. Only the receiver sees and changes it.
type Inbox interface {
	// Requests returns the requests that uid received, the one that changed last
	// first. Pages count from 1; a page below 1 is the first, a size below 1
	// DefaultInboxPage, one above MaxInboxPage that many. Only requests that can be
	// accepted have their Token.
	Requests(ctx context.Context, uid string, page, size int) ([]ReceivedRequest, error)

	// RemoveRequest takes the request that from made to uid out of the inbox; if it
	// was waiting its token is worth nothing from then on. The applicant hears
	// nothing and may ask again. Where there is none nothing happens. ErrNoRequest
	// for a uid that cannot be.
	RemoveRequest(ctx context.Context, uid, from string) error

	// Refuse refuses the request that from made to uid, expired or not, so that its
	// token is worth nothing from then on. The applicant hears nothing and may ask
	// again. Refusing again is a success that changes nothing. ErrNoRequest,
	// ErrAccepted.
	Refuse(ctx context.Context, uid, from string) error

	// UnseenRequests returns how many requests wait that came, or were repeated,
	// since uid saw them last, expired ones included: the number at a red dot.
	UnseenRequests(ctx context.Context, uid string) (int, error)

	// SeeRequests marks all requests that uid received as seen.
	SeeRequests(ctx context.Context, uid string) error
}

// InboxReader is the part of Reader that Inbox needs.
type InboxReader interface {
	// ReceivedRequests returns at most limit requests made to uid, after the first
	// offset of them, in descending order of update time and id.
	ReceivedRequests(ctx context.Context, uid string, offset, limit int) ([]ReceivedRequest, error)
	// UnseenRequests returns how many waiting requests to uid are not seen.
	UnseenRequests(ctx context.Context, uid string) (int, error)
}

// InboxTx is the part of Tx that Inbox needs.
type InboxTx interface {
	// DeleteRequest removes the request that from made to to, if there is one.
	DeleteRequest(ctx context.Context, to, from string) error
	// SeeRequests marks all requests made to uid as seen.
	SeeRequests(ctx context.Context, uid string) error
}

func (s *service) Requests(ctx context.Context, uid string, page, size int) ([]ReceivedRequest, error) {
	if size < 1 {
		size = DefaultInboxPage
	}
	size = min(size, MaxInboxPage)
	page = min(max(page, 1), maxInboxPages)
	list, err := s.store.ReceivedRequests(ctx, uid, (page-1)*size, size)
	if err != nil {
		return nil, err
	}
	now := s.now()
	for i := range list {
		if !list[i].open(now) {
			list[i].Token = ""
		}
	}
	return list, nil
}

func (s *service) RemoveRequest(ctx context.Context, uid, from string) error {
	if !text.Line(from, maxID) {
		return ErrNoRequest
	}
	return s.inInbox(ctx, uid, func(tx Tx) error { return tx.DeleteRequest(ctx, uid, from) })
}

func (s *service) Refuse(ctx context.Context, uid, from string) error {
	if !text.Line(from, maxID) {
		return ErrNoRequest
	}
	now := s.now()
	return s.inInbox(ctx, uid, func(tx Tx) error {
		r, err := tx.Request(ctx, uid, from)
		switch {
		case errors.Is(err, ErrNotFound):
			return ErrNoRequest
		case err != nil || r.Status == Refused:
			return err
		case r.Status == Accepted:
			return ErrAccepted
		}
		r.Status, r.UpdatedAt = Refused, now
		return tx.SaveRequest(ctx, r)
	})
}

func (s *service) UnseenRequests(ctx context.Context, uid string) (int, error) {
	return s.store.UnseenRequests(ctx, uid)
}

func (s *service) SeeRequests(ctx context.Context, uid string) error {
	return s.inInbox(ctx, uid, func(tx Tx) error { return tx.SeeRequests(ctx, uid) })
}

// inInbox runs fn while uid's list is locked. Whatever else touches a request to
// uid holds that lock too: making, repeating and accepting it, and parting.
func (s *service) inInbox(ctx context.Context, uid string, fn func(tx Tx) error) error {
	return s.store.Update(ctx, func(tx Tx) error {
		if err := tx.LockOwners(ctx, uid); err != nil {
			return err
		}
		return fn(tx)
	})
}
