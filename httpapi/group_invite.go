package httpapi

import (
	"context"
	"net/url"

	"github.com/ruyi-im/ruyi/group"
)

type inviteMembersReq struct {
	GroupNo string   `path:"group_no" json:"-"`
	UIDs    []string `json:"uids"`
	Remark  string   `json:"remark"`
}

// inviteMembers is operation 44.
func (a *api) inviteMembers(ctx context.Context, c caller, in inviteMembersReq) (ok, error) {
	return ok{}, a.core.Group.Invite(ctx, c.UID, in.GroupNo, group.Invitation{UIDs: in.UIDs, Remark: in.Remark})
}

type confirmURLReq struct {
	GroupNo  string `path:"group_no" json:"-"`
	InviteNo string `query:"invite_no" json:"-"`
}

type confirmURLResp struct {
	Status int    `json:"status"`
	URL    string `json:"url"`
}

// confirmURL is operation 45.
func (a *api) confirmURL(ctx context.Context, c caller, in confirmURLReq) (confirmURLResp, error) {
	code, err := a.core.Group.ConfirmCode(ctx, c.UID, in.GroupNo, in.InviteNo)
	if err != nil {
		return confirmURLResp{}, err
	}
	page := confirmPage + "?invite_no=" + url.QueryEscape(in.InviteNo) + "&auth_code=" + url.QueryEscape(code)
	return confirmURLResp{Status: 200, URL: a.link(c, page)}, nil
}

type groupInviteReq struct {
	InviteNo string `path:"invite_no" json:"-"`
}

type groupInviteResp struct {
	InviteNo    string         `json:"invite_no"`
	GroupNo     string         `json:"group_no"`
	Inviter     string         `json:"inviter"`
	InviterName string         `json:"inviter_name"`
	Remark      string         `json:"remark"`
	Status      int            `json:"status"` // 1 once it is confirmed, or nobody is left to add
	Items       []group.Person `json:"items"`
}

// groupInvite is GET /group/invites/{invite_no}. It is public, as the page that
// shows it has no session: the number is the secret that opens it.
func (a *api) groupInvite(ctx context.Context, _ caller, in groupInviteReq) (groupInviteResp, error) {
	i, err := a.core.Group.InviteDetail(ctx, in.InviteNo)
	return groupInviteResp{
		InviteNo: i.No, GroupNo: i.Group, Inviter: i.Inviter, InviterName: i.InviterName, Remark: i.Remark,
		Status: int(i.Status), Items: i.Invited,
	}, err
}

type confirmInviteReq struct {
	AuthCode string `query:"auth_code" json:"-"`
}

// confirmInvite is POST /group/invite/sure. Its code is the proof of who confirms.
func (a *api) confirmInvite(ctx context.Context, _ caller, in confirmInviteReq) (ok, error) {
	return ok{}, a.core.Group.Confirm(ctx, in.AuthCode)
}
