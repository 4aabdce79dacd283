package httpapi

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/ruyi-im/ruyi"
)

func record(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// whoIs is the operation most tests call: it repeats the path value and caller.
type whoIs struct {
	UID string `path:"uid" json:"-"`
}

type who struct {
	UID  string `json:"uid"`
	Asks string `json:"asks"`
}

var whoRow = route{0, "GET", "/users/{uid}", token,
	handle(func(_ context.Context, c caller, in whoIs) (who, error) { return who{in.UID, c.UID}, nil })}

func TestMounting(t *testing.T) {
	mount := map[string]func(*api) http.Handler{
		"alone": func(a *api) http.Handler { return a },
		"http.ServeMux": func(a *api) http.Handler {
			mux := http.NewServeMux()
			mux.Handle(a.prefix+"/", a)
			return mux
		},
		"chi": func(a *api) http.Handler {
			r := chi.NewRouter()
			r.Handle(a.prefix+"/*", a)
			return r
		},
		"chi in a sub-router": func(a *api) http.Handler {
			r := chi.NewRouter()
			r.Mount("/", a)
			return r
		},
		"http.StripPrefix": func(a *api) http.Handler {
			outer := http.StripPrefix("/outer", a)
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				r.URL.Path = "/outer" + r.URL.Path
				outer.ServeHTTP(w, r)
			})
		},
	}
	for _, prefix := range []string{"", "/", "/v1/", "/im/v2"} {
		for name, in := range mount {
			t.Run(name+" "+prefix, func(t *testing.T) {
				a, _ := serving(t, Options{Prefix: prefix}, whoRow)
				w := do(in(a), "GET", a.prefix+"/users/bob%20b", "")
				wantAnswer(t, w, 200, `{"uid":"bob b","asks":"alice"}`)
				wantAnswer(t, do(in(a), "GET", a.prefix+"/nothing", ""), 404, `{"status":404,"msg":"接口不存在"}`)
			})
		}
	}
}

func TestNewRefusesMistakes(t *testing.T) {
	core := &ruyi.Core{}
	for name, call := range map[string]func(){
		"no core":         func() { New(nil, Options{}) },
		"relative prefix": func() { New(core, Options{Prefix: "v1"}) },
		"unclean prefix":  func() { New(core, Options{Prefix: "/a/../b"}) },
		"double slash":    func() { New(core, Options{Prefix: "//"}) },
		"wildcard prefix": func() { New(core, Options{Prefix: "/{tenant}"}) },
	} {
		if !panics(call) {
			t.Errorf("%s: no panic", name)
		}
	}
}

func panics(f func()) (yes bool) {
	defer func() { yes = recover() != nil }()
	f()
	return
}

func TestUnrouted(t *testing.T) {
	a, _ := serving(t, Options{}, whoRow, route{0, "PUT", "/users/{uid}", token, nil})
	for _, path := range []string{"/", "/v1", "/v1/", "/v1/users", "/users/a", "/v1/users/a/", "/v1/users/a/b"} {
		wantAnswer(t, do(a, "GET", path, ""), 404, `{"status":404,"msg":"接口不存在"}`)
	}
	for _, method := range []string{"POST", "DELETE", "OPTIONS", "BREW"} {
		w := do(a, method, "/v1/users/a", "")
		wantAnswer(t, w, 405, `{"status":405,"msg":"请求方法不支持"}`)
		if got := w.Header().Get("Allow"); got != "GET, HEAD, PUT" {
			t.Errorf("%s: Allow %q", method, got)
		}
	}
}

func TestHeaders(t *testing.T) {
	a, _ := serving(t, Options{}, whoRow)
	for _, path := range []string{"/v1/users/a", "/v1/none"} {
		h := do(a, "GET", path, "").Header()
		for name, want := range map[string]string{
			"Content-Type":           "application/json; charset=utf-8",
			"X-Content-Type-Options": "nosniff",
			"Cache-Control":          "no-store",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s: %q, want %q", path, name, got, want)
			}
		}
	}
}

func TestPanicIsContained(t *testing.T) {
	panicking := func(w http.ResponseWriter, r *http.Request, _ caller) error {
		if r.URL.Query().Has("late") {
			_, _ = io.WriteString(w, "half")
		}
		if r.URL.Query().Has("abort") {
			panic(http.ErrAbortHandler)
		}
		panic("oops")
	}
	a, logged := serving(t, Options{}, route{0, "GET", "/panic", token, panicking}, whoRow)
	wantAnswer(t, do(a, "GET", "/v1/panic?secret=x", ""), 500, `{"status":500,"msg":"服务器内部错误"}`)
	for _, want := range []string{"oops", "GET /v1/panic", "api_test.go"} {
		if !strings.Contains(logged.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, logged)
		}
	}
	if strings.Contains(logged.String(), "secret") {
		t.Errorf("the log has the query:\n%s", logged)
	}
	logged.Reset()
	if got := panicOf(func() { do(a, "GET", "/v1/panic?abort=1", "") }); got != http.ErrAbortHandler || logged.Len() > 0 {
		t.Errorf("abort: panic %v, log %s", got, logged)
	}
	if got := panicOf(func() { do(a, "GET", "/v1/panic?late=1", "") }); got != http.ErrAbortHandler || logged.Len() == 0 {
		t.Errorf("a begun answer: panic %v, log %s", got, logged)
	}
	wantAnswer(t, do(a, "GET", "/v1/users/b", ""), 200, `{"uid":"b","asks":"alice"}`)
}

func TestWhatBeginsAnAnswer(t *testing.T) {
	hints := &tracker{ResponseWriter: httptest.NewRecorder()}
	if hints.WriteHeader(http.StatusEarlyHints); hints.begun {
		t.Error("an informational code begins the answer")
	}
	header := &tracker{ResponseWriter: httptest.NewRecorder()}
	if header.WriteHeader(http.StatusOK); !header.begun {
		t.Error("a final code does not")
	}
}

func panicOf(f func()) (v any) {
	defer func() { v = recover() }()
	f()
	return nil
}

// TestControllerReachesTheServer keeps deadlines and flushing usable in endpoints.
func TestControllerReachesTheServer(t *testing.T) {
	flush := func(w http.ResponseWriter, _ *http.Request, _ caller) error {
		c := http.NewResponseController(w)
		return errors.Join(c.SetReadDeadline(time.Time{}), c.Flush())
	}
	a, _ := serving(t, Options{}, route{0, "GET", "/flush", public, flush})
	srv := httptest.NewServer(a)
	defer srv.Close()
	res, err := srv.Client().Get(srv.URL + "/v1/flush")
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil || res.StatusCode != 200 {
		t.Errorf("code %d, %v", res.StatusCode, err)
	}
}
