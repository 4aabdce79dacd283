package message

import "github.com/ruyi-im/ruyi/internal/errs"

// The refusals of this package.
var (
	// ErrAfter refuses a negative position to read from.
	ErrAfter error = errs.New(errs.Invalid, "message.after", "max_message_seq格式有误！", "the message sequence is not valid")
	// ErrSeq refuses to acknowledge a position that is not positive.
	ErrSeq error = errs.New(errs.Invalid, "message.seq", "last_message_seq格式有误！", "the message sequence is not valid")
	// ErrChannel refuses a channel that does not exist for the caller.
	ErrChannel error = errs.New(errs.NotFound, "message.channel", "频道不存在！", "no such channel")

	// ErrSender refuses what an account sends that may not be used, and what is
	// sent in the name of System, see Sending.Notify.
	ErrSender error = errs.New(errs.Denied, "message.sender", "账号不可用，不能发送消息！", "your account cannot send messages")
	// ErrClientMsgNo refuses another message under the number of an earlier one.
	ErrClientMsgNo       error = errs.New(errs.Conflict, "message.client_msg_no", "消息编号已被使用！", "another message has this number")
	ErrClientMsgNoFormat error = errs.New(errs.Invalid, "message.client_msg_no_format", "client_msg_no格式有误！", "the message number is longer than 128 characters or contains control characters")
	ErrExpire            error = errs.New(errs.Invalid, "message.expire", "消息有效期有误！", "messages expire after at most ten years")
	ErrPayloadSize       error = errs.New(errs.Invalid, "message.payload_size", "消息内容过大！", "the message is too large")
	// ErrPayload refuses what is not one JSON object, is nested too deep or names
	// a key twice.
	ErrPayload     error = errs.New(errs.Invalid, "message.payload", "消息内容格式有误！", "the content of the message is malformed")
	ErrPayloadType error = errs.New(errs.Invalid, "message.payload_type", "消息类型有误！", "the type of the message is missing or malformed")
	// ErrReserved refuses types that only programs may send.
	ErrReserved error = errs.New(errs.Denied, "message.reserved", "不能发送该类型的消息！", "messages of this type cannot be sent")
	// ErrVisibles refuses a malformed or too long list, and one in a chat of two.
	ErrVisibles error = errs.New(errs.Invalid, "message.visibles", "消息可见范围有误！", "the list of who may see the message is not valid")
	// ErrRecipient refuses a draft whose sender or recipients cannot be uids.
	ErrRecipient error = errs.New(errs.Invalid, "message.recipient", "消息收发者有误！", "the sender or a recipient of the message is not valid")
)
