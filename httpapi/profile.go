package httpapi

import (
	"context"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"github.com/ruyi-im/ruyi/internal/errs"
	"github.com/ruyi-im/ruyi/user"
)

// profileReq is the body of operation 21. Its keys are all that may be changed;
// any other is refused by name.
type profileReq struct {
	Name            *string  `json:"name"`
	Sex             *numeral `json:"sex"`
	ShortNo         *string  `json:"short_no"`
	MsgExpireSecond *numeral `json:"msg_expire_second"`
	SearchByPhone   *flag01  `json:"search_by_phone"`
	SearchByShort   *flag01  `json:"search_by_short"`
	NewMsgNotice    *flag01  `json:"new_msg_notice"`
	MsgShowDetail   *flag01  `json:"msg_show_detail"`
	VoiceOn         *flag01  `json:"voice_on"`
	ShockOn         *flag01  `json:"shock_on"`
}

// UnmarshalJSON refuses keys that profileReq does not have.
func (p *profileReq) UnmarshalJSON(text []byte) error {
	type plain profileReq
	var given map[string]json.RawMessage
	if err := json.Unmarshal(text, &given); err != nil {
		return err
	}
	known := shapeOf(reflect.TypeFor[plain]()).fields
	for _, key := range slices.Sorted(maps.Keys(given)) {
		if f, ok := known[fold(key)]; !ok || f.name != key {
			return errKey(key)
		}
	}
	return json.Unmarshal(text, (*plain)(p))
}

// maxNamedKey is the length in bytes of the longest key that a refusal repeats.
const maxNamedKey = 64

// errKey refuses a key that may not be changed. It repeats only what is fit to
// be shown.
func errKey(key string) error {
	if len(key) > maxNamedKey || strings.ContainsFunc(key, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return errBody
	}
	return errs.New(errs.Invalid, "httpapi.key", "不允许更新【"+key+"】", "“"+key+"” cannot be changed")
}

// profile is operation 21.
func (a *api) profile(ctx context.Context, c caller, in profileReq) (ok, error) {
	return ok{}, a.core.User.UpdateProfile(ctx, c.UID, user.ProfileChange{
		Name: in.Name, Sex: (*int)(in.Sex), ShortNo: in.ShortNo, MsgExpireSecond: (*int)(in.MsgExpireSecond),
		Settings: user.SettingsChange{
			SearchByPhone: (*bool)(in.SearchByPhone), SearchByShort: (*bool)(in.SearchByShort),
			NewMsgNotice: (*bool)(in.NewMsgNotice), MsgShowDetail: (*bool)(in.MsgShowDetail),
			VoiceOn: (*bool)(in.VoiceOn), ShockOn: (*bool)(in.ShockOn),
		},
	})
}

// settingReq is the body of PUT /user/my/setting. Unlike operation 21 it ignores
// what it does not know.
type settingReq struct {
	SearchByPhone     *flag01 `json:"search_by_phone"`
	SearchByShort     *flag01 `json:"search_by_short"`
	NewMsgNotice      *flag01 `json:"new_msg_notice"`
	MsgShowDetail     *flag01 `json:"msg_show_detail"`
	VoiceOn           *flag01 `json:"voice_on"`
	ShockOn           *flag01 `json:"shock_on"`
	OfflineProtection *flag01 `json:"offline_protection"`
	DeviceLock        *flag01 `json:"device_lock"`
	MuteOfApp         *flag01 `json:"mute_of_app"`
}

// mySetting is PUT /user/my/setting.
func (a *api) mySetting(ctx context.Context, c caller, in settingReq) (ok, error) {
	return ok{}, a.core.User.UpdateSettings(ctx, c.UID, user.SettingsChange{
		SearchByPhone: (*bool)(in.SearchByPhone), SearchByShort: (*bool)(in.SearchByShort),
		NewMsgNotice: (*bool)(in.NewMsgNotice), MsgShowDetail: (*bool)(in.MsgShowDetail),
		VoiceOn: (*bool)(in.VoiceOn), ShockOn: (*bool)(in.ShockOn),
		OfflineProtection: (*bool)(in.OfflineProtection), DeviceLock: (*bool)(in.DeviceLock),
		MuteOfApp: (*bool)(in.MuteOfApp),
	})
}
