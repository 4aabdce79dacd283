package httpapi_test

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi"
	"github.com/ruyi-im/ruyi/httpapi"
	"github.com/ruyi-im/ruyi/label"
	"github.com/ruyi-im/ruyi/store/sqlite"
	"github.com/ruyi-im/ruyi/user"
)

// twoGroups are the groups that everybody is in.
type twoGroups struct{}

func (twoGroups) GroupNames(_ context.Context, _ string, nos []string) (map[string]string, error) {
	names := map[string]string{}
	for _, no := range nos {
		if no == "g1" || no == "g2" {
			names[no] = "群 " + no
		}
	}
	return names, nil
}

// joinGroups puts everybody who calls into two groups.
func (c *client) joinGroups() {
	c.t.Helper()
	o := ruyi.Options{Pepper: bytes.Repeat([]byte{7}, 32), User: user.Options{DevCode: "123456"}, Now: func() time.Time { return now }}
	core, err := ruyi.New(c.db, o)
	if err != nil {
		c.t.Fatal(err)
	}
	core.Label, err = label.New(c.db.Labels(), label.Options{Now: o.Now, Groups: twoGroups{}})
	if err != nil {
		c.t.Fatal(err)
	}
	c.handler = httpapi.New(core, httpapi.Options{Location: time.UTC})
}

type createdLabel struct{ Status, ID int }

// makeLabel makes a label and returns its path. It is known as name from now on.
func (c *client) makeLabel(op string, p person, name, body string) string {
	c.t.Helper()
	made := decode[createdLabel](c, op, p.Token, "POST", "/v1/label", body)
	if made.Status != 200 || made.ID == 0 {
		c.t.Fatalf("made %+v", made)
	}
	path := fmt.Sprintf("/v1/label/%d", made.ID)
	c.names[path] = "/v1/label/<" + name + ">"
	return path
}

func TestLabelExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const op80, op81, op82, op83, op84 = "80_label_create", "81_labels", "82_label_replace", "83_label_delete", "84_label"
		ann, bob, eve := c.register("Ann", "13800000001"), c.register("Bob", "13800000002"), c.register("Eve", "13800000003")
		c.befriend(ann, bob)
		c.call("-", ann.Token, "PUT", "/v1/users/"+bob.UID+"/setting", `{"remark":"小鲍"}`)
		delete(c.seen, "-")
		create := func(body string) { c.call(op80, ann.Token, "POST", "/v1/label", body) }
		create(`{"name":"x","group_ids":["g1"]}`)
		c.joinGroups()
		c.call(op81, ann.Token, "GET", "/v1/label", "")
		friends := c.makeLabel(op80, ann, "friends",
			`{"name":" 好友 ","member_uids":["`+bob.UID+`","fileHelper","`+bob.UID+`"],"group_ids":["g2","g1"]}`)
		empty := c.makeLabel(op80, ann, "empty", `{"name":"空","members":["`+bob.UID+`"],"groups":["g1"],"id":1,"owner":"`+eve.UID+`"}`)
		create(`{"name":""}`)
		create(`{"name":"` + strings.Repeat("好", 37) + `"}`)
		create(`{"name":"x","member_uids":["` + eve.UID + `"]}`)
		create(`{"name":"x","member_uids":["nobody"]}`)
		create(`{"name":"x","member_uids":[1]}`)
		create(`{"name":"x","group_ids":["g3"]}`)
		c.call(op80, "", "POST", "/v1/label", `{"name":"x"}`)
		c.call(op81, ann.Token, "GET", "/v1/label", "")
		c.call(op81, eve.Token, "GET", "/v1/label", "")
		c.call(op81, "", "GET", "/v1/label", "")

		put := func(p person, path, body string) { c.call(op82, p.Token, "PUT", path, body) }
		put(ann, friends, `{"name":"朋友","member_uids":["fileHelper","`+bob.UID+`"]}`)
		c.call(op82, ann.Token, "GET", friends, "")
		put(ann, friends, `{"name":"朋友","member_uids":["`+bob.UID+`"],"group_ids":[]}`)
		c.call(op82, ann.Token, "GET", friends, "")
		put(ann, friends, `{"name":" "}`)
		put(ann, friends, `{"name":"x","member_uids":["`+eve.UID+`"]}`)
		put(ann, friends, `{"name":"x","group_ids":["g3"]}`)
		put(eve, friends, `{"name":"x"}`)
		put(ann, "/v1/label/0", `{"name":"x"}`)
		put(ann, "/v1/label/first", `{"name":"x"}`)
		put(person{}, friends, `{"name":"x"}`)

		for _, p := range []person{ann, eve, {}} {
			c.call(op84, p.Token, "GET", friends, "")
		}
		for _, path := range []string{empty, "/v1/label/0", "/v1/label/first"} {
			c.call(op84, ann.Token, "GET", path, "")
		}
		for _, p := range []person{eve, {}, ann, ann} {
			c.call(op83, p.Token, "DELETE", friends, "")
		}
		c.call(op83, ann.Token, "DELETE", "/v1/label/first", "")
		c.call(op83, ann.Token, "GET", "/v1/label", "")
		c.compare()
	})
}

