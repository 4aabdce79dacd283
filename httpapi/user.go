package httpapi

import (
	"context"

	"github.com/ruyi-im/ruyi/user"
)

// deviceReq is the device object of operations 1 and 2.
type deviceReq struct {
	ID    string `json:"device_id"`
	Name  string `json:"device_name"`
	Model string `json:"device_model"`
}

func (d deviceReq) device() user.Device {
	return user.Device{ID: d.ID, Name: d.Name, Model: d.Model}
}

// deviceFlag turns a number of any size into a flag, which the service refuses
// when it is none.
func deviceFlag(n intString) user.Flag {
	if n < 0 || n > 255 {
		return 255
	}
	return user.Flag(n)
}

type registerCodeReq struct {
	Zone  string `json:"zone"`
	Phone string `json:"phone"`
}

type registerCodeResp struct {
	Status int    `json:"status"`
	Exist  flag01 `json:"exist"`
}

// registerCode is operation 19.
func (a *api) registerCode(ctx context.Context, c caller, in registerCodeReq) (registerCodeResp, error) {
	exists, err := a.core.User.SendRegisterCode(ctx, user.Phone{Zone: in.Zone, Number: in.Phone}, c.from)
	return registerCodeResp{Status: 200, Exist: flag01(exists)}, err
}

type registerReq struct {
	Zone     string    `json:"zone"`
	Phone    string    `json:"phone"`
	Code     string    `json:"code"`
	Password string    `json:"password"`
	Name     string    `json:"name"`
	Flag     intString `json:"flag"`
	Device   deviceReq `json:"device"`
}

// register is operation 1.
func (a *api) register(ctx context.Context, c caller, in registerReq) (loginResp, error) {
	signed, err := a.core.User.Register(ctx, user.Registration{
		Phone: user.Phone{Zone: in.Zone, Number: in.Phone}, Code: in.Code, Password: in.Password,
		Name: in.Name, Flag: deviceFlag(in.Flag), Device: in.Device.device(), Address: c.from,
	})
	return newLoginResp(signed), err
}

type loginReq struct {
	Username string    `json:"username"`
	Password string    `json:"password"`
	Flag     intString `json:"flag"`
	Device   deviceReq `json:"device"`
}

// login is operation 2.
func (a *api) login(ctx context.Context, c caller, in loginReq) (loginResp, error) {
	signed, err := a.core.User.Login(ctx, user.Login{
		Username: in.Username, Password: in.Password,
		Flag: deviceFlag(in.Flag), Device: in.Device.device(), Address: c.from,
	})
	return newLoginResp(signed), err
}

// loginResp is the UserLoginResp of the API document with what clients of its
// descendants read besides.
type loginResp struct {
	UID      string      `json:"uid"`
	Token    string      `json:"token"`
	Username string      `json:"username"`
	Name     string      `json:"name"`
	Sex      int         `json:"sex"`
	Category string      `json:"category"`
	ShortNo  string      `json:"short_no"`
	Zone     string      `json:"zone"`
	Phone    string      `json:"phone"`
	Setting  settingResp `json:"setting"`
	AppID    string      `json:"app_id"`

	ChatPwd         string `json:"chat_pwd"`
	LockScreenPwd   string `json:"lock_screen_pwd"`
	LockAfterMinute int    `json:"lock_after_minute"`
	ShortStatus     flag01 `json:"short_status"`
	MsgExpireSecond int64  `json:"msg_expire_second"`
	Avatar          string `json:"avatar"` // below the prefix
}

type settingResp struct {
	SearchByPhone     flag01 `json:"search_by_phone"`
	SearchByShort     flag01 `json:"search_by_short"`
	NewMsgNotice      flag01 `json:"new_msg_notice"`
	MsgShowDetail     flag01 `json:"msg_show_detail"`
	VoiceOn           flag01 `json:"voice_on"`
	ShockOn           flag01 `json:"shock_on"`
	OfflineProtection flag01 `json:"offline_protection"`
	DeviceLock        flag01 `json:"device_lock"`
	MuteOfApp         flag01 `json:"mute_of_app"`
}

// appID is the name that clients of this family know the service by.
const appID = "wukongchat"

