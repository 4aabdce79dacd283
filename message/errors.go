package message

import "github.com/ruyi-im/ruyi/internal/errs"

// The refusals of this package.
var (
	// ErrSeq refuses a position that is negative or, for an acknowledgement, 0.
	ErrSeq error = errs.New(errs.Invalid, "message.seq", "last_message_seq格式有误！", "the message sequence is not valid")
	// ErrChannel refuses a channel that does not exist for the caller.
	ErrChannel error = errs.New(errs.NotFound, "message.channel", "频道不存在！", "no such channel")
)
