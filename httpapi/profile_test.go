package httpapi_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi/store/sqlite"
	"github.com/ruyi-im/ruyi/user"
)

// backOffice returns the service that a host's own tools would call.
func (c *client) backOffice() user.Service {
	c.t.Helper()
	s, err := user.New(c.db.Users(), user.Options{Pepper: bytes.Repeat([]byte{7}, 32)})
	if err != nil {
		c.t.Fatal(err)
	}
	return s
}

func TestProfileExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const op3, op12, op21 = "03_search", "12_customerservices", "21_current"
		ann, bob := c.register("Ann", "13800000001"), c.register("Bob", "13800000002")
		current := func(body string) { c.call(op21, ann.Token, "PUT", "/v1/users/current", body) }
		current(``)
		current(`{}`)
		current(`{"name":"  Annie 😀 "}`)
		current(`{"name":" "}`)
		current(`{"name":"a\u202eb"}`)
		current(`{"sex":"0","search_by_phone":"0","search_by_short":1,"voice_on":0,"msg_expire_second":"86400"}`)
		current(`{"sex":2}`)
		current(`{"sex":""}`)
		current(`{"sex":true}`)
		current(`{"voice_on":2}`)
		current(`{"msg_expire_second":-1}`)
		current(`{"msg_expire_second":31536001}`)
		current(`{"name":"Ann","device_lock":1}`)
		current(`{"name":"Ann","category":"system","balance":1}`)
		current(`{"Name":"Ann"}`)
		current(`{"name":"Ann","name":"Anna"}`)
		current(`[{"name":"Ann"}]`)
		current(`{"short_no":"12345678"}`)
		current(`{"name":"Anna","short_no":"Ann-1980"}`)
		current(`{"name":"Anna","short_no":"Ann-1980"}`)
		current(`{"name":"Ann","short_no":"Ann-1981"}`)
		c.call(op21, bob.Token, "PUT", "/v1/user/current", `{"sex":0,"short_no":"aNN-1980"}`)
		c.call(op21, bob.Token, "PUT", "/v1/user/current", `{"sex":0}`)
		c.call(op21, "", "PUT", "/v1/user/current", `{"sex":0}`)
		c.call("02_login_after_changes", "", "POST", "/v1/user/login", `{"username":"008613800000001","password":"correct horse","flag":1}`)

		search := func(query string) { c.call(op3, bob.Token, "GET", "/v1/user/search"+query, "") }
		search("?keyword=ann-1980")
		search("?keyword=ann")
		search("?keyword=13800000001")
		search("?keyword=008613800000002")
		search("?keyword=u_10000")
		search("?keyword=%20")
		search("")
		search("?keyword=a&keyword=b")
		search("?keyword=%00")
		c.call(op3, "", "GET", "/v1/user/search?keyword=ann-1980", "")

		services := func() { c.call(op12, bob.Token, "GET", "/v1/user/customerservices", "") }
		services()
		if err := c.backOffice().SetCategory(t.Context(), ann.UID, user.CategoryCustomerService); err != nil {
			t.Fatal(err)
		}
		services()
		c.compare()
	})
}

func TestLockExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const op13, setting, lock = "13_chatpwd", "00_mysetting", "00_lockscreen"
		ann := c.register("Ann", "13800000001")
		chatPwd := func(body string) { c.call(op13, ann.Token, "POST", "/v1/user/chatpwd", body) }
		chatPwd(``)
		chatPwd(`{"chat_pwd":"5f4dcc3b5aa765d61d8327deb882cf99"}`)
		chatPwd(`{"chat_pwd":"5f4dcc3b5aa765d61d8327deb882cf99","login_pwd":"wrong horse"}`)
		chatPwd(`{"chat_pwd":"` + strings.Repeat("x", 41) + `","login_pwd":"correct horse"}`)
		chatPwd(`{"chat_pwd":12,"login_pwd":"correct horse"}`)
		chatPwd(`{"chat_pwd":"5f4dcc3b5aa765d61d8327deb882cf99","login_pwd":"correct horse"}`)
		c.call(op13, "", "POST", "/v1/user/chatpwd", `{}`)

		mine := func(body string) { c.call(setting, ann.Token, "PUT", "/v1/user/my/setting", body) }
		mine(``)
		mine(`{"weather":"sunny"}`)
		mine(`{"device_lock":1,"offline_protection":"1","mute_of_app":1,"voice_on":"0"}`)
		mine(`{"device_lock":2}`)
		mine(`{"device_lock":true}`)
		mine(`{"device_lock":""}`)
		c.call(setting, "", "PUT", "/v1/user/my/setting", `{"device_lock":0}`)

		pwd := func(method, body string) { c.call(lock, ann.Token, method, "/v1/user/lockscreenpwd", body) }
		after := func(body string) { c.call(lock, ann.Token, "PUT", "/v1/user/lock_after_minute", body) }
		pwd("POST", `{}`)
		pwd("POST", `{"lock_screen_pwd":"`+strings.Repeat("x", 41)+`"}`)
		pwd("POST", `{"lock_screen_pwd":"gone"}`)
		pwd("DELETE", ``)
		pwd("POST", `{"lock_screen_pwd":"1234"}`)
		after(`{}`)
		after(`{"lock_after_minute":-1}`)
		after(`{"lock_after_minute":"61"}`)
		after(`{"lock_after_minute":"60"}`)
		after(`{"lock_after_minute":5}`)
		// The device lock is on, which a computer is not asked for.
		c.call("02_login_with_locks", "", "POST", "/v1/user/login", `{"username":"008613800000001","password":"correct horse","flag":1}`)
		c.compare()
	})
}

