package main

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi"
	"github.com/ruyi-im/ruyi/httpapi"
	"github.com/ruyi-im/ruyi/store/sqlite"
)

func TestPrefix(t *testing.T) {
	for flag, path := range map[string]string{
		"/v1": "/v1", "/v1/": "/v1", "": "", "/": "", "/im/v2": "/im/v2", "/healthz": "/healthz",
	} {
		t.Run(flag, func(t *testing.T) {
			s := startHere(t, "-dev", "-prefix", flag, "-db", "sqlite:"+filepath.Join(t.TempDir(), "ruyi.db"))
			u, err := url.Parse(s.base)
			if err != nil {
				t.Fatal(err)
			}
			if u.Path != path {
				t.Errorf("listening on %s, want the path %q", s.base, path)
			}
			if _, err := newClient(t, s.base).register("13800000001", "Ann"); err != nil {
				t.Error(err)
			}
			for _, health := range []string{"/healthz", "/readyz"} {
				if code, body := get(t, "http://"+u.Host+health); code != http.StatusOK || body != "ok" {
					t.Errorf("%s: %d %s", health, code, body)
				}
			}
		})
	}
}

func TestHealth(t *testing.T) {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ruyi.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	core, err := ruyi.New(db, ruyi.Options{Pepper: make([]byte, keySize)})
	if err != nil {
		t.Fatal(err)
	}
	for _, prefix := range []string{"", "/v1"} {
		h := newHandler(core, db, httpapi.Options{Prefix: prefix, Logger: slog.New(slog.DiscardHandler)})
		wantCode(t, h, "GET", "/healthz", http.StatusOK)
		wantCode(t, h, "GET", "/readyz", http.StatusOK)
		for _, path := range []string{"/healthz", "/readyz"} {
			if code, _ := ask(h, "POST", path); code != http.StatusMethodNotAllowed && code != http.StatusNotFound {
				t.Errorf("POST %s: %d, want a refusal", path, code)
			}
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	log := newOutput()
	h := newHandler(core, db, httpapi.Options{Prefix: "/v1", Logger: slog.New(slog.NewTextHandler(log, nil))})
	wantCode(t, h, "GET", "/healthz", http.StatusOK)
	wantCode(t, h, "GET", "/readyz", http.StatusServiceUnavailable)
	if !strings.Contains(log.String(), "not ready") {
		t.Errorf("the log does not tell why:\n%s", log)
	}
}

func ask(h http.Handler, method, path string) (code int, body string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
	return w.Code, w.Body.String()
}

func wantCode(t *testing.T, h http.Handler, method, path string, want int) {
	t.Helper()
	if code, body := ask(h, method, path); code != want {
		t.Errorf("%s %s: %d %s, want %d", method, path, code, body, want)
	}
}

func TestServerHasLimits(t *testing.T) {
	s := newServer(http.NotFoundHandler(), slog.New(slog.DiscardHandler))
	if s.ReadHeaderTimeout <= 0 || s.ReadTimeout <= 0 || s.WriteTimeout <= 0 || s.IdleTimeout <= 0 ||
		s.MaxHeaderBytes <= 0 || s.ErrorLog == nil {
		t.Errorf("a limit is missing: %+v", s)
	}
}
