package label

import "github.com/ruyi-im/ruyi/internal/errs"

// The refusals of this package.
var (
	// ErrNameMissing refuses a name in which there is nothing to see.
	ErrNameMissing error = errs.New(errs.Invalid, "label.name_missing", "标签名称不能为空！", "the name of the label is missing")
	ErrName        error = errs.New(errs.Invalid, "label.name", "标签名称不能超过36个字符，且不能包含特殊控制字符！", "the name is longer than 36 characters or contains control characters")

	// ErrMember refuses somebody who is not a contact of the owner, whether there
	// is such a user or not.
	ErrMember error = errs.New(errs.NotFound, "label.member", "标签成员不是您的好友！", "a member is not one of your contacts")
	// ErrMembers refuses more than Limits.Members members.
	ErrMembers error = errs.New(errs.Invalid, "label.members", "标签成员过多！", "the label has too many members")
	// ErrGroup refuses a group that the owner is not in, whether there is such a
	// group or not.
	ErrGroup error = errs.New(errs.NotFound, "label.group", "群不存在", "the group does not exist")
	// ErrGroups refuses more than Limits.Groups groups.
	ErrGroups error = errs.New(errs.Invalid, "label.groups", "标签中的群过多！", "the label has too many groups")
	// ErrLabels refuses one label more than Limits.Labels.
	ErrLabels error = errs.New(errs.Conflict, "label.labels", "标签数量已达上限！", "you have too many labels")

	// ErrNotFound refuses a label that is not there or is somebody else's.
	ErrNotFound error = errs.New(errs.NotFound, "label.not_found", "标签不存在", "the label does not exist")
	// ErrOwner refuses a label of an account that does not exist.
	ErrOwner error = errs.New(errs.Denied, "label.owner", "当前用户不存在或已注销！", "your account does not exist any more")
)
