package group

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/ruyi-im/ruyi/internal/text"
)

// MaxName is how many characters the name of a group has at most.
const MaxName = 20

// Foundation is the group that somebody founds.
type Foundation struct {
	// Name is what the group is called; beyond MaxName characters it is cut.
	// Default: the names of the members, the founder's first.
	Name string
	// Members are the uids of the others. Required, at most Limits.Batch.
	Members []string
}

// Founding makes groups.
type Founding interface {
	// Create founds a group that uid owns, and returns it as uid sees it (operation
	// 31). Its members hear of it with notice 1001. Who is no friend of uid, has
	// blocked uid or was blocked, does not exist or belongs to the system is left
	// out without a word; accounts that were disabled or destroyed are left out too,
	// and named in a tip.
	//
	// ErrMembersMissing, ErrTooMany, ErrFileHelper, ErrNameText; ErrNotFriends and
	// ErrUnusable when nobody is left; ErrFull, ErrDaily; ErrFounder when the account
	// of uid may not be used.
	Create(ctx context.Context, uid string, f Foundation) (View, error)
}

// FoundingTx is the part of Tx that Founding needs.
type FoundingTx interface {
	// LockFounded returns since when which number of groups was counted for uid, and
	// holds the count until the end: the zero time and 0 when none was yet.
	LockFounded(ctx context.Context, uid string) (since time.Time, n int, err error)
	// SaveFounded stores that count.
	SaveFounded(ctx context.Context, uid string, since time.Time, n int) error
}

func (s *service) Create(ctx context.Context, uid string, f Foundation) (View, error) {
	name, err := cleanName(f.Name)
	if err != nil {
		return View{}, err
	}
	c, err := s.company(ctx, uid, f.Members)
	if err != nil {
		return View{}, err
	}
	now := s.now()
	g := Group{
		No: newNo(), Name: name, Creator: uid, Status: Normal, ViewHistory: true, CreatedAt: now, UpdatedAt: now,
	}
	if blank(g.Name) {
		g.Name = c.name()
	}
	members := c.members(now)
	var made View
	err = s.store.Update(ctx, func(tx Tx) error {
		if err := s.countFounded(ctx, tx, uid, now); err != nil {
			return err
		}
		if err := tx.SaveGroup(ctx, g); err != nil {
			return err
		}
		if err := tx.SaveMembers(ctx, g.No, members...); err != nil {
			return err
		}
		if err := tx.Subscribe(ctx, Channel(g.No), true, c.uids()...); err != nil {
			return err
		}
		saved, err := tx.Group(ctx, g.No)
		if err != nil {
			return err
		}
		news, err := s.grown(ctx, tx, g, len(members), now, c.news(now, saved)...)
		if err != nil {
			return err
		}
		if made, err = view(ctx, tx, uid, g.No); err != nil {
			return err
		}
		return tx.Emit(ctx, news...)
	})
	if err != nil {
		return View{}, err
	}
	return made, nil
}

// countFounded counts one more group of uid, or returns the refusal when there
// are enough. The window begins with the first group after the one before ended.
func (s *service) countFounded(ctx context.Context, tx Tx, uid string, now time.Time) error {
	since, n, err := tx.LockFounded(ctx, uid)
	if err != nil {
		return err
	}
	// A clock that was set back starts the count anew rather than lock out.
	if age := now.Sub(since); age < 0 || age >= 24*time.Hour {
		since, n = now, 0
	}
	if n >= s.limits.Daily {
		return ErrDaily
	}
	return tx.SaveFounded(ctx, uid, since, n+1)
}

// cleanName returns the name of a new group, cut to its length, or ErrNameText.
func cleanName(name string) (string, error) {
	if !text.Line(name, len(name)) {
		return "", ErrNameText
	}
	return cut(strings.TrimSpace(name)), nil
}

// cut returns the beginning of a name that is too long.
func cut(name string) string {
	if utf8.RuneCountInString(name) <= MaxName {
		return name
	}
	return strings.TrimSpace(string([]rune(name)[:MaxName]))
}

// blank reports whether nothing of s can be seen, as of spaces and joiners.
func blank(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) })
}
