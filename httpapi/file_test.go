package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi"
	"github.com/ruyi-im/ruyi/httpapi"
	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store/blob"
	"github.com/ruyi-im/ruyi/store/sqlite"
	"github.com/ruyi-im/ruyi/user"
)

// withFileStore lets people upload files of at most limit bytes, and returns the
// directory they are kept in.
func (c *client) withFileStore(limit int64) string {
	c.t.Helper()
	dir := c.t.TempDir()
	core, err := ruyi.New(c.db, ruyi.Options{
		Pepper: bytes.Repeat([]byte{7}, 32), User: user.Options{DevCode: "123456"}, Now: func() time.Time { return now },
		Blobs: blob.Dir(dir), Message: message.Options{MaxFile: limit},
	})
	if err != nil {
		c.t.Fatal(err)
	}
	c.handler = httpapi.New(core, httpapi.Options{Location: time.UTC})
	return dir
}

// fetch asks for a file and records the answer's headers and body.
func (c *client) fetch(op, method, path string, header ...string) http.Header {
	c.t.Helper()
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	answer := map[string]any{"<body>": w.Body.String()}
	for name := range w.Result().Header {
		answer[name] = w.Result().Header.Get(name)
	}
	if tag := strings.Trim(w.Header().Get("ETag"), `"`); tag != "" && c.names[tag] == "" {
		c.names[tag] = fmt.Sprintf("<tag %d>", len(c.names))
	}
	text, err := json.Marshal(answer)
	if err != nil {
		c.t.Fatal(err)
	}
	c.seen[op] = append(c.seen[op], exchange{method, path, strings.Join(header, ": "), w.Code, text})
	return w.Header()
}

// last returns what the last exchange answered.
func (c *client) last(op string) (code int, answer struct{ Path, Msg, SHA512 string }) {
	c.t.Helper()
	e := c.seen[op][len(c.seen[op])-1]
	if err := json.Unmarshal(e.answer, &answer); err != nil {
		c.t.Fatalf("%s: %v", e.answer, err)
	}
	return e.code, answer
}

const (
	hex32 = "0123456789abcdef0123456789abcdef"
	aPNG  = "\x89PNG\r\n\x1a\npixels"
	aPage = "<html><script>alert(document.cookie)</script></html>"
)

func TestFileExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const where, post, get = "ext_file_url", "ext_file_upload", "ext_file_preview"
		c.withFileStore(100)
		ann, eve := c.register("Ann", "13800000001"), c.register("Eve", "13800000002")
		ask := func(p person, query string) { c.call(where, p.Token, "GET", "/v1/file/upload"+query, "") }
		ask(ann, "?path=/1/bob/"+hex32+".png&type=chat")
		ask(ann, "?path=/1/bob/报%20告&type=chat")
		ask(ann, "?path=/1/bob/../x&type=chat")
		ask(ann, "?path=/a")
		ask(ann, "?type=chat")
		ask(ann, "?type=avatar&path=/a")
		ask(person{}, "?path=/a&type=chat")

		send := func(p person, query, what string, files ...string) {
			parts := make([][]byte, len(files))
			for i, f := range files {
				parts[i] = []byte(f)
			}
			c.upload(post, p.Token, "/v1/file/upload"+query, what, parts...)
		}
		send(ann, "?path=/1/bob/"+hex32+".png&type=chat&signature=1", "a PNG", aPNG)
		send(ann, "?path=/1/bob/"+hex32+".png&type=chat", "the same", aPNG)
		send(ann, "?path=/1/bob/"+hex32+".png&type=chat", "another", aPNG+"!")
		send(eve, "?path=/1/bob/"+hex32+".png&type=chat", "the same of somebody else", aPNG)
		send(ann, "?path=/1/bob/"+hex32+".html&type=chat", "a page named as one", aPage)
		send(ann, "?path=/1/bob/1767225600000.png&type=moment", "a page named by the time", aPage)
		_, named := c.last(post)
		c.names[strings.Split(named.Path, "/")[5]] = "<32 digits>"
		send(ann, "?path=/1/bob/x"+hex32+"&type=chat", "101 bytes", strings.Repeat("x", 101))
		send(ann, "?path=/1/bob/x"+hex32+"&type=chat", "a megabyte", strings.Repeat("x", 1<<20))
		send(ann, "?path=/1/bob/x"+hex32+"&type=chat", "0 bytes", "")
		send(ann, "?path=/1/bob/x"+hex32+"&type=chat", "two", "x", "y")
		send(ann, "?path=/1/bob/x"+hex32+"&type=chat", "none")
		send(ann, "?path=/1/../"+hex32+"&type=chat", "upwards", "x")
		send(ann, "?path=/1/"+hex32+"&type=backup", "for something else", "x")
		send(ann, "?path=/1/"+hex32, "for nothing", "x")
		send(ann, "?type=chat", "without a path", "x")
		send(person{}, "?path=/1/"+hex32+"&type=chat", "of nobody", "x")

		png, page := "/v1/file/preview/chat/1/bob/"+hex32+".png", "/v1/file/preview/chat/1/bob/"+hex32+".html"
		tag := c.fetch(get, "GET", png).Get("ETag")
		c.fetch(get, "HEAD", png)
		c.fetch(get, "GET", png, "If-None-Match", tag)
		c.fetch(get, "GET", png, "Range", "bytes=8-10")
		c.fetch(get, "GET", png, "Range", "bytes=100-")
		c.fetch(get, "GET", png+"?filename=holiday.png")
		c.fetch(get, "GET", page)
		c.fetch(get, "GET", page+"?filename="+"..%2F..%2F%E6%8A%A5%E5%91%8A%22%0D%0AX:%20y%E2%80%AE.txt")
		c.fetch(get, "GET", "/v1/"+named.Path)
		c.call(get, "", "GET", "/v1/file/preview/chat/1/bob/x"+hex32, "")
		c.call(get, "", "GET", "/v1/file/preview/chat", "")
		c.call(get, "", "GET", "/v1/file/preview/", "")
		c.call(get, "", "GET", "/v1/file/preview/chat/%2e%2e/%00", "")
		c.compare()
	})
}

