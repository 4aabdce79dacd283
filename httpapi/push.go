package httpapi

import (
	"context"

	"github.com/ruyi-im/ruyi/user"
)

// pushReq is the UserDeviceReq of the API document.
type pushReq struct {
	Token    string `json:"device_token"`
	Type     string `json:"device_type"`
	BundleID string `json:"bundle_id"`
}

// registerPush is operation 6.
func (a *api) registerPush(ctx context.Context, c caller, in pushReq) (ok, error) {
	return ok{}, a.core.User.RegisterPush(ctx, c.UID, c.TokenHash, user.PushDevice{
		Token: in.Token, Type: user.PushType(in.Type), BundleID: in.BundleID,
	})
}

// unregisterPush is operation 7.
func (a *api) unregisterPush(ctx context.Context, c caller, _ struct{}) (ok, error) {
	return ok{}, a.core.User.UnregisterPush(ctx, c.UID)
}

type badgeReq struct {
	Badge intString `json:"badge"`
}

// setBadge is operation 8.
func (a *api) setBadge(ctx context.Context, c caller, in badgeReq) (ok, error) {
	badge := in.Badge
	if badge > user.MaxBadge {
		badge = user.MaxBadge + 1 // an int may be too small for it
	}
	return ok{}, a.core.User.SetBadge(ctx, c.UID, int(max(badge, -1)))
}
