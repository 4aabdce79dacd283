package httpapi

import (
	"context"

	"github.com/ruyi-im/ruyi/user"
)

// statusDeviceCheck is the status by which clients know that a login waits for a
// code.
const statusDeviceCheck = 110

// deviceCheckRefusal is the one refusal that tells more than a message.
type deviceCheckRefusal struct {
	refusal
	UID       string `json:"uid"`
	Phone     string `json:"phone"`
	Challenge string `json:"challenge"`
}

func newDeviceCheckRefusal(e *user.DeviceCheckError, msg string) deviceCheckRefusal {
	return deviceCheckRefusal{
		refusal: refusal{Status: statusDeviceCheck, Msg: msg},
		UID:     e.UID, Phone: e.Phone, Challenge: e.Challenge,
	}
}

// deviceCodeReq has the challenge besides what the API document names; clients
// that do not know it are known by their address.
type deviceCodeReq struct {
	UID       string `json:"uid"`
	Challenge string `json:"challenge"`
}

// deviceCode is operation 17.
func (a *api) deviceCode(ctx context.Context, c caller, in deviceCodeReq) (ok, error) {
	return ok{}, a.core.User.SendDeviceCode(ctx, in.UID, in.Challenge, c.from)
}

type verifyDeviceReq struct {
	UID       string `json:"uid"`
	Code      string `json:"code"`
	Challenge string `json:"challenge"`
}

// verifyDeviceResp satisfies the API document, which answers a status, and its
// descendants, which answer a login.
type verifyDeviceResp struct {
	Status int `json:"status"`
	loginResp
}

// verifyDevice is operation 18.
func (a *api) verifyDevice(ctx context.Context, c caller, in verifyDeviceReq) (verifyDeviceResp, error) {
	signed, err := a.core.User.VerifyDevice(ctx, user.DeviceProof{
		UID: in.UID, Code: in.Code, Challenge: in.Challenge, Address: c.from,
	})
	return verifyDeviceResp{Status: 200, loginResp: newLoginResp(signed)}, err
}
