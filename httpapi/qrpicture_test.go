package httpapi_test

import (
	"bytes"
	"image/color"
	"image/png"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
)

func (c *client) get(path, have string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	if have != "" {
		r.Header.Set("If-None-Match", have)
	}
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	return w
}

const pictureOf = "/v1/qrcode/0123456789abcdef0123456789abcdef/picture"

func TestQRPicture(t *testing.T) {
	c := newClient(t, openSQLite(t))
	for query, size := range map[string]int{"": 256, "?format=png&size=64": 64, "?size=1024": 1024, "?size=301": 301} {
		w := c.get(pictureOf+query, "")
		if w.Code != 200 || w.Header().Get("Content-Type") != "image/png" || w.Header().Get("Cache-Control") != "private, max-age=3600" ||
			w.Header().Get("X-Content-Type-Options") != "nosniff" || w.Header().Get("Content-Security-Policy") != "default-src 'none'" {
			t.Errorf("%q: %d %v", query, w.Code, w.Header())
		}
		picture, err := png.Decode(bytes.NewReader(w.Body.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if b := picture.Bounds(); b.Dx() != size || b.Dy() != size {
			t.Errorf("%q: %v", query, b)
		}
		if again := c.get(pictureOf+query, w.Header().Get("ETag")); again.Code != 304 || again.Body.Len() > 0 {
			t.Errorf("%q again: %d", query, again.Code)
		}
	}
	if c.get(pictureOf, "").Body.String() == c.get(strings.Replace(pictureOf, "f/", "e/", 1), "").Body.String() {
		t.Error("two codes have one picture")
	}
}

// TestQRPictureIsReadable holds both formats against each other and looks for what
// a reader looks for: the finder in a corner, with a border of white around.
func TestQRPictureIsReadable(t *testing.T) {
	c := newClient(t, openSQLite(t))
	svg := c.get(pictureOf+"?format=svg&size=512", "")
	if svg.Header().Get("Content-Type") != "image/svg+xml" || strings.Contains(svg.Body.String(), "script") {
		t.Errorf("%v %s", svg.Header(), svg.Body)
	}
	_, rest, _ := strings.Cut(svg.Body.String(), `viewBox="0 0 `)
	width, _, _ := strings.Cut(rest, " ")
	n, err := strconv.Atoi(width)
	if err != nil {
		t.Fatal(err)
	}
	grid := make([][]bool, n)
	for i := range grid {
		grid[i] = make([]bool, n)
	}
	_, path, _ := strings.Cut(rest, `<path d="M`)
	path, _, _ = strings.Cut(path, `z"`)
	for run := range strings.SplitSeq(path, "zM") {
		f := strings.FieldsFunc(run, func(r rune) bool { return r == ' ' || r == 'h' || r == 'v' })
		x, _ := strconv.Atoi(f[0])
		y, _ := strconv.Atoi(f[1])
		length, _ := strconv.Atoi(f[2])
		for i := range length {
			grid[y][x+i] = true
		}
	}
	picture, err := png.Decode(c.get(pictureOf+"?size="+strconv.Itoa(3*n), "").Body)
	if err != nil {
		t.Fatal(err)
	}
	for y := range n {
		for x := range n {
			dark := color.GrayModel.Convert(picture.At(3*x+1, 3*y+1)).(color.Gray).Y == 0
			if dark != grid[y][x] {
				t.Fatalf("module %d, %d differs", x, y)
			}
			if (x < 4 || y < 4 || x >= n-4 || y >= n-4) && dark {
				t.Fatalf("module %d, %d of the border is dark", x, y)
			}
		}
	}
	for i, want := range []bool{true, false, true, true, true, false, true, false} {
		if grid[7][4+i] != want {
			t.Errorf("the finder differs at %d", i)
		}
	}
}

func TestQRPictureRefusals(t *testing.T) {
	c := newClient(t, openSQLite(t))
	for _, path := range []string{
		pictureOf + "?size=63", pictureOf + "?size=1025", pictureOf + "?size=-1", pictureOf + "?size=x", pictureOf + "?format=gif",
		"/v1/qrcode/a%20b/picture", "/v1/qrcode/a%2Fb/picture", "/v1/qrcode/%3Fx=y/picture", "/v1/qrcode/好/picture",
		"/v1/qrcode/" + strings.Repeat("a", 129) + "/picture",
	} {
		if w := c.get(path, ""); w.Code != 400 || !strings.Contains(w.Body.String(), "请求参数有误！") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}
