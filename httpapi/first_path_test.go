package httpapi_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"testing"
)

// person is somebody who uses the API.
type person struct {
	UID   string `json:"uid"`
	Token string `json:"token"`
}

// register opens an account without recording it.
func (c *client) register(name, phone string) person {
	c.t.Helper()
	p := decode[person](c, "-", "", "POST", "/v1/user/register", fmt.Sprintf(
		`{"zone":"0086","phone":%q,"code":"123456","password":"correct horse","name":%q}`, phone, name))
	delete(c.seen, "-")
	if p.Token == "" {
		c.t.Fatalf("%s has no token", name)
	}
	c.names[p.UID], c.names[p.Token] = "<"+name+">", "<token of "+name+">"
	return p
}

// requestToken finds the token of the newest friend request in a queue.
func (c *client) requestToken(p person) string {
	c.t.Helper()
	var token string
	for _, m := range decode[[]struct{ Payload string }](c, "-", p.Token, "POST", "/v1/message/sync", `{}`) {
		raw, err := base64.StdEncoding.DecodeString(m.Payload)
		if err != nil {
			c.t.Fatal(err)
		}
		var command struct {
			Cmd   string
			Param struct{ Token string }
		}
		if err := json.Unmarshal(raw, &command); err != nil {
			c.t.Fatal(err)
		}
		if command.Cmd == "friendRequest" {
			token = command.Param.Token
		}
	}
	delete(c.seen, "-")
	c.names[token] = "<request token>"
	return token
}

func TestAccountExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const op19, op1, op2, op4 = "19_registercode", "01_register", "02_login", "04_user"
		c.call(op19, "", "POST", "/v1/user/sms/registercode", `{"zone":"0086","phone":"13800000001"}`)
		c.call(op19, "", "POST", "/v1/user/sms/registercode", `{"zone":"0086","phone":"13800000001"}`)
		c.call(op19, "", "POST", "/v1/user/sms/registercode", `{"phone":"13800000001"}`)
		c.call(op19, "", "POST", "/v1/user/sms/registercode", `{"zone":"0086"}`)
		c.call(op19, "", "POST", "/v1/user/sms/registercode", `{"zone":"0086","phone":"1380000000a"}`)

		register := func(body string) { c.call(op1, "", "POST", "/v1/user/register", body) }
		register(`{"zone":"0086","phone":"13800000001","password":"correct horse"}`)
		register(`{"zone":"0086","phone":"13800000001","code":"654321","password":"correct horse"}`)
		register(`{"zone":"0086","phone":"13800000001","code":"123456","password":"short"}`)
		register(`{"zone":"0086","phone":"13800000001","code":"123456","password":"correct horse","flag":3}`)
		register(`{"zone":"0086","phone":"13800000001","code":"123456","password":"correct horse","name":"a\u0000b"}`)
		register(`{"zone":"0086","phone":"13800000001","code":"123456","Code":"123456","password":"correct horse"}`)
		ann := decode[person](c, op1, "", "POST", "/v1/user/register", `{"zone":"0086","phone":"13800000001",`+
			`"code":"123456","password":"correct horse","name":"Ann","flag":0,`+
			`"device":{"device_id":"d1","device_name":"Ann's phone","device_model":"M1"},"invite_code":"ignored"}`)
		c.names[ann.UID], c.names[ann.Token] = "<Ann>", "<token of Ann>"
		register(`{"zone":"+86","phone":"13800000001","code":"123456","password":"correct horse"}`)
		c.call(op19, "", "POST", "/v1/user/sms/registercode", `{"zone":"0086","phone":"13800000001"}`)

		login := func(body string) { c.call(op2, "", "POST", "/v1/user/login", body) }
		login(`{"username":"008613800000001","password":"correct horse","flag":1}`)
		login(`{"username":"008613800000001","password":"wrong horse"}`)
		login(`{"username":"008613800000009","password":"wrong horse"}`)
		login(`{"password":"correct horse"}`)
		login(`{"username":"008613800000001"}`)
		login(`{"username":"008613800000001","password":"correct horse"`)
		login(`[]`)
		login(``)

		bob := c.register("Bob", "13800000002")
		c.call(op4, ann.Token, "GET", "/v1/users/"+ann.UID, "")
		c.call(op4, bob.Token, "GET", "/v1/users/"+ann.UID+"?group_no=", "")
		c.call(op4, bob.Token, "GET", "/v1/users/u_10000", "")
		c.call(op4, bob.Token, "GET", "/v1/users/nobody", "")
		c.call(op4, "", "GET", "/v1/users/"+ann.UID, "")
		c.call(op4, "0123456789abcdef", "GET", "/v1/users/"+ann.UID, "")
		c.compare()
	})
}

func TestFriendExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const op23, op24, op25 = "23_apply", "24_sure", "25_friendsync"
		ann, bob, eve := c.register("Ann", "13800000001"), c.register("Bob", "13800000002"), c.register("Eve", "13800000003")
		apply := func(token, body string) { c.call(op23, token, "POST", "/v1/friend/apply", body) }
		apply(ann.Token, `{"remark":"hi"}`)
		apply(ann.Token, `{"to_uid":"`+ann.UID+`"}`)
		apply(ann.Token, `{"to_uid":"nobody"}`)
		apply(ann.Token, `{"to_uid":12}`)
		apply("", `{"to_uid":"`+bob.UID+`"}`)
		apply(ann.Token, `{"to_uid":"`+bob.UID+`","remark":"I am Ann 😀"}`)
		token := c.requestToken(bob)

		sure := func(p person, body string) { c.call(op24, p.Token, "POST", "/v1/friend/sure", body) }
		sure(bob, `{}`)
		sure(bob, `{"token":"0123456789abcdef0123456789abcdef"}`)
		sure(eve, `{"token":"`+token+`"}`)
		sure(ann, `{"token":"`+token+`"}`)
		sure(bob, `{"token":"`+token+`"}`)
		sure(bob, `{"token":"`+token+`"}`)
		apply(bob.Token, `{"to_uid":"`+ann.UID+`"}`)

		sync := func(p person, query string) { c.call(op25, p.Token, "POST", "/v1/friend/sync"+query, "") }
		sync(ann, "")
		sync(ann, "?sync_key=2026-01-01+08:00:00@1&limit=1")
		sync(ann, "?sync_key=1767254401@0")
		sync(ann, "?sync_key=2026-01-01+08:00:02@9")
		sync(ann, "?sync_key=yesterday@1")
		sync(ann, "?sync_key=1767254401")
		sync(ann, "?limit=many")
		c.call("04_user_of_a_friend", ann.Token, "GET", "/v1/users/"+bob.UID, "")
		c.compare()
	})
}

func TestMessageExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const op27, op30 = "27_messagesync", "30_syncack"
		ann, bob := c.register("Ann", "13800000001"), c.register("Bob", "13800000002")
		c.call("-", ann.Token, "POST", "/v1/friend/apply", `{"to_uid":"`+bob.UID+`"}`)
		c.call("-", bob.Token, "POST", "/v1/friend/sure", `{"token":"`+c.requestToken(bob)+`"}`)
		delete(c.seen, "-")

		sync := func(p person, body string) { c.call(op27, p.Token, "POST", "/v1/message/sync", body) }
		sync(bob, ``)
		sync(bob, `{"max_message_seq":"2","limit":1}`)
		sync(ann, `{"max_message_seq":1}`)
		sync(ann, `{"channel_id":"`+bob.UID+`","channel_type":1,"max_message_seq":"1","limit":"50"}`)
		sync(ann, `{"channel_id":"g1","channel_type":2}`)
		sync(ann, `{"channel_id":"g1","channel_type":513}`)
		sync(ann, `{"max_message_seq":"-1"}`)
		sync(ann, `{"max_message_seq":"many"}`)

		ack := func(seq string) { c.call(op30, bob.Token, "POST", "/v1/message/syncack/"+seq, "") }
		ack("abc")
		ack("0")
		ack("99999999999999999999")
		ack("3")
		ack("1")
		sync(bob, `{}`)
		ack("1000")
		sync(bob, `{}`)
		sync(bob, `{"max_message_seq":"3"}`)
		c.compare()
	})
}
