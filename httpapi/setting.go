package httpapi

import (
	"context"

	"github.com/ruyi-im/ruyi/friend"
)

// setContactReq is the UserSettingReq of the API document, any part of it, with
// what clients of its descendants set besides.
type setContactReq struct {
	UID          string  `path:"uid" json:"-"`
	Mute         *flag01 `json:"mute"`
	Top          *flag01 `json:"top"`
	ChatPwdOn    *flag01 `json:"chat_pwd_on"`
	Screenshot   *flag01 `json:"screenshot"`
	RevokeRemind *flag01 `json:"revoke_remind"`
	Receipt      *flag01 `json:"receipt"`
	Flame        *flag01 `json:"flame"`
	FlameSecond  *int    `json:"flame_second"`
	Remark       *string `json:"remark"`
}

// setContactResp is what the document says the answer is, and a success as well.
type setContactResp struct {
	Status int    `json:"status"`
	Mute   flag01 `json:"mute"`
	Top    flag01 `json:"top"`
}

// setContact is operation 5.
func (a *api) setContact(ctx context.Context, c caller, in setContactReq) (setContactResp, error) {
	s, err := a.core.Friend.SetContact(ctx, c.UID, in.UID, friend.ContactChange{
		Remark: in.Remark, Mute: (*bool)(in.Mute), Top: (*bool)(in.Top), ChatPwdOn: (*bool)(in.ChatPwdOn),
		Screenshot: (*bool)(in.Screenshot), Recall: (*bool)(in.RevokeRemind), Receipt: (*bool)(in.Receipt),
		Flame: (*bool)(in.Flame), FlameSecs: in.FlameSecond,
	})
	return setContactResp{Status: 200, Mute: flag01(s.Mute), Top: flag01(s.Top)}, err
}
