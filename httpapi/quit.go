package httpapi

import "context"

// quit is POST /user/quit: it ends the session that calls it.
func (a *api) quit(ctx context.Context, c caller, _ struct{}) (ok, error) {
	return ok{}, a.core.User.SignOut(ctx, c.Session)
}

// quitComputers is POST /user/pc/quit.
func (a *api) quitComputers(ctx context.Context, c caller, _ struct{}) (ok, error) {
	return ok{}, a.core.User.SignOutComputers(ctx, c.UID)
}
