package httpapi

import (
	"context"

	"github.com/ruyi-im/ruyi/internal/errs"
	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/user"
)

// errChannelType refuses to show a channel that connects neither people nor a group.
var errChannelType = errs.New(errs.Invalid, "httpapi.channel_type", "频道类型不支持！", "this type of channel is not known")

// channelRef names a channel as its reader sees it.
type channelRef struct {
	ID   string `json:"channel_id"`
	Type uint8  `json:"channel_type"`
}

type channelReq struct {
	ID   string `path:"channel_id" json:"-"`
	Type int64  `path:"channel_type" json:"-"`
}

// channelResp is what clients show of a person or a group alike.
type channelResp struct {
	Channel     channelRef `json:"channel"`
	Name        string     `json:"name"`
	Logo        string     `json:"logo"` // "" for the usual address of the picture
	Remark      string     `json:"remark"`
	Mute        flag01     `json:"mute"`
	Stick       flag01     `json:"stick"`
	Online      flag01     `json:"online"`
	LastOffline int64      `json:"last_offline"` // Unix seconds
	DeviceFlag  user.Flag  `json:"device_flag"`
	Receipt     flag01     `json:"receipt"`
	Robot       flag01     `json:"robot"`
	Status      int        `json:"status"`
	Follow      flag01     `json:"follow"`
	Category    string     `json:"category"`
	BeDeleted   flag01     `json:"be_deleted"`
	BeBlacklist flag01     `json:"be_blacklist"`
	Notice      string     `json:"notice"`
	Forbidden   flag01     `json:"forbidden"`
	Invite      flag01     `json:"invite"`
	Save        flag01     `json:"save"`
	Flame       flag01     `json:"flame"`
	FlameSecond int        `json:"flame_second"`
	Extra       any        `json:"extra"` // an object, never null
}

// personExtra is the extra of a person.
type personExtra struct {
	Sex          int    `json:"sex"`
	ShortNo      string `json:"short_no"`
	Vercode      string `json:"vercode"`
	SourceDesc   string `json:"source_desc"`
	ChatPwdOn    flag01 `json:"chat_pwd_on"`
	Screenshot   flag01 `json:"screenshot"`
	RevokeRemind flag01 `json:"revoke_remind"`
}

// channel is GET /channels/{channel_id}/{channel_type}.
func (a *api) channel(ctx context.Context, c caller, in channelReq) (channelResp, error) {
	switch in.Type {
	case int64(message.Person):
		return a.personCard(ctx, c, in.ID)
	case int64(message.Group):
		return a.groupCard(ctx, c, in.ID)
	default:
		return channelResp{}, errChannelType
	}
}

func (a *api) personCard(ctx context.Context, c caller, uid string) (channelResp, error) {
	u, err := a.core.User.Card(ctx, c.UID, uid)
	return channelResp{
		Channel: channelRef{u.UID, uint8(message.Person)}, Name: u.Name, Remark: u.Remark,
		Mute: flag01(u.Mute), Stick: flag01(u.Top), Receipt: flag01(u.Receipt), Robot: flag01(u.Robot),
		Online: flag01(u.Online.Online), LastOffline: unixSeconds(u.Online.LastOffline), DeviceFlag: u.Online.Flag,
		Status: contactStatus(u.Blocked), Follow: flag01(u.Friend), Category: string(u.Category),
		BeDeleted: flag01(u.Dropped), BeBlacklist: flag01(u.BlockedBy),
		Flame: flag01(u.Flame), FlameSecond: u.FlameSecs,
		Extra: personExtra{
			Sex: u.Sex, ShortNo: u.ShortNo, Vercode: u.Vercode, SourceDesc: cardSource(u),
			ChatPwdOn: flag01(u.ChatPwdOn), Screenshot: flag01(u.Screenshot), RevokeRemind: flag01(u.Recall),
		},
	}, err
}

// groupExtra is the extra of a group.
type groupExtra struct {
	groupSwitches
	Role        int    `json:"role"`
	MemberCount int    `json:"member_count"`
	OnlineCount int    `json:"online_count"`
	GroupType   flag01 `json:"group_type"` // 1 for a large one
	Quit        flag01 `json:"quit"`
	MutedUntil  int64  `json:"forbidden_expir_time"`
}

// groupSwitches are those that clients look up in the extra of a group.
type groupSwitches struct {
	ForbiddenAddFriend       flag01 `json:"forbidden_add_friend"`
	AllowViewHistoryMsg      flag01 `json:"allow_view_history_msg"`
	AllowMemberPinnedMessage flag01 `json:"allow_member_pinned_message"`
	ShowNick                 flag01 `json:"show_nick"`
	ChatPwdOn                flag01 `json:"chat_pwd_on"`
	Screenshot               flag01 `json:"screenshot"`
	RevokeRemind             flag01 `json:"revoke_remind"`
	JoinGroupRemind          flag01 `json:"join_group_remind"`
}

func (a *api) groupCard(ctx context.Context, c caller, no string) (channelResp, error) {
	v, err := a.core.Group.Group(ctx, c.UID, no)
	if err != nil {
		return channelResp{}, err
	}
	g := newGroupResp(v, a.location)
	return channelResp{
		Channel: channelRef{g.GroupNo, uint8(message.Group)}, Name: g.Name, Remark: g.Remark, Mute: g.Mute, Stick: g.Top,
		Receipt: g.Receipt, Status: g.Status, Follow: flag01(!v.Quit()), Category: g.Category, Notice: g.Notice,
		Forbidden: g.Forbidden, Invite: g.Invite, Save: g.Save, Flame: g.Flame, FlameSecond: g.FlameSecond,
		Extra: groupExtra{
			groupSwitches: groupSwitches{
				ForbiddenAddFriend: g.ForbiddenAddFriend, AllowViewHistoryMsg: g.AllowViewHistoryMsg,
				AllowMemberPinnedMessage: g.AllowMemberPinnedMessage, ShowNick: g.ShowNick, ChatPwdOn: g.ChatPwdOn,
				Screenshot: g.Screenshot, RevokeRemind: g.RevokeRemind, JoinGroupRemind: g.JoinGroupRemind,
			},
			Role: g.Role, MemberCount: g.MemberCount, OnlineCount: g.OnlineCount, MutedUntil: g.ForbiddenExpirTime,
			GroupType: g.GroupType, Quit: g.Quit,
		},
	}, nil
}
