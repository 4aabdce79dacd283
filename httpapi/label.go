package httpapi

import (
	"context"

	"github.com/ruyi-im/ruyi/internal/errs"
	"github.com/ruyi-im/ruyi/label"
)

// labelID is the id of a label in a path. What is no number names no label.
type labelID int64

// UnmarshalText accepts an integer.
func (id *labelID) UnmarshalText(text []byte) error {
	n, err := parseInt(string(text), 64)
	if err != nil {
		return errs.Because(label.ErrNotFound, err)
	}
	*id = labelID(n)
	return nil
}

// labelReq is what a label shall be. Without group_ids, or with null, the groups
// of an old label stay.
type labelReq struct {
	Name       string   `json:"name"`
	MemberUIDs []string `json:"member_uids"`
	GroupIDs   []string `json:"group_ids"`
}

func (in labelReq) draft() label.Draft {
	return label.Draft{Name: in.Name, Members: in.MemberUIDs, Groups: in.GroupIDs}
}

// createdLabelResp is a success with the id of the new label.
type createdLabelResp struct {
	Status int   `json:"status"`
	ID     int64 `json:"id"`
}

// createLabel is operation 80.
func (a *api) createLabel(ctx context.Context, c caller, in labelReq) (createdLabelResp, error) {
	id, err := a.core.Label.Create(ctx, c.UID, in.draft())
	return createdLabelResp{Status: 200, ID: id}, err
}

// labels is operation 81.
func (a *api) labels(ctx context.Context, c caller, _ struct{}) ([]labelResp, error) {
	list, err := a.core.Label.List(ctx, c.UID)
	out := make([]labelResp, len(list))
	for i, l := range list {
		out[i] = newLabelResp(l)
	}
	return out, err
}

type replaceLabelReq struct {
	ID labelID `path:"id" json:"-"`
	labelReq
}

// replaceLabel is operation 82.
func (a *api) replaceLabel(ctx context.Context, c caller, in replaceLabelReq) (ok, error) {
	return ok{}, a.core.Label.Replace(ctx, c.UID, int64(in.ID), in.draft())
}

type oneLabelReq struct {
	ID labelID `path:"id" json:"-"`
}

// deleteLabel is operation 83.
func (a *api) deleteLabel(ctx context.Context, c caller, in oneLabelReq) (ok, error) {
	return ok{}, a.core.Label.Delete(ctx, c.UID, int64(in.ID))
}

// label is operation 84.
func (a *api) label(ctx context.Context, c caller, in oneLabelReq) (labelResp, error) {
	l, err := a.core.Label.Label(ctx, c.UID, int64(in.ID))
	return newLabelResp(l), err
}

// labelResp is a label. Clients walk through both lists without a check, so they
// are never null.
type labelResp struct {
	ID      int64             `json:"id"`
	Name    string            `json:"name"`
	Count   int               `json:"count"`
	Members []labelMemberResp `json:"members"`
	Groups  []labelGroupResp  `json:"groups"`
}

type labelMemberResp struct {
	UID    string `json:"uid"`
	Name   string `json:"name"`
	Remark string `json:"remark"`
}

type labelGroupResp struct {
	GroupNo   string `json:"group_no"`
	GroupName string `json:"group_name"`
}

func newLabelResp(l label.Label) labelResp {
	r := labelResp{
		ID: l.ID, Name: l.Name, Count: l.Count(),
		Members: make([]labelMemberResp, len(l.Members)), Groups: make([]labelGroupResp, len(l.Groups)),
	}
	for i, m := range l.Members {
		r.Members[i] = labelMemberResp(m)
	}
	for i, g := range l.Groups {
		r.Groups[i] = labelGroupResp{GroupNo: g.No, GroupName: g.Name}
	}
	return r
}
