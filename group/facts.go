package group

import (
	"context"
	"errors"
	"strings"
)

// Facts answers what other domains ask about membership.
type Facts interface {
	// GroupNames returns the groups among nos that uid is in now, each with its name.
	// What can be no number is left out.
	GroupNames(ctx context.Context, uid string, nos []string) (map[string]string, error)
	// MemberCode reports whether code is the vercode of target as a member of a group
	// that applicant is in, too. ErrAddFriend when the group forbids its ordinary
	// members to become friends that way.
	MemberCode(ctx context.Context, code, applicant, target string) (ok bool, err error)
}

// FactReader is the part of Reader that Facts needs.
type FactReader interface {
	// GroupNames is Facts.GroupNames, for numbers that are some.
	GroupNames(ctx context.Context, uid string, nos []string) (map[string]string, error)
	// ByVercode returns the group in its normal state that target is in with that
	// vercode, and the row of applicant in it. ErrNotFound.
	ByVercode(ctx context.Context, code, applicant, target string) (Group, Member, error)
}

func (s *service) GroupNames(ctx context.Context, uid string, nos []string) (map[string]string, error) {
	var sound []string
	for _, no := range nos {
		if isID(no) {
			sound = append(sound, no)
		}
	}
	return s.store.GroupNames(ctx, uid, sound)
}

func (s *service) MemberCode(ctx context.Context, code, applicant, target string) (bool, error) {
	if !isID(code) || !strings.HasSuffix(code, "@2") {
		return false, nil
	}
	g, m, err := s.store.ByVercode(ctx, code, applicant, target)
	switch {
	case errors.Is(err, ErrNotFound) || err == nil && (!m.In() || m.Status != Accepted):
		return false, nil
	case err != nil:
		return false, err
	case g.ForbiddenAddFriend && !m.Manages():
		return false, ErrAddFriend
	}
	return true, nil
}
