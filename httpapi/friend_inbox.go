package httpapi

import (
	"context"
	"time"

	"github.com/ruyi-im/ruyi/friend"
)

type inboxReq struct {
	Page int `query:"page_index" json:"-"`
	Size int `query:"page_size" json:"-"`
}

// friendRequestResp is a request in the caller's inbox. As clients read it the
// caller, who received it, is uid, and the applicant to_uid.
type friendRequestResp struct {
	ID        int64                `json:"id"`
	UID       string               `json:"uid"`
	ToUID     string               `json:"to_uid"`
	ToName    string               `json:"to_name"`
	Remark    string               `json:"remark"`
	Status    friend.RequestStatus `json:"status"`
	Token     string               `json:"token"` // "" once it can no longer be accepted
	CreatedAt string               `json:"created_at"`
}

func newFriendRequestResp(r friend.ReceivedRequest, zone *time.Location) friendRequestResp {
	return friendRequestResp{
		ID: r.ID, UID: r.To, ToUID: r.From, ToName: r.Name, Remark: r.Remark, Status: r.Status,
		Token: r.Token, CreatedAt: localTime(r.CreatedAt, zone),
	}
}

// friendRequests answers one page of the caller's inbox.
func (a *api) friendRequests(ctx context.Context, c caller, in inboxReq) ([]friendRequestResp, error) {
	list, err := a.core.Friend.Requests(ctx, c.UID, in.Page, in.Size)
	if err != nil {
		return nil, err
	}
	out := make([]friendRequestResp, len(list))
	for i, r := range list {
		out[i] = newFriendRequestResp(r, a.location)
	}
	return out, nil
}

// applicantReq names the applicant, whatever the clients' name for it.
type applicantReq struct {
	UID string `path:"to_uid" json:"-"`
}

// removeFriendRequest takes a request out of the caller's inbox.
func (a *api) removeFriendRequest(ctx context.Context, c caller, in applicantReq) (ok, error) {
	return ok{}, a.core.Friend.RemoveRequest(ctx, c.UID, in.UID)
}

// refuseFriend refuses a request in the caller's inbox.
func (a *api) refuseFriend(ctx context.Context, c caller, in applicantReq) (ok, error) {
	return ok{}, a.core.Friend.Refuse(ctx, c.UID, in.UID)
}
