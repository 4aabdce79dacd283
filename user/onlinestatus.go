package user

import (
	"context"
	"time"

	"github.com/ruyi-im/ruyi/message"
)

// presenceChange is what reports changed about one user.
type presenceChange struct {
	before, after OnlineStatus
	devices       []DevicePresence // those that came or went
}

// news returns the commands that tell of it: contacts hear what counts for all
// devices together, for known clients look at nothing but uid and online, and the
// user's own devices hear about each computer.
func (c presenceChange) news(ctx context.Context, tx Contacts, now time.Time) ([]message.Draft, error) {
	var drafts []message.Draft
	for _, p := range c.devices {
		if p.Flag != FlagApp {
			drafts = append(drafts, c.command(now, p.Flag, p.Online, p.UID))
		}
	}
	moved := c.before.Online != c.after.Online || c.after.Online && c.before.Flag != c.after.Flag
	if len(c.devices) == 0 || !moved {
		return drafts, nil
	}
	contacts, err := tx.Contacts(ctx, c.after.UID)
	if err != nil || len(contacts) == 0 {
		return drafts, err
	}
	return append(drafts, c.command(now, c.after.Flag, c.after.Online, contacts...)), nil
}

// command tells that a kind of device came or went. It is only pushed.
func (c presenceChange) command(now time.Time, flag Flag, online bool, to ...string) message.Draft {
	param := map[string]any{
		"uid": c.after.UID, "device_flag": flag, "online": truth(online), "main_device_flag": c.after.Flag,
	}
	if !c.after.Online {
		param["all_offline"] = 1
	}
	return message.Command(now, "onlineStatus", param, to...).Live()
}
