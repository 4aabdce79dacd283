package httpapi

import (
	"cmp"
	"context"
	"math"
	"strconv"

	"github.com/ruyi-im/ruyi/message"
)

// messageSyncReq is in the query or in the body; where both name a value the
// query counts.
type messageSyncReq struct {
	QueryMax         int64  `query:"max_message_seq" json:"-"`
	QueryLimit       int64  `query:"limit" json:"-"`
	QueryChannelID   string `query:"channel_id" json:"-"`
	QueryChannelType int64  `query:"channel_type" json:"-"`

	MaxMessageSeq intString `json:"max_message_seq"`
	Limit         intString `json:"limit"`
	ChannelID     string    `json:"channel_id"`
	ChannelType   intString `json:"channel_type"`
}

// messageSync is operation 27: the channel's history when a channel is named,
// else the caller's queue.
func (a *api) messageSync(ctx context.Context, c caller, in messageSyncReq) ([]messageResp, error) {
	after := cmp.Or(in.QueryMax, int64(in.MaxMessageSeq))
	limit := pageSize(cmp.Or(in.QueryLimit, int64(in.Limit)))
	id, typ := cmp.Or(in.QueryChannelID, in.ChannelID), cmp.Or(in.QueryChannelType, int64(in.ChannelType))
	if id == "" {
		queue, err := a.core.Message.Queue(ctx, c.UID, after, limit)
		out := make([]messageResp, len(queue))
		for i, m := range queue {
			out[i] = newMessageResp(m.Message, m.QueueSeq, c.UID)
		}
		return out, err
	}
	ch, err := channelOf(id, typ)
	if err != nil {
		return nil, err
	}
	history, err := a.core.Message.History(ctx, c.UID, ch, after, limit)
	out := make([]messageResp, len(history))
	for i, m := range history {
		out[i] = newMessageResp(m, m.Seq, c.UID)
	}
	return out, err
}

// pageSize is a limit that a client asks for; what it may be, the domain decides.
func pageSize(n int64) int { return int(min(max(n, 0), math.MaxInt32)) }

// channelOf returns the channel that a client names.
func channelOf(id string, typ int64) (message.Channel, error) {
	if typ < 0 || typ > math.MaxUint8 {
		return message.Channel{}, message.ErrChannel
	}
	return message.Channel{ID: id, Type: message.ChannelType(typ)}, nil
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
