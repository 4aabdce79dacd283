package httpapi

import (
	"context"

	"github.com/ruyi-im/ruyi/user"
)

type devicesReq struct {
	Page int `query:"page_index" json:"-"`
	Size int `query:"page_size" json:"-"`
}

// deviceResp is a device as clients of the descendants read it; the API document
// leaves its items open.
type deviceResp struct {
	ID        int64  `json:"id"`
	DeviceID  string `json:"device_id"`
	Name      string `json:"device_name"`
	Model     string `json:"device_model"`
	LastLogin string `json:"last_login"`
	Self      flag01 `json:"self"`
}

// minutes is how a login is shown, in local time.
const minutes = "2006-01-02 15:04"

func (a *api) newDeviceResp(c caller, d user.KnownDevice) deviceResp {
	return deviceResp{
		ID: d.Number, DeviceID: d.ID, Name: d.Name, Model: d.Model,
		LastLogin: d.LastLogin.In(a.location).Format(minutes), Self: d.ID == c.DeviceID,
	}
}

// devices is operation 10.
func (a *api) devices(ctx context.Context, c caller, in devicesReq) ([]deviceResp, error) {
	devices, err := a.core.User.Devices(ctx, c.UID, in.Page, in.Size)
	if err != nil {
		return nil, err
	}
	out := make([]deviceResp, len(devices))
	for i, d := range devices {
		out[i] = a.newDeviceResp(c, d)
	}
	return out, nil
}

type oneDeviceReq struct {
	ID string `path:"device_id" json:"-"`
}

// device answers one of the caller's own devices. Clients look for theirs at
// start, to notice that it was removed.
func (a *api) device(ctx context.Context, c caller, in oneDeviceReq) (deviceResp, error) {
	d, err := a.core.User.KnownDevice(ctx, c.UID, in.ID)
	return a.newDeviceResp(c, d), err
}

// removeDevice is operation 11.
func (a *api) removeDevice(ctx context.Context, c caller, in oneDeviceReq) (ok, error) {
	return ok{}, a.core.User.RemoveDevice(ctx, c.UID, in.ID, c.TokenHash)
}
