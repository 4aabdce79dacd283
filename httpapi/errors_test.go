package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi/internal/errs"
)

func failing(err error) route {
	return route{0, "GET", "/fail", public, func(http.ResponseWriter, *http.Request, caller) error { return err }}
}

func TestErrorsOnTheWire(t *testing.T) {
	tests := []struct {
		kind       errs.Kind
		code, real int
		body       string
		realBody   string
		logged     bool
	}{
		{errs.Invalid, 400, 400, `{"status":400,"msg":"不"}`, `{"status":400,"msg":"不"}`, false},
		{errs.Denied, 400, 403, `{"status":400,"msg":"不"}`, `{"status":403,"msg":"不"}`, false},
		{errs.NotFound, 400, 404, `{"status":400,"msg":"不"}`, `{"status":404,"msg":"不"}`, false},
		{errs.Conflict, 400, 409, `{"status":400,"msg":"不"}`, `{"status":409,"msg":"不"}`, false},
		{errs.Exhausted, 400, 429, `{"status":429,"msg":"不"}`, `{"status":429,"msg":"不"}`, false},
		{errs.Unauthenticated, 401, 401, `{"msg":"不"}`, `{"msg":"不"}`, false},
		{errs.Unavailable, 503, 503, `{"status":503,"msg":"不"}`, `{"status":503,"msg":"不"}`, true},
		{errs.Internal, 500, 500, `{"status":500,"msg":"服务器内部错误"}`, `{"status":500,"msg":"服务器内部错误"}`, true},
		{99, 500, 500, `{"status":500,"msg":"不"}`, `{"status":500,"msg":"不"}`, true},
	}
	for _, tt := range tests {
		err := fmt.Errorf("step: %w", errs.Because(errs.New(tt.kind, "a.b", "不", "no"), errors.New("the cause")))
		for _, real := range []bool{false, true} {
			a, logged := serving(t, Options{RealStatus: real}, failing(err))
			w := do(a, "GET", "/v1/fail?q=secret", "")
			if real {
				wantAnswer(t, w, tt.real, tt.realBody)
			} else {
				wantAnswer(t, w, tt.code, tt.body)
			}
			if got := w.Header().Get("Retry-After"); (got == "1") != (tt.kind == errs.Unavailable) {
				t.Errorf("kind %d: Retry-After %q", tt.kind, got)
			}
			checkLog(t, logged.String(), tt.logged)
		}
	}
}

func checkLog(t *testing.T, logged string, want bool) {
	t.Helper()
	if !want && logged != "" || strings.Contains(logged, "secret") || strings.Contains(logged, goodToken) {
		t.Errorf("logged: %s", logged)
	}
	for _, part := range []string{"level=ERROR", "method=GET", "GET /v1/fail", "the cause"} {
		if want && !strings.Contains(logged, part) {
			t.Errorf("the log lacks %q: %s", part, logged)
		}
	}
}

func TestForeignErrorShowsNothing(t *testing.T) {
	a, logged := serving(t, Options{}, failing(errors.New("SELECT secret: the cause")))
	wantAnswer(t, do(a, "GET", "/v1/fail", ""), 500, `{"status":500,"msg":"服务器内部错误"}`)
	if !strings.Contains(logged.String(), "SELECT") {
		t.Errorf("not logged: %s", logged)
	}
}

func TestGoneClientIsNoFault(t *testing.T) {
	a, logged := serving(t, Options{}, failing(fmt.Errorf("query: %w", context.Canceled)))
	do(a, "GET", "/v1/fail", "")
	if !strings.Contains(logged.String(), "level=ERROR") {
		t.Errorf("a cancelled query of a client that waits is not reported: %s", logged)
	}
	logged.Reset()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	record(a, httptest.NewRequestWithContext(ctx, "GET", "/v1/fail", nil))
	if !strings.Contains(logged.String(), "level=DEBUG") || strings.Contains(logged.String(), "ERROR") {
		t.Errorf("logged %s", logged)
	}
}

func TestLanguage(t *testing.T) {
	a, _ := serving(t, Options{}, failing(errPending))
	r := httptest.NewRequest("GET", "/v1/fail", nil)
	r.Header.Set("Accept-Language", "en-GB")
	wantAnswer(t, record(a, r), 400, `{"status":400,"msg":"this operation is not open yet"}`)
	r.URL.Path = "/v1/none"
	wantAnswer(t, record(a, r), 404, `{"status":404,"msg":"no such operation"}`)
}

func TestSessionAnswers(t *testing.T) {
	tests := []struct{ token, body string }{
		{"", `{"msg":"token不能为空，请先登录！"}`},
		{"unknown", `{"msg":"请先登录！"}`},
		{strings.Repeat("x", maxToken), `{"msg":"请先登录！"}`},
		{strings.Repeat("x", maxToken+1), `{"msg":"请先登录！"}`},
	}
	a, logged := serving(t, Options{}, whoRow)
	users := a.core.User.(*sessions)
	for _, tt := range tests {
		users.asked = 0
		r := httptest.NewRequest("GET", "/v1/users/bob", strings.NewReader("not JSON"))
		r.Header.Set("token", tt.token)
		wantAnswer(t, record(a, r), 401, tt.body)
		if looked := users.asked == 1; looked != (len(tt.token) <= maxToken) {
			t.Errorf("token of %d bytes: looked up %t", len(tt.token), looked)
		}
	}
	if logged.Len() > 0 {
		t.Errorf("logged %s", logged)
	}
}
