package httpapi

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// ProhibitedWord is one that clients do not show: they put stars in its place
// (GET /message/prohibit_words/sync). The core itself stores messages as they are
// sent.
//
// Clients ask for what is newer than they have. So give every change a Version
// above all others: append new words, and mark one that is allowed again as
// Deleted rather than leave it out.
type ProhibitedWord struct {
	ID        int64     // unique, from 1
	Content   string    // the word
	Deleted   bool      // it is allowed again
	Version   int64     // of its last change, from 1
	CreatedAt time.Time // when it was added
}

// byVersion returns a copy of words in the order of their changes.
func byVersion(words []ProhibitedWord) []ProhibitedWord {
	return slices.SortedStableFunc(slices.Values(words), func(a, b ProhibitedWord) int {
		return cmp.Compare(a.Version, b.Version)
	})
}

type prohibitedReq struct {
	Version int64 `query:"version" json:"-"`
}

type prohibitedResp struct {
	ID        int64  `json:"id"`
	Content   string `json:"content"`
	IsDeleted flag01 `json:"is_deleted"`
	Version   int64  `json:"version"`
	CreatedAt string `json:"created_at"`
}

// prohibitedWords is GET /message/prohibit_words/sync.
func (a *api) prohibitedWords(_ context.Context, _ caller, in prohibitedReq) ([]prohibitedResp, error) {
	var out []prohibitedResp
	for _, w := range a.prohibited {
		if w.Version > in.Version {
			out = append(out, prohibitedResp{w.ID, w.Content, flag01(w.Deleted), w.Version, localTime(w.CreatedAt, a.location)})
		}
	}
	return out, nil
}

// stickers is GET /sticker/user/category and /sticker/user/sticker: there are
// none, which clients show as an empty drawer.
func (a *api) stickers(context.Context, caller, struct{}) ([]struct{}, error) { return nil, nil }

// appVersion is GET /common/appversion/{os}/{version}: no newer one is known.
func (a *api) appVersion(context.Context, caller, struct{}) (struct{}, error) { return struct{}{}, nil }
