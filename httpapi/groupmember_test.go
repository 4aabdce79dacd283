package httpapi_test

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi/store/sqlite"
)

// ear is somebody who listens: read is up to where in the own queue.
type ear struct {
	c    *client
	p    person
	read int64
}

func (e *ear) hear(op string) {
	e.c.t.Helper()
	type place struct {
		Seq int64 `json:"message_seq"`
	}
	list := decode[[]place](e.c, op, e.p.Token, "POST", "/v1/message/sync", `{"max_message_seq":"`+strconv.FormatInt(e.read, 10)+`"}`)
	if len(list) > 0 {
		e.read = list[len(list)-1].Seq
	}
}

// skip forgets what the queue holds.
func (e *ear) skip() {
	e.c.t.Helper()
	e.hear("-")
	delete(e.c.seen, "-")
}

func TestGroupMemberExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const op35, op36, op37, op38 = "35_group_members_add", "36_group_members_remove", "37_group_member", "38_group_membersync"
		ann, bob, eve := c.register("Ann", "13800000001"), c.register("Bob", "13800000002"), c.register("Eve", "13800000003")
		dan := c.register("Dan", "13800000004")
		c.befriend(ann, bob)
		no := c.foundGroup("-", ann, "group", `{"name":"g","members":["`+bob.UID+`"]}`)
		delete(c.seen, "-")
		path := "/v1/groups/" + no
		bobs, eves := &ear{c: c, p: bob}, &ear{c: c, p: eve}
		bobs.skip()
		eves.skip()

		add := func(p person, body string) { c.call(op35, p.Token, "POST", path+"/members", body) }
		add(bob, `{"members":["`+eve.UID+`"],"names":["Eve"]}`)
		add(bob, `{"members":["`+eve.UID+`","`+ann.UID+`"]}`)
		add(bob, `{}`)
		add(bob, `{"members":"`+eve.UID+`"}`)
		add(dan, `{"members":["`+dan.UID+`","`+eve.UID+`"]}`)
		add(person{}, `{"members":["`+eve.UID+`"]}`)
		c.call("-", ann.Token, "PUT", path, `{"invite":1}`)
		add(bob, `{"members":["`+dan.UID+`"]}`)
		add(ann, `{"members":["`+dan.UID+`"]}`)
		bobs.hear(op35)

		name := func(p person, uid, body string) { c.call(op37, p.Token, "PUT", path+"/members/"+uid, body) }
		name(bob, bob.UID, `{"remark":"小鲍"}`)
		name(bob, eve.UID, `{"remark":"x"}`)
		name(ann, eve.UID, `{"remark":"伊芙"}`)
		name(ann, "nobody", `{"remark":"x"}`)
		name(ann, eve.UID, `{"remark":"`+strings.Repeat("好", 65)+`"}`)
		name(ann, eve.UID, `{"remark":1}`)
		name(person{}, eve.UID, `{"remark":"x"}`)
		bobs.hear(op37)

		remove := func(p person, body string) { c.call(op36, p.Token, "DELETE", path+"/members", body) }
		remove(bob, `{"members":["`+eve.UID+`"]}`)
		remove(ann, `{"members":["`+ann.UID+`"]}`)
		remove(ann, `{"members":["`+eve.UID+`","nobody"]}`)
		remove(ann, `{}`)
		remove(ann, ``)
		remove(ann, `[]`)
		remove(person{}, `{"members":["`+eve.UID+`"]}`)
		eves.skip()
		remove(ann, `{"members":["`+eve.UID+`"]}`)
		eves.hear(op36)
		remove(eve, `{"members":["`+bob.UID+`"]}`)
		c.call("x_group_members_delete", ann.Token, "POST", path+"/members_delete", `{"members":["`+dan.UID+`"]}`)
		c.call("x_group_members_delete", bob.Token, "POST", path+"/members_delete", `{"members":["`+ann.UID+`"]}`)
		c.call("x_group_members_delete", "", "POST", path+"/members_delete", `{"members":["`+ann.UID+`"]}`)

		sync := func(p person, query string) { c.call(op38, p.Token, "GET", path+"/membersync"+query, "") }
		sync(bob, "")
		sync(bob, "?version=9&limit=10000")
		sync(bob, "?version=0&limit=1")
		sync(bob, "?version=99")
		sync(bob, "?version=x")
		sync(bob, "?version=-1")
		sync(eve, "?version=0")
		sync(person{}, "")
		c.call(op38, eve.Token, "GET", "/v1/groups/unknown/membersync", "")

		const list = "x_group_members"
		for _, query := range []string{"?page=1&limit=50&keyword=", "?page=2&limit=1", "?keyword=小鲍", "?keyword=ANN", "?keyword=%25", "?page=x"} {
			c.call(list, bob.Token, "GET", path+"/members"+query, "")
		}
		c.call(list, eve.Token, "GET", path+"/members", "")
		c.call(list, "", "GET", path+"/members", "")
		delete(c.seen, "-")
		c.compare()
	})
}

func TestGroupRankExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const op39, op40, op43 = "39_group_managers_set", "40_group_managers_unset", "43_group_transfer"
		ann, bob, eve := c.register("Ann", "13800000001"), c.register("Bob", "13800000002"), c.register("Eve", "13800000003")
		dan := c.register("Dan", "13800000004")
		for _, p := range []person{bob, eve} {
			c.befriend(ann, p)
		}
		no := c.foundGroup("-", ann, "group", `{"name":"g","members":["`+bob.UID+`","`+eve.UID+`"]}`)
		path := "/v1/groups/" + no
		eves := &ear{c: c, p: eve}
		eves.skip()

		set := func(p person, body string) { c.call(op39, p.Token, "POST", path+"/managers", body) }
		set(ann, `["`+bob.UID+`"]`)
		eves.hear(op39)
		for _, body := range []string{``, `[]`, `{}`, `[1]`, `["` + ann.UID + `"]`, `["` + dan.UID + `"]`} {
			set(ann, body)
		}
		set(bob, `["`+eve.UID+`"]`)
		set(dan, `["`+eve.UID+`"]`)
		set(person{}, `["`+eve.UID+`"]`)

		const mute, times, black = "x_group_forbidden_with_member", "x_group_forbidden_times", "x_group_blacklist"
		c.call(times, bob.Token, "GET", "/v1/group/forbidden_times", "")
		c.call(times, "", "GET", "/v1/group/forbidden_times", "")
		silence := func(p person, body string) { c.call(mute, p.Token, "POST", path+"/forbidden_with_member", body) }
		silence(bob, `{"member_uid":"`+eve.UID+`","action":1,"key":3}`)
		eves.hear(mute)
		c.call(mute, eve.Token, "GET", path+"/membersync?version=5", "")
		silence(bob, `{"member_uid":"`+eve.UID+`","action":1,"key":7}`)
		silence(bob, `{"member_uid":"`+eve.UID+`","action":2,"key":1}`)
		silence(bob, `{"member_uid":"`+eve.UID+`"}`)
		silence(bob, `{"member_uid":"`+ann.UID+`","action":1,"key":1}`)
		silence(eve, `{"member_uid":"`+eve.UID+`","action":0}`)
		silence(bob, `{"member_uid":"nobody","action":1,"key":1}`)
		silence(person{}, `{}`)
		silence(bob, `{"member_uid":"`+eve.UID+`","action":0,"key":0}`)

		list := func(p person, action, body string) { c.call(black, p.Token, "POST", path+"/blacklist/"+action, body) }
		list(bob, "add", `{"uids":["`+eve.UID+`"]}`)
		eves.skip()
		c.call(black, eve.Token, "GET", path+"/membersync?version=7", "")
		list(bob, "add", `{"uids":[]}`)
		list(bob, "add", `{"uids":["`+ann.UID+`"]}`)
		list(eve, "remove", `{"uids":["`+eve.UID+`"]}`)
		list(bob, "remove", `{"uids":["`+eve.UID+`"]}`)
		list(person{}, "remove", `{"uids":["`+eve.UID+`"]}`)
		eves.hear(black)

		unset := func(p person, body string) { c.call(op40, p.Token, "DELETE", path+"/managers", body) }
		unset(bob, `["`+bob.UID+`"]`)
		for _, body := range []string{``, `[]`, `{"uids":[]}`, `["` + ann.UID + `"]`, `["` + dan.UID + `"]`, `["` + bob.UID + `"]`} {
			unset(ann, body)
		}
		unset(person{}, `["`+bob.UID+`"]`)
		eves.hear(op40)

		transfer := func(p person, to string) { c.call(op43, p.Token, "POST", path+"/transfer/"+to, "") }
		transfer(bob, bob.UID)
		for _, to := range []string{"nobody", dan.UID, ann.UID, bob.UID, bob.UID} {
			transfer(ann, to)
		}
		transfer(person{}, bob.UID)
		eves.hear(op43)

		const exit, disband = "x_group_exit", "x_group_disband"
		leave := func(p person) { c.call(exit, p.Token, "POST", path+"/exit", "") }
		bobs := &ear{c: c, p: bob}
		bobs.skip()
		for _, p := range []person{ann, ann, dan, {}} {
			leave(p)
		}
		bobs.hear(exit)
		end := func(p person) { c.call(disband, p.Token, "DELETE", path+"/disband", "") }
		for _, p := range []person{eve, ann, dan, {}, bob, bob} {
			end(p)
		}
		bobs.hear(disband)
		c.call(disband, eve.Token, "GET", path+"/membersync", "")
		delete(c.seen, "-")
		c.compare()
	})
}

