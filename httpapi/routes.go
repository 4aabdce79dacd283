package httpapi

// access says who may call an operation.
type access uint8

const (
	token   access = iota // whoever has a session
	public                // everybody
	visitor               // as token, but the handler itself answers those without
)

// route is one operation: its number in the API document (0 for extensions), its
// method, its path below the prefix, who may call it and what answers it. Without
// a handler it is mounted and refuses.
type route struct {
	op      int
	method  string
	path    string
	access  access
	handler endpoint
}

// operations returns the 84 operations of the API document in its order, 15 and
// 16 exchanged as in the contract. This is the table to read for what exists.
func (a *api) operations() []route {
	return []route{
		{1, "POST", "/user/register", public, handle(a.register)},
		{2, "POST", "/user/login", public, handle(a.login)},
		{3, "GET", "/user/search", token, handle(a.search)},
		{4, "GET", "/users/{uid}", token, handle(a.card)},
		{5, "PUT", "/users/{uid}/setting", token, handle(a.setContact)},
		{6, "POST", "/user/device_token", token, handle(a.registerPush)},
		{7, "DELETE", "/user/device_token", token, handle(a.unregisterPush)},
		{8, "POST", "/user/device_badge", token, handle(a.setBadge)},
		{9, "GET", "/user/grant_login", token, handle(a.grantLogin)},
		{10, "GET", "/user/devices", token, handle(a.devices)},
		{11, "DELETE", "/user/devices/{device_id}", token, handle(a.removeDevice)},
		{12, "GET", "/user/customerservices", token, handle(a.customerServices)},
		{13, "POST", "/user/chatpwd", token, handle(a.chatPwd)},
		{14, "GET", "/user/blacklists", token, handle(a.blacklist)},
		{15, "POST", "/user/blacklist/{uid}", token, handle(a.block)},
		{16, "DELETE", "/user/blacklist/{uid}", token, handle(a.unblock)},
		{17, "POST", "/user/sms/login_check_phone", public, handle(a.deviceCode)},
		{18, "POST", "/user/login/check_phone", public, handle(a.verifyDevice)},
		{19, "POST", "/user/sms/registercode", public, handle(a.registerCode)},
		{20, "POST", "/users/{uid}/im", token, handle(a.imNode)},
		{21, "PUT", "/users/current", token, handle(a.profile)},
		{22, "GET", "/user/chat/online", token, handle(a.chatOnline)},
		{23, "POST", "/friend/apply", token, handle(a.apply)},
		{24, "POST", "/friend/sure", token, handle(a.sure)},
		{25, "POST", "/friend/sync", token, handle(a.friendSync)},
		{26, "POST", "/friend/online", token, handle(a.friendOnline)},
		{27, "POST", "/message/sync", token, handle(a.messageSync)},
		{28, "DELETE", "/message", token, handle(a.deleteMessage)},
		{29, "POST", "/message/revoke", token, handle(a.revoke)},
		{30, "POST", "/message/syncack/{last_message_seq}", token, handle(a.messageAck)},
		{31, "POST", "/group/create", token, nil},
		{32, "GET", "/groups/{group_no}", token, nil},
		{33, "PUT", "/groups/{group_no}", token, nil},
		{34, "PUT", "/groups/{group_no}/setting", token, nil},
		{35, "POST", "/groups/{group_no}/members", token, nil},
		{36, "DELETE", "/groups/{group_no}/members", token, nil},
		{37, "PUT", "/groups/{group_no}/members/{uid}", token, nil},
		{38, "GET", "/groups/{group_no}/membersync", token, nil},
		{39, "POST", "/groups/{group_no}/managers", token, nil},
		{40, "DELETE", "/groups/{group_no}/managers", token, nil},
		{41, "POST", "/groups/{group_no}/forbidden/{on}", token, nil},
		{42, "GET", "/groups/{group_no}/qrcode", token, nil},
		{43, "POST", "/groups/{group_no}/transfer/{to_uid}", token, nil},
		{44, "POST", "/groups/{group_no}/member/invite", token, nil},
		{45, "GET", "/groups/{group_no}/member/h5confirm", token, nil},
		{46, "GET", "/conversations", token, handle(a.conversations)},
		{47, "GET", "/qrcode/{code}", visitor, a.qrCode()},
		{48, "GET", "/favorite/my", token, handle(a.favorites)},
		{49, "POST", "/favorites", token, handle(a.addFavorite)},
		{50, "DELETE", "/favorites/{no}", token, handle(a.removeFavorite)},
		{51, "GET", "/wallet/my", token, nil},
		{52, "GET", "/wallet/channel/recharge", token, nil},
		{53, "POST", "/wallet/recharge", token, nil},
		{54, "POST", "/wallet/pay/smscode/paypwd", token, nil},
		{55, "POST", "/wallet/pay/smscode/paypwdverity", token, nil},
		{56, "POST", "/wallet/pay/password", token, nil},
		{57, "POST", "/wallet/pay/token", token, nil},
		{58, "GET", "/wallet/records", token, nil},
		{59, "GET", "/wallet/customerservices", token, nil},
		{60, "POST", "/wallet/bankcards", token, nil},
		{61, "GET", "/wallet/bankcards", token, nil},
		{62, "GET", "/wallet/banks", token, nil},
		{63, "GET", "/wallet/bankcard/info", token, nil},
		{64, "GET", "/wallet/nameauth", token, nil},
		{65, "GET", "/wallet/withdraw/explain", token, nil},
		{66, "POST", "/wallet/withdraw", token, nil},
		{67, "POST", "/redpackets", token, nil},
		{68, "POST", "/redpackets/{redpacket_no}/pay", token, nil},
		{69, "GET", "/redpackets/{redpacket_no}/get", token, nil},
		{70, "POST", "/redpackets/{redpacket_no}/open", token, nil},
		{71, "GET", "/redpackets/{redpacket_no}", token, nil},
		{72, "GET", "/redpacket/years", token, nil},
		{73, "GET", "/redpacket/statistics/out", token, nil},
		{74, "GET", "/redpacket/statistics/in", token, nil},
		{75, "GET", "/redpacket/record/out", token, nil},
		{76, "GET", "/redpacket/record/in", token, nil},
		{77, "POST", "/transfers", token, nil},
		{78, "GET", "/transfers/{no}", token, nil},
		{79, "POST", "/transfers/{no}/receive", token, nil},
		{80, "POST", "/label", token, handle(a.createLabel)},
		{81, "GET", "/label", token, handle(a.labels)},
		{82, "PUT", "/label/{id}", token, handle(a.replaceLabel)},
		{83, "DELETE", "/label/{id}", token, handle(a.deleteLabel)},
		{84, "GET", "/label/{id}", token, handle(a.label)},
	}
}

