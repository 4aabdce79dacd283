package httpapi_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi/group"
	"github.com/ruyi-im/ruyi/store/sqlite"
	"github.com/ruyi-im/ruyi/user"
)

// foundGroup founds a group and returns its number, known as name from now on.
func (c *client) foundGroup(op string, p person, name, body string) string {
	c.t.Helper()
	made := decode[struct {
		No string `json:"group_no"`
	}](c, op, p.Token, "POST", "/v1/group/create", body)
	if len(made.No) != 32 {
		c.t.Fatalf("made %+v", made)
	}
	c.names[made.No] = "<" + name + ">"
	return made.No
}

// member changes the row of somebody in a group.
func (c *client) member(no, uid string, change func(m *group.Member)) {
	c.t.Helper()
	if err := c.db.Groups().Update(c.t.Context(), func(tx group.Tx) error {
		m, err := tx.Member(c.t.Context(), no, uid)
		if err != nil {
			return err
		}
		change(&m)
		return tx.SaveMembers(c.t.Context(), no, m)
	}); err != nil {
		c.t.Fatal(err)
	}
}

// heard records what somebody's queue got since a position.
func (c *client) heard(op string, p person, after int) {
	c.t.Helper()
	c.call(op, p.Token, "POST", "/v1/message/sync", fmt.Sprintf(`{"max_message_seq":"%d"}`, after))
}

func TestGroupExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const op31, op32, op33, op34, op41 = "31_group_create", "32_group", "33_group_update", "34_group_setting", "41_group_forbidden"
		ann, bob, eve := c.register("Ann", "13800000001"), c.register("Bob", "13800000002"), c.register("Eve", "13800000003")
		c.befriend(ann, bob)
		create := func(p person, body string) { c.call(op31, p.Token, "POST", "/v1/group/create", body) }
		create(ann, `{}`)
		create(ann, `{"members":["`+ann.UID+`"]}`)
		create(ann, `{"members":["`+bob.UID+`","fileHelper"]}`)
		create(ann, `{"members":["`+eve.UID+`","nobody"]}`)
		create(ann, `{"members":"`+bob.UID+`"}`)
		create(ann, `{"name":"a\nb","members":["`+bob.UID+`"]}`)
		create(person{}, `{"members":["`+bob.UID+`"]}`)
		no := c.foundGroup(op31, ann, "group", `{"members":["`+bob.UID+`","`+eve.UID+`"],"member_names":["Bob","Eve"],"msg_auto_delete":0}`)
		c.heard(op31, bob, 3)
		named := c.foundGroup(op31, ann, "named group", `{"name":"`+strings.Repeat("好", 21)+`","members":["`+bob.UID+`"]}`)
		path := "/v1/groups/" + no

		get := func(p person, path string) { c.call(op32, p.Token, "GET", path, "") }
		c.saw(bob, user.FlagApp, true, 1)
		c.member(named, bob.UID, func(m *group.Member) { m.Deleted = true })
		get(ann, path)
		get(bob, path)
		get(eve, path)
		get(bob, "/v1/groups/"+named)
		get(ann, "/v1/groups/unknown")
		get(person{}, path)

		put := func(p person, body string) { c.call(op33, p.Token, "PUT", path, body) }
		put(ann, `{"name":"新群"}`)
		put(ann, `{"notice":"公告","invite":1}`)
		put(ann, `{"invite":"0","notice":""}`)
		put(ann, `{"invite":"0"}`)
		put(ann, `{}`)
		put(ann, `{"name":" "}`)
		put(ann, `{"name":"`+strings.Repeat("好", 21)+`"}`)
		put(ann, `{"invite":2}`)
		put(bob, `{"name":"x"}`)
		put(eve, `{"name":"x"}`)
		put(person{}, `{"name":"x"}`)
		c.heard(op33, bob, 5)

		set := func(p person, body string) { c.call(op34, p.Token, "PUT", path+"/setting", body) }
		set(bob, `{"mute":1,"top":"1","save":1,"show_nick":1}`)
		set(bob, `{"chat_pwd_on":1,"screenshot":0,"revoke_remind":0,"receipt":0,"join_group_remind":1,"flame":1,"flame_second":30,"remark":"私","unknown":1}`)
		set(bob, `{}`)
		set(bob, `{"mute":0,"forbidden":1}`)
		set(bob, `{"flame_second":86401}`)
		set(bob, `{"remark":"a\u0000"}`)
		set(eve, `{"mute":1}`)
		set(person{}, `{"mute":1}`)
		c.call(op34, bob.Token, "PUT", "/v1/groups/"+named+"/setting", `{"mute":1}`)
		c.heard(op34, bob, 14)
		set(ann, `{"invite":1,"forbidden_add_friend":1,"allow_view_history_msg":0,"allow_member_pinned_message":1}`)
		c.heard(op34, bob, 16)
		c.call(op34, bob.Token, "GET", path, "")

		c.call("x_group_my", bob.Token, "GET", "/v1/group/my?limit=100000", "")
		c.call("x_group_my", ann.Token, "GET", "/v1/group/my", "")
		c.call("x_group_my", "", "GET", "/v1/group/my", "")

		forbid := func(p person, on string) { c.call(op41, p.Token, "POST", path+"/forbidden/"+on, "") }
		forbid(ann, "1")
		forbid(ann, "1")
		forbid(ann, "0")
		forbid(ann, "2")
		forbid(ann, "on")
		forbid(bob, "1")
		forbid(eve, "1")
		forbid(person{}, "1")
		c.heard(op41, bob, 18)

		c.call("x_group_detail", "", "GET", path+"/detail", "")
		c.call("x_group_detail", "", "GET", "/v1/groups/unknown/detail", "")
		c.compare()
	})
}

