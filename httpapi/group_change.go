package httpapi

import (
	"context"

	"github.com/ruyi-im/ruyi/group"
)

// updateGroupReq is the GroupUpdateReq of the API document, any part of it.
type updateGroupReq struct {
	GroupNo string  `path:"group_no" json:"-"`
	Name    *string `json:"name"`
	Notice  *string `json:"notice"`
	Invite  *flag01 `json:"invite"`
}

// updateGroup is operation 33.
func (a *api) updateGroup(ctx context.Context, c caller, in updateGroupReq) (ok, error) {
	return ok{}, a.core.Group.Update(ctx, c.UID, in.GroupNo, group.Change{
		Name: in.Name, Notice: in.Notice, Invite: (*bool)(in.Invite),
	})
}

// setGroupReq is the GroupSettingUpdateReq of the API document, any part of it,
// with what clients of its descendants set besides: of their own, and for all.
type setGroupReq struct {
	GroupNo  string  `path:"group_no" json:"-"`
	Mute     *flag01 `json:"mute"`
	Top      *flag01 `json:"top"`
	Save     *flag01 `json:"save"`
	ShowNick *flag01 `json:"show_nick"`

	ChatPwdOn       *flag01 `json:"chat_pwd_on"`
	Screenshot      *flag01 `json:"screenshot"`
	JoinGroupRemind *flag01 `json:"join_group_remind"`
	RevokeRemind    *flag01 `json:"revoke_remind"`
	Receipt         *flag01 `json:"receipt"`
	Flame           *flag01 `json:"flame"`
	FlameSecond     *int    `json:"flame_second"`
	Remark          *string `json:"remark"`

	Forbidden                *flag01 `json:"forbidden"`
	Invite                   *flag01 `json:"invite"`
	ForbiddenAddFriend       *flag01 `json:"forbidden_add_friend"`
	AllowViewHistoryMsg      *flag01 `json:"allow_view_history_msg"`
	AllowMemberPinnedMessage *flag01 `json:"allow_member_pinned_message"`
}

// setGroup is operation 34.
func (a *api) setGroup(ctx context.Context, c caller, in setGroupReq) (ok, error) {
	return ok{}, a.core.Group.Set(ctx, c.UID, in.GroupNo, group.SettingChange{
		OwnChange: group.OwnChange{
			Remark: in.Remark, Mute: (*bool)(in.Mute), Top: (*bool)(in.Top), Save: (*bool)(in.Save),
			ShowNick: (*bool)(in.ShowNick), ChatPwdOn: (*bool)(in.ChatPwdOn), Screenshot: (*bool)(in.Screenshot),
			Recall: (*bool)(in.RevokeRemind), Receipt: (*bool)(in.Receipt), JoinRemind: (*bool)(in.JoinGroupRemind),
			Flame: (*bool)(in.Flame), FlameSecs: in.FlameSecond,
		},
		WideChange: group.WideChange{
			Forbidden: (*bool)(in.Forbidden), Invite: (*bool)(in.Invite),
			ForbiddenAddFriend: (*bool)(in.ForbiddenAddFriend), ViewHistory: (*bool)(in.AllowViewHistoryMsg),
			MemberPin: (*bool)(in.AllowMemberPinnedMessage),
		},
	})
}

type forbidGroupReq struct {
	GroupNo string `path:"group_no" json:"-"`
	On      flag01 `path:"on" json:"-"`
}

// forbidGroup is operation 41.
func (a *api) forbidGroup(ctx context.Context, c caller, in forbidGroupReq) (ok, error) {
	return ok{}, a.core.Group.ForbidAll(ctx, c.UID, in.GroupNo, bool(in.On))
}
