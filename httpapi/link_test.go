package httpapi_test

import (
	"crypto/tls"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi"
	"github.com/ruyi-im/ruyi/httpapi"
)

// TestLinks builds links on the request's address, or on the host's own.
func TestLinks(t *testing.T) {
	db := openSQLite(t)
	for _, v := range []struct {
		o    httpapi.Options
		tls  bool
		path string
		want string
	}{
		{httpapi.Options{}, false, "/v1", "http://im.test:8080/v1/qrcode/"},
		{httpapi.Options{}, true, "/v1", "https://im.test:8080/v1/qrcode/"},
		{httpapi.Options{Prefix: "/"}, false, "", "http://im.test:8080/qrcode/"},
		{httpapi.Options{PublicURL: "https://example.com"}, false, "/v1", "https://example.com/v1/qrcode/"},
		{httpapi.Options{PublicURL: "http://example.com:81/chat/", Prefix: "/im"}, true, "/im", "http://example.com:81/chat/im/qrcode/"},
	} {
		c, _ := qrClient(t, db, v.o)
		r := httptest.NewRequest("GET", v.path+"/user/loginuuid", nil)
		r.Host, r.TLS = "im.test:8080", nil
		if v.tls {
			r.TLS = &tls.ConnectionState{}
		}
		w := httptest.NewRecorder()
		c.handler.ServeHTTP(w, r)
		var got ticket
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got.QRCode != v.want+got.UUID {
			t.Errorf("%+v: %s, want %s…", v.o, w.Body, v.want)
		}
	}
	for _, odd := range []string{
		"example.com", "//example.com", "ftp://example.com", "https://", "https://:80", "https://u:p@example.com",
		"https://example.com?", "https://example.com/#x", "https://example.com//", "https://exa mple.com", ":",
	} {
		func() {
			defer func() {
				if v := recover(); v == nil || strings.Contains(v.(string), "u:p") {
					t.Errorf("PublicURL %q: %v", odd, v)
				}
			}()
			httpapi.New(&ruyi.Core{}, httpapi.Options{PublicURL: odd})
		}()
	}
}
