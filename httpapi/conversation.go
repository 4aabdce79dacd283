package httpapi

import (
	"context"
	"math"

	"github.com/ruyi-im/ruyi/message"
)

// conversationResp is the ConversationResp of the API document, with the time of
// the last message in Unix seconds.
type conversationResp struct {
	ChannelID   string      `json:"channel_id"`
	ChannelType uint8       `json:"channel_type"`
	Unread      int64       `json:"unread"`
	LastMessage messageResp `json:"last_message"`
	Timestamp   int64       `json:"timestamp"`
}

// conversations is operation 46.
func (a *api) conversations(ctx context.Context, c caller, _ struct{}) ([]conversationResp, error) {
	list, err := a.core.Message.Conversations(ctx, c.UID, 0, 1)
	out := make([]conversationResp, len(list))
	for i, v := range list {
		last := v.Last()
		out[i] = conversationResp{
			ChannelID: v.Channel.ID, ChannelType: uint8(v.Channel.Type), Unread: v.Unread,
			LastMessage: newMessageResp(last, last.Seq, c.UID), Timestamp: last.SentAt.Unix(),
		}
	}
	return out, err
}

// conversationSyncReq is what clients know already. All of it is accepted, and
// msg_count alone makes a difference: see conversationSync.
type conversationSyncReq struct {
	Version     intString `json:"version"`
	LastMsgSeqs string    `json:"last_msg_seqs"`
	MsgCount    intString `json:"msg_count"`
	DeviceUUID  string    `json:"device_uuid"`
	Limit       intString `json:"limit"`
}

type conversationSyncResp struct {
	UID           string                 `json:"uid"`
	Conversations []syncConversationResp `json:"conversations"`
	// Rows of these would stand in for GET /channels/{id}/{type}, which knows more
	// of a channel; clients ask it for what is not here.
	Users         []struct{} `json:"users"`
	Groups        []struct{} `json:"groups"`
	ChannelStatus []struct{} `json:"channel_status"`
	CmdVersion    int64      `json:"cmd_version"`
}

type syncConversationResp struct {
	ChannelID       string                 `json:"channel_id"`
	ChannelType     uint8                  `json:"channel_type"`
	Unread          int64                  `json:"unread"`
	Stick           flag01                 `json:"stick"`
	Mute            flag01                 `json:"mute"`
	Timestamp       int64                  `json:"timestamp"`
	LastMsgSeq      int64                  `json:"last_msg_seq"`
	LastClientMsgNo string                 `json:"last_client_msg_no"`
	OffsetMsgSeq    int64                  `json:"offset_msg_seq"`
	Version         int64                  `json:"version"`
	Recents         []messageResp          `json:"recents"`
	Extra           *conversationExtraResp `json:"extra,omitempty"`
}

// conversationSync answers the whole list, whatever version a client has: what
// has become of a conversation (cleared, deleted, its group left) must not be
// missed, and one query reads them all.
func (a *api) conversationSync(ctx context.Context, c caller, in conversationSyncReq) (conversationSyncResp, error) {
	list, err := a.core.Message.Conversations(ctx, c.UID, clampInt(in.Limit), clampInt(in.MsgCount))
	out := conversationSyncResp{
		UID: c.UID, Conversations: make([]syncConversationResp, len(list)),
		Users: []struct{}{}, Groups: []struct{}{}, ChannelStatus: []struct{}{},
	}
	for i, v := range list {
		last := v.Last()
		row := syncConversationResp{
			ChannelID: v.Channel.ID, ChannelType: uint8(v.Channel.Type), Unread: v.Unread,
			Stick: flag01(v.Top), Mute: flag01(v.Mute), Timestamp: last.SentAt.Unix(), LastMsgSeq: last.Seq,
			LastClientMsgNo: last.ClientMsgNo, OffsetMsgSeq: v.ClearedSeq, Version: v.Version,
			Recents: make([]messageResp, len(v.Recents)),
		}
		for j, m := range v.Recents {
			row.Recents[j] = newMessageObject(m, c.UID)
		}
		if v.Extra.Version > 0 {
			x := newConversationExtraResp(v.Extra)
			row.Extra = &x
		}
		out.Conversations[i] = row
	}
	return out, err
}

