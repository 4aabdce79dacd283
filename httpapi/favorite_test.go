package httpapi_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi/store/sqlite"
)

func TestFavoriteExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const op48, op49, op50, extra = "48_favorites", "49_favorite_add", "50_favorite_remove", "ext_favorite_update"
		ann, eve := c.register("Ann", "13800000001"), c.register("Eve", "13800000002")
		add := func(p person, body string) { c.call(op49, p.Token, "POST", "/v1/favorites", body) }
		list := func(p person, query string) { c.call(op48, p.Token, "GET", "/v1/favorite/my"+query, "") }
		list(ann, "")
		add(ann, `{}`)
		add(ann, `{"author_uid":"u1"}`)
		add(ann, `{"author_uid":"u1","author_name":"U"}`)
		add(ann, `{"author_uid":"u1","author_name":"U","unique_key":"m1"}`)
		add(ann, `{"author_uid":"u1","author_name":"U","unique_key":"m1","payload":"text"}`)
		add(ann, `{"author_uid":"u1","author_name":"U","unique_key":"m1","payload":{"a":1},"type":40000}`)
		add(ann, `{"author_uid":"u1","author_name":"a\nb","unique_key":"m1","payload":{"a":1}}`)
		c.call(op49, ann.Token, "POST", "/v1/favorites?page_size=1",
			`{"type":1,"unique_key":"m1","author_uid":"u1","author_name":"U","payload":{"content":"你好 <b>😀</b>"}}`)
		add(ann, `{"type":"2","unique_key":"m2","author_uid":"u2","author_name":"V","payload":{"content":"file/preview/chat/x","width":3,"height":4}}`)
		add(ann, `{"type":1,"unique_key":"m1","author_uid":"u9","author_name":"W","payload":{"content":"changed"}}`)
		add(eve, `{"type":1,"unique_key":"m1","author_uid":"u1","author_name":"U","payload":{"content":"Eve's"}}`)
		add(person{}, `{}`)
		for _, p := range []person{ann, eve} {
			for i, f := range decode[[]struct{ No string }](c, "-", p.Token, "GET", "/v1/favorite/my", "") {
				c.names[f.No] = fmt.Sprintf("<no %d of %s>", i+1, c.names[p.UID])
			}
		}
		delete(c.seen, "-")
		list(ann, "")
		list(ann, "?page_index=2&page_size=1")
		list(ann, "?page_index=x")
		list(person{}, "")

		update := func(p person, key, body string) {
			c.call(extra, p.Token, "POST", "/v1/favorites/update/"+key, body)
		}
		update(ann, "m1", `{"payload":{"content":"updated"}}`)
		update(eve, "m2", `{"payload":{"content":"Eve was here"}}`)
		update(ann, "m1", `{"payload":[]}`)
		update(ann, "m1", `{}`)
		update(person{}, "m1", `{}`)

		var no string
		for _, f := range decode[[]struct{ No string }](c, "-", ann.Token, "GET", "/v1/favorite/my?page_size=1", "") {
			no = f.No
		}
		delete(c.seen, "-")
		remove := func(p person, no string) { c.call(op50, p.Token, "DELETE", "/v1/favorites/"+no, "") }
		remove(eve, no)
		remove(eve, "m2")
		remove(ann, no)
		remove(ann, "m2")
		remove(ann, "m2")
		remove(person{}, no)
		list(ann, "")
		list(eve, "")
		c.compare()
	})
}

func TestMalformedFavoritesChangeNothing(t *testing.T) {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ruyi.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	c := newClient(t, db)
	ann := c.register("Ann", "13800000001")
	const good = `{"type":1,"unique_key":"m1","author_uid":"u1","author_name":"U","payload":{"content":"x"}}`
	c.call("-", ann.Token, "POST", "/v1/favorites", good)
	before := dump(t, db)
	for _, body := range []string{
		`{}`, `[]`, `{`, `{"unique_key":"m2","author_uid":"u1","author_name":"U","payload":{"a":"\u0000"}}`,
		`{"unique_key":"m2","author_uid":"u1","author_name":"U","payload":{"a":1,"A":2}}`,
		`{"unique_key":"m2","author_uid":"u1","author_name":"U","payload":{"a":1},"type":1.5}`,
		`{"unique_key":"m2","author_uid":"u1","author_name":"U","payload":{"a":1},"type":-1}`,
		`{"unique_key":"m2","author_uid":"u1","author_name":"U","payload":{"a":1},"type":9999999999}`,
		`{"unique_key":7,"author_uid":"u1","author_name":"U","payload":{"a":1}}`,
		`{"Unique_Key":"m2","author_uid":"u1","author_name":"U","payload":{"a":1}}`,
		`{"unique_key":"` + strings.Repeat("k", 201) + `","author_uid":"u1","author_name":"U","payload":{"a":1}}`,
		`{"unique_key":"m2","author_uid":"u1","author_name":"U","payload":{"a":"` + strings.Repeat("x", 64<<10) + `"}}`,
	} {
		wantRefusal(t, c, ann, "POST", "/favorites", body)
	}
	for _, body := range []string{
		`{}`, `[]`, `{`, `{"payload":null}`, `{"payload":{}}`, `{"payload":"x"}`, `{"Payload":{"a":1}}`, `{"payload":{"a":"\ud800"}}`,
		`{"payload":{"a":"` + strings.Repeat("x", 64<<10) + `"}}`,
	} {
		wantRefusal(t, c, ann, "POST", "/favorites/update/m1", body)
	}
	for _, path := range []string{"/favorites/update/none", "/favorites/update/%00", "/favorites/update/" + strings.Repeat("k", 300)} {
		wantRefusal(t, c, ann, "POST", path, `{"payload":{"a":1}}`)
	}
	for _, path := range []string{"/favorites/%00", "/favorites/%FF", "/favorites/" + strings.Repeat("k", 300)} {
		wantRefusal(t, c, ann, "DELETE", path, "")
	}
	wantRefusal(t, c, ann, "GET", "/favorite/my?page_size=1&page_size=2", "")
	if dump(t, db) != before {
		t.Error("a refused request changed the database")
	}
	c.call("-", ann.Token, "DELETE", "/v1/favorites/m1", "")
	if dump(t, db) == before {
		t.Error("the comparison does not notice a change")
	}
}
