package message

import "github.com/ruyi-im/ruyi/internal/errs"

// The refusals of this package.
var (
	// ErrAfter refuses a negative position to read from.
	ErrAfter error = errs.New(errs.Invalid, "message.after", "max_message_seq格式有误！", "the message sequence is not valid")
	// ErrSeq refuses to acknowledge a position that is not positive.
	ErrSeq error = errs.New(errs.Invalid, "message.seq", "last_message_seq格式有误！", "the message sequence is not valid")
	// ErrRange refuses a stretch of a history that begins or ends before it.
	ErrRange error = errs.New(errs.Invalid, "message.range", "message_seq格式有误！", "the message sequence is not valid")
	// ErrVersion refuses a negative version.
	ErrVersion error = errs.New(errs.Invalid, "message.version", "version有误！", "the version is not valid")
	// ErrNoMessages refuses a call that names no message.
	ErrNoMessages error = errs.New(errs.Invalid, "message.no_messages", "参数不能为空！", "no message was named")
	// ErrManyMessages refuses a call that names too many.
	ErrManyMessages error = errs.New(errs.Invalid, "message.many_messages", "一次最多200条消息！", "at most 200 messages at once")
	// ErrClear refuses to clear a channel up to a position that is not positive.
	ErrClear error = errs.New(errs.Invalid, "message.clear", "message_seq格式有误！", "the message sequence is not valid")
	// ErrRevokeKey refuses to revoke a message that is not named.
	ErrRevokeKey error = errs.New(errs.Invalid, "message.revoke_key", "撤回主键参数错误！", "the message to revoke was not named")
	// ErrNoMessage says that the caller sees no such message.
	ErrNoMessage error = errs.New(errs.NotFound, "message.not_found", "未查询到撤回消息！", "no such message")
	// ErrRevokeDenied refuses to revoke what the caller has no say in.
	ErrRevokeDenied error = errs.New(errs.Denied, "message.revoke_denied", "无权限撤回此消息！", "you may not revoke this message")
	// ErrRevokeLate refuses to revoke one's own message after the time for it.
	ErrRevokeLate error = errs.New(errs.Conflict, "message.revoke_late", "已超过可撤回的时间！", "it is too late to revoke this message")
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
	// ErrUnread refuses a negative number of unread messages or of a message.
	ErrUnread error = errs.New(errs.Invalid, "message.unread", "未读数或消息序号有误！", "the number of unread messages is not valid")
	// ErrExtra refuses a draft above MaxDraft characters, one that is no text, and
	// places that are negative or too far.
	ErrExtra error = errs.New(errs.Invalid, "message.extra", "会话扩展数据有误！", "what to keep about the conversation is not valid")
	// ErrReminders refuses a list of reminders that is too long or names none.
	ErrReminders error = errs.New(errs.Invalid, "message.reminders", "提醒项有误！", "the list of reminders is not valid")
	// ErrAuthorMissing refuses a favourite of nobody.
	ErrAuthorMissing error = errs.New(errs.Invalid, "message.author_missing", "作者uid不能为空！", "the author is missing")
	// ErrAuthorNameMissing refuses a favourite whose author has no name.
	ErrAuthorNameMissing error = errs.New(errs.Invalid, "message.author_name_missing", "作者名称不能为空！", "the author's name is missing")
	// ErrFavoriteKeyMissing refuses a favourite without a key.
	ErrFavoriteKeyMissing error = errs.New(errs.Invalid, "message.favorite_key_missing", "收藏唯一key不能为空！", "the key of the favourite is missing")
	// ErrFavoriteEmpty refuses a favourite without content.
	ErrFavoriteEmpty error = errs.New(errs.Invalid, "message.favorite_empty", "收藏内容不能为空！", "the favourite has no content")
	// ErrFavoriteText refuses a key, uid or name that is too long or not one line.
	ErrFavoriteText error = errs.New(errs.Invalid, "message.favorite_text", "作者或收藏唯一key格式有误！", "the author or the key is too long or not one line")
	// ErrFavoriteType refuses a type that is none.
	ErrFavoriteType error = errs.New(errs.Invalid, "message.favorite_type", "收藏类型有误！", "the type of the favourite is not valid")
	// ErrFavoritePayload refuses a payload that is too large or no JSON object.
	ErrFavoritePayload error = errs.New(errs.Invalid, "message.favorite_payload", "收藏内容格式有误！", "the content is too large or not a JSON object")
	// ErrFavoritesFull refuses one favourite more than a user may keep.
	ErrFavoritesFull error = errs.New(errs.Conflict, "message.favorites_full", "收藏数量已达上限！", "you cannot keep more favourites")
	// ErrNoFavorite refuses to change what the caller does not keep.
	ErrNoFavorite error = errs.New(errs.NotFound, "message.no_favorite", "收藏不存在！", "no such favourite")

	// ErrNoFileStore refuses a file where the host configured no place for files.
	ErrNoFileStore error = errs.New(errs.Denied, "message.no_file_store", "文件存储未开通，无法上传文件！", "uploads are not open: no file store is configured")
	// ErrFileTypeMissing refuses a file that is for nothing.
	ErrFileTypeMissing error = errs.New(errs.Invalid, "message.file_type_missing", "文件类型不能为空", "the type of the file is missing")
	// ErrFileType refuses a purpose that is none.
	ErrFileType error = errs.New(errs.Invalid, "message.file_type", "文件类型错误", "the type of the file is not known")
	// ErrFilePathMissing refuses a file without a name.
	ErrFilePathMissing error = errs.New(errs.Invalid, "message.file_path_missing", "上传路径不能为空", "the path of the file is missing")
	// ErrFilePath refuses a name that is too long or no clean path.
	ErrFilePath error = errs.New(errs.Invalid, "message.file_path", "上传路径格式有误！", "the path of the file is not valid")
	// ErrFileEmpty refuses a file of no bytes.
	ErrFileEmpty error = errs.New(errs.Invalid, "message.file_empty", "文件内容不能为空！", "the file is empty")
	// ErrFileLarge refuses a file above the limit.
	ErrFileLarge error = errs.New(errs.Invalid, "message.file_large", "文件过大！", "the file is too large")
	// ErrFileTaken refuses to replace a file.
	ErrFileTaken error = errs.New(errs.Conflict, "message.file_taken", "文件已存在！", "there is another file of this name")
	// ErrNoFile says that there is no file under a path.
	ErrNoFile error = errs.New(errs.NotFound, "message.no_file", "文件不存在！", "no such file")

	// ErrSearchKeyword refuses a keyword that is too long or not one line.
	ErrSearchKeyword error = errs.New(errs.Invalid, "message.search_keyword", "关键字格式有误！", "the keyword is too long or not one line")
)
