package httpapi

import (
	"context"

	"github.com/ruyi-im/ruyi/user"
)

type resetCodeReq struct {
	Zone  string `json:"zone"`
	Phone string `json:"phone"`
}

// resetCode is POST /user/sms/forgetpwd.
func (a *api) resetCode(ctx context.Context, c caller, in resetCodeReq) (ok, error) {
	return ok{}, a.core.User.SendResetCode(ctx, user.Phone{Zone: in.Zone, Number: in.Phone}, c.from)
}

type resetPasswordReq struct {
	Zone     string `json:"zone"`
	Phone    string `json:"phone"`
	Code     string `json:"code"`
	Password string `json:"pwd"`
}

// resetPassword is POST /user/pwdforget.
func (a *api) resetPassword(ctx context.Context, c caller, in resetPasswordReq) (ok, error) {
	return ok{}, a.core.User.ResetPassword(ctx, user.Reset{
		Phone: user.Phone{Zone: in.Zone, Number: in.Phone}, Code: in.Code, Password: in.Password, Address: c.from,
	})
}

type changePasswordReq struct {
	Password    string `json:"password"`
	NewPassword string `json:"new_password"`
}

// changePassword is PUT /user/updatepassword.
func (a *api) changePassword(ctx context.Context, c caller, in changePasswordReq) (ok, error) {
	return ok{}, a.core.User.ChangePassword(ctx, c.Session, in.Password, in.NewPassword)
}
