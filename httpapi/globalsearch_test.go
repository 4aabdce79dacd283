package httpapi_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi/store/sqlite"
)

func TestGlobalSearchExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const op = "ext_search_global"
		ann, bob, eve := c.register("Ann", "13800000001"), c.register("Bob", "13800000002"), c.register("Eve", "13800000003")
		c.call("-", ann.Token, "POST", "/v1/friend/apply", `{"to_uid":"`+bob.UID+`","remark":"Lunch on Friday?"}`)
		c.call("-", bob.Token, "POST", "/v1/friend/sure", `{"token":"`+c.requestToken(bob)+`"}`)
		c.call("-", ann.Token, "PUT", "/v1/users/"+bob.UID+"/setting", `{"remark":"The Boss"}`)
		delete(c.seen, "-")
		search := func(p person, body string) { c.call(op, p.Token, "POST", "/v1/search/global", body) }
		search(ann, `{"keyword":"LUNCH","page":1,"limit":20,"content_type":[1]}`)
		search(bob, `{"keyword":"lunch","page":"1","limit":"1","only_message":1,"channel_id":"`+ann.UID+`","channel_type":1}`)
		search(ann, `{"keyword":"boss","page":1,"limit":20,"content_type":[]}`)
		search(ann, `{"keyword":"lunch","page":2,"limit":20}`)
		search(ann, `{"keyword":"lunch","from_uid":"`+bob.UID+`"}`)
		search(ann, `{"keyword":""}`)
		search(ann, ``)
		search(eve, `{"keyword":"lunch"}`)
		search(eve, `{"keyword":"bob"}`)
		search(eve, `{"keyword":"lunch","channel_id":"`+ann.UID+`","channel_type":1}`)
		search(eve, `{"keyword":"lunch","channel_id":"`+ann.UID+"@"+bob.UID+`","channel_type":1}`)
		search(ann, `{"keyword":"lunch","channel_id":"g1","channel_type":2}`)
		search(ann, `{"keyword":"lunch","channel_id":"g1"}`)
		search(ann, `{"keyword":"lunch\nbreak"}`)
		search(person{}, `{"keyword":"lunch"}`)
		c.compare()
	})
}

func TestMalformedSearches(t *testing.T) {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ruyi.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	c := newClient(t, db)
	ann := c.register("Ann", "13800000001")
	before := dump(t, db)
	for _, body := range []string{
		`[]`, `{`, `{"keyword":1}`, `{"Keyword":"a"}`, `{"keyword":"\u0000"}`, `{"keyword":"` + strings.Repeat("字", 65) + `"}`,
		`{"keyword":"a","limit":"many"}`, `{"keyword":"a","page":1.5}`, `{"keyword":"a","content_type":1}`,
		`{"keyword":"a","content_type":["x"]}`, `{"keyword":"a","content_type":[` + strings.Repeat("1,", 50) + `1]}`,
		`{"keyword":"a","channel_id":"x","channel_type":-1}`, `{"keyword":"a","channel_id":"x","channel_type":257}`,
		`{"keyword":"a","channel_id":7}`, `{"keyword":"a","channel_id":"` + strings.Repeat("x", 101) + `","channel_type":1}`,
	} {
		wantRefusal(t, c, ann, "POST", "/search/global", body)
	}
	if dump(t, db) != before {
		t.Error("a search changed the database")
	}
}
