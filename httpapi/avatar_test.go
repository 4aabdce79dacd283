package httpapi_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"image"
	"image/color"
	_ "image/jpeg" // what uploads become
	"image/png"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi"
	"github.com/ruyi-im/ruyi/httpapi"
	"github.com/ruyi-im/ruyi/store/blob"
	"github.com/ruyi-im/ruyi/store/sqlite"
	"github.com/ruyi-im/ruyi/user"
)

// withFiles lets people upload.
func (c *client) withFiles() {
	c.t.Helper()
	core, err := ruyi.New(c.db, ruyi.Options{
		Pepper: bytes.Repeat([]byte{7}, 32), User: user.Options{DevCode: "123456"}, Now: func() time.Time { return now },
		Blobs: blob.Dir(c.t.TempDir()),
	})
	if err != nil {
		c.t.Fatal(err)
	}
	c.handler = httpapi.New(core, httpapi.Options{Location: time.UTC})
}

// green is a picture of w by h pixels.
func green(t testing.TB, w, h int) []byte {
	t.Helper()
	m := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{color.RGBA{0, 128, 0, 255}})
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// bomb is the beginning of a picture of 10000 by 10000 pixels.
func bomb(t testing.TB) []byte {
	t.Helper()
	b := green(t, 1, 1)
	binary.BigEndian.PutUint32(b[16:], 10000)
	binary.BigEndian.PutUint32(b[20:], 10000)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}

// upload sends files as parts named file, and records the exchange with only
// their description.
func (c *client) upload(op, token, path, what string, files ...[]byte) {
	c.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, f := range files {
		w, err := form.CreateFormFile("file", "avatar.png")
		if err != nil {
			c.t.Fatal(err)
		}
		if _, err := w.Write(f); err != nil {
			c.t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		c.t.Fatal(err)
	}
	r := httptest.NewRequest("POST", path, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("token", token)
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	c.seen[op] = append(c.seen[op], exchange{"POST", path, "file: " + what, w.Code, w.Body.Bytes()})
}

// picture asks for an avatar and records the answer's headers and what the
// picture is.
func (c *client) picture(op, method, path string, header ...string) (etag string) {
	c.t.Helper()
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	answer := map[string]any{}
	for name := range w.Result().Header {
		if name != "Content-Length" { // which a new release of Go may change
			answer[name] = w.Result().Header.Get(name)
		}
	}
	etag = w.Header().Get("ETag")
	if strings.HasPrefix(etag, `"u`) {
		c.names[strings.Trim(etag, `"`)] = "<version>"
	} else {
		c.names[strings.Trim(etag, `"`)] = "<tag of " + etag[1:4] + ">" // the rest comes from the uid
	}
	if config, format, err := image.DecodeConfig(bytes.NewReader(w.Body.Bytes())); err == nil {
		answer["<body>"] = map[string]any{"<format>": format, "<width>": config.Width, "<height>": config.Height}
	} else if w.Body.Len() > 0 {
		svg := w.Body.String()
		answer["<body>"] = svg[strings.LastIndex(svg, `"`)+1:] // in front of it is a colour of the uid
	}
	text, err := json.Marshal(answer)
	if err != nil {
		c.t.Fatal(err)
	}
	c.seen[op] = append(c.seen[op], exchange{method, path, strings.Join(header, ": "), w.Code, text})
	return etag
}

func TestAvatarExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const get, post = "ext_avatar_get", "ext_avatar_post"
		const browser = "image/avif,image/webp,image/svg+xml,image/*,*/*;q=0.8"
		c.withFiles()
		ann, lei := c.register("Ann", "13800000001"), c.register("李雷", "13800000002")
		own := "/v1/users/" + ann.UID + "/avatar"
		made := c.picture(get, "GET", own+"?v=1")
		c.picture(get, "GET", "/v1/users/"+lei.UID+"/avatar", "Accept", "image/*")
		c.picture(get, "GET", "/v1/users/"+lei.UID+"/avatar", "Accept", browser)
		c.picture(get, "GET", "/v1/users/nobody/avatar", "Accept", browser)
		c.picture(get, "GET", own, "If-None-Match", made)

		send := func(p person, what string, files ...[]byte) {
			c.upload(post, p.Token, own+"?uuid=7", what, files...)
		}
		c.call(post, "", "POST", own, "")
		c.call(post, ann.Token, "POST", own, "{}")
		send(lei, "somebody else's picture", green(t, 4, 4))
		send(ann, "none")
		send(ann, "two", green(t, 4, 4), green(t, 4, 4))
		send(ann, "a script", []byte("<svg><script>alert(1)</script></svg>"))
		send(ann, "10000x10000 pixels", bomb(t))
		send(ann, "21 MB", make([]byte, 21<<20))
		send(ann, "900x600 pixels", green(t, 900, 600))

		uploaded := c.picture(get, "GET", own+"?v=2", "If-None-Match", made, "Accept", browser)
		c.picture(get, "GET", own+"?v=2", "If-None-Match", `"other", W/`+uploaded)
		c.picture(get, "HEAD", own)
		c.call("ext_avatar_command", ann.Token, "POST", "/v1/message/sync", `{}`)
		c.compare()
	})
}

