package httpapi

import (
	"context"

	"github.com/ruyi-im/ruyi/message"
)

type channelSyncReq struct {
	ChannelID       string    `json:"channel_id"`
	ChannelType     intString `json:"channel_type"`
	StartMessageSeq intString `json:"start_message_seq"`
	EndMessageSeq   intString `json:"end_message_seq"`
	Limit           intString `json:"limit"`
	PullMode        flag01    `json:"pull_mode"` // 0 to older messages, 1 to newer ones
}

type channelSyncResp struct {
	StartMessageSeq int64         `json:"start_message_seq"`
	EndMessageSeq   int64         `json:"end_message_seq"`
	PullMode        flag01        `json:"pull_mode"`
	More            flag01        `json:"more"`
	Messages        []messageResp `json:"messages"`
}

// channelSync is POST /message/channel/sync.
func (a *api) channelSync(ctx context.Context, c caller, in channelSyncReq) (channelSyncResp, error) {
	ch, err := channelOf(in.ChannelID, int64(in.ChannelType))
	if err != nil {
		return channelSyncResp{}, err
	}
	r := message.Range{
		Start: int64(in.StartMessageSeq), End: int64(in.EndMessageSeq),
		Newer: bool(in.PullMode), Limit: pageSize(int64(in.Limit)),
	}
	page, more, err := a.core.Message.Page(ctx, c.UID, ch, r)
	out := channelSyncResp{
		StartMessageSeq: r.Start, EndMessageSeq: r.End, PullMode: in.PullMode, More: flag01(more),
		Messages: make([]messageResp, len(page)),
	}
	for i, m := range page {
		out.Messages[i] = newMessageObject(m, c.UID)
	}
	return out, err
}

type extraSyncReq struct {
	ChannelID    string    `json:"channel_id"`
	ChannelType  intString `json:"channel_type"`
	ExtraVersion intString `json:"extra_version"`
	Limit        intString `json:"limit"`
}

// extraSync is POST /message/extra/sync.
func (a *api) extraSync(ctx context.Context, c caller, in extraSyncReq) ([]extraResp, error) {
	ch, err := channelOf(in.ChannelID, int64(in.ChannelType))
	if err != nil {
		return nil, err
	}
	changed, err := a.core.Message.Extras(ctx, c.UID, ch, int64(in.ExtraVersion), pageSize(int64(in.Limit)))
	out := make([]extraResp, len(changed))
	for i, m := range changed {
		out[i] = newExtraResp(m)
	}
	return out, err
}

type readedReq struct {
	ChannelID   string      `json:"channel_id"`
	ChannelType intString   `json:"channel_type"`
	MessageIDs  []intString `json:"message_ids"`
}

// readed is POST /message/readed.
func (a *api) readed(ctx context.Context, c caller, in readedReq) (ok, error) {
	ch, err := channelOf(in.ChannelID, int64(in.ChannelType))
	if err != nil {
		return ok{}, err
	}
	ids := make([]int64, len(in.MessageIDs))
	for i, id := range in.MessageIDs {
		ids[i] = int64(id)
	}
	return ok{}, a.core.Message.MarkRead(ctx, c.UID, ch, ids...)
}
