package httpapi

import (
	"context"
	"encoding/json"

	"github.com/ruyi-im/ruyi/message"
)

type favoritesReq struct {
	Page int `query:"page_index" json:"-"`
	Size int `query:"page_size" json:"-"`
}

type favoriteResp struct {
	No         string          `json:"no"`
	Type       int             `json:"type"`
	Key        string          `json:"unique_key"`
	AuthorUID  string          `json:"author_uid"`
	AuthorName string          `json:"author_name"`
	Payload    json.RawMessage `json:"payload"`
	CreatedAt  string          `json:"created_at"`
}

// favorites is operation 48.
func (a *api) favorites(ctx context.Context, c caller, in favoritesReq) ([]favoriteResp, error) {
	list, err := a.core.Message.Favorites(ctx, c.UID, in.Page, in.Size)
	if err != nil {
		return nil, err
	}
	out := make([]favoriteResp, len(list))
	for i, f := range list {
		out[i] = favoriteResp{
			No: f.No, Type: f.Type, Key: f.Key, AuthorUID: f.AuthorUID, AuthorName: f.AuthorName,
			Payload: f.Payload, CreatedAt: localTime(f.CreatedAt, a.location),
		}
	}
	return out, nil
}

type addFavoriteReq struct {
	Type       intString       `json:"type"`
	Key        string          `json:"unique_key"`
	AuthorUID  string          `json:"author_uid"`
	AuthorName string          `json:"author_name"`
	Payload    json.RawMessage `json:"payload"`
}

// addFavorite is operation 49. The page_size of the document is a slip of it.
func (a *api) addFavorite(ctx context.Context, c caller, in addFavoriteReq) (ok, error) {
	if in.Type < 0 || in.Type > message.MaxFavoriteType {
		in.Type = -1 // which is none either, and fits everywhere
	}
	return ok{}, a.core.Message.AddFavorite(ctx, c.UID, message.Favorite{
		Type: int(in.Type), Key: in.Key, AuthorUID: in.AuthorUID, AuthorName: in.AuthorName, Payload: in.Payload,
	})
}

type removeFavoriteReq struct {
	No string `path:"no" json:"-"`
}

// removeFavorite is operation 50. Clients name a favourite by its number or key.
func (a *api) removeFavorite(ctx context.Context, c caller, in removeFavoriteReq) (ok, error) {
	return ok{}, a.core.Message.RemoveFavorite(ctx, c.UID, in.No)
}

type updateFavoriteReq struct {
	Key     string          `path:"unique_key" json:"-"`
	Payload json.RawMessage `json:"payload"`
}

// updateFavorite is POST /favorites/update/{unique_key}.
func (a *api) updateFavorite(ctx context.Context, c caller, in updateFavoriteReq) (ok, error) {
	return ok{}, a.core.Message.UpdateFavorite(ctx, c.UID, in.Key, in.Payload)
}