// TestGroupRefusalsChangeNothing sends what no client should, and what others
// must not, and compares the database before and after.
func TestGroupRefusalsChangeNothing(t *testing.T) {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ruyi.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	c := newClient(t, db)
	ann, bob, eve := c.register("Ann", "13800000001"), c.register("Bob", "13800000002"), c.register("Eve", "13800000003")
	c.befriend(ann, bob)
	no := c.foundGroup("-", ann, "group", `{"name":"g","members":["`+bob.UID+`"]}`)
	path := "/groups/" + no
	before := dump(t, db)
	broken := []string{
		`[]`, `null`, `{`, `"x"`, `{}{}`, `{"name":1}`, `{"name":["x"]}`, `{"name":"x","name":"y"}`, `{"name":"x","Name":"y"}`,
		"{\"name\":\"\xff\"}", `{"name":"\ud800"}`,
	}
	for _, body := range append([]string{
		``, `{}`, `{"members":null}`, `{"members":[]}`, `{"members":[1]}`, `{"members":[null]}`, `{"members":{}}`,
		`{"Members":["` + bob.UID + `"]}`, `{"members":["' OR 1=1 --"]}`, `{"members":["a\u0000"]}`, `{"members":["u_10000"]}`,
		`{"members":["` + strings.Join(slices.Collect(numbers(201)), `","`) + `"]}`,
		`{"name":"a\u0000","members":["` + bob.UID + `"]}`, `{"name":"\u202e","members":["` + bob.UID + `"]}`,
	}, broken...) {
		wantRefusal(t, c, ann, "POST", "/group/create", body)
	}
	for _, body := range append([]string{
		``, `{}`, `{"name":null}`, `{"role":1}`, `{"creator":"` + bob.UID + `"}`, `{"name":""}`, `{"name":"a\u0000"}`, `{"notice":"a\u0000"}`,
		`{"name":"\u202e"}`, `{"notice":"\u202e"}`, `{"invite":"yes"}`, `{"invite":true}`, `{"invite":1.0}`, `{"invite":""}`, `{"Invite":1}`,
		`{"name":"ok","invite":2}`, `{"name":"ok","notice":1}`,
		`{"name":"` + strings.Repeat("好", 21) + `"}`, `{"notice":"` + strings.Repeat("好", 1001) + `"}`,
	}, broken...) {
		wantRefusal(t, c, ann, "PUT", path, body)
	}
	for _, body := range []string{
		`[]`, `null`, `{`, `{}{}`, `{"mute":2}`, `{"mute":true}`, `{"top":"on"}`, `{"mute":1,"Mute":0}`, `{"mute":1,"mute":0}`, `{"flame_second":-1}`,
		`{"flame_second":1e3}`, `{"flame_second":99999999999999999999}`, `{"remark":1}`, `{"remark":"\u202e"}`, `{"mute":1,"invite":9}`,
		`{"remark":"` + strings.Repeat("好", 65) + `"}`,
	} {
		wantRefusal(t, c, ann, "PUT", path+"/setting", body)
	}
	for _, body := range []string{`{"forbidden":1}`, `{"mute":1,"invite":1}`, `{"forbidden_add_friend":1}`, `{"allow_view_history_msg":0}`, `{"allow_member_pinned_message":1}`} {
		wantRefusal(t, c, bob, "PUT", path+"/setting", body)
	}
	for _, p := range []person{bob, eve} {
		wantRefusal(t, c, p, "PUT", path, `{"name":"x"}`)
		wantRefusal(t, c, p, "POST", path+"/forbidden/1", "")
	}
	for _, on := range []string{"2", "-1", "on", "01", "%20", "1.0", "%00"} {
		wantRefusal(t, c, ann, "POST", path+"/forbidden/"+on, "")
	}
	missing := string(c.call("-", eve.Token, "GET", "/v1/groups/0123456789abcdef0123456789abcdef", ""))
	for _, no := range []string{no, "x", "%20", "a%00", "%FF", "a%2Fb", "%E2%80%AE", strings.Repeat("a", 101)} {
		wantRefusal(t, c, eve, "GET", "/groups/"+no, "")
		wantRefusal(t, c, eve, "PUT", "/groups/"+no, `{"name":"x"}`)
		wantRefusal(t, c, eve, "PUT", "/groups/"+no+"/setting", `{"mute":1}`)
		wantRefusal(t, c, eve, "POST", "/groups/"+no+"/forbidden/0", "")
	}
	if got := string(c.call("-", eve.Token, "GET", "/v1"+path, "")); got != missing {
		t.Errorf("a stranger reads %s, of no group %s", got, missing)
	}
	if after := dump(t, db); after != before {
		t.Error("a refused request changed the database")
	}
	c.call("-", ann.Token, "PUT", "/v1"+path, `{"name":"new"}`)
	if dump(t, db) == before {
		t.Error("the comparison does not notice a change")
	}
}
