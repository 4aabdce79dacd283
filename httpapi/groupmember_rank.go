package httpapi

import (
	"context"

	"github.com/ruyi-im/ruyi/group"
)

type groupManagersReq struct {
	GroupNo string   `path:"group_no" json:"-"`
	UIDs    []string `body:"array" json:"-"`
}

// setGroupManagers is operation 39.
func (a *api) setGroupManagers(ctx context.Context, c caller, in groupManagersReq) (ok, error) {
	return ok{}, a.core.Group.SetManagers(ctx, c.UID, in.GroupNo, in.UIDs)
}

// unsetGroupManagers is operation 40.
func (a *api) unsetGroupManagers(ctx context.Context, c caller, in groupManagersReq) (ok, error) {
	return ok{}, a.core.Group.UnsetManagers(ctx, c.UID, in.GroupNo, in.UIDs)
}

type transferGroupReq struct {
	GroupNo string `path:"group_no" json:"-"`
	ToUID   string `path:"to_uid" json:"-"`
}

// transferGroup is operation 43.
func (a *api) transferGroup(ctx context.Context, c caller, in transferGroupReq) (ok, error) {
	return ok{}, a.core.Group.Transfer(ctx, c.UID, in.GroupNo, in.ToUID)
}

// muteGroupMemberReq mutes with action 1, for the time with that key, and ends it
// with action 0.
type muteGroupMemberReq struct {
	GroupNo   string  `path:"group_no" json:"-"`
	MemberUID string  `json:"member_uid"`
	Action    *flag01 `json:"action"`
	Key       numeral `json:"key"`
}

// muteGroupMember is POST /groups/{group_no}/forbidden_with_member.
func (a *api) muteGroupMember(ctx context.Context, c caller, in muteGroupMemberReq) (ok, error) {
	switch {
	case in.Action == nil:
		return ok{}, errBody
	case !bool(*in.Action):
		return ok{}, a.core.Group.UnmuteMember(ctx, c.UID, in.GroupNo, in.MemberUID)
	}
	return ok{}, a.core.Group.MuteMember(ctx, c.UID, in.GroupNo, in.MemberUID, int(in.Key))
}

type muteTimeResp struct {
	Text string `json:"text"`
	Key  int    `json:"key"`
}

// muteTimes is GET /group/forbidden_times.
func (a *api) muteTimes(context.Context, caller, struct{}) ([]muteTimeResp, error) {
	times := group.MuteTimes()
	out := make([]muteTimeResp, len(times))
	for i, t := range times {
		out[i] = muteTimeResp{Text: t.Text, Key: t.Key}
	}
	return out, nil
}

type groupBlacklistReq struct {
	GroupNo string   `path:"group_no" json:"-"`
	UIDs    []string `json:"uids"`
}

// blacklistGroupMembers is POST /groups/{group_no}/blacklist/add.
func (a *api) blacklistGroupMembers(ctx context.Context, c caller, in groupBlacklistReq) (ok, error) {
	return ok{}, a.core.Group.Blacklist(ctx, c.UID, in.GroupNo, in.UIDs)
}

// unblacklistGroupMembers is POST /groups/{group_no}/blacklist/remove.
func (a *api) unblacklistGroupMembers(ctx context.Context, c caller, in groupBlacklistReq) (ok, error) {
	return ok{}, a.core.Group.Unblacklist(ctx, c.UID, in.GroupNo, in.UIDs)
}
