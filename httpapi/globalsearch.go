package httpapi

import (
	"context"
	"encoding/json"
	"math"
	"strconv"

	"github.com/ruyi-im/ruyi/message"
)

type globalSearchReq struct {
	Keyword      string      `json:"keyword"`
	Page         intString   `json:"page"`
	Limit        intString   `json:"limit"`
	ContentTypes []intString `json:"content_type"`
	ChannelID    string      `json:"channel_id"`
	ChannelType  intString   `json:"channel_type"`
	OnlyMessage  intString   `json:"only_message"`
	FromUID      string      `json:"from_uid"`
}

// partyResp is a person or a group by name.
type partyResp struct {
	channelRef
	Name   string `json:"channel_name"`
	Remark string `json:"channel_remark"`
}

type foundMessageResp struct {
	MessageID    int64           `json:"message_id"`
	MessageIDStr string          `json:"message_idstr"`
	MessageSeq   int64           `json:"message_seq"`
	FromUID      string          `json:"from_uid"`
	Timestamp    int64           `json:"timestamp"`
	Payload      json.RawMessage `json:"payload"`
	Channel      partyResp       `json:"channel"`
}

type globalSearchResp struct {
	Friends  []partyResp        `json:"friends"`
	Groups   []partyResp        `json:"groups"`
	Messages []foundMessageResp `json:"messages"`
}

// maxContentTypes is how many content types one search may name.
const maxContentTypes = 50

// globalSearch is POST /search/global.
func (a *api) globalSearch(ctx context.Context, c caller, in globalSearchReq) (globalSearchResp, error) {
	if in.ChannelType < 0 || in.ChannelType > math.MaxUint8 {
		return globalSearchResp{}, message.ErrChannel
	}
	if len(in.ContentTypes) > maxContentTypes {
		return globalSearchResp{}, errBody
	}
	q := message.Search{
		Keyword: in.Keyword, From: in.FromUID, MessagesOnly: in.OnlyMessage == 1,
		Page: int(min(max(in.Page, 0), math.MaxInt32)), Limit: int(min(max(in.Limit, 0), math.MaxInt32)),
	}
	if in.ChannelID != "" {
		q.Channel = message.Channel{ID: in.ChannelID, Type: message.ChannelType(in.ChannelType)}
	}
	for _, t := range in.ContentTypes {
		q.Types = append(q.Types, int(t))
	}
	found, err := a.core.Message.Search(ctx, c.UID, q)
	if err != nil {
		return globalSearchResp{}, err
	}
	out := globalSearchResp{
		Friends: partiesResp(found.Friends), Groups: partiesResp(found.Groups),
		Messages: make([]foundMessageResp, len(found.Messages)),
	}
	for i, m := range found.Messages {
		out.Messages[i] = foundMessageResp{
			MessageID: m.ID, MessageIDStr: strconv.FormatInt(m.ID, 10), MessageSeq: m.Seq, FromUID: m.From,
			Timestamp: m.SentAt.Unix(), Payload: m.Payload, Channel: newPartyResp(m.In),
		}
	}
	return out, nil
}

func newPartyResp(p message.Party) partyResp {
	return partyResp{channelRef{p.Channel.ID, uint8(p.Channel.Type)}, p.Name, p.Remark}
}

func partiesResp(parties []message.Party) []partyResp {
	out := make([]partyResp, len(parties))
	for i, p := range parties {
		out[i] = newPartyResp(p)
	}
	return out
}
