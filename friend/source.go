package friend

import (
	"context"
	"errors"
	"strings"

	"github.com/ruyi-im/ruyi/internal/text"
)

// Application asks for a friendship.
type Application struct {
	To       string // uid
	Greeting string // at most 64 characters in one line, "" for none
	// Vercode proves how the applicant met To (contract, section 5.7): the search
	// code or the code of the personal QR code of To, the code on a card of To that
	// a contact of To shows, or the code of To as a member of a group. "" when it
	// is not told, see Options.RequireVercode.
	Vercode string
}

// MemberCodes answers what this package asks about the members of groups.
type MemberCodes interface {
	// MemberCode reports whether code is the one of target as a member of a group
	// in which applicant may ask members for friendship. A refusal of its own, such
	// as a group that forbids it, is an error and goes to the caller as it is.
	MemberCode(ctx context.Context, code, applicant, target string) (ok bool, err error)
}

// SourceReader is the part of Reader that knows how people may have met.
type SourceReader interface {
	// IsSearchCode reports whether code is what a search for uid answers. No code
	// is nobody's.
	IsSearchCode(ctx context.Context, code, uid string) (bool, error)
	// IsQRCode reports whether code is what the personal QR code of uid carries. No
	// code is nobody's.
	IsQRCode(ctx context.Context, code, uid string) (bool, error)
	// IsCardCode reports whether code is on a card of uid: the vercode of a
	// relation whose peer is uid and that is not deleted, or is the viewer's own,
	// who still sees the code on the card of somebody removed. No code is nobody's.
	IsCardCode(ctx context.Context, code, viewer, uid string) (bool, error)
}

// The kinds of vercodes, which stand behind the last "@".
const (
	bySearch    = "1"
	byGroup     = "2"
	byQRCode    = "3"
	byCard      = "4"
	byPhoneBook = "5"
	byInvite    = "6"
)

// maxVercode is more than any vercode has.
const maxVercode = 100

// kindOf returns what stands behind the last "@" of a vercode, "" without one.
func kindOf(vercode string) string {
	at := strings.LastIndexByte(vercode, '@')
	if at < 0 {
		return ""
	}
	return vercode[at+1:]
}

// fits reports whether vercode can be stored and looked up. Nothing else may
// come near a database, as not every one takes a text that is none.
func fits(vercode string) bool { return text.Line(vercode, maxVercode) }

// askGroup returns ErrSourceUnknown or what the group says against a member's
// code, nil for codes of other kinds, which a transaction checks.
func (s *service) askGroup(ctx context.Context, vercode, applicant, target string) error {
	if kindOf(vercode) != byGroup {
		return nil
	}
	if s.members == nil {
		return ErrSourceUnknown
	}
	ok, err := s.members.MemberCode(ctx, vercode, applicant, target)
	if err == nil && !ok {
		err = ErrSourceUnknown
	}
	return err
}

// mayAsk returns nil when how they met allows a request from from, given what a
// group said, if one was asked. The rows it reads are not locked: all they could
// do meanwhile is to end a friendship of somebody else, whose card was right when
// it was shown.
func (s *service) mayAsk(ctx context.Context, r Reader, from string, a Application, group error) error {
	if a.Vercode == "" {
		return s.maySkip(ctx, r, from, a.To)
	}
	var ok bool
	var err error
	switch kindOf(a.Vercode) {
	case bySearch:
		ok, err = r.IsSearchCode(ctx, a.Vercode, a.To)
	case byQRCode:
		ok, err = r.IsQRCode(ctx, a.Vercode, a.To)
	case byCard:
		ok, err = r.IsCardCode(ctx, a.Vercode, from, a.To)
	case byGroup:
		return group
	case byPhoneBook, byInvite: // nobody gives these out
	default:
		return ErrSource
	}
	if err == nil && !ok {
		err = ErrSourceUnknown
	}
	return err
}

// maySkip returns nil when from need not say how the two met: where nobody has
// to, or because from's list still knows it.
func (s *service) maySkip(ctx context.Context, r Reader, from, to string) error {
	if !s.requireVercode {
		return nil
	}
	rel, err := r.Relation(ctx, from, to)
	if errors.Is(err, ErrNotFound) {
		return ErrStranger
	}
	if err == nil && rel.Source == "" {
		err = ErrVercodeMissing
	}
	return err
}

// sourceOf returns what owner's row about peer keeps of how they met when a
// request with this vercode is accepted: a request without one leaves what an
// earlier friendship had.
func sourceOf(ctx context.Context, r Reader, owner, peer, vercode string) (string, error) {
	if vercode != "" {
		return vercode, nil
	}
	rel, err := r.Relation(ctx, owner, peer)
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	return rel.Source, err
}