// TestLabelAlias walks through the path that other clients know.
func TestLabelAlias(t *testing.T) {
	c := newClient(t, openSQLite(t))
	ann := c.register("Ann", "13800000001")
	made := decode[createdLabel](c, "-", ann.Token, "POST", "/v1/labels", `{"name":"a"}`)
	path := fmt.Sprintf("/v1/labels/%d", made.ID)
	for _, e := range []struct{ method, path, body, want string }{
		{"PUT", path, `{"name":"b","member_uids":["fileHelper"]}`, `{"status":200}`},
		{"GET", path, "", `{"id":1,"name":"b","count":1,"members":[{"uid":"fileHelper","name":"文件传输助手","remark":""}],"groups":[]}`},
		{"GET", "/v1/labels", "", `[{"id":1,"name":"b","count":1,"members":[{"uid":"fileHelper","name":"文件传输助手","remark":""}],"groups":[]}]`},
		{"DELETE", path, "", `{"status":200}`},
		{"GET", "/v1/labels", "", `[]`},
	} {
		if got := strings.TrimSpace(string(c.call("-", ann.Token, e.method, e.path, e.body))); got != e.want {
			t.Errorf("%s %s: %s, want %s", e.method, e.path, got, e.want)
		}
	}
}

// TestLabelRefusalsChangeNothing sends what no client should, and what others
// must not, and compares the database before and after.
func TestLabelRefusalsChangeNothing(t *testing.T) {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ruyi.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	c := newClient(t, db)
	ann, eve := c.register("Ann", "13800000001"), c.register("Eve", "13800000003")
	path := strings.TrimPrefix(c.makeLabel("-", ann, "mine", `{"name":"mine","member_uids":["fileHelper"]}`), "/v1")
	before := dump(t, db)
	for _, body := range []string{
		``, `{}`, `[]`, `null`, `{`, `"x"`, `{}{}`, `{"name":null}`, `{"name":1}`, `{"name":["x"]}`, `{"name":"x","name":"y"}`,
		`{"name":"x","Name":"y"}`, `{"Name":"x"}`, `{"name":"a\u0000"}`, `{"name":"a\nb"}`, `{"name":"\ud800"}`, "{\"name\":\"\xff\"}",
		`{"name":"a\u202eb"}`, `{"name":"\u200b"}`, `{"name":"` + strings.Repeat("好", 37) + `"}`,
		`{"name":"x","member_uids":"fileHelper"}`, `{"name":"x","member_uids":{}}`, `{"name":"x","member_uids":[null]}`,
		`{"name":"x","member_uids":[["fileHelper"]]}`, `{"name":"x","Member_Uids":["fileHelper"]}`,
		`{"name":"x","member_uids":["fileHelper","' OR 1=1 --"]}`, `{"name":"x","member_uids":["` + ann.UID + `"]}`,
		`{"name":"x","member_uids":["` + eve.UID + `"]}`, `{"name":"x","member_uids":["a\u0000"]}`,
		`{"name":"x","member_uids":["` + strings.Join(slices.Collect(numbers(1001)), `","`) + `"]}`,
		`{"name":"x","group_ids":["g1"]}`, `{"name":"x","group_ids":[1]}`, `{"name":"x","group_ids":["\u202e"]}`,
	} {
		wantRefusal(t, c, ann, "POST", "/label", body)
		wantRefusal(t, c, ann, "PUT", path, body)
	}
	missing := string(c.call("-", ann.Token, "GET", "/v1/label/999999", ""))
	for _, id := range []string{
		"0", "-1", "x", "1.0", "1e0", "+1", "0x1", "%20", "1%00", "%FF", "99999999999999999999", "1%2F2", "''", strings.Repeat("1", 300),
	} {
		wantRefusal(t, c, ann, "GET", "/label/"+id, "")
		wantRefusal(t, c, ann, "DELETE", "/labels/"+id, "")
		wantRefusal(t, c, ann, "PUT", "/label/"+id, `{"name":"x"}`)
	}
	for _, p := range []string{path, strings.Replace(path, "label", "labels", 1)} {
		for method, body := range map[string]string{"GET": "", "DELETE": "", "PUT": `{"name":"hers","member_uids":["fileHelper"]}`} {
			wantRefusal(t, c, eve, method, p, body)
			if got := string(c.call("-", eve.Token, method, "/v1"+p, body)); got != missing {
				t.Errorf("%s %s by another: %s, want %s", method, p, got, missing)
			}
		}
	}
	if got := string(c.call("-", ann.Token, "GET", "/v1/label/x", "")); got != missing {
		t.Errorf("an id that is none: %s, want %s", got, missing)
	}
	if after := dump(t, db); after != before {
		t.Error("a refused request changed the database")
	}
	c.call("-", ann.Token, "PUT", "/v1"+path, `{"name":"mine"}`)
	if dump(t, db) == before {
		t.Error("the comparison does not notice a change")
	}
}

// numbers yields n different uids.
func numbers(n int) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for i := range n {
			if !yield(fmt.Sprint(i)) {
				return
			}
		}
	}
}
