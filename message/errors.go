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
)
