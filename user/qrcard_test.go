package user_test

import (
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/user"
)

func TestPersonalCodes(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w, ctx := startDev(t, db), t.Context()
		w.person("ann")
		code, err := w.QRVercode(ctx, "ann")
		must(t, err)
		uid, err := w.ByQRVercode(ctx, code)
		must(t, err)
		if code != "ann@3" || uid != "ann" {
			t.Errorf("code %q of %q", code, uid)
		}
		for _, odd := range []string{"", "nobody@3", "ann", "a\x00", "\xff", strings.Repeat("v", 101)} {
			_, err := w.ByQRVercode(ctx, odd)
			wantErr(t, odd, err, user.ErrNobody)
		}
		for _, odd := range []string{"", "nobody", "a\x00", "\xff", user.SystemUID} {
			_, err := w.QRVercode(ctx, odd)
			wantErr(t, odd, err, user.ErrNobody)
		}
		for _, status := range []user.Status{user.Disabled, user.Destroyed} {
			w.setStatus("ann", status)
			_, err := w.ByQRVercode(ctx, code)
			wantErr(t, "gone", err, user.ErrNobody)
		}
	})
}
