package httpapi_test

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi"
	"github.com/ruyi-im/ruyi/httpapi"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/sqlite"
	"github.com/ruyi-im/ruyi/user"
)

// ticket is what a browser begins with.
type ticket struct{ UUID, QRCode, Secret string }

// qrClient is a client whose clock can be put forward, and whose polls are held
// as o says.
func qrClient(t *testing.T, db *store.DB, o httpapi.Options) (c *client, forward func(time.Duration)) {
	t.Helper()
	var passed atomic.Int64
	core, err := ruyi.New(db, ruyi.Options{
		Pepper: bytes.Repeat([]byte{7}, 32), User: user.Options{DevCode: "123456"},
		Now: func() time.Time { return now.Add(time.Duration(passed.Load())) },
	})
	if err != nil {
		t.Fatal(err)
	}
	c = newClient(t, db)
	o.Location = time.UTC
	c.handler = httpapi.New(core, o)
	return c, func(d time.Duration) { passed.Add(int64(d)) }
}

func openSQLite(t *testing.T) *store.DB {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ruyi.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// begin starts a login and names its random values.
func (c *client) begin(op, query string) ticket {
	c.t.Helper()
	begun := decode[ticket](c, op, "", "GET", "/v1/user/loginuuid"+query, "")
	if len(begun.UUID) != 32 || !strings.HasSuffix(begun.QRCode, "/v1/qrcode/"+begun.UUID) {
		c.t.Fatalf("ticket %+v", begun)
	}
	c.names[begun.UUID] = "<uuid>"
	if begun.Secret != "" {
		c.names[begun.Secret] = "<secret>"
	}
	return begun
}

// code asks for the auth code that an answer has at the path of members.
func (c *client) code(op, name, token, path string, members ...string) string {
	c.t.Helper()
	var v any
	if err := json.Unmarshal(c.call(op, token, "GET", path, ""), &v); err != nil {
		c.t.Fatal(err)
	}
	for _, m := range members {
		object, _ := v.(map[string]any)
		v = object[m]
	}
	code, _ := v.(string)
	if len(code) != 64 {
		c.t.Fatalf("%s answers the code %q", path, code)
	}
	c.names[code] = name
	return code
}

// TestQRLoginExchanges is the whole way from the picture to the session.
func TestQRLoginExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, api *client) {
		const begin, status, op47, op9, finish = "00_loginuuid", "00_loginstatus", "47_qrcode", "09_grant_login", "00_login_authcode"
		c, forward := qrClient(t, api.db, httpapi.Options{Hold: -1})
		ann, bob := c.register("Ann", "13800000001"), c.register("Bob", "13800000002")
		poll := func(query string) { c.call(status, "", "GET", "/v1/user/loginstatus"+query, "") }
		scan := func(p person, code string) { c.call(op47, p.Token, "GET", "/v1/qrcode/"+code, "") }
		grant := func(p person, query string) { c.call(op9, p.Token, "GET", "/v1/user/grant_login"+query, "") }
		enter := func(code, query string) { c.call(finish, "", "POST", "/v1/user/login_authcode/"+code+query, "") }

		c.call(begin, "", "GET", "/v1/user/loginuuid?device_id="+strings.Repeat("d", 41), "")
		c.call(begin, "", "GET", "/v1/user/loginuuid?bind=yes", "")
		old := c.begin(begin, "")
		forward(time.Minute)
		poll("?uuid=" + old.UUID)
		scan(ann, old.UUID)

		begun := c.begin(begin, "?device_id=b1&device_name=Firefox&device_model=web&pub_key=pk%2B%2F%3D")
		poll("?uuid=" + begun.UUID)
		granting := c.code(op47, "<phone's code>", ann.Token, "/v1/qrcode/"+begun.UUID, "data", "auth_code")
		scan(bob, begun.UUID)
		poll("?uuid=" + begun.UUID)
		enter(granting, "")
		grant(bob, "?auth_code="+granting)
		grant(ann, "")
		grant(ann, "?auth_code=0123456789abcdef")
		grant(person{}, "?auth_code="+granting)
		grant(ann, "?auth_code="+granting+"&encrypt=sealed%2B")
		grant(ann, "?auth_code="+granting)
		code := c.code(status, "<browser's code>", "", "/v1/user/loginstatus?uuid="+begun.UUID, "auth_code")
		grant(ann, "?auth_code="+code)
		enter(code, "?flag=9")
		web := decode[person](c, finish, "", "POST", "/v1/user/login_authcode/"+code, "")
		enter(code, "")
		poll("?uuid=" + begun.UUID)
		poll("?uuid=nothing")
		c.call("04_user_after_qr", web.Token, "GET", "/v1/users/"+web.UID, "")
		if web.UID != ann.UID || web.Token == ann.Token || web.Token == "" {
			t.Errorf("signed in as %+v", web)
		}
		bound := c.begin(begin, "?bind=1")
		poll("?uuid=" + bound.UUID)
		poll("?uuid=" + bound.UUID + "&secret=" + bound.Secret)
		scan(web, bound.UUID) // by a computer
		c.compare()
	})
}

func TestPersonalCodeExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const op47, mine = "47_qrcode_personal", "00_user_qrcode"
		ann, bob := c.register("Ann", "13800000001"), c.register("Bob", "13800000002")
		link := decode[struct{ Data string }](c, mine, ann.Token, "GET", "/v1/user/qrcode", "").Data
		u, err := url.Parse(link)
		if err != nil {
			t.Fatal(err)
		}
		_, vercode, _ := strings.Cut(u.Path, "vercode_")
		c.names[vercode] = "<Ann's code>"
		c.call(mine, "", "GET", "/v1/user/qrcode", "")
		for _, path := range []string{
			u.Path, "/v1/qrcode/vercode_none@3", "/v1/qrcode/vercode_", "/v1/qrcode/user_" + ann.UID,
			"/v1/qrcode/user_nobody", "/v1/qrcode/user_", "/v1/qrcode/" + ann.UID, "/v1/qrcode/hello",
		} {
			c.call(op47, bob.Token, "GET", path, "")
		}
		c.compare()
	})
}

// TestCodeOpenedWithoutTheApp opens the address of a picture with a browser.
func TestCodeOpenedWithoutTheApp(t *testing.T) {
	c, _ := qrClient(t, openSQLite(t), httpapi.Options{Hold: -1, AppName: "如意"})
	begun := c.begin("-", "")
	for _, v := range []struct{ token, language, want string }{
		{"", "", "请下载“如意”APP扫码！"},
		{"0123456789abcdef", "zh-CN", "请下载“如意”APP扫码！"},
		{strings.Repeat("t", 300), "en-GB", "Scan this code with the app “如意”."},
	} {
		r := httptest.NewRequest("GET", "/v1/qrcode/"+begun.UUID, nil)
		r.Header.Set("token", v.token)
		r.Header.Set("Accept-Language", v.language)
		w := httptest.NewRecorder()
		c.handler.ServeHTTP(w, r)
		if w.Code != 200 || w.Body.String() != v.want || w.Header().Get("Content-Type") != "text/plain; charset=utf-8" ||
			w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%d %q %v", w.Code, w.Body, w.Header())
		}
	}
	if got := string(c.call("-", "", "GET", "/v1/user/loginstatus?uuid="+begun.UUID, "")); !strings.Contains(got, `"waitScan"`) {
		t.Errorf("after the visits %s", got)
	}
}

// TestMalformedQRRequests sends what no client should.
func TestMalformedQRRequests(t *testing.T) {
	c, _ := qrClient(t, openSQLite(t), httpapi.Options{Hold: -1})
	ann := c.register("Ann", "13800000001")
	before := dump(t, c.db)
	long := strings.Repeat("a", 300)
	for _, path := range []string{
		"/user/loginuuid?device_id=%00", "/user/loginuuid?device_name=%FF", "/user/loginuuid?pub_key=" + strings.Repeat("k", 2049),
		"/user/loginuuid?device_model=%E2%80%AE", "/user/loginuuid?bind=2", "/user/loginuuid?pub_key=a&pub_key=b", "/user/loginuuid?bind=%zz",
		"/user/loginstatus?uuid=%00", "/user/loginstatus?uuid=a&uuid=b", "/user/loginstatus?secret=%FF",
		"/user/grant_login", "/user/grant_login?auth_code=", "/user/grant_login?auth_code=%00", "/user/grant_login?auth_code=x",
		"/user/grant_login?auth_code=x&encrypt=%00", "/user/grant_login?auth_code=x&encrypt=" + strings.Repeat("k", 2049),
		"/qrcode/" + long, "/qrcode/%00", "/qrcode/%FF", "/qrcode/user_%00", "/qrcode/vercode_%FF", "/qrcode/a%2Fb",
		"/qrcode/vercode_'%20OR%201=1%20--", "/qrcode/" + strings.Repeat("0", 32),
	} {
		wantRefusal(t, c, ann, "GET", path, "")
	}
	for _, path := range []string{
		"/user/login_authcode/x", "/user/login_authcode/%00", "/user/login_authcode/" + long, "/user/login_authcode/x?flag=x",
		"/user/login_authcode/x?flag=-1", "/user/login_authcode/x?flag=3", "/user/login_authcode/x?secret=%FF",
	} {
		wantRefusal(t, c, ann, "POST", path, "")
	}
	if after := dump(t, c.db); after != before {
		t.Error("a refused request changed the database")
	}
}
