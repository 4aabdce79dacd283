package httpapi

import (
	"context"
	"math"
	"strconv"

	"github.com/ruyi-im/ruyi/message"
)

type messageSyncReq struct {
	MaxMessageSeq intString `json:"max_message_seq"`
	Limit         intString `json:"limit"`
	ChannelID     string    `json:"channel_id"`
	ChannelType   intString `json:"channel_type"`
}

// messageSync is operation 27: the channel's history when a channel is named,
// else the caller's queue.
func (a *api) messageSync(ctx context.Context, c caller, in messageSyncReq) ([]messageResp, error) {
	after, limit := int64(in.MaxMessageSeq), int(min(max(in.Limit, 0), math.MaxInt32))
	if in.ChannelID == "" {
		queue, err := a.core.Message.Queue(ctx, c.UID, after, limit)
		out := make([]messageResp, len(queue))
		for i, m := range queue {
			out[i] = newMessageResp(m.Message, m.QueueSeq, c.UID)
		}
		return out, err
	}
	if in.ChannelType < 0 || in.ChannelType > math.MaxUint8 {
		return nil, message.ErrChannel
	}
	ch := message.Channel{ID: in.ChannelID, Type: message.ChannelType(in.ChannelType)}
	history, err := a.core.Message.History(ctx, c.UID, ch, after, limit)
	out := make([]messageResp, len(history))
	for i, m := range history {
		out[i] = newMessageResp(m, m.Seq, c.UID)
	}
	return out, err
}

type messageAckReq struct {
	Last string `path:"last_message_seq" json:"-"`
}

// messageAck is operation 30.
func (a *api) messageAck(ctx context.Context, c caller, in messageAckReq) (ok, error) {
	seq, err := strconv.ParseInt(in.Last, 10, 64)
	if err != nil {
		return ok{}, message.ErrSeq
	}
	return ok{}, a.core.Message.Ack(ctx, c.UID, seq)
}

// messageResp is the MsgSyncResp of the API document with what clients of its
// descendants read besides.
type messageResp struct {
	MessageID    int64      `json:"message_id"`
	MessageIDStr string     `json:"message_idstr"`
	MessageSeq   int64      `json:"message_seq"`
	FromUID      string     `json:"from_uid"`
	ToUID        string     `json:"to_uid"`
	ChannelID    string     `json:"channel_id"`
	ChannelType  uint8      `json:"channel_type"`
	Timestamp    int64      `json:"timestamp"`
	Payload      []byte     `json:"payload"` // encoded as base64
	ClientMsgNo  string     `json:"client_msg_no"`
	Header       headerResp `json:"header"`
	Setting      uint8      `json:"setting"`
}

type headerResp struct {
	NoPersist flag01 `json:"no_persist"`
	RedDot    flag01 `json:"red_dot"`
	SyncOnce  flag01 `json:"sync_once"`
}

// newMessageResp shows m to viewer under a number of his queue or of the channel.
func newMessageResp(m message.Message, seq int64, viewer string) messageResp {
	channel, typ := m.ChannelFor(viewer)
	return messageResp{
		MessageID: m.ID, MessageIDStr: strconv.FormatInt(m.ID, 10), MessageSeq: seq,
		FromUID: m.From, ToUID: m.To(viewer), ChannelID: channel, ChannelType: uint8(typ),
		Timestamp: m.SentAt.Unix(), Payload: m.Payload, ClientMsgNo: m.ClientMsgNo,
		// One's own message, on one's other devices, is not news.
		Header:  headerResp{RedDot: flag01(m.Header.RedDot && m.From != viewer), SyncOnce: flag01(m.Header.SyncOnce)},
		Setting: m.Setting,
	}
}
