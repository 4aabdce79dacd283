package httpapi_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi"
	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/httpapi"
	"github.com/ruyi-im/ruyi/store/sqlite"
	"github.com/ruyi-im/ruyi/user"
)

// forget calls without recording it.
func (c *client) forget(p person, method, path, body string) []byte {
	c.t.Helper()
	answer := c.call("-", p.Token, method, "/v1"+path, body)
	delete(c.seen, "-")
	return answer
}

// ask lets from ask to for friendship without recording it.
func (c *client) ask(from, to person, remark string) {
	c.t.Helper()
	c.forget(from, "POST", "/friend/apply", fmt.Sprintf(`{"to_uid":%q,"remark":%q}`, to.UID, remark))
}

// at moves on to a moment, when everybody has to sign in again.
func (c *client) at(moment time.Time, people map[string]*person) {
	c.t.Helper()
	core, err := ruyi.New(c.db, ruyi.Options{
		Pepper: []byte(strings.Repeat("\x07", 32)), User: user.Options{DevCode: "123456"}, Now: func() time.Time { return moment },
	})
	if err != nil {
		c.t.Fatal(err)
	}
	c.handler = httpapi.New(core, httpapi.Options{Location: time.UTC})
	for phone, p := range people {
		*p = decode[person](c, "-", "", "POST", "/v1/user/login", `{"username":"0086`+phone+`","password":"correct horse"}`)
		c.names[p.Token] = "<new token>"
	}
	delete(c.seen, "-")
}

func TestInboxExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const inbox, remove, refuse, dot = "00_friendapply", "00_friendapply_remove", "00_friendrefuse", "00_reddot"
		ann, bob, cat := c.register("Ann", "13800000001"), c.register("Bob", "13800000002"), c.register("Cat", "13800000003")
		dan, eve := c.register("Dan", "13800000004"), c.register("Eve", "13800000005")
		list := func(p person, query string) { c.call(inbox, p.Token, "GET", "/v1/friend/apply"+query, "") }
		count := func(p person) { c.call(dot, p.Token, "GET", "/v1/user/reddot/friendApply", "") }
		list(ann, "")
		count(ann)
		c.ask(bob, ann, "I am Bob 😀")
		c.ask(cat, ann, "")
		c.ask(dan, ann, "hi")
		c.ask(eve, ann, "again and again")
		list(ann, "?page_index=1&page_size=999")
		list(ann, "?page_index=2&page_size=3")
		list(ann, "?page_index=9")
		list(ann, "?page_index=first")
		list(bob, "")
		list(person{}, "")
		count(ann)
		count(bob)
		count(person{})

		turnDown := func(p person, from string) { c.call(refuse, p.Token, "PUT", "/v1/friend/refuse/"+from, "") }
		token := c.requestToken(ann) // of Eve, who asked last
		turnDown(ann, eve.UID)
		turnDown(ann, eve.UID)
		turnDown(bob, eve.UID)
		turnDown(ann, "nobody")
		turnDown(ann, "%07")
		turnDown(person{}, bob.UID)
		c.call("24_sure_refused", ann.Token, "POST", "/v1/friend/sure", `{"token":"`+token+`"}`)
		count(ann)

		delApply := func(p person, from string) { c.call(remove, p.Token, "DELETE", "/v1/friend/apply/"+from, "") }
		delApply(bob, dan.UID)
		delApply(ann, dan.UID)
		delApply(ann, dan.UID)
		delApply(ann, "%07")
		delApply(person{}, bob.UID)

		clearDot := func(p person, category string) {
			c.call(dot, p.Token, "DELETE", "/v1/user/reddot/"+category, "")
		}
		clearDot(bob, "friendApply")
		count(ann)
		clearDot(ann, "friendApply")
		count(ann)
		c.ask(bob, ann, "it is me again")
		count(ann)
		c.forget(ann, "POST", "/friend/sure", `{"token":"`+c.requestToken(ann)+`"}`)
		count(ann)
		turnDown(ann, bob.UID)
		clearDot(ann, "groupInvite")
		clearDot(person{}, "friendApply")
		c.call(dot, ann.Token, "GET", "/v1/user/reddot/groupInvite", "")
		c.at(now.Add(friend.RequestLife), map[string]*person{"13800000001": &ann})
		list(ann, "")
		c.compare()
	})
}

