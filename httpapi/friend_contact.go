package httpapi

import (
	"context"

	"github.com/ruyi-im/ruyi/friend"
)

type contactReq struct {
	UID string `path:"uid" json:"-"`
}

// removeFriend takes somebody out of the caller's contact list.
func (a *api) removeFriend(ctx context.Context, c caller, in contactReq) (ok, error) {
	return ok{}, a.core.Friend.Remove(ctx, c.UID, in.UID)
}

type remarkReq struct {
	UID    string `json:"uid"`
	Remark string `json:"remark"` // absent is as good as empty: none
}

// setRemark sets the caller's private name for somebody, as operation 5 does too.
func (a *api) setRemark(ctx context.Context, c caller, in remarkReq) (ok, error) {
	_, err := a.core.Friend.SetContact(ctx, c.UID, in.UID, friend.ContactChange{Remark: &in.Remark})
	return ok{}, err
}

// friendVersionReq is how newer clients ask for operation 25. They send an
// api_version as well, which does not matter here.
type friendVersionReq struct {
	Version int64 `query:"version" json:"-"` // of the last row received
	Limit   int   `query:"limit" json:"-"`
}

// friendSyncByVersion is operation 25 for newer clients: the same rows.
func (a *api) friendSyncByVersion(ctx context.Context, c caller, in friendVersionReq) ([]friendResp, error) {
	if in.Version < 0 {
		return nil, errParam // before the domain calls it a sync key
	}
	contacts, err := a.core.Friend.Sync(ctx, c.UID, friend.Cursor{Version: in.Version}, in.Limit)
	return newFriendResps(contacts, a.location), err
}
