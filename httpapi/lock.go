package httpapi

import "context"

type chatPwdReq struct {
	ChatPwd  string `json:"chat_pwd"`
	LoginPwd string `json:"login_pwd"`
}

// chatPwd is operation 13.
func (a *api) chatPwd(ctx context.Context, c caller, in chatPwdReq) (ok, error) {
	return ok{}, a.core.User.SetChatPassword(ctx, c.UID, in.ChatPwd, in.LoginPwd)
}

type lockScreenPwdReq struct {
	LockScreenPwd string `json:"lock_screen_pwd"`
}

// lockScreenPwd is POST /user/lockscreenpwd.
func (a *api) lockScreenPwd(ctx context.Context, c caller, in lockScreenPwdReq) (ok, error) {
	return ok{}, a.core.User.SetLockScreenPassword(ctx, c.UID, in.LockScreenPwd)
}

// noLockScreenPwd is DELETE /user/lockscreenpwd.
func (a *api) noLockScreenPwd(ctx context.Context, c caller, _ struct{}) (ok, error) {
	return ok{}, a.core.User.RemoveLockScreenPassword(ctx, c.UID)
}

type lockAfterReq struct {
	LockAfterMinute *numeral `json:"lock_after_minute"`
}

// lockAfter is PUT /user/lock_after_minute.
func (a *api) lockAfter(ctx context.Context, c caller, in lockAfterReq) (ok, error) {
	if in.LockAfterMinute == nil {
		return ok{}, errBody
	}
	return ok{}, a.core.User.SetLockAfter(ctx, c.UID, int(*in.LockAfterMinute))
}