// TestMalformedFriendRequestsChangeNothing is TestMalformedRequestsChangeNothing
// for what ends friendships and what the inbox does.
func TestMalformedFriendRequestsChangeNothing(t *testing.T) {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ruyi.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	c := newClient(t, db)
	ann, bob, eve := c.register("Ann", "13800000001"), c.register("Bob", "13800000002"), c.register("Eve", "13800000003")
	c.befriend(ann, bob)
	c.ask(eve, ann, "")
	before := dump(t, db)
	odd := []string{"%00", "%FF", "%07", "%E2%80%AE", strings.Repeat("a", 101), strings.Repeat("a", 300), "a%2Fb", "%25"}
	for _, uid := range append(odd, "nobody", eve.UID, ann.UID, "u_10000", "fileHelper") {
		wantRefusal(t, c, ann, "DELETE", "/friends/"+uid, "")
	}
	for _, uid := range append(odd, "nobody", ann.UID, "u_10000") {
		wantRefusal(t, c, ann, "PUT", "/friend/refuse/"+uid, "")
	}
	for _, uid := range []string{"%00", "%FF", "%07", "%E2%80%AE", strings.Repeat("a", 101), strings.Repeat("a", 300)} {
		wantRefusal(t, c, ann, "DELETE", "/friend/apply/"+uid, "")
	}
	for _, category := range append(odd, "friendapply", "FriendApply", "friendApply%20", "groupInvite") {
		wantRefusal(t, c, ann, "GET", "/user/reddot/"+category, "")
		wantRefusal(t, c, ann, "DELETE", "/user/reddot/"+category, "")
	}
	for _, query := range []string{"page_index=x", "page_size=1.5", "page_size=1&page_size=2", "page_index=99999999999999999999", "%zz"} {
		wantRefusal(t, c, ann, "GET", "/friend/apply?"+query, "")
	}
	for _, query := range []string{
		"version=x", "version=-1", "version=1.5", "version=0x1", "version=99999999999999999999", "version=1&version=2",
		"limit=many", "limit=1e3", "version=%00", "%zz",
	} {
		wantRefusal(t, c, ann, "GET", "/friend/sync?"+query, "")
	}
	for _, body := range []string{
		``, `{}`, `[]`, `{`, `{"uid":"nobody","remark":"x"}`, `{"uid":["` + bob.UID + `"]}`, `{"uid":"` + bob.UID + `","remark":7}`,
		`{"uid":"` + bob.UID + `","remark":"a\nb"}`, `{"uid":"` + bob.UID + `","remark":"\u202ea"}`, `{"UID":"` + bob.UID + `"}`,
		`{"uid":"` + bob.UID + `","remark":"` + strings.Repeat("x", 65) + `"}`, `{"uid":"` + bob.UID + `","remark":"a","Remark":"b"}`,
	} {
		wantRefusal(t, c, ann, "PUT", "/friend/remark", body)
	}
	for _, body := range []string{`{}`, `null`, `"x"`, `[1]`, `[["a"]]`, `[null`, `["a"`, `["a"]["b"]`, `["` + strings.Repeat(`a","`, 200) + `"]`} {
		wantRefusal(t, c, ann, "POST", "/friend/online", body)
	}
	if dump(t, db) != before {
		t.Error("a refused request changed the database")
	}
	c.forget(ann, "DELETE", "/user/reddot/friendApply", "")
	if dump(t, db) == before {
		t.Error("the comparison does not notice a change")
	}
}