// TestRefusedProfilesChangeNothing sends what no client should to every
// operation on one's own account and compares the database before and after.
func TestRefusedProfilesChangeNothing(t *testing.T) {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ruyi.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	c := newClient(t, db)
	ann := c.register("Ann", "13800000001")
	before := dump(t, db)
	always := []string{
		`{`, `[]`, `null`, `"x"`, `12`, `{}{}`, "{\"name\":\"\xff\"}", `{"name":"\u0000"}`, `{"name":"\ud800"}`,
		`{"name":"a","name":"b"}`, `{"a":1,"A":2}`, strings.Repeat(`{"a":`, 40) + `1` + strings.Repeat(`}`, 40),
	}
	for operation, bodies := range map[string][]string{
		"PUT /users/current": {
			`{"uid":"x"}`, `{"name":"x","status":1}`, `{"name":"x","phone":"1"}`, `{"name":"x","password":"12345678"}`, `{"name":"x","token":""}`,
			`{"name":"x","username":"x"}`, `{"name":"x","offline_protection":1}`, `{"name":"x","mute_of_app":1}`, `{"name":"x","avatar":1}`,
			`{"name":"x","short_status":0}`, `{"name":"x","":1}`, `{"name":"x","\u202e":1}`, `{"name":"x","` + strings.Repeat("k", 65) + `":1}`,
			`{"name":"x","NAME":"y"}`, `{"Sex":1}`, `{"ſex":1}`, `{"name":1}`, `{"name":["x"]}`, `{"name":{}}`, `{"name":"x","sex":1.0}`,
			`{"name":"x","sex":[1]}`, `{"name":"x","sex":99999999999999999999}`, `{"name":"x","sex":"4294967297"}`, `{"name":"x","sex":" 1"}`,
			`{"name":"x","msg_expire_second":"0x10"}`, `{"name":"x","msg_expire_second":1e3}`, `{"name":"x","short_no":1}`,
			`{"name":"x","voice_on":"on"}`, `{"name":"x","short_no":"x"}`, `{"short_no":""}`,
		},
		"PUT /user/my/setting":        {`{"device_lock":"x"}`, `{"Device_Lock":1}`, `{"voice_on":0,"shock_on":-1}`, `{"voice_on":[]}`},
		"POST /user/chatpwd":          {`{}`, `{"chat_pwd":"x"}`, `{"login_pwd":"correct horse"}`, `{"Chat_Pwd":"x","login_pwd":"correct horse"}`},
		"POST /user/lockscreenpwd":    {`{}`, `{"lock_screen_pwd":1}`, `{"lock_screen_pwd":"a\nb"}`},
		"PUT /user/lock_after_minute": {`{}`, `{"lock_after_minute":null}`, `{"lock_after_minute":""}`, `{"lock_after_minute":1.5}`, `{"lock_after_minute":61}`},
	} {
		method, path, _ := strings.Cut(operation, " ")
		for _, body := range append(bodies, always...) {
			wantRefusal(t, c, ann, method, path, body)
		}
	}
	if dump(t, db) != before {
		t.Error("a refused request changed the database")
	}
	c.call("-", ann.Token, "PUT", "/v1/users/current", `{"voice_on":"0"}`)
	if dump(t, db) == before {
		t.Error("the comparison does not notice a change")
	}
}
