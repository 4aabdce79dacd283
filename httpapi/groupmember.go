package httpapi

import (
	"context"
	"time"

	"github.com/ruyi-im/ruyi/group"
)

// groupMembersReq is GroupmemberAddReq and GroupmemberRemoveReq of the API
// document. Clients send names as well, which do not matter.
type groupMembersReq struct {
	GroupNo string   `path:"group_no" json:"-"`
	Members []string `json:"members"`
}

// addGroupMembers is operation 35.
func (a *api) addGroupMembers(ctx context.Context, c caller, in groupMembersReq) (ok, error) {
	return ok{}, a.core.Group.Add(ctx, c.UID, in.GroupNo, in.Members)
}

// removeGroupMembers is operation 36, and POST members_delete for clients whose
// DELETE has no body.
func (a *api) removeGroupMembers(ctx context.Context, c caller, in groupMembersReq) (ok, error) {
	return ok{}, a.core.Group.Remove(ctx, c.UID, in.GroupNo, in.Members)
}

type groupMemberReq struct {
	GroupNo string `path:"group_no" json:"-"`
	UID     string `path:"uid" json:"-"`
	Remark  string `json:"remark"` // absent is as good as empty: none
}

// renameGroupMember is operation 37.
func (a *api) renameGroupMember(ctx context.Context, c caller, in groupMemberReq) (ok, error) {
	return ok{}, a.core.Group.Rename(ctx, c.UID, in.GroupNo, in.UID, in.Remark)
}

// exitGroup is POST /groups/{group_no}/exit.
func (a *api) exitGroup(ctx context.Context, c caller, in groupReq) (ok, error) {
	return ok{}, a.core.Group.Exit(ctx, c.UID, in.GroupNo)
}

// disbandGroup is DELETE /groups/{group_no}/disband.
func (a *api) disbandGroup(ctx context.Context, c caller, in groupReq) (ok, error) {
	return ok{}, a.core.Group.Disband(ctx, c.UID, in.GroupNo)
}

type memberSyncReq struct {
	GroupNo string `path:"group_no" json:"-"`
	Version int64  `query:"version" json:"-"` // of the last row received
	Limit   int    `query:"limit" json:"-"`
}

// syncGroupMembers is operation 38.
func (a *api) syncGroupMembers(ctx context.Context, c caller, in memberSyncReq) ([]memberResp, error) {
	if in.Version < 0 {
		return nil, errParam
	}
	list, err := a.core.Group.SyncMembers(ctx, c.UID, in.GroupNo, in.Version, in.Limit)
	return newMemberResps(in.GroupNo, list, a.location), err
}

type memberListReq struct {
	GroupNo string `path:"group_no" json:"-"`
	Keyword string `query:"keyword" json:"-"`
	Page    int    `query:"page" json:"-"` // from 1
	Limit   int    `query:"limit" json:"-"`
}

// listGroupMembers is GET /groups/{group_no}/members.
func (a *api) listGroupMembers(ctx context.Context, c caller, in memberListReq) ([]memberResp, error) {
	list, err := a.core.Group.Members(ctx, c.UID, in.GroupNo, in.Keyword, in.Page, in.Limit)
	return newMemberResps(in.GroupNo, list, a.location), err
}

// memberResp is the MemberDetailResp of the API document with what clients of its
// descendants read besides. The vercode is told with somebody's card alone.
type memberResp struct {
	ID        int64  `json:"id"`
	UID       string `json:"uid"`
	Name      string `json:"name"`
	Remark    string `json:"remark"`
	Role      int    `json:"role"`
	IsDeleted flag01 `json:"is_deleted"`
	CreatedAt string `json:"created_at"`
	UpdatedAt string `json:"updated_at"`

	Version            int64  `json:"version"`
	GroupNo            string `json:"group_no"`
	Status             int    `json:"status"`
	Vercode            string `json:"vercode"`
	InviteUID          string `json:"invite_uid"`
	Robot              flag01 `json:"robot"`
	ForbiddenExpirTime int64  `json:"forbidden_expir_time"`
}

func newMemberResps(no string, list []group.Named, zone *time.Location) []memberResp {
	out := make([]memberResp, len(list))
	for i, m := range list {
		out[i] = memberResp{
			ID: m.ID, UID: m.UID, Name: m.Name, Remark: m.Remark, Role: int(m.Role), IsDeleted: flag01(m.Deleted),
			CreatedAt: localTimeOf(m.CreatedAt, zone), UpdatedAt: localTimeOf(m.UpdatedAt, zone),
			Version: m.Version, GroupNo: no, Status: int(m.Status), InviteUID: m.Inviter, Robot: flag01(m.Robot),
			ForbiddenExpirTime: unixSeconds(m.MutedUntil),
		}
	}
	return out
}
