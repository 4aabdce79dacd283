package httpapi

import (
	"context"
	"encoding/hex"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"
	"unicode"

	"github.com/ruyi-im/ruyi/message"
)

type fileReq struct {
	Path string `query:"path" json:"-"`
	Type string `query:"type" json:"-"`
}

type fileURLResp struct {
	URL string `json:"url"`
}

// fileURL is GET /file/upload: where to send a file.
func (a *api) fileURL(_ context.Context, c caller, in fileReq) (fileURLResp, error) {
	q := url.Values{"path": {in.Path}, "type": {in.Type}}
	return fileURLResp{URL: a.link(c, "/file/upload?"+q.Encode())}, a.core.Message.CheckFile(in.Type, in.Path)
}

type uploadReq struct {
	fileReq
	Signature string `query:"signature" json:"-"`
}

type fileResp struct {
	Path   string `json:"path"` // below the prefix
	SHA512 string `json:"sha512,omitempty"`
}

// multipartRoom is how many bytes of an upload may be other than the file.
const multipartRoom = 64 << 10

// saveFile is POST /file/upload: the part "file" of a multipart body.
func (a *api) saveFile(w http.ResponseWriter, r *http.Request, c caller, in uploadReq) error {
	limit := a.core.Message.FileLimit() + multipartRoom
	size := r.ContentLength
	if size < 0 || size > limit {
		size = limit
	}
	patient(w, r, size)
	f, err := a.core.Message.SaveFile(r.Context(), c.UID, in.Type, in.Path, uploaded(r, limit))
	if err != nil {
		return err
	}
	out := fileResp{Path: strings.TrimPrefix(filePreview, "/") + f.Path}
	if in.Signature == "1" {
		out.SHA512 = hex.EncodeToString(f.SHA512[:])
	}
	return writeJSON(w, http.StatusOK, out)
}

// filePreview goes before the path of a file.
const filePreview = "/file/preview/"

type previewReq struct {
	Path string `path:"path" json:"-"`
	Name string `query:"filename" json:"-"`
}

// fileCaching lets a file be shown without ever asking again: a path has one
// content. Caches that several people share do not keep what was sent to one.
const fileCaching = "private, max-age=31536000, immutable"

// preview is GET /file/preview/{path...}. It is public, because clients load
// pictures without their token. What is not known to be harmless is for saving
// only, and nothing runs scripts.
func (a *api) preview(w http.ResponseWriter, r *http.Request, _ caller, in previewReq) error {
	f, content, err := a.core.Message.OpenFile(r.Context(), in.Path)
	if err != nil {
		return err
	}
	defer content.Close()
	patient(w, r, f.Size)
	h := w.Header()
	h.Set("ETag", `"`+path.Base(f.Blob)+`"`)
	h.Set("Cache-Control", fileCaching)
	h.Set("Content-Type", f.ContentType)
	h.Set("Content-Disposition", disposition(f, in.Name))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	http.ServeContent(w, r, "", f.CreatedAt, content)
	return nil
}

// disposition names the file for who saves it, and has it saved where it is not
// to be shown or a name was asked for.
func disposition(f message.File, name string) string {
	what := "inline"
	if f.ContentType == message.TypeUnknown || name != "" {
		what = "attachment"
	}
	if name = plainName(name); name == "" {
		name = path.Base(f.Path)
	}
	return mime.FormatMediaType(what, map[string]string{"filename": name})
}

// maxDownloadName is how many characters of a name are kept, the last ones, for
// there it says what the file is.
const maxDownloadName = 100

// plainName returns what of a name is fit for one in a folder.
func plainName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) || unicode.Is(unicode.Bidi_Control, r) || strings.ContainsRune(`:*?"<>|`, r) {
			return -1
		}
		return r
	}, name)
	runes := []rune(strings.Trim(name, " ."))
	return string(runes[max(0, len(runes)-maxDownloadName):])
}

// slowest is the slowest connection, in bytes a second, that carries a file
// before the host's server gives it up.
const slowest = 64 << 10

// patient moves the deadlines of a request so far that n bytes more can pass:
// those of a server are meant for small requests.
func patient(w http.ResponseWriter, r *http.Request, n int64) {
	srv, ok := r.Context().Value(http.ServerContextKey).(*http.Server)
	if !ok {
		return
	}
	now, more, conn := time.Now(), time.Duration(n/slowest)*time.Second, http.NewResponseController(w)
	// A connection without deadlines, of a server of another kind, needs none moved.
	if srv.ReadTimeout > 0 {
		_ = conn.SetReadDeadline(now.Add(srv.ReadTimeout + more))
	}
	if srv.WriteTimeout > 0 {
		_ = conn.SetWriteDeadline(now.Add(srv.WriteTimeout + more))
	}
}
