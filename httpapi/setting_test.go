package httpapi_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi/store/sqlite"
)

func TestSettingExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const op5 = "05_setting"
		ann, bob, eve := c.register("Ann", "13800000001"), c.register("Bob", "13800000002"), c.register("Eve", "13800000003")
		c.befriend(ann, bob)
		set := func(uid, body string) { c.call(op5, ann.Token, "PUT", "/v1/users/"+uid+"/setting", body) }
		set(bob.UID, `{}`)
		set(bob.UID, `{"mute":1}`)
		set(bob.UID, `{"top":"1","unknown":[true]}`)
		set(bob.UID, `{"chat_pwd_on":1,"screenshot":0,"revoke_remind":0,"receipt":0,"flame":1,"flame_second":30,"remark":"小鲍 😀"}`)
		set(eve.UID, `{"top":1}`)
		set(ann.UID, `{"top":1}`)
		set("nobody", `{"mute":1}`)
		set(bob.UID, `{"mute":true}`)
		set(bob.UID, `{"mute":"on"}`)
		set(bob.UID, `{"mute":0,"flame_second":86401}`)
		set(bob.UID, `{"mute":0,"remark":"\u202eevil"}`)
		c.call(op5, "", "PUT", "/v1/users/"+bob.UID+"/setting", `{"mute":1}`)

		c.call(op5, ann.Token, "GET", "/v1/users/"+bob.UID, "")
		c.call(op5, ann.Token, "GET", "/v1/users/"+eve.UID, "")
		c.call(op5, bob.Token, "GET", "/v1/users/"+ann.UID, "")
		c.call(op5, ann.Token, "POST", "/v1/friend/sync?sync_key=1767254402@0", "")
		c.call(op5, ann.Token, "POST", "/v1/message/sync", `{"max_message_seq":3}`)
		c.compare()
	})
}

// TestOddQuestionsChangeNothing sends what no client should and compares the
// database before and after.
func TestOddQuestionsChangeNothing(t *testing.T) {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ruyi.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	c := newClient(t, db)
	ann, bob := c.register("Ann", "13800000001"), c.register("Bob", "13800000002")
	before := dump(t, db)
	for _, body := range []string{
		`[]`, `null`, `{`, `"x"`, `{}{}`, `{"mute":1,"mute":0}`, `{"mute":1,"Mute":0}`, `{"Mute":1}`, `{"mute":2}`, `{"mute":-1}`,
		`{"mute":1.0}`, `{"mute":false}`, `{"top":""}`, `{"top":[1]}`, `{"screenshot":{}}`, `{"flame_second":"30"}`,
		`{"flame_second":-1}`, `{"flame_second":1.5}`, `{"flame_second":99999999999999999999}`, `{"remark":1}`,
		`{"remark":"a\u0000"}`, `{"remark":"a\nb"}`, `{"remark":"\ud800"}`, "{\"remark\":\"\xff\"}", `{"remark":"a\u2066b"}`,
		`{"mute":1,"remark":"` + strings.Repeat("好", 65) + `"}`,
	} {
		wantRefusal(t, c, ann, "PUT", "/users/"+bob.UID+"/setting", body)
	}
	for _, uid := range []string{"nobody", "%00", "%FF", strings.Repeat("a", 300), "a%2Fb", "'%20OR%201=1"} {
		wantRefusal(t, c, ann, "PUT", "/users/"+uid+"/setting", `{"mute":1}`)
	}
	for _, uid := range []string{bob.UID, "nobody", "%00", "%FF", strings.Repeat("a", 300)} {
		wantRefusal(t, c, ann, "POST", "/users/"+uid+"/im", "")
		wantRefusal(t, c, ann, "GET", "/users/"+uid+"/im", "")
	}
	for _, body := range []string{`{}`, `null`, `[1]`, `[["a"]]`, `["a"`, `["a\u0000"]`, "[\"\xff\"]", `["a"]["b"]`,
		`["` + strings.Repeat(`x","`, 200) + `x"]`} {
		wantRefusal(t, c, ann, "POST", "/user/online", body)
	}
	if after := dump(t, db); after != before {
		t.Error("a refused request changed the database")
	}
	c.call("-", ann.Token, "PUT", "/v1/users/"+bob.UID+"/setting", `{"mute":1,"remark":null}`)
	if dump(t, db) == before {
		t.Error("the comparison does not notice a change")
	}
}