// conversationSyncAck accepts what clients say they have got; nothing depends on
// it.
func (a *api) conversationSyncAck(context.Context, caller, conversationSyncReq) (ok, error) {
	return ok{}, nil
}

type clearUnreadReq struct {
	ChannelID   string    `json:"channel_id"`
	ChannelType intString `json:"channel_type"`
	Unread      intString `json:"unread"`
	MessageSeq  intString `json:"message_seq"`
}

func (a *api) clearUnread(ctx context.Context, c caller, in clearUnreadReq) (ok, error) {
	return ok{}, a.core.Message.ClearUnread(ctx, c.UID, namedChannel(in.ChannelID, int64(in.ChannelType)),
		int64(in.Unread), int64(in.MessageSeq))
}

type conversationReq struct {
	ChannelID   string `path:"channel_id" json:"-"`
	ChannelType int64  `path:"channel_type" json:"-"`
}

func (a *api) deleteConversation(ctx context.Context, c caller, in conversationReq) (ok, error) {
	return ok{}, a.core.Message.DeleteConversation(ctx, c.UID, namedChannel(in.ChannelID, in.ChannelType))
}

// namedChannel returns the channel that a client names, with no type for a number
// that can be none.
func namedChannel(id string, typ int64) message.Channel {
	if typ < 0 || typ > math.MaxUint8 {
		typ = 0
	}
	return message.Channel{ID: id, Type: message.ChannelType(typ)}
}

// clampInt returns n as an int that services bound further.
func clampInt(n intString) int { return int(min(max(n, 0), math.MaxInt32)) }

type saveConversationExtraReq struct {
	ChannelID      string    `path:"channel_id" json:"-"`
	ChannelType    int64     `path:"channel_type" json:"-"`
	BrowseTo       intString `json:"browse_to"`
	KeepMessageSeq intString `json:"keep_message_seq"`
	KeepOffsetY    intString `json:"keep_offset_y"`
	Draft          string    `json:"draft"`
}

type versionResp struct {
	Version int64 `json:"version"`
}

func (a *api) saveConversationExtra(ctx context.Context, c caller, in saveConversationExtraReq) (versionResp, error) {
	version, err := a.core.Message.SaveConversationExtra(ctx, c.UID, namedChannel(in.ChannelID, in.ChannelType),
		message.ConversationExtra{
			BrowseTo: int64(in.BrowseTo), KeepMessageSeq: int64(in.KeepMessageSeq),
			KeepOffsetY: int64(in.KeepOffsetY), Draft: in.Draft,
		})
	return versionResp{Version: version}, err
}

type conversationExtraSyncReq struct {
	Version intString `json:"version"`
}

type conversationExtraResp struct {
	ChannelID      string `json:"channel_id"`
	ChannelType    uint8  `json:"channel_type"`
	BrowseTo       int64  `json:"browse_to"`
	KeepMessageSeq int64  `json:"keep_message_seq"`
	KeepOffsetY    int64  `json:"keep_offset_y"`
	Draft          string `json:"draft"`
	Version        int64  `json:"version"`
}

func newConversationExtraResp(x message.ConversationExtra) conversationExtraResp {
	return conversationExtraResp{
		ChannelID: x.Channel.ID, ChannelType: uint8(x.Channel.Type), BrowseTo: x.BrowseTo,
		KeepMessageSeq: x.KeepMessageSeq, KeepOffsetY: x.KeepOffsetY, Draft: x.Draft, Version: x.Version,
	}
}

func (a *api) conversationExtraSync(ctx context.Context, c caller, in conversationExtraSyncReq) ([]conversationExtraResp, error) {
	list, err := a.core.Message.ConversationExtras(ctx, c.UID, int64(in.Version))
	out := make([]conversationExtraResp, len(list))
	for i, x := range list {
		out[i] = newConversationExtraResp(x)
	}
	return out, err
}
