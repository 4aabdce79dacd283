package httpapi_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi"
	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/httpapi"
	"github.com/ruyi-im/ruyi/user"
)

// strict makes the API one that wants to know how people met.
func (c *client) strict() {
	c.t.Helper()
	core, err := ruyi.New(c.db, ruyi.Options{
		Pepper: bytes.Repeat([]byte{7}, 32), User: user.Options{DevCode: "123456"}, Now: func() time.Time { return now }, Friend: friend.Options{RequireVercode: true},
	})
	if err != nil {
		c.t.Fatal(err)
	}
	c.handler = httpapi.New(core, httpapi.Options{Location: time.UTC})
}

// found is what leads to somebody.
type found struct{ UID, Vercode string }

// searchCode returns the code that a search for a phone answers.
func (c *client) searchCode(viewer person, phone string) string {
	c.t.Helper()
	f := decode[struct{ Data found }](c, "-", viewer.Token, "GET", "/v1/user/search?keyword="+phone, "").Data
	return c.quotable(f, "@1", "<search code>")
}

// pictureCode returns the code that viewer reads from the QR picture of p.
func (c *client) pictureCode(viewer, p person) string {
	c.t.Helper()
	link := decode[struct{ Data string }](c, "-", p.Token, "GET", "/v1/user/qrcode", "").Data
	f := decode[struct{ Data found }](c, "-", viewer.Token, "GET", link[strings.Index(link, "/v1/"):], "").Data
	return c.quotable(f, "@3", "<QR code>")
}

// cardCode returns the code on the card of p, the newest friend of owner.
func (c *client) cardCode(owner, p person) string {
	c.t.Helper()
	f := decode[found](c, "-", owner.Token, "GET", "/v1/users/"+p.UID, "")
	list := decode[[]found](c, "-", owner.Token, "POST", "/v1/friend/sync", "")
	if last := list[len(list)-1]; last != f {
		c.t.Errorf("the list has %+v, the card %+v", last, f)
	}
	return c.quotable(f, "@4", "<card code>")
}

// quotable gives the code that was found a name.
func (c *client) quotable(f found, kind, name string) string {
	c.t.Helper()
	if f.UID == "" || len(f.Vercode) != 34 || !strings.HasSuffix(f.Vercode, kind) {
		c.t.Fatalf("found %+v, want a code %s", f, kind)
	}
	delete(c.seen, "-")
	c.names[f.Vercode] = name
	return f.Vercode
}

func TestVercodeExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		ann, bob, eve := c.register("Ann", "13800000001"), c.register("Bob", "13800000002"), c.register("Eve", "13800000003")
		c.befriend(eve, bob)
		search, qr, card := c.searchCode(ann, "13800000002"), c.pictureCode(ann, bob), c.cardCode(eve, bob)
		for _, op := range []string{"23_apply_vercode", "23_apply_vercode_strict"} {
			for _, vercode := range []string{search, qr, card, "", "nobody@1", "nobody@7", "nobody"} {
				c.call(op, ann.Token, "POST", "/v1/friend/apply", fmt.Sprintf(`{"to_uid":%q,"remark":"I am Ann","vercode":%q}`, bob.UID, vercode))
			}
			c.strict()
		}
		c.compare()

		// A friendship that began without a code says nothing of how the two met.
		c.call("-", ann.Token, "POST", "/v1/friend/apply", fmt.Sprintf(`{"to_uid":%q,"vercode":%q}`, bob.UID, qr))
		c.call("-", bob.Token, "POST", "/v1/friend/sure", `{"token":"`+c.requestToken(bob)+`"}`)
		for _, v := range []struct{ owner, peer, want string }{{ann.UID, bob.UID, qr}, {bob.UID, ann.UID, qr}, {bob.UID, eve.UID, ""}} {
			r, err := c.db.Friends().Relation(t.Context(), v.owner, v.peer)
			if err != nil {
				t.Fatal(err)
			}
			if r.Source != v.want {
				t.Errorf("source %s, want %s", c.plain(r.Source), c.plain(v.want))
			}
			r.Alone = true
			if err := c.db.Friends().Update(t.Context(), func(tx friend.Tx) error { return tx.SaveRelation(t.Context(), r, now) }); err != nil {
				t.Fatal(err)
			}
		}
		c.wantText(ann, bob, "", "")
		c.wantText(bob, eve, "", "验证码不能为空")
		c.wantText(ann, eve, "", "好友信息不存在")
	})
}

// wantText asks for friendship and wants a refusal, or "" for none.
func (c *client) wantText(from, to person, vercode, text string) {
	c.t.Helper()
	body, err := json.Marshal(map[string]string{"to_uid": to.UID, "vercode": vercode})
	if err != nil {
		c.t.Fatal(err)
	}
	got := string(c.call("-", from.Token, "POST", "/v1/friend/apply", string(body)))
	want := `{"status":200}`
	if text != "" {
		want = `{"status":400,"msg":"` + text + `"}`
	}
	if got != want+"\n" {
		c.t.Errorf("vercode %q: %s want %s", c.plain(vercode), got, want)
	}
}

func TestWrongVercodesChangeNothing(t *testing.T) {
	c := newClient(t, openSQLite(t))
	ann, bob, eve := c.register("Ann", "13800000001"), c.register("Bob", "13800000002"), c.register("Eve", "13800000003")
	c.befriend(eve, bob)
	search, qr, card := c.searchCode(ann, "13800000002"), c.pictureCode(ann, bob), c.cardCode(eve, bob)
	others := []string{
		c.searchCode(bob, "13800000001"), c.pictureCode(bob, ann), // the applicant's own
		c.searchCode(ann, "13800000003"), c.pictureCode(ann, eve), c.cardCode(bob, eve),
	}
	for range 2 { // in the default mode and in the strict one
		before := dump(t, c.db)
		for text, vercodes := range map[string][]string{
			"来源不匹配": append([]string{
				"0@1", "0@2", "0@3", "0@4", "0@5", "0@6", "@1", "@3", "@4", "%@1", "' OR 1=1 --@1", // of nobody
				search[1:], " " + search, strings.ToUpper(search), search + "@1", // nearly right
				strings.Replace(search, "@1", "@3", 1), strings.Replace(qr, "@3", "@4", 1), strings.Replace(card, "@4", "@1", 1),
			}, others...),
			"来源错误": {
				"@", "1", search[:len(search)-2], search + "0", search + " ", search + "\n", "0@0", "0@7", "0@-1", "0@１",
				strings.Repeat("0", 99) + "@1", strings.Repeat("0", 1<<18) + "@1", "\u202e" + search,
			},
		} {
			for _, vercode := range vercodes {
				c.wantText(ann, bob, vercode, text)
			}
		}
		for _, vercode := range []string{`"\u0000@1"`, "\"\xff@1\"", `7`, `["` + search + `"]`, `"` + search + `","Vercode":"` + qr + `"`} {
			wantRefusal(t, c, ann, "POST", "/friend/apply", `{"to_uid":"`+bob.UID+`","vercode":`+vercode+`}`)
		}
		c.wantText(eve, bob, "x", "已经是好友，不能再申请！")
		if dump(t, c.db) != before {
			t.Error("a refused request changed the database")
		}
		for _, vercode := range []string{search, qr, card} {
			c.wantText(ann, bob, vercode, "")
		}
		c.strict()
	}
}
