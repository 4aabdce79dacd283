package httpapi_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi/group"
)

// inviteNo finds the number of the newest invite that somebody heard of, and where
// in their queue.
func (c *client) inviteNo(p person) (no string, seq int) {
	c.t.Helper()
	queue, err := c.db.Messages().Queue(c.t.Context(), p.UID, 0, 1000)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, m := range queue {
		var payload struct {
			InviteNo string `json:"invite_no"`
		}
		if err := json.Unmarshal(m.Payload, &payload); err == nil && payload.InviteNo != "" {
			no, seq = payload.InviteNo, int(m.QueueSeq)
		}
	}
	if no == "" {
		c.t.Fatal("no invite")
	}
	return no, seq
}

// secret gives a name to the code in a link, and returns it.
func (c *client) secret(link, name string) string {
	c.t.Helper()
	u, err := url.Parse(link)
	if err != nil {
		c.t.Fatal(err)
	}
	code := u.Query().Get("auth_code")
	if code == "" {
		code = link[strings.LastIndexByte(link, '/')+1:]
	}
	if len(code) != 32 {
		c.t.Fatalf("no code in %q", link)
	}
	c.names[code] = "<" + name + ">"
	return code
}

func TestInviteExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const op44, op45, detail, sure = "44_group_invite", "45_group_h5confirm", "x_group_invite", "x_group_invite_sure"
		ann, bob, eve := c.register("Ann", "13800000001"), c.register("Bob", "13800000002"), c.register("Eve", "13800000003")
		c.befriend(ann, bob)
		no := c.foundGroup("-", ann, "group", `{"name":"g","members":["`+bob.UID+`"]}`)
		path := "/v1/groups/" + no + "/member/"
		c.call("-", ann.Token, "PUT", "/v1/groups/"+no, `{"invite":1}`)

		invite := func(p person, body string) { c.call(op44, p.Token, "POST", path+"invite", body) }
		invite(bob, `{}`)
		invite(bob, `{"uids":["`+ann.UID+`"]}`)
		invite(bob, `{"uids":"`+eve.UID+`"}`)
		invite(bob, `{"uids":["`+eve.UID+`"],"remark":"a\n"}`)
		invite(eve, `{"uids":["`+eve.UID+`"]}`)
		invite(person{}, `{"uids":["`+eve.UID+`"]}`)
		invite(bob, `{"uids":["`+eve.UID+`","nobody"],"remark":"she is kind"}`)
		inviteNo, seq := c.inviteNo(ann)
		c.names[inviteNo] = "<invite>"
		c.heard(op44, ann, seq-1)

		h5 := func(p person, query string) string {
			return decode[struct{ URL string }](c, op45, p.Token, "GET", path+"h5confirm"+query, "").URL
		}
		h5(ann, "")
		h5(ann, "?invite_no=unknown")
		h5(bob, "?invite_no="+inviteNo)
		h5(eve, "?invite_no="+inviteNo)
		h5(person{}, "?invite_no="+inviteNo)
		code := c.secret(h5(ann, "?invite_no="+inviteNo), "confirm code")

		c.call(detail, "", "GET", "/v1/group/invites/"+inviteNo, "")
		c.call(detail, "", "GET", "/v1/group/invites/unknown", "")
		c.call(sure, "", "POST", "/v1/group/invite/sure", "")
		c.call(sure, "", "POST", "/v1/group/invite/sure?auth_code=unknown", "")
		c.call(sure, "", "POST", "/v1/group/invite/sure?auth_code="+code, "")
		c.call(sure, "", "POST", "/v1/group/invite/sure?auth_code="+code, "")
		c.call(detail, "", "GET", "/v1/group/invites/"+inviteNo, "")
		h5(ann, "?invite_no="+inviteNo)
		delete(c.seen, "-")
		c.compare()
	})
}

func TestGroupCodeExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const op42, op47, join = "42_group_qrcode", "47_qrcode_group", "x_group_scanjoin"
		ann, bob, eve := c.register("Ann", "13800000001"), c.register("Bob", "13800000002"), c.register("Eve", "13800000003")
		c.befriend(ann, bob)
		no := c.foundGroup("-", ann, "group", `{"name":"g","members":["`+bob.UID+`"]}`)
		share := func(p person, no string) string {
			return decode[struct{ QRCode string }](c, op42, p.Token, "GET", "/v1/groups/"+no+"/qrcode", "").QRCode
		}
		picture := c.secret(share(bob, no), "picture")
		share(eve, no)
		share(ann, "unknown")
		share(person{}, no)

		scan := func(p person, code string) string {
			return decode[struct{ Data struct{ URL string } }](c, op47, p.Token, "GET", "/v1/qrcode/"+code, "").Data.URL
		}
		scan(ann, picture)
		scan(ann, strings.Repeat("0", 32))
		code := c.secret(scan(eve, picture), "join code")

		try := func(method, no, code string) {
			c.call(join, "", method, "/v1/groups/"+no+"/scanjoin?auth_code="+code, "")
		}
		try("GET", "unknown", code)
		try("GET", no, "")
		try("GET", no, picture)
		c.changeGroup(no, func(g *group.Group) { g.Invite = true })
		try("POST", no, code)
		c.changeGroup(no, func(g *group.Group) { g.Invite = false })
		try("POST", no, code)
		try("GET", no, code)
		c.heard(join, eve, 0)
		c.member(no, eve.UID, func(m *group.Member) { m.Deleted = true })
		share(eve, no)
		again := c.secret(scan(eve, picture), "second join code")
		try("GET", no, again)
		c.call(op47, eve.Token, "GET", "/v1/qrcode/"+picture, "")
		delete(c.seen, "-")
		c.compare()
	})
}

// changeGroup changes what is stored of a group.
func (c *client) changeGroup(no string, change func(g *group.Group)) {
	c.t.Helper()
	if err := c.db.Groups().Update(c.t.Context(), func(tx group.Tx) error {
		g, err := tx.LockGroup(c.t.Context(), no)
		if err != nil {
			return err
		}
		change(&g)
		return tx.SaveGroup(c.t.Context(), g)
	}); err != nil {
		c.t.Fatal(err)
	}
}
