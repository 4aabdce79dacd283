package httpapi

import (
	"context"
	"time"

	"github.com/ruyi-im/ruyi/group"
)

type createGroupReq struct {
	Name    string   `json:"name"`
	Members []string `json:"members"`
}

// createGroup is operation 31.
func (a *api) createGroup(ctx context.Context, c caller, in createGroupReq) (groupResp, error) {
	v, err := a.core.Group.Create(ctx, c.UID, group.Foundation{Name: in.Name, Members: in.Members})
	return newGroupResp(v, a.location), err
}

type groupReq struct {
	GroupNo string `path:"group_no" json:"-"`
}

// group is operation 32.
func (a *api) group(ctx context.Context, c caller, in groupReq) (groupResp, error) {
	v, err := a.core.Group.Group(ctx, c.UID, in.GroupNo)
	return newGroupResp(v, a.location), err
}

// myGroups is GET /group/my.
func (a *api) myGroups(ctx context.Context, c caller, _ struct{}) ([]groupResp, error) {
	list, err := a.core.Group.My(ctx, c.UID)
	out := make([]groupResp, len(list))
	for i, v := range list {
		out[i] = newGroupResp(v, a.location)
	}
	return out, err
}

// groupResp is the GroupResp of the API document with what clients of its
// descendants read besides.
type groupResp struct {
	GroupNo   string `json:"group_no"`
	Name      string `json:"name"`
	CreatedAt string `json:"created_at"`
	UpdatedAt string `json:"updated_at"`
	Version   int64  `json:"version"`
	Mute      flag01 `json:"mute"`
	Top       flag01 `json:"top"`
	Save      flag01 `json:"save"`
	ShowNick  flag01 `json:"show_nick"`

	GroupType                flag01 `json:"group_type"` // 1 for a large one
	Category                 string `json:"category"`
	Remark                   string `json:"remark"`
	Notice                   string `json:"notice"`
	Forbidden                flag01 `json:"forbidden"`
	Invite                   flag01 `json:"invite"`
	ForbiddenAddFriend       flag01 `json:"forbidden_add_friend"`
	AllowViewHistoryMsg      flag01 `json:"allow_view_history_msg"`
	AllowMemberPinnedMessage flag01 `json:"allow_member_pinned_message"`
	Status                   int    `json:"status"`

	ChatPwdOn       flag01 `json:"chat_pwd_on"`
	Screenshot      flag01 `json:"screenshot"`
	RevokeRemind    flag01 `json:"revoke_remind"`
	JoinGroupRemind flag01 `json:"join_group_remind"`
	Receipt         flag01 `json:"receipt"`
	Flame           flag01 `json:"flame"`
	FlameSecond     int    `json:"flame_second"`

	MemberCount        int    `json:"member_count"`
	OnlineCount        int    `json:"online_count"`
	Quit               flag01 `json:"quit"`
	Role               int    `json:"role"`
	ForbiddenExpirTime int64  `json:"forbidden_expir_time"`
}

func newGroupResp(v group.View, zone *time.Location) groupResp {
	g, s := v.Group, v.Settings
	return groupResp{
		GroupNo: g.No, Name: g.Name, CreatedAt: localTimeOf(g.CreatedAt, zone), UpdatedAt: localTimeOf(g.UpdatedAt, zone),
		Version: v.Version(), Mute: flag01(s.Mute), Top: flag01(s.Top), Save: flag01(s.Save), ShowNick: flag01(s.ShowNick),
		GroupType: flag01(g.Large), Category: g.Category, Remark: s.Remark, Notice: g.Notice,
		Forbidden: flag01(g.Forbidden), Invite: flag01(g.Invite), ForbiddenAddFriend: flag01(g.ForbiddenAddFriend),
		AllowViewHistoryMsg: flag01(g.ViewHistory), AllowMemberPinnedMessage: flag01(g.MemberPin), Status: int(g.Status),
		ChatPwdOn: flag01(s.ChatPwdOn), Screenshot: flag01(s.Screenshot), RevokeRemind: flag01(s.Recall),
		JoinGroupRemind: flag01(s.JoinRemind), Receipt: flag01(s.Receipt), Flame: flag01(s.Flame), FlameSecond: s.FlameSecs,
		MemberCount: g.Members, OnlineCount: v.Online, Quit: flag01(v.Quit()), Role: int(v.Me.Role),
		ForbiddenExpirTime: unixSeconds(v.Me.MutedUntil),
	}
}

// groupDetailResp is what a page shows to who is asked to join.
type groupDetailResp struct {
	GroupNo     string `json:"group_no"`
	Name        string `json:"name"`
	Notice      string `json:"notice"`
	Forbidden   flag01 `json:"forbidden"`
	CreatedAt   string `json:"created_at"`
	UpdatedAt   string `json:"updated_at"`
	MemberCount int    `json:"member_count"`
	Version     int64  `json:"version"`
}

// groupDetail is GET /groups/{group_no}/detail.
func (a *api) groupDetail(ctx context.Context, _ caller, in groupReq) (groupDetailResp, error) {
	b, err := a.core.Group.Detail(ctx, in.GroupNo)
	return groupDetailResp{
		GroupNo: b.No, Name: b.Name, Notice: b.Notice, Forbidden: flag01(b.Forbidden),
		CreatedAt: localTimeOf(b.CreatedAt, a.location), UpdatedAt: localTimeOf(b.UpdatedAt, a.location),
		MemberCount: b.Members, Version: b.Version,
	}, err
}
