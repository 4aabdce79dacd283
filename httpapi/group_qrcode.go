package httpapi

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/ruyi-im/ruyi/group"
)

// groupQRCodeResp is the answer to who shares a group.
type groupQRCodeResp struct {
	Day    int    `json:"day"` // how many days the code lives
	QRCode string `json:"qrcode"`
	Expire string `json:"expire"` // its last day
}

// groupQRCode is operation 42.
func (a *api) groupQRCode(ctx context.Context, c caller, in groupReq) (groupQRCodeResp, error) {
	p, err := a.core.Group.QRCode(ctx, c.UID, in.GroupNo)
	if err != nil {
		return groupQRCodeResp{}, err
	}
	return groupQRCodeResp{
		Day:    int(group.QRCodeLife / (24 * time.Hour)),
		QRCode: a.link(c, "/qrcode/"+p.Code),
		Expire: p.ExpiresAt.In(a.location).Format("01月02日"),
	}, nil
}

// groupLink is the data of a group's code for its member.
type groupLink struct {
	GroupNo string `json:"group_no"`
}

// webLink is the data of a code that leads to a page.
type webLink struct {
	URL string `json:"url"`
}

// scanGroup answers the code of a group.
func (a *api) scanGroup(ctx context.Context, c caller, code string) (scanned, error) {
	found, err := a.core.Group.Scan(ctx, c.UID, code)
	switch {
	case errors.Is(err, group.ErrQRCode):
		return scanned{}, errOtherCode
	case err != nil:
		return scanned{}, err
	case found.Join == "":
		return scanned{"native", "group", groupLink{found.Group}}, nil
	}
	page := joinPage + "?group_no=" + url.QueryEscape(found.Group) + "&auth_code=" + url.QueryEscape(found.Join)
	return scanned{"h5", "webview", webLink{a.link(c, page)}}, nil
}

type scanJoinReq struct {
	GroupNo  string `path:"group_no" json:"-"`
	AuthCode string `query:"auth_code" json:"-"`
}

// scanJoin is GET and POST /groups/{group_no}/scanjoin. Its code is the proof of
// who joins. Clients call GET, so it acts too.
func (a *api) scanJoin(ctx context.Context, _ caller, in scanJoinReq) (ok, error) {
	return ok{}, a.core.Group.Join(ctx, in.AuthCode, in.GroupNo)
}