// TestGroupMemberRefusalsChangeNothing sends what no client should and compares
// the database before and after.
func TestGroupMemberRefusalsChangeNothing(t *testing.T) {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ruyi.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	c := newClient(t, db)
	ann, bob, eve := c.register("Ann", "13800000001"), c.register("Bob", "13800000002"), c.register("Eve", "13800000003")
	c.befriend(ann, bob)
	no := c.foundGroup("-", ann, "group", `{"members":["`+bob.UID+`"]}`)
	path := "/groups/" + no
	before := dump(t, db)
	for _, members := range []string{
		`null`, `{}`, `"x"`, `[]`, `[1]`, `[null]`, `[["a"]]`, `["a\u0000"]`, `["\ud800"]`, `["' OR 1=1 --"]`, `["` + ann.UID + `"]`,
		`["nobody"]`, `["` + strings.Repeat(`a","`, 200) + `a"]`,
	} {
		wantRefusal(t, c, ann, "POST", path+"/members", `{"members":`+members+`}`)
		wantRefusal(t, c, ann, "DELETE", path+"/members", `{"members":`+members+`}`)
		wantRefusal(t, c, ann, "POST", path+"/members_delete", `{"members":`+members+`}`)
		wantRefusal(t, c, ann, "POST", path+"/managers", members)
		wantRefusal(t, c, ann, "DELETE", path+"/managers", members)
		wantRefusal(t, c, ann, "POST", path+"/blacklist/add", `{"uids":`+members+`}`)
		wantRefusal(t, c, ann, "POST", path+"/blacklist/remove", `{"uids":`+members+`}`)
	}
	for _, body := range []string{`{"Members":["` + bob.UID + `"]}`, `{"members":["a"],"members":["b"]}`, `{`, `[]`, `{}{}`} {
		wantRefusal(t, c, ann, "DELETE", path+"/members", body)
		wantRefusal(t, c, ann, "POST", path+"/members", body)
	}
	for _, body := range []string{`{"remark":"a\u0000"}`, `{"remark":"a\u202eb"}`, "{\"remark\":\"\xff\"}", `{"remark":["x"]}`, `{"Remark":"x"}`} {
		wantRefusal(t, c, ann, "PUT", path+"/members/"+bob.UID, body)
	}
	for _, body := range []string{
		`{}`, `{"member_uid":"` + bob.UID + `"}`, `{"member_uid":"` + bob.UID + `","action":1}`, `{"member_uid":"` + bob.UID + `","action":1,"key":0}`,
		`{"member_uid":"` + bob.UID + `","action":1,"key":1.5}`, `{"member_uid":"` + bob.UID + `","action":-1,"key":1}`, `{"member_uid":["a"],"action":1,"key":1}`,
	} {
		wantRefusal(t, c, ann, "POST", path+"/forbidden_with_member", body)
	}
	for _, bad := range []string{"nobody", "%00", "%FF", ann.UID, eve.UID, strings.Repeat("a", 101), strings.Repeat("a", 300)} {
		wantRefusal(t, c, ann, "POST", path+"/transfer/"+bad, "")
		if bad != ann.UID {
			wantRefusal(t, c, ann, "PUT", path+"/members/"+bad, `{"remark":"x"}`)
		}
		other := "/groups/" + bad
		wantRefusal(t, c, ann, "POST", other+"/exit", "")
		wantRefusal(t, c, ann, "DELETE", other+"/disband", "")
		wantRefusal(t, c, ann, "GET", other+"/members", "")
		wantRefusal(t, c, ann, "GET", other+"/membersync", "")
		wantRefusal(t, c, ann, "POST", other+"/members", `{"members":["`+eve.UID+`"]}`)
	}
	for _, p := range []person{bob, eve} {
		wantRefusal(t, c, p, "DELETE", path+"/members", `{"members":["`+ann.UID+`"]}`)
		wantRefusal(t, c, p, "POST", path+"/managers", `["`+p.UID+`"]`)
		wantRefusal(t, c, p, "POST", path+"/transfer/"+p.UID, "")
		wantRefusal(t, c, p, "DELETE", path+"/disband", "")
	}
	if dump(t, db) != before {
		t.Error("a refused request changed the database")
	}
	c.call("-", ann.Token, "DELETE", "/v1"+path+"/members", `{"members":["`+bob.UID+`"]}`)
	if dump(t, db) == before {
		t.Error("the comparison does not notice a change")
	}
}
