package httpapi

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/ruyi-im/ruyi"
	"github.com/ruyi-im/ruyi/internal/pgtest"
	"github.com/ruyi-im/ruyi/user"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(pgtest.M{M: m}) }

// sessions knows one token.
type sessions struct {
	user.Service
	asked int
}

const goodToken = "00000000000000000000000000000001"

func (s *sessions) Authenticate(_ context.Context, token string) (user.Session, error) {
	s.asked++
	switch token {
	case "":
		return user.Session{}, user.ErrNoToken
	case goodToken:
		return user.Session{UID: "alice"}, nil
	default:
		return user.Session{}, user.ErrSession
	}
}

// serving returns an api with only the given operations and what it logs.
func serving(t testing.TB, o Options, rows ...route) (*api, *strings.Builder) {
	t.Helper()
	logged := &strings.Builder{}
	if o.Logger == nil {
		o.Logger = slog.New(slog.NewTextHandler(logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	a := newAPI(&ruyi.Core{User: &sessions{}}, o)
	a.mount(rows)
	return a, logged
}

// do sends a request with the good token.
func do(h http.Handler, method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("token", goodToken)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// wantAnswer compares code and body, which ends with a newline.
func wantAnswer(t *testing.T, w *httptest.ResponseRecorder, code int, body string) {
	t.Helper()
	got, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	if w.Code != code || string(got) != body+"\n" {
		t.Errorf("got %d %s\nwant %d %s", w.Code, got, code, body)
	}
}