func newLoginResp(s user.SignedIn) loginResp {
	u, set := s.User, s.User.Settings
	return loginResp{
		UID: u.UID, Token: s.Token, Username: u.Username, Name: u.Name, Sex: u.Sex,
		Category: string(u.Category), ShortNo: u.ShortNo, Zone: u.Phone.Zone, Phone: u.Phone.Number,
		Setting: settingResp{
			SearchByPhone: flag01(set.SearchByPhone), SearchByShort: flag01(set.SearchByShort),
			NewMsgNotice: flag01(set.NewMsgNotice), MsgShowDetail: flag01(set.MsgShowDetail),
			VoiceOn: flag01(set.VoiceOn), ShockOn: flag01(set.ShockOn),
			OfflineProtection: flag01(set.OfflineProtection), DeviceLock: flag01(set.DeviceLock),
			MuteOfApp: flag01(set.MuteOfApp),
		},
		AppID: appID, ChatPwd: u.ChatPwd, LockScreenPwd: u.LockScreenPwd,
		LockAfterMinute: u.LockAfterMinute, ShortStatus: flag01(u.ShortNoChanged),
		MsgExpireSecond: u.MsgExpireSecond, Avatar: "users/" + u.UID + "/avatar",
	}
}

type cardReq struct {
	UID string `path:"uid" json:"-"`
}

// cardResp is the UserDetailResp of the API document with what clients of its
// descendants read besides. Phone and zone are there on one's own card only, the
// username only on a robot's.
type cardResp struct {
	UID          string `json:"uid"`
	Name         string `json:"name"`
	Mute         flag01 `json:"mute"`
	Top          flag01 `json:"top"`
	Username     string `json:"username,omitempty"`
	Zone         string `json:"zone,omitempty"`
	Phone        string `json:"phone,omitempty"`
	Sex          int    `json:"sex"`
	Category     string `json:"category"`
	ShortNo      string `json:"short_no"`
	Remark       string `json:"remark"`
	Follow       flag01 `json:"follow"`
	BeDeleted    flag01 `json:"be_deleted"`
	BeBlacklist  flag01 `json:"be_blacklist"`
	SourceDesc   string `json:"source_desc"`
	Status       int    `json:"status"`
	Vercode      string `json:"vercode"`
	ChatPwdOn    flag01 `json:"chat_pwd_on"`
	Screenshot   flag01 `json:"screenshot"`
	RevokeRemind flag01 `json:"revoke_remind"`
	Receipt      flag01 `json:"receipt"`
	Flame        flag01 `json:"flame"`
	FlameSecond  int    `json:"flame_second"`
	Robot        flag01 `json:"robot"`
	IsDestroy    flag01 `json:"is_destroy"`

	Online      flag01    `json:"online"`
	LastOffline int64     `json:"last_offline"` // Unix seconds
	DeviceFlag  user.Flag `json:"device_flag"`
}

// card is operation 4.
func (a *api) card(ctx context.Context, c caller, in cardReq) (cardResp, error) {
	u, err := a.core.User.Card(ctx, c.UID, in.UID)
	return cardResp{
		UID: u.UID, Name: u.Name, Mute: flag01(u.Mute), Top: flag01(u.Top),
		Username: u.Username, Zone: u.Phone.Zone, Phone: u.Phone.Number,
		Sex: u.Sex, Category: string(u.Category), ShortNo: u.ShortNo, Remark: u.Remark,
		Follow: flag01(u.Friend), BeDeleted: flag01(u.Dropped), Status: contactStatus(u.Blocked), Vercode: u.Vercode,
		ChatPwdOn: flag01(u.ChatPwdOn), Screenshot: flag01(u.Screenshot), RevokeRemind: flag01(u.Recall),
		Receipt: flag01(u.Receipt), Flame: flag01(u.Flame), FlameSecond: u.FlameSecs,
		Robot: flag01(u.Robot), IsDestroy: flag01(u.User.Status == user.Destroyed),
		Online: flag01(u.Online.Online), LastOffline: unixSeconds(u.Online.LastOffline), DeviceFlag: u.Online.Flag,
		BeBlacklist: flag01(u.BlockedBy), SourceDesc: cardSource(u),
	}, err
}

// cardSource tells how the viewer of a card became the friend of whom it shows.
func cardSource(u user.Card) string {
	if !u.Friend {
		return ""
	}
	return sourceDesc(u.Source, u.Initiator)
}
