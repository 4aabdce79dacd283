package httpapi

import (
	"context"

	"github.com/ruyi-im/ruyi/internal/errs"
)

// friendApplyDot is the category of red dots that there is.
const friendApplyDot = "friendApply"

var errRedDot = errs.New(errs.NotFound, "httpapi.red_dot", "红点分类不存在！", "there is no such category of red dots")

type redDotReq struct {
	Category string `path:"category" json:"-"`
}

type redDotResp struct {
	Count int    `json:"count"`
	IsDot flag01 `json:"is_dot"` // a dot without a number; no category has one
}

// redDot answers how many requests the caller has not seen.
func (a *api) redDot(ctx context.Context, c caller, in redDotReq) (redDotResp, error) {
	if in.Category != friendApplyDot {
		return redDotResp{}, errRedDot
	}
	n, err := a.core.Friend.UnseenRequests(ctx, c.UID)
	return redDotResp{Count: n}, err
}

// clearRedDot says that the caller has seen them.
func (a *api) clearRedDot(ctx context.Context, c caller, in redDotReq) (ok, error) {
	if in.Category != friendApplyDot {
		return ok{}, errRedDot
	}
	return ok{}, a.core.Friend.SeeRequests(ctx, c.UID)
}
