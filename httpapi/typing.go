package httpapi

import (
	"context"
	"math"

	"github.com/ruyi-im/ruyi/message"
)

// typingReq leaves out from_uid and from_name, which some clients send: who types
// is the caller.
type typingReq struct {
	ChannelID   string    `json:"channel_id"`
	ChannelType intString `json:"channel_type"`
}

// typing is POST /message/typing.
func (a *api) typing(ctx context.Context, c caller, in typingReq) (ok, error) {
	if in.ChannelType < 0 || in.ChannelType > math.MaxUint8 {
		return ok{}, message.ErrChannel
	}
	ch := message.Channel{ID: in.ChannelID, Type: message.ChannelType(in.ChannelType)}
	return ok{}, a.core.Message.Typing(ctx, c.UID, ch)
}
