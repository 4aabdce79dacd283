package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi"
	"github.com/ruyi-im/ruyi/group"
	"github.com/ruyi-im/ruyi/internal/errs"
)

// burning is a service whose database is in trouble.
type burning struct {
	group.Service
	err error
}

func (s burning) JoinDetail(context.Context, string, string) (group.Joinable, error) {
	return group.Joinable{}, s.err
}

func (s burning) ConfirmDetail(context.Context, string) (group.Confirmation, error) {
	return group.Confirmation{}, s.err
}

// TestPagesShowNothingOfFaults breaks what is behind the pages.
func TestPagesShowNothingOfFaults(t *testing.T) {
	for err, code := range map[error]int{
		errors.New("disk on fire"): http.StatusInternalServerError,
		errs.Because(errs.New(errs.Unavailable, "x", "稍后", "later"), errors.New("disk on fire")): http.StatusServiceUnavailable,
	} {
		var logged strings.Builder
		h := New(&ruyi.Core{User: &sessions{}, Group: burning{err: err}}, Options{Logger: slog.New(slog.NewTextHandler(&logged, nil))})
		for _, page := range []string{joinPage, confirmPage} {
			logged.Reset()
			w := do(h, "GET", "/v1"+page+"?auth_code=secret", "")
			if w.Code != code || w.Header().Get("Content-Security-Policy") != pagePolicy {
				t.Errorf("%s: %d %v", page, w.Code, w.Header())
			}
			if body := w.Body.String(); strings.Contains(body, "fire") || strings.Contains(body, "secret") {
				t.Errorf("%s shows %s", page, body)
			}
			if s := logged.String(); !strings.Contains(s, "fire") || strings.Contains(s, "secret") {
				t.Errorf("%s logs %q", page, s)
			}
		}
	}
}
