package user

import (
	"context"
	"errors"

	"github.com/ruyi-im/ruyi/internal/text"
)

// PersonalCodes are the QR codes that people show each other.
type PersonalCodes interface {
	// QRVercode returns what the personal QR code of uid carries. ErrNobody when
	// there is no such user or the account has no code.
	QRVercode(ctx context.Context, uid string) (string, error)

	// ByQRVercode returns the uid of the active account whose personal QR code
	// carries vercode (operation 47). ErrNobody.
	ByQRVercode(ctx context.Context, vercode string) (uid string, err error)
}

// QRVercodes finds people by their QR codes.
type QRVercodes interface {
	// UserByQRVercode returns the account with that code. ErrNotFound, also for the
	// empty code, which system accounts have.
	UserByQRVercode(ctx context.Context, vercode string) (User, error)
}

func (s *service) QRVercode(ctx context.Context, uid string) (string, error) {
	if !text.Line(uid, maxUsername) {
		return "", ErrNobody
	}
	u, err := s.store.User(ctx, uid)
	if errors.Is(err, ErrNotFound) || err == nil && u.QRVercode == "" {
		return "", ErrNobody
	}
	return u.QRVercode, err
}

func (s *service) ByQRVercode(ctx context.Context, vercode string) (uid string, err error) {
	if !text.Line(vercode, maxUsername) {
		return "", ErrNobody
	}
	u, err := s.store.UserByQRVercode(ctx, vercode)
	if errors.Is(err, ErrNotFound) || err == nil && u.Status != Active {
		return "", ErrNobody
	}
	return u.UID, err
}
