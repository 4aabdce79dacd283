package user

import "github.com/ruyi-im/ruyi/internal/errs"

// The refusals of this package.
var (
	ErrZoneMissing     error = errs.New(errs.Invalid, "user.zone_missing", "区号不能为空！", "the country prefix is missing")
	ErrPhoneMissing    error = errs.New(errs.Invalid, "user.phone_missing", "手机号不能为空！", "the phone number is missing")
	ErrPhone           error = errs.New(errs.Invalid, "user.phone", "手机号格式有误！", "the phone number is not valid")
	ErrCodeMissing     error = errs.New(errs.Invalid, "user.code_missing", "验证码不能为空！", "the code is missing")
	ErrUsernameMissing error = errs.New(errs.Invalid, "user.username_missing", "用户名不能为空！", "the user name is missing")
	ErrPasswordMissing error = errs.New(errs.Invalid, "user.password_missing", "密码不能为空！", "the password is missing")
	ErrPasswordLength  error = errs.New(errs.Invalid, "user.password_length", "密码长度必须为8至128位！", "the password must have 8 to 128 characters")
	ErrPasswordCommon  error = errs.New(errs.Invalid, "user.password_common", "密码过于常见，请换一个！", "this password is too common, choose another")
	ErrName            error = errs.New(errs.Invalid, "user.name", "名字不能超过32个字符，且不能包含特殊控制字符！", "the name is longer than 32 characters or contains control characters")
	ErrFlag            error = errs.New(errs.Invalid, "user.flag", "设备标识有误！", "the device flag is not 0, 1 or 2")
	ErrDevice          error = errs.New(errs.Invalid, "user.device", "登录设备信息有误！", "the device information is not valid")

	// ErrExists refuses to register a phone twice.
	ErrExists error = errs.New(errs.Conflict, "user.exists", "该用户已存在", "this user exists already")
	// ErrCode refuses a code that is wrong, expired or was never sent.
	ErrCode error = errs.New(errs.Invalid, "user.code", "验证码无效！", "the code is not valid")
	// ErrCodeLocked refuses every code after too many wrong ones, until a new one
	// is due.
	ErrCodeLocked error = errs.New(errs.Exhausted, "user.code_locked", "验证失败次数过多，请稍后再试", "too many wrong codes, try again later")
	// ErrTooOften refuses a second code within the resend time.
	ErrTooOften error = errs.New(errs.Exhausted, "user.sms_too_often", "发送过于频繁，请1分钟后再试", "too often, try again in a minute")
	// ErrTooMany refuses a code beyond the hourly or daily number of a phone, or
	// the daily one of an account.
	ErrTooMany error = errs.New(errs.Exhausted, "user.sms_too_many", "验证码发送次数已达上限，请稍后再试", "too many codes for this number, try again later")
	// ErrAddressLimit refuses what came too often from one network.
	ErrAddressLimit error = errs.New(errs.Exhausted, "user.address_limit", "操作过于频繁，请稍后再试", "too many requests from your network, try again later")
	// ErrSMSBudget refuses every code while too many are sent altogether.
	ErrSMSBudget error = errs.New(errs.Exhausted, "user.sms_budget", "短信服务繁忙，请稍后再试", "too many codes are sent at the moment, try again later")
	// ErrSearches refuses a search beyond the number of one user.
	ErrSearches error = errs.New(errs.Exhausted, "user.searches", "搜索过于频繁，请稍后再试", "too many searches, try again later")
	// ErrNoSMS says that the host configured no SMS provider.
	ErrNoSMS error = errs.New(errs.Denied, "user.no_sms", "短信服务未开通，无法发送验证码！", "no SMS provider is configured")
	// ErrSMS says that the provider did not take the message.
	ErrSMS error = errs.New(errs.Denied, "user.sms_failed", "发送短信验证码失败！", "the code could not be sent")

	// ErrCredentials refuses a login. It does not tell whether the account exists.
	ErrCredentials error = errs.New(errs.Denied, "user.credentials", "用户名或密码不正确！", "wrong user name or password")
	// ErrTooManyLogins refuses to look at a password after too many wrong ones.
	// Some time, or a new password set with an SMS code, helps.
	ErrTooManyLogins error = errs.New(errs.Exhausted, "user.too_many_logins", "登录失败次数过多，请稍后再试", "too many failed logins, try again later")
	// ErrOldPassword refuses to change a password whose old one was wrong.
	ErrOldPassword error = errs.New(errs.Denied, "user.old_password", "密码不正确！", "wrong password")
	// ErrNewPasswordMissing refuses to change a password into nothing.
	ErrNewPasswordMissing error = errs.New(errs.Invalid, "user.new_password_missing", "新密码不能为空！", "the new password is missing")
	// ErrDisabled refuses a login to an account that was disabled.
	ErrDisabled error = errs.New(errs.Denied, "user.disabled", "该用户已被禁用", "this account is disabled")
	// ErrDeviceMissing refuses a login without a device under a device lock.
	ErrDeviceMissing error = errs.New(errs.Invalid, "user.device_missing", "登录设备信息不能为空！", "the device information is missing")
	// ErrDeviceCheck asks for a code sent to the phone, see DeviceCheckError.
	ErrDeviceCheck error = errs.New(errs.Denied, "user.device_check", "需要验证手机号码！", "the phone number must be verified")
	// ErrDeviceExpired says that no login waits for this code, or none any more.
	ErrDeviceExpired error = errs.New(errs.Conflict, "user.device_expired", "登录设备已过期，请重新登录", "the login has expired, sign in again")
	// ErrDeviceAmbiguous says that several logins wait at one address, and none was
	// named.
	ErrDeviceAmbiguous error = errs.New(errs.Conflict, "user.device_ambiguous", "有多个设备正在等待验证，请5分钟后重新登录", "several devices wait for a code, sign in again in five minutes")
	// ErrUIDMissing refuses a request that names no user.
	ErrUIDMissing error = errs.New(errs.Invalid, "user.uid_missing", "uid不能为空！", "the uid is missing")
	// ErrNoDevice answers a question about a device that the user does not have.
	ErrNoDevice error = errs.New(errs.NotFound, "user.no_device", "设备不存在！", "no such device")

	ErrPushTokenMissing error = errs.New(errs.Invalid, "user.push_token_missing", "设备token不能为空！", "the device token is missing")
	ErrPushTypeMissing  error = errs.New(errs.Invalid, "user.push_type_missing", "设备类型不能为空！", "the device type is missing")
	ErrBundleMissing    error = errs.New(errs.Invalid, "user.bundle_missing", "bundleID不能为空！", "the bundle id is missing")
	ErrPushToken        error = errs.New(errs.Invalid, "user.push_token", "设备token有误！", "the device token is not valid")
	ErrPushType         error = errs.New(errs.Invalid, "user.push_type", "设备类型只能是IOS、MI、HMS、OPPO、VIVO或FIREBASE！", "the device type is none of IOS, MI, HMS, OPPO, VIVO and FIREBASE")
	ErrBundle           error = errs.New(errs.Invalid, "user.bundle", "bundleID有误！", "the bundle id is not valid")
	ErrBadge            error = errs.New(errs.Invalid, "user.badge", "角标数量必须为0至99999！", "the badge must be 0 to 99999")

	// ErrBusy refuses a password check while too many others wait for one.
	ErrBusy error = errs.New(errs.Exhausted, "user.busy", "系统繁忙，请稍后再试", "too many logins at once, try again later")

	// ErrNoToken asks a caller without a token to sign in.
	ErrNoToken error = errs.New(errs.Unauthenticated, "user.no_token", "token不能为空，请先登录！", "sign in first")
	// ErrSession asks a caller whose session is unknown or over to sign in again.
	ErrSession error = errs.New(errs.Unauthenticated, "user.session", "请先登录！", "sign in again")

	// ErrReports refuses more reports than MaxPresenceReports at once.
	ErrReports error = errs.New(errs.Invalid, "user.reports", "一次上报的在线状态过多！", "too many presence reports at once")
	// ErrTooManyUIDs refuses a question about more users than MaxOnlineAsked.
	ErrTooManyUIDs error = errs.New(errs.Invalid, "user.too_many_uids", "一次最多查询200个用户！", "at most 200 users at once")

	// ErrNodeUID refuses to tell where somebody else connects.
	ErrNodeUID error = errs.New(errs.Denied, "user.node_uid", "只能获取自己的IM服务地址！", "ask for your own node only")
	// ErrNode says that the directory of nodes did not answer.
	ErrNode error = errs.New(errs.Denied, "user.node", "调用IM服务失败！", "the IM service could not be asked")

	// ErrQRCode refuses a QR code that is unknown, over, or scanned by another.
	ErrQRCode error = errs.New(errs.NotFound, "user.qr_code", "二维码或已过期！", "this QR code is not valid any more")
	// ErrNotApp refuses a scan by a session that is not an app's.
	ErrNotApp error = errs.New(errs.Denied, "user.not_app", "请使用手机APP扫码登录！", "scan this code with the app on a phone")
	// ErrQRKey refuses key material that is too long or no text.
	ErrQRKey error = errs.New(errs.Invalid, "user.qr_key", "密钥信息有误！", "the key material is not valid")
	// ErrAuthCodeMissing asks for the code of a scan or of a grant.
	ErrAuthCodeMissing error = errs.New(errs.Invalid, "user.auth_code_missing", "授权码不能为空！", "the authorization code is missing")
	// ErrAuthCode refuses a code that is unknown, used, over, or not the caller's.
	ErrAuthCode error = errs.New(errs.Invalid, "user.auth_code", "授权码失效或不存在！", "the authorization code is not valid")
	// ErrNotLoginCode refuses the code of another step.
	ErrNotLoginCode error = errs.New(errs.Invalid, "user.not_login_code", "授权码不是登录授权码！", "the authorization code is for something else")
	// ErrScanner refuses a grant by another session than the one that scanned.
	ErrScanner error = errs.New(errs.Denied, "user.scanner", "扫描者与授权者不是同一个用户！", "only who scanned the code can grant the login")

	// ErrNobody answers the personal QR code of nobody.
	ErrNobody error = errs.New(errs.NotFound, "user.nobody", "用户不存在！", "no such user")
	// ErrNoCard answers a question about a user who does not exist.
	ErrNoCard error = errs.New(errs.NotFound, "user.no_card", "获取用户详情失败！", "no such user")
	// ErrNotFound is the answer of a store that has no such row.
	ErrNotFound error = errs.New(errs.NotFound, "user.not_found", "用户不存在", "no such user")
	// ErrTaken is the answer of a store whose user has a name or number that
	// another has already.
	ErrTaken error = errs.New(errs.Conflict, "user.taken", "已存在，请换一个！", "taken already, choose another")

	// ErrNoUploads refuses a picture where the host configured no place for files.
	ErrNoUploads error = errs.New(errs.Denied, "user.no_uploads", "文件存储未开通，无法上传头像！", "uploads are not open: no file store is configured")
	// ErrAvatarOther refuses to change somebody else's picture.
	ErrAvatarOther error = errs.New(errs.Denied, "user.avatar_other", "只能修改自己的头像！", "only your own picture can be changed")
	// ErrAvatarLarge refuses a picture of too many bytes.
	ErrAvatarLarge error = errs.New(errs.Invalid, "user.avatar_large", "图片不能超过20MB！", "the picture is larger than 20 MB")
	// ErrPicture refuses what cannot be read as a picture.
	ErrPicture error = errs.New(errs.Invalid, "user.picture", "图片无法识别，仅支持JPEG、PNG、GIF、WebP格式！", "not a readable picture: JPEG, PNG, GIF and WebP are known")
	// ErrPictureSize refuses a picture of too many pixels.
	ErrPictureSize error = errs.New(errs.Invalid, "user.picture_size", "图片尺寸过大！", "the picture has too many pixels")
	// ErrUploadsBusy refuses a picture while too many others wait to be decoded.
	ErrUploadsBusy error = errs.New(errs.Exhausted, "user.uploads_busy", "上传人数过多，请稍后再试", "too many uploads at once, try again later")
	// ErrKeywordMissing refuses a search for nothing.
	ErrKeywordMissing error = errs.New(errs.Invalid, "user.keyword_missing", "关键字不能为空！", "the keyword is missing")

	ErrNameMissing error = errs.New(errs.Invalid, "user.name_missing", "名字不能为空！", "the name is missing")
	ErrSex         error = errs.New(errs.Invalid, "user.sex", "性别只能为0或1！", "the sex is neither 0 nor 1")
	ErrMsgExpire   error = errs.New(errs.Invalid, "user.msg_expire", "消息有效期只能为0秒至1年！", "the life of messages is not between 0 seconds and a year")
	ErrShortNo     error = errs.New(errs.Invalid, "user.short_no", "短号须以字母开头，仅支持使用6～20个字母、数字、下划线、减号自由组合", "a short number has 6 to 20 letters, digits, underscores and hyphens, first a letter and with a digit among them")
	// ErrShortNoChanged refuses to choose a short number twice.
	ErrShortNoChanged error = errs.New(errs.Conflict, "user.short_no_changed", "用户短编号只能修改一次", "the short number can be changed once")
	// ErrShortNoFixed refuses to choose one where the deployment allows none.
	ErrShortNoFixed error = errs.New(errs.Denied, "user.short_no_fixed", "不允许编辑！", "the short number cannot be changed here")

	ErrChatPwdMissing       error = errs.New(errs.Invalid, "user.chat_pwd_missing", "聊天密码不能为空", "the chat password is missing")
	ErrChatPwd              error = errs.New(errs.Invalid, "user.chat_pwd", "聊天密码不能超过40个字符，且不能包含特殊控制字符！", "the chat password is longer than 40 characters or contains control characters")
	ErrLoginPwdMissing      error = errs.New(errs.Invalid, "user.login_pwd_missing", "登录密码不能为空！", "the login password is missing")
	ErrLoginPwd             error = errs.New(errs.Denied, "user.login_pwd", "登录密码错误", "wrong login password")
	ErrLockScreenPwdMissing error = errs.New(errs.Invalid, "user.lock_screen_pwd_missing", "锁屏密码不能为空！", "the lock screen password is missing")
	ErrLockScreenPwd        error = errs.New(errs.Invalid, "user.lock_screen_pwd", "锁屏密码不能超过40个字符，且不能包含特殊控制字符！", "the lock screen password is longer than 40 characters or contains control characters")
	ErrLockTooSoon          error = errs.New(errs.Invalid, "user.lock_too_soon", "锁屏时间不能小于0", "the time until the screen locks is negative")
	ErrLockTooLate          error = errs.New(errs.Invalid, "user.lock_too_late", "锁屏时间不能大于60分钟", "the time until the screen locks is longer than 60 minutes")

	// ErrCategory refuses a category that accounts cannot be given.
	ErrCategory error = errs.New(errs.Invalid, "user.category", "用户类别有误！", "accounts cannot be given this category")
	// ErrSystemAccount refuses to change an account of the system.
	ErrSystemAccount error = errs.New(errs.Denied, "user.system_account", "系统账号不允许操作！", "system accounts cannot be changed")
)
