package httpapi

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const multipartType = "multipart/form-data; boundary=b"

// part is one part of a multipart body with the boundary "b".
func part(disposition, content string) string {
	return "--b\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + content + "\r\n"
}

func TestUpload(t *testing.T) {
	file := part(`name="file"; filename="a.png"`, "content")
	for what, c := range map[string]struct {
		contentType, body string
		want              string
		err               error
	}{
		"a file":              {multipartType, file + "--b--\r\n", "content", nil},
		"an empty file":       {multipartType, part(`name="file"; filename="a"`, "") + "--b--", "", nil},
		"without its name":    {multipartType, part(`name="file"`, "content") + "--b--", "content", nil},
		"among others":        {multipartType, part(`name="a"`, "1") + file + part(`name="b"; filename="c"`, "2") + "--b--", "content", nil},
		"two files":           {multipartType, file + file + "--b--", "content", errManyFiles},
		"no file":             {multipartType, part(`name="picture"; filename="a.png"`, "x") + "--b--", "", errNoFile},
		"no part":             {multipartType, "--b--", "", errNoFile},
		"JSON":                {"application/json", `{"file":"x"}`, "", errNoFile},
		"no type":             {"", file + "--b--", "", errNoFile},
		"no boundary":         {"multipart/form-data", file + "--b--", "", errNoFile},
		"no body":             {multipartType, "", "", errBody},
		"another boundary":    {"multipart/form-data; boundary=c", file + "--b--", "", errBody},
		"broken off":          {multipartType, file[:len(file)-4], "content"[:5], errBody},
		"no end":              {multipartType, file, "content", errBody},
		"too many parts":      {multipartType, strings.Repeat(part(`name="a"`, ""), 16) + file + "--b--", "", errBody},
		"as many as may be":   {multipartType, strings.Repeat(part(`name="a"`, ""), 15) + file + "--b--", "content", nil},
		"broken disposition":  {multipartType, part(`name="file`, "x") + "--b--", "", errNoFile},
		"large":               {multipartType, part(`name="file"`, strings.Repeat("x", 5000)) + "--b--", "x", errTooLarge},
		"large other parts":   {multipartType, part(`name="a"`, strings.Repeat("x", 5000)) + file + "--b--", "", errTooLarge},
		"large behind a file": {multipartType, file + part(`name="a"`, strings.Repeat("x", 5000)) + "--b--", "content", errTooLarge},
	} {
		t.Run(what, func(t *testing.T) {
			r := httptest.NewRequest("POST", "/", strings.NewReader(c.body))
			r.Header.Set("Content-Type", c.contentType)
			r.Body = limitBody(httptest.NewRecorder(), r.Body, 10) // until the operation raises it
			u := uploaded(r, 4000)
			got, err := io.ReadAll(u)
			if !errors.Is(err, c.err) || c.err == nil && string(got) != c.want || !strings.HasPrefix(string(got), c.want) {
				t.Errorf("%.20q, %v, want %q, %v", got, err, c.want, c.err)
			}
			if _, again := u.Read(make([]byte, 1)); again == nil || c.err != nil && !errors.Is(again, c.err) {
				t.Errorf("then %v", again)
			}
		})
	}
}

// TestLimitOfAnUpload is that of its operation; others keep theirs.
func TestLimitOfAnUpload(t *testing.T) {
	sink := func(_ http.ResponseWriter, r *http.Request, _ caller, _ struct{}) error {
		_, err := io.Copy(io.Discard, uploaded(r, 5000))
		return err
	}
	a, _ := serving(t, Options{MaxBody: 1000}, route{0, "POST", "/up", token, raw(sink)}, echo[struct {
		Name string `json:"name"`
	}]())
	send := func(path, token string, body io.Reader) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", path, body)
		r.Header.Set("Content-Type", multipartType)
		r.Header.Set("token", token)
		return record(a, r)
	}
	of := func(n int) string { return part(`name="file"`, strings.Repeat("x", n)) + "--b--" }
	if w := send("/v1/up", goodToken, strings.NewReader(of(4500))); w.Body.Len() > 0 {
		t.Errorf("more than the general limit: %s", w.Body)
	}
	const large = `{"status":400,"msg":"请求数据过大！"}`
	wantAnswer(t, send("/v1/up", goodToken, strings.NewReader(of(5000))), 400, large)
	wantAnswer(t, send("/v1/x/a", goodToken, strings.NewReader(of(1000))), 400, large)
	endless := &counting{}
	wantAnswer(t, send("/v1/up", "wrong", endless), 401, `{"msg":"请先登录！"}`)
	if endless.n > 0 {
		t.Errorf("%d bytes read of somebody who is not signed in", endless.n)
	}
}

func TestAccepts(t *testing.T) {
	for header, want := range map[string]bool{
		"image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8": true, // Chrome
		"image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8":      true, // Firefox
		"image/*,*/*;q=0.8": false, "*/*": false, "": false, "image/svg+xml;q=0": false, "image/svg+xml;q=0.0": false,
		"text/html, IMAGE/SVG+XML ;q=0.1": true, "image/svg+xml;q=x": false, "x-image/svg+xml": false, ";;,,;q": false,
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept", header)
		if got := accepts(r, "image/svg+xml"); got != want {
			t.Errorf("%q: %t", header, got)
		}
	}
}