// TestRefusedFilesLeaveNothing sends what no client should.
func TestRefusedFilesLeaveNothing(t *testing.T) {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ruyi.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	c := newClient(t, db)
	ann := c.register("Ann", "13800000001")
	const good = "/v1/file/upload?type=chat&path=" + hex32
	before := dump(t, db)
	refused := func(what string) {
		t.Helper()
		if code, answer := c.last("-"); code != 400 || answer.Msg == "" || answer.Path != "" {
			t.Errorf("%s: %d %+v", what, code, answer)
		}
	}
	c.upload("-", ann.Token, good, "", []byte("x"))
	refused("without a place for files")
	c.call("-", ann.Token, "GET", good, "")
	refused("an address without a place for files")
	dir := c.withFileStore(1000)
	for _, path := range []string{
		"../../etc/passwd", "/etc/../" + hex32, "..%2f" + hex32, "%2e%2e/" + hex32, "a%5c..%5c" + hex32, "%00" + hex32, "%FF" + hex32,
		".git/config", "a//" + hex32, hex32 + "/", strings.Repeat("a", 201), hex32 + "%0a", "C:%5c" + hex32, "%2e" + hex32, hex32 + "&path=b",
	} {
		c.upload("-", ann.Token, "/v1/file/upload?type=chat&path="+path, "", []byte("x"))
		refused(path)
		c.call("-", "", "GET", "/v1/file/preview/chat/"+strings.ReplaceAll(path, "&", "?"), "")
	}
	raw := func(what, contentType, body string) {
		t.Helper()
		r := httptest.NewRequest("POST", good, strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		r.Header.Set("token", ann.Token)
		w := httptest.NewRecorder()
		c.handler.ServeHTTP(w, r)
		c.seen["-"] = append(c.seen["-"], exchange{code: w.Code, answer: w.Body.Bytes()})
		refused(what)
	}
	const form, begin = "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n"
	raw("wrong part", form, "--b\r\nContent-Disposition: form-data; name=\"picture\"\r\n\r\nx\r\n--b--")
	raw("broken off", form, begin+"x")
	raw("broken off late", form, begin+strings.Repeat("x", 900))
	raw("no end", form, begin+"x\r\n")
	raw("large other part", form, begin+"x\r\n--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n"+strings.Repeat("x", 1<<20)+"\r\n--b--")
	raw("the file itself", "image/png", aPNG)
	raw("JSON", "application/json", `{"file":"x"}`)
	raw("nothing", form, "")
	for what, body := range map[string]string{"0 bytes": "", "1001 bytes": strings.Repeat("x", 1001), "large": strings.Repeat("x", 5<<20)} {
		c.upload("-", ann.Token, good, "", []byte(body))
		refused(what)
	}
	if dump(t, db) != before {
		t.Error("a refused upload changed the database")
	}
	if err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			t.Errorf("%s is left", path)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	c.upload("-", ann.Token, good, "", []byte(strings.Repeat("x", 1000)))
	if dump(t, db) == before {
		t.Error("the comparison does not notice a change")
	}
}

// TestNoFileRunsInABrowser uploads what would, under harmless names.
func TestNoFileRunsInABrowser(t *testing.T) {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ruyi.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	c := newClient(t, db)
	c.withFileStore(1 << 20)
	ann := c.register("Ann", "13800000001")
	for _, content := range []string{
		aPage, "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>", "<?xml version=\"1.0\"?><x/>", "alert(1)", "MZ\x90\x00\x03",
		"\xef\xbb\xbf<html>", " \n<!DOCTYPE html>", "%PDF-1.7", "\x7fELF", "PK\x03\x04", "GIF", "\xfe\xff\x00<\x00s",
	} {
		for _, name := range []string{"a.png", "a.html", "a.svg", "a.js", "a.htm.jpg"} {
			c.upload("-", ann.Token, "/v1/file/upload?type=chat&path="+name, "", []byte(content))
			_, f := c.last("-")
			h := c.fetch("-", "GET", "/v1/"+f.Path)
			if h.Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") ||
				h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Content-Security-Policy") != "default-src 'none'; sandbox" {
				t.Errorf("%q as %s: %v", content, name, h)
			}
		}
	}
}

