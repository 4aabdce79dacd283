package httpapi_test

import "testing"

func TestPasswordExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const forget, reset, change = "00_sms_forgetpwd", "00_pwdforget", "00_updatepassword"
		ann := c.register("Ann", "13800000001")
		code := func(body string) { c.call(forget, "", "POST", "/v1/user/sms/forgetpwd", body) }
		code(`{"phone":"13800000001"}`)
		code(`{"zone":"0086"}`)
		code(`{"zone":"0086","phone":"1380000000a"}`)
		for _, phone := range []string{"13800000001", "13800000009"} { // with an account, and without
			code(`{"zone":"0086","phone":"` + phone + `"}`)
			code(`{"zone":"0086","phone":"` + phone + `"}`)
		}

		pwdforget := func(body string) { c.call(reset, "", "POST", "/v1/user/pwdforget", body) }
		pwdforget(`{"zone":"0086","phone":"13800000001","pwd":"battery staple"}`)
		pwdforget(`{"zone":"0086","phone":"13800000001","code":"123456"}`)
		pwdforget(`{"zone":"0086","phone":"13800000001","code":"123456","pwd":"short"}`)
		pwdforget(`{"zone":"0086","phone":"13800000001","code":"123456","pwd":"Password1"}`)
		pwdforget(`{"zone":"0086","phone":"13800000001","code":"654321","pwd":"battery staple"}`)
		pwdforget(`{"zone":"0086","phone":"13800000009","code":"123456","pwd":"battery staple"}`)
		pwdforget(`{"zone":"0086","phone":"13800000001","code":"123456","pwd":"battery staple"}`)
		c.call(reset, ann.Token, "GET", "/v1/users/"+ann.UID, "")

		signIn := func() person {
			defer delete(c.seen, "-")
			p := decode[person](c, "-", "", "POST", "/v1/user/login", `{"username":"008613800000001","password":"battery staple"}`)
			c.names[p.Token] = "<new token of Ann>"
			return p
		}
		ann = signIn()
		update := func(body string) { c.call(change, ann.Token, "PUT", "/v1/user/updatepassword", body) }
		update(`{"new_password":"tr0ub4dor and three"}`)
		update(`{"password":"battery staple"}`)
		update(`{"password":"battery staple","new_password":"short"}`)
		update(`{"password":"battery staple","new_password":"qwertyuiop"}`)
		update(`{"password":"correct horse","new_password":"tr0ub4dor and three"}`)
		update(`{"password":"battery staple","new_password":"tr0ub4dor and three"}`)
		update(`{"password":"battery staple","new_password":"tr0ub4dor and three"}`)
		c.call(change, "", "PUT", "/v1/user/updatepassword", `{"password":"battery staple","new_password":"tr0ub4dor and three"}`)
		c.compare()
	})
}

func TestQuitExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const quit, quitPC = "00_quit", "00_pc_quit"
		ann := c.register("Ann", "13800000001")
		pc := decode[person](c, "-", "", "POST", "/v1/user/login", `{"username":"008613800000001","password":"correct horse","flag":1}`)
		delete(c.seen, "-")
		card := func(op, token string) { c.call(op, token, "GET", "/v1/users/u_10000", "") }
		c.call(quitPC, "", "POST", "/v1/user/pc/quit", "")
		card(quitPC, pc.Token)
		c.call(quitPC, ann.Token, "POST", "/v1/user/pc/quit", "")
		card(quitPC, pc.Token)

		c.call(quit, "", "POST", "/v1/user/quit", "")
		card(quit, ann.Token)
		c.call(quit, ann.Token, "POST", "/v1/user/quit", "")
		c.call(quit, ann.Token, "POST", "/v1/user/quit", "")
		card(quit, ann.Token)
		c.compare()
	})
}

// TestLoginWaitExchanges shows the two refusals of too many logins.
func TestLoginWaitExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const op = "02_login_too_often"
		for range 6 {
			c.call(op, "", "POST", "/v1/user/login", `{"username":"008613800000001","password":"wrong horse"}`)
		}
		c.seen[op] = c.seen[op][4:]
		for n := range 30 {
			c.call("-", "", "POST", "/v1/user/login", `{"username":"008613800000001","password":"wrong horse"}`)
			if n == 29 {
				c.seen[op] = append(c.seen[op], c.seen["-"][n])
			}
		}
		delete(c.seen, "-")
		c.compare()
	})
}
