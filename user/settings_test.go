package user_test

import (
	"testing"

	"github.com/ruyi-im/ruyi/user"
)

func TestUpdateSettings(t *testing.T) {
	w := startDev(t, openSQLite(t))
	before := w.add(user.User{UID: "a", Settings: user.DefaultSettings()})
	w.add(user.User{UID: "friend"})
	w.addFriends("a", "friend")
	update := func(c user.SettingsChange) {
		t.Helper()
		must(t, w.UpdateSettings(t.Context(), "a", c))
	}
	update(user.SettingsChange{})
	if got := w.account("a"); got != before {
		t.Errorf("changed by nothing: %+v", got)
	}
	update(user.SettingsChange{
		SearchByPhone: new(false), SearchByShort: new(false), NewMsgNotice: new(false), MsgShowDetail: new(false), VoiceOn: new(false),
		ShockOn: new(false), OfflineProtection: new(true), DeviceLock: new(true), MuteOfApp: new(true),
	})
	if got, want := w.account("a").Settings, (user.Settings{OfflineProtection: true, DeviceLock: true, MuteOfApp: true}); got != want {
		t.Errorf("settings %+v, want %+v", got, want)
	}
	for _, c := range []user.SettingsChange{
		{SearchByPhone: new(true)}, {SearchByShort: new(true)}, {NewMsgNotice: new(true)}, {MsgShowDetail: new(true)}, {VoiceOn: new(true)},
		{ShockOn: new(true)}, {OfflineProtection: new(false)}, {DeviceLock: new(false)}, {MuteOfApp: new(false)},
	} {
		update(c)
	}
	if got := w.account("a"); got != before {
		t.Errorf("changed to %+v\nwant       %+v", got, before)
	}
	if w.heard("friend", "a") != 0 {
		t.Error("a friend was told of settings that concern nobody else")
	}
	wantErr(t, "nobody", w.UpdateSettings(t.Context(), "nobody", user.SettingsChange{VoiceOn: new(true)}), user.ErrSession)
}
