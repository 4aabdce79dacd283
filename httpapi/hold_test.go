package httpapi_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/httpapi"
)

// TestHeldAnswer holds an answer for longer than any test may take: it must come
// with the scan, with the end of the server, or not at all.
func TestHeldAnswer(t *testing.T) {
	stopping := make(chan struct{})
	c, _ := qrClient(t, openSQLite(t), httpapi.Options{Hold: time.Hour, Stopping: stopping})
	ann := c.register("Ann", "13800000001")
	server := httptest.NewServer(c.handler)
	defer server.Close()
	get := func(ctx context.Context, path string) (string, error) {
		r, err := http.NewRequestWithContext(ctx, "GET", server.URL+path, nil)
		if err != nil {
			return "", err
		}
		r.Header.Set("token", ann.Token)
		res, err := server.Client().Do(r)
		if err != nil {
			return "", err
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		return string(body), err
	}
	type result struct {
		body string
		err  error
	}
	held := func(ctx context.Context, begun ticket) <-chan result {
		ended := make(chan result, 1)
		go func() {
			body, err := get(ctx, "/v1/user/loginstatus?uuid="+begun.UUID)
			ended <- result{body, err}
		}()
		return ended
	}
	begin := func() (begun ticket) {
		body, err := get(t.Context(), "/v1/user/loginuuid")
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(body), &begun); err != nil {
			t.Fatal(err)
		}
		return begun
	}

	begun := begin()
	ended := held(t.Context(), begun)
	if _, err := get(t.Context(), "/v1/qrcode/"+begun.UUID); err != nil {
		t.Fatal(err)
	}
	if r := <-ended; r.err != nil || !strings.Contains(r.body, `"status":"scanned","uid":"`+ann.UID) {
		t.Errorf("after the scan %+v", r)
	}
	gone, cancel := context.WithCancel(t.Context())
	ended = held(gone, begin())
	cancel()
	if r := <-ended; r.err == nil {
		t.Errorf("a client that went away got %q", r.body)
	}
	ended = held(t.Context(), begin())
	close(stopping)
	if r := <-ended; r.err != nil || !strings.Contains(r.body, `"status":"waitScan"`) {
		t.Errorf("after the stop %+v", r)
	}
}
