package httpapi_test

import "testing"

func TestChannelExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const op = "ext_channel"
		ann, bob, eve := c.register("Ann", "13800000001"), c.register("Bob", "13800000002"), c.register("Eve", "13800000003")
		c.call("-", ann.Token, "POST", "/v1/friend/apply", `{"to_uid":"`+bob.UID+`"}`)
		c.call("-", bob.Token, "POST", "/v1/friend/sure", `{"token":"`+c.requestToken(bob)+`"}`)
		c.call("-", ann.Token, "PUT", "/v1/users/"+bob.UID+"/setting", `{"remark":"The Boss","mute":1,"top":1}`)
		delete(c.seen, "-")
		show := func(p person, channel string) { c.call(op, p.Token, "GET", "/v1/channels/"+channel, "") }
		show(ann, bob.UID+"/1")
		show(bob, ann.UID+"/1")
		show(eve, ann.UID+"/1")
		show(eve, eve.UID+"/1")
		show(ann, "fileHelper/1")
		show(ann, "nobody/1")
		show(ann, "%00/1")
		show(ann, "g1/2")
		show(ann, "g1/3")
		show(ann, "g1/0")
		show(ann, "g1/-1")
		show(ann, "g1/x")
		show(ann, "g1/99999999999999999999")
		show(person{}, bob.UID+"/1")
		c.compare()
	})
}
