package httpapi_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/ruyi-im/ruyi/store"
)

// registerOn opens an account on a device without recording it.
func (c *client) registerOn(name, phone, device string) person {
	c.t.Helper()
	p := decode[person](c, "-", "", "POST", "/v1/user/register", fmt.Sprintf(
		`{"zone":"0086","phone":%q,"code":"123456","password":"correct horse","name":%q,`+
			`"device":{"device_id":%q,"device_name":"%s's phone","device_model":"M1"}}`, phone, name, device, name))
	delete(c.seen, "-")
	c.names[p.UID], c.names[p.Token] = "<"+name+">", "<token of "+name+">"
	return p
}

// from does what comes from another address.
func (c *client) from(addr string, do func()) {
	here := c.handler
	c.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.RemoteAddr = addr
		here.ServeHTTP(w, r)
	})
	do()
	c.handler = here
}

// lockDevices turns the device lock of everybody on.
func (c *client) lockDevices() {
	c.t.Helper()
	if err := c.db.Update(c.t.Context(), func(tx store.Conn) error {
		_, err := tx.ExecContext(c.t.Context(), "UPDATE ruyi_user SET device_lock = 1")
		return err
	}); err != nil {
		c.t.Fatal(err)
	}
}

const lockedLogin = `{"username":"008613800000001","password":"correct horse","flag":0,` +
	`"device":{"device_id":%q,"device_name":"Ann's other phone","device_model":"M2"}}`

func TestDeviceLockExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const op2, op17, op18 = "02_login_devicelock", "17_login_check_phone", "18_check_phone"
		ann := c.registerOn("Ann", "13800000001", "d1")
		bob := c.registerOn("Bob", "13800000002", "d1")
		c.lockDevices()
		login := func(device string) string {
			t.Helper()
			challenge := decode[struct{ Challenge string }](c, op2, "", "POST", "/v1/user/login", fmt.Sprintf(lockedLogin, device)).Challenge
			if challenge != "" {
				c.names[challenge] = "<challenge of " + device + ">"
			}
			return challenge
		}
		login("d1")
		c.call(op2, "", "POST", "/v1/user/login", `{"username":"008613800000001","password":"correct horse"}`)
		d2 := login("d2")

		send := func(body string) { c.call(op17, "", "POST", "/v1/user/sms/login_check_phone", body) }
		send(`{}`)
		send(`{"uid":"nobody"}`)
		send(`{"uid":"` + bob.UID + `"}`)
		c.from("198.51.100.7:1", func() { send(`{"uid":"` + ann.UID + `"}`) })
		send(`{"uid":"` + ann.UID + `"}`)
		send(`{"uid":"` + ann.UID + `","challenge":"` + d2 + `"}`)

		check := func(body string) { c.call(op18, "", "POST", "/v1/user/login/check_phone", body) }
		check(`{"code":"123456"}`)
		check(`{"uid":"` + ann.UID + `"}`)
		check(`{"uid":"` + bob.UID + `","code":"123456"}`)
		c.from("198.51.100.7:1", func() { check(`{"uid":"` + ann.UID + `","code":"123456"}`) })
		check(`{"uid":"` + ann.UID + `","code":"654321"}`)
		check(`{"uid":"` + ann.UID + `","code":"123456"}`)
		check(`{"uid":"` + ann.UID + `","code":"123456"}`)
		login("d2")

		d3 := login("d3")
		login("d4")
		send(`{"uid":"` + ann.UID + `"}`)
		send(`{"uid":"` + ann.UID + `","challenge":"` + d3 + `"}`)
		check(`{"uid":"` + ann.UID + `","code":"123456"}`)
		check(`{"uid":"` + ann.UID + `","code":"123456","challenge":"0123456789abcdef"}`)
		c.from("198.51.100.7:1", func() {
			check(`{"uid":"` + ann.UID + `","code":"123456","challenge":"` + d3 + `"}`)
			check(`{"uid":"` + ann.UID + `","code":"123456","challenge":"` + d3 + `"}`)
		})
		c.compare()
	})
}

func TestDeviceExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const op10, op11, one = "10_devices", "11_device_remove", "00_device"
		ann, bob := c.registerOn("Ann", "13800000001", "d1"), c.registerOn("Bob", "13800000002", "d9")
		pc := decode[person](c, "-", "", "POST", "/v1/user/login", `{"username":"008613800000001","password":"correct horse","flag":1,`+
			`"device":{"device_id":"pc","device_name":"Ann's computer","device_model":"M2"}}`)
		c.names[pc.Token] = "<token of Ann's computer>"
		delete(c.seen, "-")

		list := func(p person, query string) { c.call(op10, p.Token, "GET", "/v1/user/devices"+query, "") }
		list(ann, "")
		list(pc, "?page_index=1&page_size=15")
		list(ann, "?page_index=2&page_size=1")
		list(ann, "?page_index=3&page_size=1")
		list(ann, "?page_index=first")
		list(person{}, "")

		get := func(p person, id string) { c.call(one, p.Token, "GET", "/v1/user/devices/"+id, "") }
		get(pc, "pc")
		get(pc, "d1")
		get(pc, "d9")

		remove := func(p person, id string) { c.call(op11, p.Token, "DELETE", "/v1/user/devices/"+id, "") }
		remove(pc, "d9")
		remove(pc, "nothing")
		remove(pc, "%07")
		list(bob, "")
		remove(pc, "d1")
		list(pc, "")
		list(ann, "")
		remove(pc, "pc")
		get(pc, "pc")
		list(pc, "")
		c.compare()
	})
}

func TestPushExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const op6, op7, op8 = "06_device_token", "07_device_token_remove", "08_device_badge"
		ann := c.register("Ann", "13800000001")
		register := func(token, body string) { c.call(op6, token, "POST", "/v1/user/device_token", body) }
		register(ann.Token, `{}`)
		register(ann.Token, `{"device_token":"t1"}`)
		register(ann.Token, `{"device_token":"t1","device_type":"IOS"}`)
		register(ann.Token, `{"device_token":"t1","device_type":"WINDOWS","bundle_id":"com.example.chat"}`)
		register(ann.Token, `{"device_token":"t\t1","device_type":"IOS","bundle_id":"com.example.chat"}`)
		register(ann.Token, `{"device_token":"t1","device_type":"IOS","bundle_id":"com\u202eexample.chat"}`)
		register("", `{"device_token":"t1","device_type":"IOS","bundle_id":"com.example.chat"}`)
		register(ann.Token, `{"device_token":"t1","device_type":"IOS","bundle_id":"com.example.chat"}`)
		register(ann.Token, `{"device_token":"t2","device_type":"HMS","bundle_id":"com.example.chat"}`)

		badge := func(body string) { c.call(op8, ann.Token, "POST", "/v1/user/device_badge", body) }
		badge(`{"badge":3}`)
		badge(`{"badge":"0"}`)
		badge(`{"badge":99999}`)
		badge(`{"badge":100000}`)
		badge(`{"badge":9223372036854775807}`)
		badge(`{"badge":-1}`)
		badge(`{"badge":1.5}`)

		c.call(op7, ann.Token, "DELETE", "/v1/user/device_token", "")
		c.call(op7, ann.Token, "DELETE", "/v1/user/device_token", "")
		c.call(op7, "", "DELETE", "/v1/user/device_token", "")
		c.compare()
	})
}
