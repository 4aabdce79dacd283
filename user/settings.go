package user

import "context"

// SettingsChange is the input of UpdateSettings; nil changes nothing. The fields
// are those of Settings.
type SettingsChange struct {
	SearchByPhone     *bool
	SearchByShort     *bool
	NewMsgNotice      *bool
	MsgShowDetail     *bool
	VoiceOn           *bool
	ShockOn           *bool
	OfflineProtection *bool
	DeviceLock        *bool
	MuteOfApp         *bool
}

func (s *service) UpdateSettings(ctx context.Context, uid string, c SettingsChange) error {
	if c == (SettingsChange{}) {
		return nil
	}
	return s.changeOwn(ctx, uid, func(u *User) error {
		c.apply(&u.Settings)
		return nil
	})
}

func (c *SettingsChange) apply(s *Settings) {
	set(&s.SearchByPhone, c.SearchByPhone)
	set(&s.SearchByShort, c.SearchByShort)
	set(&s.NewMsgNotice, c.NewMsgNotice)
	set(&s.MsgShowDetail, c.MsgShowDetail)
	set(&s.VoiceOn, c.VoiceOn)
	set(&s.ShockOn, c.ShockOn)
	set(&s.OfflineProtection, c.OfflineProtection)
	set(&s.DeviceLock, c.DeviceLock)
	set(&s.MuteOfApp, c.MuteOfApp)
}