// TestLargeFileOverTheNetwork sends more than a server with short deadlines has
// time for, and looks at the memory it takes.
func TestLargeFileOverTheNetwork(t *testing.T) {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ruyi.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	c := newClient(t, db)
	const size = 32 << 20
	c.withFileStore(size)
	ann := c.register("Ann", "13800000001")
	srv := httptest.NewUnstartedServer(c.handler)
	srv.Config.ReadTimeout, srv.Config.WriteTimeout = 5*time.Second, 5*time.Second
	srv.Start()
	defer srv.Close()
	send := func(n int64) (int, string) {
		r, w := io.Pipe()
		form := multipart.NewWriter(w)
		go func() {
			part, err := form.CreateFormFile("file", "a.bin")
			if err == nil {
				_, err = io.Copy(part, io.LimitReader(zeros{}, n))
			}
			if err == nil {
				err = form.Close()
			}
			w.CloseWithError(err)
		}()
		defer r.Close() // what the server did not want is not sent
		req, err := http.NewRequestWithContext(t.Context(), "POST", srv.URL+"/v1/file/upload?type=chat&path=a.bin", r)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("token", ann.Token)
		req.Header.Set("Content-Type", form.FormDataContentType())
		res, err := srv.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		var answer struct{ Path string }
		if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, answer.Path
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	code, path := send(size)
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; code != 200 || grown > size/4 {
		t.Fatalf("code %d, %d bytes allocated", code, grown)
	}
	res, err := srv.Client().Get(srv.URL + "/v1/" + path)
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, res.Body)
	if err := res.Body.Close(); err != nil || n != size {
		t.Errorf("%d bytes came back, %v", n, err)
	}
	if err != nil {
		t.Error(err)
	}
}

// TestFilesHaveTimeToPass reads the deadlines that the server is asked for.
func TestFilesHaveTimeToPass(t *testing.T) {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ruyi.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	c := newClient(t, db)
	c.withFileStore(10 << 20)
	ann := c.register("Ann", "13800000001")
	const second = 64 << 10 // what passes in one at least
	for _, s := range []struct {
		what          string
		length        int64
		read, write   time.Duration
		reads, writes time.Duration
	}{
		{"an upload", 100 * second, time.Hour, 2 * time.Hour, time.Hour + 100*time.Second, 2*time.Hour + 100*time.Second},
		{"of unknown size", -1, time.Hour, 0, time.Hour + 161*time.Second, 0},
		{"that is too large", 1 << 40, 0, time.Hour, 0, time.Hour + 161*time.Second},
	} {
		send := func(method, path string) *deadlines {
			r := httptest.NewRequest(method, path, strings.NewReader("x"))
			r.ContentLength = s.length
			r.Header.Set("token", ann.Token)
			w := &deadlines{ResponseRecorder: httptest.NewRecorder()}
			srv := &http.Server{ReadTimeout: s.read, WriteTimeout: s.write}
			c.handler.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), http.ServerContextKey, srv)))
			return w
		}
		start := time.Now()
		w := send("POST", "/v1/file/upload?type=chat&path=a")
		for _, d := range []struct {
			got  time.Time
			want time.Duration
		}{{w.read, s.reads}, {w.write, s.writes}} {
			if d.want == 0 && !d.got.IsZero() || d.want > 0 && (d.got.Before(start.Add(d.want)) || d.got.After(time.Now().Add(d.want+time.Second))) {
				t.Errorf("%s: until %v after the start, want %v", s.what, d.got.Sub(start), d.want)
			}
		}
	}
	c.upload("-", ann.Token, "/v1/file/upload?type=chat&path=a", "", make([]byte, 10*second))
	_, f := c.last("-")
	r := httptest.NewRequest("GET", "/v1/"+f.Path, nil)
	w, start := &deadlines{ResponseRecorder: httptest.NewRecorder()}, time.Now()
	c.handler.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), http.ServerContextKey, &http.Server{WriteTimeout: time.Hour})))
	if w.write.Before(start.Add(time.Hour + 10*time.Second)) {
		t.Errorf("a download: until %v after the start", w.write.Sub(start))
	}
}

// deadlines remembers those that were set.
type deadlines struct {
	*httptest.ResponseRecorder
	read, write time.Time
}

func (d *deadlines) SetReadDeadline(t time.Time) error {
	d.read = t
	return nil
}

func (d *deadlines) SetWriteDeadline(t time.Time) error {
	d.write = t
	return nil
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }
