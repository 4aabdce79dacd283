package httpapi

import (
	"context"

	"github.com/ruyi-im/ruyi/user"
)

type loginUUIDReq struct {
	DeviceID    string `query:"device_id" json:"-"`
	DeviceName  string `query:"device_name" json:"-"`
	DeviceModel string `query:"device_model" json:"-"`
	PubKey      string `query:"pub_key" json:"-"`
	Bind        flag01 `query:"bind" json:"-"`
}

type loginUUIDResp struct {
	UUID   string `json:"uuid"`
	QRCode string `json:"qrcode"`
	Secret string `json:"secret,omitempty"`
}

// loginUUID begins a login by QR code. A browser that sends bind=1 gets a secret
// that it has to send from then on, which known clients do not do.
func (a *api) loginUUID(ctx context.Context, c caller, in loginUUIDReq) (loginUUIDResp, error) {
	t, err := a.core.User.StartQRLogin(ctx, user.QRStart{
		Device: user.Device{ID: in.DeviceID, Name: in.DeviceName, Model: in.DeviceModel},
		PubKey: in.PubKey, Bind: bool(in.Bind), Address: c.from,
	})
	return loginUUIDResp{UUID: t.UUID, QRCode: a.link(c, "/qrcode/"+t.UUID), Secret: t.Secret}, err
}

type loginStatusReq struct {
	UUID   string `query:"uuid" json:"-"`
	Secret string `query:"secret" json:"-"`
}

// loginStatusResp has what the browser may know at its status; one that is over
// has nothing else.
type loginStatusResp struct {
	AppID    string `json:"app_id,omitempty"`
	Status   string `json:"status"`
	UID      string `json:"uid,omitempty"`
	AuthCode string `json:"auth_code,omitempty"`
	Encrypt  string `json:"encrypt,omitempty"`
}

// qrStatus is the wire's name of a state.
func qrStatus(s user.QRStatus) string {
	switch s {
	case user.QRWaiting:
		return "waitScan"
	case user.QRScanned:
		return "scanned"
	case user.QRGranted:
		return "authed"
	default:
		return "expired"
	}
}

// loginStatus tells the browser how far its login is. The answer is held back
// until there is news.
func (a *api) loginStatus(ctx context.Context, c caller, in loginStatusReq) (loginStatusResp, error) {
	s, err := a.core.User.PollQRLogin(ctx, user.QRPoll{
		UUID: in.UUID, Secret: in.Secret, Address: c.from, Wait: a.hold, Stop: a.stopping,
	})
	if s.Status == user.QRExpired {
		return loginStatusResp{Status: qrStatus(s.Status)}, err
	}
	return loginStatusResp{
		AppID: appID, Status: qrStatus(s.Status), UID: s.UID, AuthCode: s.AuthCode, Encrypt: s.Encrypt,
	}, err
}

type grantLoginReq struct {
	AuthCode string `query:"auth_code" json:"-"`
	Encrypt  string `query:"encrypt" json:"-"`
}

// grantLogin is operation 9.
func (a *api) grantLogin(ctx context.Context, c caller, in grantLoginReq) (ok, error) {
	return ok{}, a.core.User.GrantQRLogin(ctx, c.Session, in.AuthCode, in.Encrypt)
}

type authCodeReq struct {
	AuthCode string `path:"auth_code" json:"-"`
	Flag     int64  `query:"flag" json:"-"`
	Secret   string `query:"secret" json:"-"`
}

// authCodeResp is the answer of a login with what only this one has.
type authCodeResp struct {
	loginResp
	Avatar   string `json:"avatar"`     // below the prefix
	IMPubKey string `json:"im_pub_key"` // there is none
}

// loginAuthCode signs the browser in.
func (a *api) loginAuthCode(ctx context.Context, c caller, in authCodeReq) (authCodeResp, error) {
	signed, err := a.core.User.FinishQRLogin(ctx, user.QRFinish{
		AuthCode: in.AuthCode, Flag: deviceFlag(intString(in.Flag)), Secret: in.Secret, Address: c.from,
	})
	return authCodeResp{loginResp: newLoginResp(signed), Avatar: "users/" + signed.User.UID + "/avatar"}, err
}
