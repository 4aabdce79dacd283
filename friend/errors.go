package friend

import "github.com/ruyi-im/ruyi/internal/errs"

// The refusals of this package.
var (
	ErrToMissing error = errs.New(errs.Invalid, "friend.to_missing", "好友的ID不能为空！", "the friend's uid is missing")
	ErrSelf      error = errs.New(errs.Invalid, "friend.self", "不能添加自己为好友！", "you cannot add yourself")
	ErrRemark    error = errs.New(errs.Invalid, "friend.remark", "好友申请备注不能超过64个字符，且不能包含特殊控制字符！", "the greeting is longer than 64 characters or contains control characters")
	// ErrApplicant refuses a request of an account that is no longer active.
	ErrApplicant error = errs.New(errs.Denied, "friend.applicant", "登录用户不存在！", "your account does not exist any more")
	// ErrNobody refuses a request to a user who does not exist.
	ErrNobody error = errs.New(errs.NotFound, "friend.nobody", "接收好友请求的用户不存在！", "the user does not exist")
	// ErrFriends refuses a request between friends.
	ErrFriends error = errs.New(errs.Conflict, "friend.friends", "已经是好友，不能再申请！", "you are friends already")

	// ErrSource refuses a vercode that is no text of at most 100 characters with a
	// known kind behind its last "@".
	ErrSource error = errs.New(errs.Invalid, "friend.source", "来源错误", "the vercode is malformed")
	// ErrSourceUnknown refuses a vercode that does not lead to the user.
	ErrSourceUnknown error = errs.New(errs.Denied, "friend.source_unknown", "来源不匹配", "the vercode does not lead to this user")
	// ErrVercodeMissing refuses a request without a vercode, where one is needed,
	// to somebody of whom it is not known how they met.
	ErrVercodeMissing error = errs.New(errs.Invalid, "friend.vercode_missing", "验证码不能为空", "the vercode is missing")
	// ErrStranger refuses a request without a vercode, where one is needed, to
	// somebody the applicant never had as a contact.
	ErrStranger error = errs.New(errs.Denied, "friend.stranger", "好友信息不存在", "you never had this contact, and the vercode is missing")

	ErrTokenMissing error = errs.New(errs.Invalid, "friend.token_missing", "接收申请的token不能为空！", "the token is missing")
	// ErrToken refuses a token that is unknown, used, expired or somebody else's.
	ErrToken error = errs.New(errs.Conflict, "friend.token", "好友申请无效或已过期！", "the request is not valid or has expired")
	// ErrApplicantGone refuses a request whose sender is no longer active.
	ErrApplicantGone error = errs.New(errs.NotFound, "friend.applicant_gone", "申请人不存在", "the applicant does not exist any more")
	// ErrAccepter refuses an account that is no longer active.
	ErrAccepter error = errs.New(errs.Denied, "friend.accepter", "当前用户不存在或已注销！", "your account does not exist any more")

	// ErrPeer refuses settings for somebody who is neither an active user nor a
	// contact, and a block of somebody who is neither a user nor a contact.
	// contact, and a message to nobody.
	ErrPeer          error = errs.New(errs.NotFound, "friend.peer", "用户不存在！", "the user does not exist")
	ErrContactRemark error = errs.New(errs.Invalid, "friend.contact_remark", "备注不能超过64个字符，且不能包含特殊控制字符！", "the remark is longer than 64 characters or contains control characters")
	ErrFlameSeconds  error = errs.New(errs.Invalid, "friend.flame_seconds", "阅后即焚时间须为0至86400秒！", "messages must burn after 0 to 86400 seconds")

	ErrBlockMissing   error = errs.New(errs.Invalid, "friend.block_missing", "添加黑名单的用户ID不能空！", "the uid to block is missing")
	ErrUnblockMissing error = errs.New(errs.Invalid, "friend.unblock_missing", "移除黑名单的用户ID不能空！", "the uid to unblock is missing")
	ErrBlockSelf      error = errs.New(errs.Invalid, "friend.block_self", "不能将自己加入黑名单！", "you cannot block yourself")
	// ErrBlacklistFull refuses a block beyond Limits.Blocked.
	ErrBlacklistFull error = errs.New(errs.Conflict, "friend.blacklist_full", "黑名单人数已达上限！", "your blacklist is full")
	// ErrBlocking refuses friendship with somebody whom one has blocked oneself.
	ErrBlocking error = errs.New(errs.Conflict, "friend.blocking", "请先将对方移出黑名单！", "take the user off your blacklist first")
	// ErrContactsFull refuses friendship beyond one's own Limits.Contacts.
	ErrContactsFull error = errs.New(errs.Conflict, "friend.contacts_full", "好友数量已达上限！", "your contact list is full")
	// ErrUnreachable refuses a request for reasons of the other side's: a block, a
	// full contact list, a disabled account. It does not tell which.
	ErrUnreachable error = errs.New(errs.Denied, "friend.unreachable", "暂时无法添加对方为好友！", "the user cannot be added now")
	// ErrNoContact refuses to remove somebody who never was a contact.
	ErrNoContact error = errs.New(errs.NotFound, "friend.no_contact", "好友不存在！", "there is no such contact")
	// ErrSystemContact refuses to remove an account that everybody has.
	ErrSystemContact error = errs.New(errs.Denied, "friend.system_contact", "系统账号不能删除！", "system accounts cannot be removed")

	// ErrNoRequest refuses to settle a request that is not in the inbox.
	ErrNoRequest error = errs.New(errs.NotFound, "friend.no_request", "申请记录不存在", "there is no such request")
	// ErrAccepted refuses to refuse what was accepted.
	ErrAccepted error = errs.New(errs.Conflict, "friend.accepted", "好友申请已通过，不能再拒绝！", "the request has been accepted already")
	// ErrUnwritable refuses a message to somebody whose account is disabled or
	// destroyed, or who is kept apart from the sender by a block of either. It does
	// not tell which.
	ErrUnwritable error = errs.New(errs.Denied, "friend.unwritable", "暂时无法给对方发送消息！", "the user cannot be written to now")
	// ErrNotFriends refuses a message where only friends may write to each other.
	ErrNotFriends error = errs.New(errs.Denied, "friend.not_friends", "对方还不是你的好友，请先添加好友！", "you are not friends, ask for friendship first")

	// ErrSyncKey refuses a malformed position in a contact list.
	ErrSyncKey error = errs.New(errs.Invalid, "friend.sync_key", "sync_key格式有误！", "the sync key is not valid")
	// ErrNotFound is the answer of a store that has no such row.
	ErrNotFound error = errs.New(errs.NotFound, "friend.not_found", "好友信息不存在", "no such relation or request")
)
