package httpapi

import "context"

type searchReq struct {
	Keyword string `query:"keyword" json:"-"`
}

// searchResp is the UserExistResp of the API document.
type searchResp struct {
	Exist flag01   `json:"exist"`
	Data  *hitResp `json:"data,omitempty"`
}

type hitResp struct {
	UID     string `json:"uid"`
	Name    string `json:"name"`
	Vercode string `json:"vercode"`
}

// search is operation 3.
func (a *api) search(ctx context.Context, c caller, in searchReq) (searchResp, error) {
	hit, found, err := a.core.User.Search(ctx, c.UID, in.Keyword)
	if err != nil || !found {
		return searchResp{}, err
	}
	return searchResp{Exist: true, Data: &hitResp{UID: hit.UID, Name: hit.Name, Vercode: hit.Vercode}}, nil
}

type customerServiceResp struct {
	UID  string `json:"uid"`
	Name string `json:"name"`
}

// customerServices is operation 12.
func (a *api) customerServices(ctx context.Context, _ caller, _ struct{}) ([]customerServiceResp, error) {
	services, err := a.core.User.CustomerServices(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]customerServiceResp, len(services))
	for i, s := range services {
		out[i] = customerServiceResp(s)
	}
	return out, nil
}
