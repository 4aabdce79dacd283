package httpapi

import (
	"context"
	"time"

	"github.com/ruyi-im/ruyi/user"
)

// onlineResp is somebody on the device that counts, see user.OnlineStatus.
type onlineResp struct {
	UID         string    `json:"uid"`
	DeviceFlag  user.Flag `json:"device_flag"`
	LastOffline int64     `json:"last_offline"` // Unix seconds, 0 for never
	Online      flag01    `json:"online"`
}

func newOnlineResps(list []user.OnlineStatus) []onlineResp {
	out := make([]onlineResp, len(list))
	for i, o := range list {
		out[i] = onlineResp{
			UID: o.UID, DeviceFlag: o.Flag, LastOffline: unixSeconds(o.LastOffline), Online: flag01(o.Online),
		}
	}
	return out
}

// unixSeconds returns 0 for no time.
func unixSeconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// chatOnlineResp is an onlineResp with the name besides.
type chatOnlineResp struct {
	onlineResp
	Name string `json:"name"`
}

// chatOnline is operation 22.
func (a *api) chatOnline(ctx context.Context, c caller, _ struct{}) ([]chatOnlineResp, error) {
	return a.namedOnline(ctx, c, nil, 0)
}

// friendOnline is operation 26. The body is optional: without one all contacts
// are looked at.
func (a *api) friendOnline(ctx context.Context, c caller, uids []string) ([]chatOnlineResp, error) {
	return a.namedOnline(ctx, c, uids, user.RecentlyOnline)
}

func (a *api) namedOnline(ctx context.Context, c caller, among []string, recent time.Duration) ([]chatOnlineResp, error) {
	list, err := a.core.User.Online(ctx, c.UID, among, recent)
	out := make([]chatOnlineResp, len(list))
	for i, o := range newOnlineResps(list) {
		out[i] = chatOnlineResp{o, list[i].Name}
	}
	return out, err
}

type computerResp struct {
	Online     flag01    `json:"online"`
	DeviceFlag user.Flag `json:"device_flag"`
	MuteOfApp  flag01    `json:"mute_of_app"`
}

type onlineListResp struct {
	PC      *computerResp `json:"pc"` // null when no computer is online
	Friends []onlineResp  `json:"friends"`
}

// online tells whether the caller's computer is online, and which contacts are
// or were recently.
func (a *api) online(ctx context.Context, c caller, _ struct{}) (onlineListResp, error) {
	list, err := a.core.User.Online(ctx, c.UID, nil, user.RecentlyOnline)
	if err != nil {
		return onlineListResp{}, err
	}
	out := onlineListResp{Friends: newOnlineResps(list)}
	computer, online, err := a.core.User.OnComputer(ctx, c.UID)
	if online {
		out.PC = &computerResp{Online: true, DeviceFlag: computer.Flag, MuteOfApp: flag01(computer.MuteOfApp)}
	}
	return out, err
}

// onlineAmong tells about those of the named users who are contacts and were
// online once.
func (a *api) onlineAmong(ctx context.Context, c caller, uids []string) ([]onlineResp, error) {
	if uids == nil { // an absent body names nobody
		uids = []string{}
	}
	list, err := a.core.User.Online(ctx, c.UID, uids, user.Ever)
	return newOnlineResps(list), err
}

type imNodeResp struct {
	TCPAddr string `json:"tcp_addr"`
	WSAddr  string `json:"ws_addr"`
	WSSAddr string `json:"wss_addr"`
}

type imNodeReq struct {
	UID string `path:"uid" json:"-"`
}

// imNode is operation 20. Clients ask with GET, once they have a token, and
// other people's nodes are none of their business.
func (a *api) imNode(ctx context.Context, c caller, in imNodeReq) (imNodeResp, error) {
	n, err := a.core.User.IMNode(ctx, c.UID, in.UID)
	return imNodeResp{TCPAddr: n.TCPAddr, WSAddr: n.WSAddr, WSSAddr: n.WSSAddr}, err
}