// extensions returns what clients use beyond the document: aliases, under the
// number of the operation they repeat, and additions, under number 0.
func (a *api) extensions() []route {
	return []route{
		{20, "GET", "/users/{uid}/im", token, handle(a.imNode)},
		{25, "GET", "/friend/sync", token, handle(a.friendSyncByVersion)},
		{0, "DELETE", "/friends/{uid}", token, handle(a.removeFriend)},
		{0, "PUT", "/friend/remark", token, handle(a.setRemark)},
		{0, "GET", "/friend/apply", token, handle(a.friendRequests)},
		{0, "DELETE", "/friend/apply/{to_uid}", token, handle(a.removeFriendRequest)},
		{0, "PUT", "/friend/refuse/{to_uid}", token, handle(a.refuseFriend)},
		{0, "GET", "/user/reddot/{category}", token, handle(a.redDot)},
		{0, "DELETE", "/user/reddot/{category}", token, handle(a.clearRedDot)},
		{0, "GET", "/user/online", token, handle(a.online)},
		{0, "POST", "/user/online", token, handle(a.onlineAmong)},
		{0, "GET", "/user/loginuuid", public, handle(a.loginUUID)},
		{0, "GET", "/user/loginstatus", public, handle(a.loginStatus)},
		{0, "POST", "/user/login_authcode/{auth_code}", public, handle(a.loginAuthCode)},
		{0, "GET", "/user/qrcode", token, handle(a.userQRCode)},
		{0, "GET", "/users/{uid}/avatar", public, raw(a.avatar)},
		{0, "POST", "/users/{uid}/avatar", token, raw(a.setAvatar)},
		{21, "PUT", "/user/current", token, handle(a.profile)},
		{0, "PUT", "/user/my/setting", token, handle(a.mySetting)},
		{0, "POST", "/user/lockscreenpwd", token, handle(a.lockScreenPwd)},
		{0, "DELETE", "/user/lockscreenpwd", token, handle(a.noLockScreenPwd)},
		{0, "PUT", "/user/lock_after_minute", token, handle(a.lockAfter)},
		{0, "GET", "/common/appconfig", public, handle(a.appConfig)},
		{0, "GET", "/common/countries", public, handle(a.listCountries)},
		{0, "GET", "/common/appmodule", public, handle(a.appModules)},
		{0, "GET", "/user/devices/{device_id}", token, handle(a.device)},
		{0, "POST", "/user/quit", token, handle(a.quit)},
		{0, "POST", "/user/pc/quit", token, handle(a.quitComputers)},
		{0, "POST", "/user/sms/forgetpwd", public, handle(a.resetCode)},
		{0, "POST", "/user/pwdforget", public, handle(a.resetPassword)},
		{0, "PUT", "/user/updatepassword", token, handle(a.changePassword)},
		{80, "POST", "/labels", token, handle(a.createLabel)},
		{81, "GET", "/labels", token, handle(a.labels)},
		{82, "PUT", "/labels/{id}", token, handle(a.replaceLabel)},
		{83, "DELETE", "/labels/{id}", token, handle(a.deleteLabel)},
		{84, "GET", "/labels/{id}", token, handle(a.label)},
		{0, "POST", "/message/channel/sync", token, handle(a.channelSync)},
		{0, "POST", "/message/offset", token, handle(a.messageOffset)},
		{0, "POST", "/message/extra/sync", token, handle(a.extraSync)},
		{0, "POST", "/message/readed", token, handle(a.readed)},
		{0, "POST", "/conversation/sync", token, handle(a.conversationSync)},
		{0, "POST", "/conversation/syncack", token, handle(a.conversationSyncAck)},
		{0, "PUT", "/coversation/clearUnread", token, handle(a.clearUnread)}, // so spelt by clients
		{0, "PUT", "/conversation/clearUnread", token, handle(a.clearUnread)},
		{0, "DELETE", "/conversations/{channel_id}/{channel_type}", token, handle(a.deleteConversation)},
		{0, "POST", "/conversations/{channel_id}/{channel_type}/extra", token, handle(a.saveConversationExtra)},
		{0, "POST", "/conversation/extra/sync", token, handle(a.conversationExtraSync)},
		{0, "POST", "/message/reminder/sync", token, handle(a.reminderSync)},
		{0, "POST", "/message/reminder/done", token, handle(a.reminderDone)},
		{0, "POST", "/favorites/update/{unique_key}", token, handle(a.updateFavorite)},
		{0, "GET", "/file/upload", token, handle(a.fileURL)},
		{0, "POST", "/file/upload", token, raw(a.saveFile)},
		{0, "GET", filePreview + "{path...}", public, raw(a.preview)},
		{0, "GET", "/channels/{channel_id}/{channel_type}", token, handle(a.channel)},
		{0, "POST", "/search/global", token, handle(a.globalSearch)},
		{0, "GET", "/message/prohibit_words/sync", token, handle(a.prohibitedWords)},
		{0, "GET", "/sticker/user/category", token, handle(a.stickers)},
		{0, "GET", "/sticker/user/sticker", token, handle(a.stickers)},
		{0, "GET", "/common/appversion/{os}/{version}", public, handle(a.appVersion)},
		{0, "POST", "/message/typing", token, handle(a.typing)},
	}
}
