package httpapi

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/ruyi-im/ruyi/friend"
)

type applyReq struct {
	ToUID   string `json:"to_uid"`
	Remark  string `json:"remark"`
	Vercode string `json:"vercode"`
}

// apply is operation 23.
func (a *api) apply(ctx context.Context, c caller, in applyReq) (ok, error) {
	return ok{}, a.core.Friend.Apply(ctx, c.UID, friend.Application{To: in.ToUID, Greeting: in.Remark, Vercode: in.Vercode})
}

type sureReq struct {
	Token string `json:"token"`
}

// sure is operation 24.
func (a *api) sure(ctx context.Context, c caller, in sureReq) (ok, error) {
	return ok{}, a.core.Friend.Sure(ctx, c.UID, in.Token)
}

type friendSyncReq struct {
	SyncKey string `query:"sync_key" json:"-"`
	Limit   int    `query:"limit" json:"-"`
}

// friendSync is operation 25.
func (a *api) friendSync(ctx context.Context, c caller, in friendSyncReq) ([]friendResp, error) {
	cursor, err := parseSyncKey(in.SyncKey, a.location)
	if err != nil {
		return nil, err
	}
	contacts, err := a.core.Friend.Sync(ctx, c.UID, cursor, in.Limit)
	return newFriendResps(contacts, a.location), err
}

// parseSyncKey reads "time@id", the update time and the id of the last row that
// a client received. The time is the local time as it was sent or Unix seconds;
// no key means from the beginning.
func parseSyncKey(key string, zone *time.Location) (friend.Cursor, error) {
	if key == "" {
		return friend.Cursor{}, nil
	}
	at := strings.LastIndexByte(key, '@')
	if at < 0 {
		return friend.Cursor{}, friend.ErrSyncKey
	}
	id, err := strconv.ParseInt(key[at+1:], 10, 64)
	if err != nil {
		return friend.Cursor{}, friend.ErrSyncKey
	}
	if seconds, err := strconv.ParseInt(key[:at], 10, 64); err == nil {
		return friend.Cursor{Version: seconds, ID: id}, nil
	}
	first, again, err := parseLocal(key[:at], zone)
	if err != nil {
		return friend.Cursor{}, friend.ErrSyncKey
	}
	c := friend.Cursor{Version: first.Unix(), ID: id}
	if !again.IsZero() {
		c.Again = again.Unix()
	}
	return c, nil
}

// friendResp is the FriendResp of the API document with what clients of its
// descendants read besides.
type friendResp struct {
	ID        int64  `json:"id"`
	ToUID     string `json:"to_uid"`
	ToName    string `json:"to_name"`
	CreatedAt string `json:"created_at"`
	UpdatedAt string `json:"updated_at"`
	IsDeleted flag01 `json:"is_deleted"`
	Version   int64  `json:"version"`
	UID       string `json:"uid"`
	Name      string `json:"name"`
	Remark    string `json:"remark"`
	Sex       int    `json:"sex"`
	Category  string `json:"category"`
	ShortNo   string `json:"short_no"`
	Robot     flag01 `json:"robot"`
	IsDestroy flag01 `json:"is_destroy"`
	Mute      flag01 `json:"mute"`
	Top       flag01 `json:"top"`
	ChatPwdOn flag01 `json:"chat_pwd_on"`
	Receipt   flag01 `json:"receipt"`
	Follow    flag01 `json:"follow"`
	Status    int    `json:"status"`
	Vercode   string `json:"vercode"`
	BeDeleted flag01 `json:"be_deleted"`

	Screenshot   flag01 `json:"screenshot"`
	RevokeRemind flag01 `json:"revoke_remind"`
	Flame        flag01 `json:"flame"`
	FlameSecond  int    `json:"flame_second"`

	BeBlacklist flag01 `json:"be_blacklist"`
	SourceDesc  string `json:"source_desc"`
}

func newFriendResps(contacts []friend.Contact, zone *time.Location) []friendResp {
	out := make([]friendResp, len(contacts))
	for i, contact := range contacts {
		out[i] = newFriendResp(contact, zone)
	}
	return out
}

func newFriendResp(c friend.Contact, zone *time.Location) friendResp {
	out := friendResp{
		ID: c.ID, ToUID: c.Peer, ToName: c.Name,
		CreatedAt: localTime(c.CreatedAt, zone), UpdatedAt: localTime(c.UpdatedAt(), zone),
		IsDeleted: flag01(c.Deleted), Version: c.Version, UID: c.Peer, Name: c.Name, Remark: c.Remark,
		Sex: c.Sex, Category: c.Category, ShortNo: c.ShortNo, Robot: flag01(c.Robot),
		IsDestroy: flag01(c.Destroyed), Mute: flag01(c.Mute), Top: flag01(c.Top),
		ChatPwdOn: flag01(c.ChatPwdOn), Receipt: flag01(c.Receipt),
		Follow: flag01(!c.Deleted), Status: contactStatus(c.Blocked), Vercode: c.Vercode,
		Screenshot: flag01(c.Screenshot), RevokeRemind: flag01(c.Recall),
		Flame: flag01(c.Flame), FlameSecond: c.FlameSecs,
		BeDeleted: flag01(c.Dropped && !c.Deleted), BeBlacklist: flag01(c.BlockedBy),
	}
	if !c.Deleted {
		out.SourceDesc = sourceDesc(c.Source, c.Initiator)
	}
	return out
}
