package group

import (
	"context"
	"time"
)

// onlineCounted is how many members a group has at most of which those online
// are counted: a card is read by everybody whenever it changes.
const onlineCounted = 500

// View is a group as one of its people sees it.
type View struct {
	Group    Group
	Me       Member   // the viewer's row
	Settings Settings // the viewer's
	Online   int      // members who are online; 0 in a group of more than 500
}

// Quit reports whether the viewer is not in the group any more.
func (v View) Quit() bool { return !v.Me.In() }

// Version returns what changes whenever the group or the viewer's settings do. It
// can be compared with other versions of the same view only.
func (v View) Version() int64 { return v.Group.Version + v.Settings.Version }

// Brief is what everybody may know of a group who knows its number.
type Brief struct {
	No        string
	Name      string
	Notice    string
	Forbidden bool
	Members   int
	Version   int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Viewing shows groups.
type Viewing interface {
	// Group returns a group as uid sees it (operation 32). Who was in it before
	// learns its name alone, as that of a group in its normal state. ErrNotFound when
	// there is no such group, it was disbanded, or uid never was in it.
	Group(ctx context.Context, uid, no string) (View, error)
	// My returns the groups that uid is in and has set to be kept in the own list, by
	// number, without Online.
	My(ctx context.Context, uid string) ([]View, error)
	// Detail returns what a page shows to who is asked to join. The number is the
	// secret that opens it. ErrNotFound, also when the group was disbanded.
	Detail(ctx context.Context, no string) (Brief, error)
}

// ViewReader is the part of Reader that Viewing needs.
type ViewReader interface {
	// View returns a group, in whatever state, with what uid is in it and has set for
	// it, without Online. ErrNotFound.
	View(ctx context.Context, uid, no string) (View, error)
	// Saved returns the groups with Settings.Save of uid that uid is in and that were
	// not disbanded, by number, without Online.
	Saved(ctx context.Context, uid string) ([]View, error)
	// CountOnline returns how many members of a group have a device that is online.
	CountOnline(ctx context.Context, no string) (int, error)
}

func (s *service) Group(ctx context.Context, uid, no string) (View, error) {
	if !isID(no) {
		return View{}, ErrNotFound
	}
	return view(ctx, s.store, uid, no)
}

func view(ctx context.Context, r Reader, uid, no string) (View, error) {
	v, err := r.View(ctx, uid, no)
	switch {
	case err != nil:
		return View{}, err
	case v.Group.Status == Disbanded || v.Me.UID == "":
		return View{}, ErrNotFound
	case v.Quit():
		return View{
			Group: Group{No: no, Name: v.Group.Name, Status: Normal}, Me: Member{UID: uid, Deleted: true},
		}, nil
	case v.Group.Members <= onlineCounted:
		v.Online, err = r.CountOnline(ctx, no)
	}
	return v, err
}

func (s *service) My(ctx context.Context, uid string) ([]View, error) { return s.store.Saved(ctx, uid) }

func (s *service) Detail(ctx context.Context, no string) (Brief, error) {
	if !isID(no) {
		return Brief{}, ErrNotFound
	}
	g, err := s.store.Group(ctx, no)
	if err == nil && g.Status == Disbanded {
		err = ErrNotFound
	}
	if err != nil {
		return Brief{}, err
	}
	return g.brief(), nil
}

func (g Group) brief() Brief {
	return Brief{
		No: g.No, Name: g.Name, Notice: g.Notice, Forbidden: g.Forbidden, Members: g.Members,
		Version: g.Version, CreatedAt: g.CreatedAt, UpdatedAt: g.UpdatedAt,
	}
}
