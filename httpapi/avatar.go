package httpapi

import (
	"bytes"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/ruyi-im/ruyi/user"
)

type avatarReq struct {
	UID string `path:"uid" json:"-"`
}

// avatarCaching lets a picture be shown for ten minutes without asking. Clients
// that are told of a new one add another ?v=, which is another address to a cache;
// for all others ten minutes is how long they see the old one.
const avatarCaching = "public, max-age=600, must-revalidate"

// avatar is an extension: the picture of a user. It is public, because clients
// load pictures without their token.
func (a *api) avatar(w http.ResponseWriter, r *http.Request, _ caller, in avatarReq) error {
	picture, err := a.core.User.Avatar(r.Context(), in.UID, user.AvatarQuery{
		// Browsers name SVG; apps, which cannot show it, take "image/*" or "*/*".
		SVG:  accepts(r, "image/svg+xml"),
		Have: entityTags(r.Header.Values("If-None-Match")),
	})
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("ETag", `"`+picture.Tag+`"`)
	h.Set("Cache-Control", avatarCaching)
	h.Set("Vary", "Accept")
	if picture.Data == nil {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Type", picture.ContentType)
	h.Set("Content-Disposition", "inline")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(picture.Data))
	return nil
}

// setAvatar is an extension: one's own new picture, the part "file" of a
// multipart body.
func (a *api) setAvatar(w http.ResponseWriter, r *http.Request, c caller, in avatarReq) error {
	if err := a.core.User.SetAvatar(r.Context(), c.UID, in.UID, uploaded(r, user.MaxAvatarUpload)); err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, ok{})
}

// accepts reports whether r asks for a media type by its name.
func accepts(r *http.Request, mediaType string) bool {
	for _, accepted := range strings.Split(strings.Join(r.Header.Values("Accept"), ","), ",") {
		name, params, err := mime.ParseMediaType(accepted)
		if err != nil || name != mediaType {
			continue
		}
		q, err := strconv.ParseFloat(params["q"], 64)
		return params["q"] == "" || err == nil && q > 0
	}
	return false
}

// entityTags returns the tags in If-None-Match headers without their quotes. Tags
// with a comma are not ours, and may fall apart.
func entityTags(headers []string) []string {
	var tags []string
	for _, tag := range strings.Split(strings.Join(headers, ","), ",") {
		tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
		if len(tag) > 2 && tag[0] == '"' && tag[len(tag)-1] == '"' {
			tags = append(tags, tag[1:len(tag)-1])
		}
	}
	return tags
}
