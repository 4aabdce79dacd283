package group

import "github.com/ruyi-im/ruyi/internal/errs"

// The refusals of this package.
var (
	// ErrNotFound refuses what concerns a group that there is not, or of which the
	// caller never was a member.
	ErrNotFound error = errs.New(errs.NotFound, "group.not_found", "群不存在", "the group does not exist")
	// ErrDisbanded refuses what a disbanded group allows no more.
	ErrDisbanded error = errs.New(errs.Denied, "group.disbanded", "该群已解散！", "the group was disbanded")
	// ErrDisabled refuses what a disabled group does not allow.
	ErrDisabled error = errs.New(errs.Denied, "group.disabled", "该群已被封禁！", "the group is disabled")
	// ErrNotMember refuses somebody who left the group or was removed from it.
	ErrNotMember error = errs.New(errs.Denied, "group.not_member", "你已不在该群内！", "you are not in the group any more")
	// ErrBlacklisted refuses somebody on the blacklist of the group.
	ErrBlacklisted error = errs.New(errs.Denied, "group.blacklisted", "你已被加入群黑名单！", "you are on the blacklist of the group")
	// ErrMuted refuses a message of a member who was muted.
	ErrMuted error = errs.New(errs.Denied, "group.muted", "你已被禁言！", "you are muted in the group")
	// ErrForbidden refuses a message of an ordinary member while all are muted.
	ErrForbidden error = errs.New(errs.Denied, "group.forbidden", "该群已开启全员禁言！", "only managers can write in the group now")
)
