package httpapi

import (
	"encoding/json"
	"strconv"

	"github.com/ruyi-im/ruyi/message"
)

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
	Payload      any        `json:"payload"` // []byte, encoded as base64, or json.RawMessage
	ClientMsgNo  string     `json:"client_msg_no"`
	Header       headerResp `json:"header"`
	Setting      uint8      `json:"setting"`
	Expire       int        `json:"expire"`
	IsDeleted    flag01     `json:"is_deleted"`
	VoiceStatus  int        `json:"voice_status"` // 0: clients keep for themselves what they listened to
	Revoke       flag01     `json:"revoke"`
	Revoker      string     `json:"revoker"`
	Readed       flag01     `json:"readed"`
	ReadedCount  int        `json:"readed_count"`
	UnreadCount  int        `json:"unread_count"`
	ExtraVersion int64      `json:"extra_version"`
	// MessageExtra repeats what became of the message, absent where nothing did.
	MessageExtra *extraResp `json:"message_extra,omitempty"`
}

type headerResp struct {
	NoPersist flag01 `json:"no_persist"`
	RedDot    flag01 `json:"red_dot"`
	SyncOnce  flag01 `json:"sync_once"`
}

// extraResp is what became of a message after it was sent.
type extraResp struct {
	MessageID    int64  `json:"message_id"`
	MessageIDStr string `json:"message_id_str"`
	MessageSeq   int64  `json:"message_seq"`
	Revoke       flag01 `json:"revoke"`
	Revoker      string `json:"revoker"`
	VoiceStatus  int    `json:"voice_status"`
	Readed       flag01 `json:"readed"`
	ReadedAt     int64  `json:"readed_at"` // Unix seconds, 0 for not yet
	ReadedCount  int    `json:"readed_count"`
	UnreadCount  int    `json:"unread_count"`
	EditedAt     int64  `json:"edited_at"`    // 0: messages are not edited
	ContentEdit  string `json:"content_edit"` // "", likewise
	ExtraVersion int64  `json:"extra_version"`
}

// newMessageResp shows m to viewer under a number of his queue or of the channel,
// as the operations of the document do: the payload is base64.
func newMessageResp(m message.Message, seq int64, viewer string) messageResp {
	out := newMessage(m, viewer)
	out.MessageSeq, out.Payload = seq, m.Payload
	return out
}

// newMessageObject shows m to viewer as the newer operations do: under its number
// in the channel, and the payload is a JSON object.
func newMessageObject(m message.Message, viewer string) messageResp {
	out := newMessage(m, viewer)
	out.MessageSeq, out.Payload = m.Seq, json.RawMessage(m.Payload)
	return out
}

// newMessage is what both forms share.
func newMessage(m message.Message, viewer string) messageResp {
	channel, typ := m.ChannelFor(viewer)
	out := messageResp{
		MessageID: m.ID, MessageIDStr: strconv.FormatInt(m.ID, 10),
		FromUID: m.From, ToUID: m.To(viewer), ChannelID: channel, ChannelType: uint8(typ),
		Timestamp: m.SentAt.Unix(), ClientMsgNo: m.ClientMsgNo,
		// One's own message, on one's other devices, is not news.
		Header:  headerResp{RedDot: flag01(m.Header.RedDot && m.From != viewer), SyncOnce: flag01(m.Header.SyncOnce)},
		Setting: m.Setting, Expire: m.Expire, IsDeleted: flag01(m.Hidden),
		Revoke: flag01(m.Revoked), Revoker: m.Revoker, Readed: flag01(m.Read),
		ReadedCount: m.Readers, UnreadCount: m.Unread, ExtraVersion: m.Version,
	}
	if m.Version > 0 {
		extra := newExtraResp(m)
		out.MessageExtra = &extra
	}
	return out
}

func newExtraResp(m message.Message) extraResp {
	out := extraResp{
		MessageID: m.ID, MessageIDStr: strconv.FormatInt(m.ID, 10), MessageSeq: m.Seq,
		Revoke: flag01(m.Revoked), Revoker: m.Revoker, Readed: flag01(m.Read),
		ReadedCount: m.Readers, UnreadCount: m.Unread, ExtraVersion: m.Version,
	}
	if m.Read {
		out.ReadedAt = m.ReadAt.Unix()
	}
	return out
}