// TestRefusedUploadsChangeNothing sends what no client should.
func TestRefusedUploadsChangeNothing(t *testing.T) {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ruyi.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	c := newClient(t, db)
	ann := c.register("Ann", "13800000001")
	own := "/v1/users/" + ann.UID + "/avatar"
	refused := func(what string) {
		t.Helper()
		e := c.seen["-"][len(c.seen["-"])-1]
		var answer struct {
			Status int
			Msg    string
		}
		if err := json.Unmarshal(e.answer, &answer); err != nil || e.code != 400 || answer.Status != 400 || answer.Msg == "" {
			t.Errorf("%s: %d %s", what, e.code, e.answer)
		}
	}
	before := dump(t, db)
	c.upload("-", ann.Token, own, "", green(t, 4, 4))
	refused("without a place for files")
	c.withFiles()
	for what, body := range map[string][]byte{
		"nothing": nil, "text": []byte("x"), "html": []byte("<html>"), "half": green(t, 99, 99)[:60],
		"bomb": bomb(t), "large": make([]byte, 20<<20),
	} {
		c.upload("-", ann.Token, own, "", body)
		refused(what)
	}
	for _, path := range []string{"/v1/users/nobody/avatar", "/v1/users/%00/avatar", "/v1/users/%FF/avatar", "/v1/users/" + strings.Repeat("a", 300) + "/avatar"} {
		c.upload("-", ann.Token, path, "", green(t, 4, 4))
		refused(path)
	}
	if dump(t, db) != before {
		t.Error("a refused upload changed the database")
	}
	c.upload("-", ann.Token, own, "", green(t, 4, 4))
	if dump(t, db) == before {
		t.Error("the comparison does not notice a change")
	}
}

// TestUploadOverTheNetwork is what only a server does: a large body arrives whole,
// and the answer to a body that is refused.
func TestUploadOverTheNetwork(t *testing.T) {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ruyi.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	c := newClient(t, db)
	c.withFiles()
	ann := c.register("Ann", "13800000001")
	srv := httptest.NewServer(c.handler)
	defer srv.Close()
	padded := append(green(t, 4, 4), make([]byte, 2<<20)...)
	body := "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n" + string(padded) + "\r\n--b--\r\n"
	r, err := http.NewRequestWithContext(t.Context(), "POST", srv.URL+"/v1/users/"+ann.UID+"/avatar", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("token", ann.Token)
	r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	res, err := srv.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil || res.StatusCode != 200 {
		t.Errorf("code %d, %v", res.StatusCode, err)
	}
}
