package httpapi

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// counting is an endless body of the letter a that notes how much was read.
type counting struct{ n int }

func (c *counting) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	c.n += len(p)
	return len(p), nil
}

func TestBodyLimit(t *testing.T) {
	const limit = 1000
	a, logged := serving(t, Options{MaxBody: limit}, echo[struct {
		Name string `json:"name"`
	}]())
	fits := `{"name":"` + strings.Repeat("x", limit-11) + `"}`
	wantAnswer(t, do(a, "POST", "/v1/x/a", fits), 200, fits)
	const large = `{"status":400,"msg":"请求数据过大！"}`
	wantAnswer(t, do(a, "POST", "/v1/x/a", fits+" "), 400, large)
	endless := &counting{}
	r := httptest.NewRequest("POST", "/v1/x/a", endless)
	r.Header.Set("token", goodToken)
	wantAnswer(t, record(a, r), 400, large)
	if endless.n > 4*limit {
		t.Errorf("%d bytes read of an endless body", endless.n)
	}
	if logged.Len() > 0 {
		t.Errorf("logged %s", logged)
	}
}

// TestLimitClosesTheConnection: what a client sends beyond the limit is not read.
func TestLimitClosesTheConnection(t *testing.T) {
	a, _ := serving(t, Options{MaxBody: 10}, echo[struct {
		Name string `json:"name"`
	}]())
	srv := httptest.NewServer(a)
	defer srv.Close()
	r, err := http.NewRequest("POST", srv.URL+"/v1/x/a", strings.NewReader(strings.Repeat("x", 11)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("token", goodToken)
	res, err := srv.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil || res.StatusCode != 400 || !res.Close {
		t.Errorf("code %d, close %t, %v", res.StatusCode, res.Close, err)
	}
}

// TestUnusedBodyIsNotRead also covers a body that breaks off.
func TestUnusedBodyIsNotRead(t *testing.T) {
	a, _ := serving(t, Options{}, whoRow, echo[struct {
		Name string `json:"name"`
	}]())
	body := &counting{}
	r := httptest.NewRequest("GET", "/v1/users/bob", body)
	r.Header.Set("token", goodToken)
	wantAnswer(t, record(a, r), 200, `{"uid":"bob","asks":"alice"}`)
	if body.n != 0 {
		t.Errorf("%d bytes read", body.n)
	}
	r = httptest.NewRequest("POST", "/v1/x/a", io.MultiReader(strings.NewReader("{"), broken{}))
	r.Header.Set("token", goodToken)
	wantAnswer(t, record(a, r), 400, `{"status":400,"msg":"请求数据格式有误！"}`)
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
