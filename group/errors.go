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

	// ErrMembersMissing refuses a request that names nobody but its sender.
	ErrMembersMissing error = errs.New(errs.Invalid, "group.members_missing", "群成员不能为空！", "the members are missing")
	// ErrTooMany refuses a request that names more than Limits.Batch people.
	ErrTooMany error = errs.New(errs.Invalid, "group.too_many", "一次提交的成员过多！", "the request names too many people")
	// ErrFileHelper refuses a system account as a member.
	ErrFileHelper error = errs.New(errs.Invalid, "group.file_helper", "不支持将`文件助手`加入群聊", "the file helper cannot join a group")
	// ErrNotFriends refuses a new group of nobody but people who may not be put into
	// it, for whatever reason.
	ErrNotFriends error = errs.New(errs.Denied, "group.not_friends", "添加用户非好友关系，请先添加好友", "these users are not your friends, add them first")
	// ErrUnusable refuses to add nobody but people whose accounts were disabled or
	// destroyed.
	ErrUnusable error = errs.New(errs.Denied, "group.unusable", "添加用户已注销无法加入群聊", "the accounts of these users cannot be used any more")
	// ErrFull refuses more members than Limits.Size.
	ErrFull error = errs.New(errs.Exhausted, "group.full", "群成员数量已达上限！", "the group would have too many members")
	// ErrDaily refuses more than Limits.Daily new groups of one founder.
	ErrDaily error = errs.New(errs.Exhausted, "group.daily", "当天建群数量已达上限", "you have founded too many groups today")
	// ErrFounder refuses an account that may not be used.
	ErrFounder error = errs.New(errs.Denied, "group.founder", "登录用户不存在！", "your account does not exist any more")
	// ErrNameText refuses a name of a new group that is no line of text.
	ErrNameText error = errs.New(errs.Invalid, "group.name_text", "群名称不能包含特殊控制字符！", "the name contains control characters")

	ErrNameMissing   error = errs.New(errs.Invalid, "group.name_missing", "群名称不能为空！", "the name is missing")
	ErrName          error = errs.New(errs.Invalid, "group.name", "群名称不能超过20个字符，且不能包含特殊控制字符！", "the name is longer than 20 characters or contains control characters")
	ErrNotice        error = errs.New(errs.Invalid, "group.notice", "群公告不能超过1000个字符，且不能包含特殊控制字符！", "the notice is longer than 1000 characters or contains control characters")
	ErrSettingRemark error = errs.New(errs.Invalid, "group.remark", "群备注不能超过64个字符，且不能包含特殊控制字符！", "the private name is longer than 64 characters or contains control characters")
	// ErrFlameSeconds refuses a time after which messages burn that is not between 0
	// and a day.
	ErrFlameSeconds error = errs.New(errs.Invalid, "group.flame_seconds", "阅后即焚时间须为0至86400秒！", "messages must burn after 0 to 86400 seconds")
	// ErrNothing refuses a change of a group that names nothing to change.
	ErrNothing error = errs.New(errs.Invalid, "group.nothing", "没有需要更新的属性！", "nothing is to change")
	// ErrEditors refuses to let an ordinary member change the name, the notice or
	// the way to join.
	ErrEditors error = errs.New(errs.Denied, "group.editors", "只有群管理者才能修改！", "only managers can change the group")
	// ErrRight refuses settings of the whole group by an ordinary member.
	ErrRight error = errs.New(errs.Denied, "group.right", "没有权限！", "you are not allowed to do this")
	// ErrSilencers refuses to let an ordinary member mute all.
	ErrSilencers error = errs.New(errs.Denied, "group.silencers", "只有创建者或管理员才能禁言！", "only the owner and managers can mute the group")

	// ErrAllIn refuses to add nobody but members and people on the group's blacklist.
	ErrAllIn error = errs.New(errs.Conflict, "group.all_in", "添加的成员已在群内或在群黑名单内", "they are in the group, or on its blacklist")

	// ErrAdder refuses to let somebody add others who left.
	ErrAdder error = errs.New(errs.Denied, "group.adder", "群成员不存在群里，不能添加别人！", "you are not in the group any more and cannot add anybody")
	// ErrInviteOnly refuses to let an ordinary member add others to a group that asks
	// its managers.
	ErrInviteOnly error = errs.New(errs.Denied, "group.invite_only", "群开启了邀请模式，不能添加群成员！", "members are invited to this group, and a manager confirms")
	// ErrOperator refuses to let somebody remove others who left.
	ErrOperator error = errs.New(errs.Denied, "group.operator", "操作者不再此群", "you are not in the group any more and cannot remove anybody")
	// ErrRemover refuses to let an ordinary member remove others.
	ErrRemover       error = errs.New(errs.Denied, "group.remover", "普通成员无法删除群成员", "only managers can remove members")
	ErrRemoveSelf    error = errs.New(errs.Invalid, "group.remove_self", "不能删除自己", "you cannot remove yourself")
	ErrRemoveAbsent  error = errs.New(errs.NotFound, "group.remove_absent", "被删除者不在此群内", "one of them is not in the group")
	ErrRemoveManager error = errs.New(errs.Denied, "group.remove_manager", "管理员不能删除管理员", "a manager cannot remove a manager")
	ErrRemoveOwner   error = errs.New(errs.Denied, "group.remove_owner", "管理员不能删除群主", "a manager cannot remove the owner")
	// ErrRenamer refuses to let an ordinary member rename others.
	ErrRenamer error = errs.New(errs.Denied, "group.renamer", "只有管理员才能修改其他人的成员信息！", "only managers can change what others are called")
	// ErrNick refuses a name inside a group that is no line of at most MaxNick
	// characters.
	ErrNick error = errs.New(errs.Invalid, "group.nick", "群内昵称不能超过64个字符，且不能包含特殊控制字符！", "the name is longer than 64 characters or contains control characters")
	// ErrMember refuses what concerns somebody who is not in the group.
	ErrMember error = errs.New(errs.NotFound, "group.member", "成员信息不存在！", "one of them is not in the group")
	// ErrLeft refuses to leave a group twice.
	ErrLeft            error = errs.New(errs.Conflict, "group.left", "群成员不存在群内！", "you have left the group already")
	ErrDisband         error = errs.New(errs.Denied, "group.disband", "只有群主才能解散群！", "only the owner can disband the group")
	ErrAppoint         error = errs.New(errs.Denied, "group.appoint", "只有创建者才能设置管理员！", "only the owner can appoint managers")
	ErrManagersMissing error = errs.New(errs.Invalid, "group.managers_missing", "请选择需要添加的成员！", "the members are missing")
	ErrAppointSelf     error = errs.New(errs.Invalid, "group.appoint_self", "不能将自己设置为管理员！", "you cannot make yourself a manager")
	ErrDemoteSelf      error = errs.New(errs.Invalid, "group.demote_self", "不能将自己移除管理员！", "you cannot remove yourself from the managers")
	// ErrManagersFull refuses more managers than Limits.Managers.
	ErrManagersFull error = errs.New(errs.Exhausted, "group.managers_full", "群管理员数量已达上限！", "the group would have too many managers")
	// ErrTargetBlacklisted refuses a role for somebody on the blacklist of the group.
	ErrTargetBlacklisted error = errs.New(errs.Denied, "group.target_blacklisted", "该成员在群黑名单内！", "the member is on the blacklist of the group")
	ErrTransfer          error = errs.New(errs.Denied, "group.transfer", "不是群主，不能转让", "only the owner can transfer the group")
	ErrTransferSelf      error = errs.New(errs.Invalid, "group.transfer_self", "不能转让给自己！", "the group is yours already")
	ErrTransferAccount   error = errs.New(errs.NotFound, "group.transfer_account", "转让用户不存在或已注销！", "the new owner does not exist or was destroyed")
	ErrTransferAbsent    error = errs.New(errs.NotFound, "group.transfer_absent", "转让的用户没在群内！", "the new owner is not in the group")
	// ErrMuteTime refuses a key that is none of MuteTimes.
	ErrMuteTime error = errs.New(errs.Invalid, "group.mute_time", "禁言时长有误！", "there is no such time to be muted for")
	// ErrSyncGroup is ErrNotFound for who syncs members.
	ErrSyncGroup error = errs.New(errs.NotFound, "group.sync_group", "群不存在不能同步成员！", "the group does not exist")
	// ErrLarge refuses to sync the members of a large group: Members has pages.
	ErrLarge error = errs.New(errs.Denied, "group.large", "超大群不支持同步群成员！", "the members of a large group cannot be synced")
	// ErrInviteesMissing refuses an invite of nobody.
	ErrInviteesMissing error = errs.New(errs.Invalid, "group.invitees_missing", "被邀请者不能为空！", "the people to invite are missing")
	// ErrInviteRemark refuses the reason for an invite.
	ErrInviteRemark error = errs.New(errs.Invalid, "group.invite_remark", "邀请备注不能超过100个字符，且不能包含特殊控制字符！", "the reason is longer than 100 characters or contains control characters")
	// ErrNoInvite is the answer about an invite that there is not, or not any more.
	ErrNoInvite error = errs.New(errs.NotFound, "group.no_invite", "没有查到邀请信息！", "there is no such invite")
	// ErrInviteUnknown refuses to confirm an invite that there is not, or not any
	// more, or that is to another group.
	ErrInviteUnknown error = errs.New(errs.NotFound, "group.invite_unknown", "没有查询到邀请信息！", "there is no such invite to the group")
	// ErrInviteDone refuses to confirm an invite again.
	ErrInviteDone error = errs.New(errs.Conflict, "group.invite_done", "邀请信息不是待邀请状态！", "the invite was confirmed already")
	// ErrNotManager refuses to let an ordinary member, or who is none, confirm.
	ErrNotManager error = errs.New(errs.Denied, "group.not_manager", "你不是群主或管理员！", "you are neither the owner nor a manager of the group")
	// ErrConfirmCode refuses a code that was made up, was used or is over.
	ErrConfirmCode error = errs.New(errs.Conflict, "group.confirm_code", "授权码失效或不存在！", "the code was used or has expired")
	// ErrNotConfirmCode refuses a code that is good for something else.
	ErrNotConfirmCode error = errs.New(errs.Denied, "group.not_confirm_code", "授权码不是确认邀请！", "the code confirms no invite")
	// ErrAddFailed refuses to confirm an invite of which nobody can be added.
	ErrAddFailed error = errs.New(errs.Denied, "group.add_failed", "添加成员失败！", "the members could not be added")

	// ErrQRMembers refuses a QR code to who left the group or was removed from it.
	ErrQRMembers error = errs.New(errs.Denied, "group.qr_members", "只有群内用户才能生成二维码！", "only members can share the QR code of the group")
	// ErrQRCode refuses what a picture shows when it is no group's, or not any more.
	ErrQRCode error = errs.New(errs.NotFound, "group.qr_code", "二维码或已过期！", "the QR code may have expired")
	// ErrNoMissing refuses to join no group at all.
	ErrNoMissing error = errs.New(errs.Invalid, "group.no_missing", "群编号不能为空", "the number of the group is missing")
	// ErrJoinClosed refuses to join a group whose members are invited.
	ErrJoinClosed error = errs.New(errs.Denied, "group.join_closed", "群开启了邀请模式，不能直接加入群聊", "the group takes in only who was invited")
	// ErrJoinCode refuses a code that was made up, was used or is over.
	ErrJoinCode error = errs.New(errs.Conflict, "group.join_code", "认证信息不存在或已失效！", "the code was used or has expired")
	// ErrNotJoinCode refuses a code that is good for something else.
	ErrNotJoinCode error = errs.New(errs.Denied, "group.not_join_code", "授权码不是入群授权码！", "the code lets nobody join")
	// ErrOtherGroup refuses a code of another group.
	ErrOtherGroup error = errs.New(errs.Denied, "group.other_group", "此授权码非此群的！", "the code belongs to another group")
	// ErrAlreadyIn refuses to let a member join.
	ErrAlreadyIn error = errs.New(errs.Conflict, "group.already_in", "已经在群内，不能再加入！", "you are in the group already")
	// ErrSharer refuses the QR code of who left the group or was removed from it.
	ErrSharer error = errs.New(errs.Conflict, "group.sharer", "二维码的分享者已不在群内！", "who shared the QR code is not in the group any more")
	// ErrAddFriend refuses to become friends with a member through a group that
	// forbids it.
	ErrAddFriend error = errs.New(errs.Denied, "group.add_friend", "群主或群管理员开启了群内禁止加好友", "the group forbids its members to become friends")
)
