package httpapi

import "context"

// blockedResp has the username under both spellings that clients of this family
// know.
type blockedResp struct {
	UID      string `json:"uid"`
	Name     string `json:"name"`
	Username string `json:"username"`
	Usename  string `json:"usename"`
}

// blacklist is operation 14.
func (a *api) blacklist(ctx context.Context, c caller, _ struct{}) ([]blockedResp, error) {
	list, err := a.core.Friend.Blacklist(ctx, c.UID)
	if err != nil {
		return nil, err
	}
	out := make([]blockedResp, len(list))
	for i, b := range list {
		out[i] = blockedResp{UID: b.UID, Name: b.Name, Username: b.Username, Usename: b.Username}
	}
	return out, nil
}

type blockReq struct {
	UID string `path:"uid" json:"-"`
}

// block is operation 15.
func (a *api) block(ctx context.Context, c caller, in blockReq) (ok, error) {
	return ok{}, a.core.Friend.Block(ctx, c.UID, in.UID)
}

// unblock is operation 16.
func (a *api) unblock(ctx context.Context, c caller, in blockReq) (ok, error) {
	return ok{}, a.core.Friend.Unblock(ctx, c.UID, in.UID)
}

// contactStatus is the status of a user to somebody who has blocked that user, 2,
// or not, 1.
func contactStatus(blocked bool) int {
	if blocked {
		return 2
	}
	return 1
}
