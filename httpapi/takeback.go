package httpapi

import (
	"cmp"
	"context"

	"github.com/ruyi-im/ruyi/message"
)

// deleteMessageReq is the document's query or, in its place, the list that newer
// clients send.
type deleteMessageReq struct {
	MessageID   int64        `query:"message_id" json:"-"`
	ChannelID   string       `query:"channel_id" json:"-"`
	ChannelType int64        `query:"channel_type" json:"-"`
	Messages    []messageRef `body:"array" json:"-"`
}

// messageRef names a message. Its id is enough to find it.
type messageRef struct {
	MessageID   intString `json:"message_id"`
	ChannelID   string    `json:"channel_id"`
	ChannelType intString `json:"channel_type"`
	MessageSeq  intString `json:"message_seq"`
}

// deleteMessage is operation 28: one message, else everything in a channel, else
// a list of messages.
func (a *api) deleteMessage(ctx context.Context, c caller, in deleteMessageReq) (ok, error) {
	switch {
	case in.MessageID != 0:
		return ok{}, a.core.Message.Delete(ctx, c.UID, in.MessageID)
	case in.ChannelID != "":
		ch, err := channelOf(in.ChannelID, in.ChannelType)
		if err != nil {
			return ok{}, err
		}
		return ok{}, a.core.Message.ClearAll(ctx, c.UID, ch)
	}
	ids := make([]int64, len(in.Messages))
	for i, m := range in.Messages {
		ids[i] = int64(m.MessageID)
	}
	return ok{}, a.core.Message.Delete(ctx, c.UID, ids...)
}

type messageOffsetReq struct {
	ChannelID   string    `json:"channel_id"`
	ChannelType intString `json:"channel_type"`
	MessageSeq  intString `json:"message_seq"`
}

// messageOffset is POST /message/offset.
func (a *api) messageOffset(ctx context.Context, c caller, in messageOffsetReq) (ok, error) {
	ch, err := channelOf(in.ChannelID, int64(in.ChannelType))
	if err != nil {
		return ok{}, err
	}
	return ok{}, a.core.Message.Clear(ctx, c.UID, ch, int64(in.MessageSeq))
}

// revokeReq is in the query or in the body; where both name a value the query
// counts.
type revokeReq struct {
	QueryMessageID   int64  `query:"message_id" json:"-"`
	QueryChannelID   string `query:"channel_id" json:"-"`
	QueryChannelType int64  `query:"channel_type" json:"-"`
	QueryClientMsgNo string `query:"client_msg_no" json:"-"`

	MessageID   intString `json:"message_id"`
	ChannelID   string    `json:"channel_id"`
	ChannelType intString `json:"channel_type"`
	ClientMsgNo string    `json:"client_msg_no"`
}

// revoke is operation 29. The number that the sender gave the message counts only
// where its id is missing.
func (a *api) revoke(ctx context.Context, c caller, in revokeReq) (ok, error) {
	ch, err := channelOf(cmp.Or(in.QueryChannelID, in.ChannelID), cmp.Or(in.QueryChannelType, int64(in.ChannelType)))
	if err != nil {
		return ok{}, err
	}
	if ch.ID == "" {
		ch = message.Channel{} // the message is enough
	}
	if id := cmp.Or(in.QueryMessageID, int64(in.MessageID)); id != 0 {
		return ok{}, a.core.Message.Revoke(ctx, c.UID, ch, id)
	}
	return ok{}, a.core.Message.RevokeSent(ctx, c.UID, ch, cmp.Or(in.QueryClientMsgNo, in.ClientMsgNo))
}
