package httpapi

import (
	"context"
	"strconv"
)

// reminderSyncReq may name channels; everything is a user's own here, so they
// make no difference.
type reminderSyncReq struct {
	Version    intString `json:"version"`
	Limit      intString `json:"limit"`
	ChannelIDs []string  `json:"channel_ids"`
}

type reminderResp struct {
	ID           int64    `json:"id"`
	ChannelID    string   `json:"channel_id"`
	ChannelType  uint8    `json:"channel_type"`
	MessageID    string   `json:"message_id"`
	MessageSeq   int64    `json:"message_seq"`
	ReminderType int      `json:"reminder_type"`
	UID          string   `json:"uid"`
	Text         string   `json:"text"`
	Data         struct{} `json:"data"`
	IsLocate     flag01   `json:"is_locate"` // there is a message to go to
	Version      int64    `json:"version"`
	Done         flag01   `json:"done"`
	Publisher    string   `json:"publisher"`
}

func (a *api) reminderSync(ctx context.Context, c caller, in reminderSyncReq) ([]reminderResp, error) {
	list, err := a.core.Message.Reminders(ctx, c.UID, int64(in.Version), clampInt(in.Limit))
	out := make([]reminderResp, len(list))
	for i, r := range list {
		out[i] = reminderResp{
			ID: r.ID, ChannelID: r.Channel.ID, ChannelType: uint8(r.Channel.Type),
			MessageID: strconv.FormatInt(r.MessageID, 10), MessageSeq: r.Seq, ReminderType: r.Type,
			UID: r.UID, Text: r.Text, IsLocate: true, Version: r.Version, Done: flag01(r.Done), Publisher: r.Publisher,
		}
	}
	return out, err
}

func (a *api) reminderDone(ctx context.Context, c caller, in []intString) (ok, error) {
	ids := make([]int64, len(in))
	for i, id := range in {
		ids[i] = int64(id)
	}
	return ok{}, a.core.Message.DoneReminders(ctx, c.UID, ids)
}
