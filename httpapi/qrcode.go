package httpapi

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/ruyi-im/ruyi/internal/errs"
	"github.com/ruyi-im/ruyi/user"
)

// scanned is the answer to a scanned code: where the app goes, what it finds
// there, and what it needs to know about that.
type scanned struct {
	Forward string `json:"forward"` // "native" for a page of the app, "h5" for a web page
	Type    string `json:"type"`
	Data    any    `json:"data"`
}

// resolver answers the codes of one kind. It returns errOtherCode for a code that
// may be of another kind.
type resolver func(ctx context.Context, c caller, code string) (scanned, error)

var errOtherCode = errors.New("httpapi: a code of another kind")

// resolvers returns the kinds of codes in the order in which they are tried.
func (a *api) resolvers() []resolver {
	return []resolver{a.scanUser, a.scanVercode, a.scanGroup, a.scanLogin}
}

type qrCodeReq struct {
	Code string `path:"code" json:"-"`
}

// qrCode is operation 47. Whoever opens the address without the app is told to
// get it.
func (a *api) qrCode() endpoint {
	kinds := a.resolvers()
	scan := handle(func(ctx context.Context, c caller, in qrCodeReq) (scanned, error) {
		for _, resolve := range kinds {
			if answer, err := resolve(ctx, c, in.Code); !errors.Is(err, errOtherCode) {
				return answer, err
			}
		}
		return scanned{}, user.ErrQRCode
	})
	return func(w http.ResponseWriter, r *http.Request, c caller) error {
		if c.UID == "" {
			a.invite(w, r)
			return nil
		}
		return scan(w, r, c)
	}
}

// invite answers somebody who opened a code with something else than the app.
func (a *api) invite(w http.ResponseWriter, r *http.Request) {
	text := errs.New(errs.Unauthenticated, "httpapi.no_app",
		"请下载“"+a.appName+"”APP扫码！", "Scan this code with the app “"+a.appName+"”.")
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	_, _ = io.WriteString(w, text.Text(r.Header.Get("Accept-Language")))
}

// person is the data of a personal code.
type person struct {
	UID     string `json:"uid"`
	Vercode string `json:"vercode,omitempty"` // for a friend request
}

// scanUser answers the code user_<uid>.
func (a *api) scanUser(ctx context.Context, _ caller, code string) (scanned, error) {
	uid, found := strings.CutPrefix(code, "user_")
	if !found {
		return scanned{}, errOtherCode
	}
	_, active, err := a.core.User.Person(ctx, uid)
	if err == nil && !active {
		err = user.ErrNobody
	}
	return scanned{"native", "userInfo", person{UID: uid}}, err
}

// vercodePrefix begins personal codes.
const vercodePrefix = "vercode_"

// scanVercode answers personal codes.
func (a *api) scanVercode(ctx context.Context, _ caller, code string) (scanned, error) {
	vercode, found := strings.CutPrefix(code, vercodePrefix)
	if !found {
		return scanned{}, errOtherCode
	}
	uid, err := a.core.User.ByQRVercode(ctx, vercode)
	return scanned{"native", "userInfo", person{UID: uid, Vercode: vercode}}, err
}

// loginConfirm is the data of a login. Beside what known apps read it tells who
// asks, for the app to show before its user agrees.
type loginConfirm struct {
	AuthCode    string `json:"auth_code"`
	PubKey      string `json:"pub_key"`
	DeviceName  string `json:"device_name"`
	DeviceModel string `json:"device_model"`
	Address     string `json:"address"`
}

// scanLogin answers the code of a computer that wants to sign in.
func (a *api) scanLogin(ctx context.Context, c caller, code string) (scanned, error) {
	q, err := a.core.User.ScanQRLogin(ctx, c.Session, code)
	if errors.Is(err, user.ErrQRCode) {
		return scanned{}, errOtherCode
	}
	data := loginConfirm{
		AuthCode: q.AuthCode, PubKey: q.PubKey, DeviceName: q.Device.Name, DeviceModel: q.Device.Model,
	}
	if q.Address.IsValid() {
		data.Address = q.Address.String()
	}
	return scanned{"native", "loginConfirm", data}, err
}

// personalCode is the answer of a link in a picture.
type personalCode struct {
	Data string `json:"data"`
}

// userQRCode returns what the caller's personal QR code shows.
func (a *api) userQRCode(ctx context.Context, c caller, _ struct{}) (personalCode, error) {
	vercode, err := a.core.User.QRVercode(ctx, c.UID)
	return personalCode{a.link(c, "/qrcode/"+vercodePrefix+vercode)}, err
}
