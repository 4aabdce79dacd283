package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi"
	"github.com/ruyi-im/ruyi/httpapi"
	"github.com/ruyi-im/ruyi/user"
)

// befriend makes two people friends without recording it.
func (c *client) befriend(a, b person) {
	c.t.Helper()
	c.call("-", a.Token, "POST", "/v1/friend/apply", `{"to_uid":"`+b.UID+`"}`)
	c.call("-", b.Token, "POST", "/v1/friend/sure", `{"token":"`+c.requestToken(b)+`"}`)
	delete(c.seen, "-")
}

// saw reports that devices came or went, hours before now.
func (c *client) saw(p person, f user.Flag, online bool, hours int) {
	c.t.Helper()
	core, err := ruyi.New(c.db, ruyi.Options{Pepper: make([]byte, 32), Now: func() time.Time { return now }})
	if err != nil {
		c.t.Fatal(err)
	}
	_, err = core.User.Report(c.t.Context(), []user.PresenceReport{
		{UID: p.UID, Flag: f, Online: online, At: now.Add(-time.Duration(hours) * time.Hour)},
	})
	if err != nil {
		c.t.Fatal(err)
	}
}

func TestPresenceExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const op22, list, among, op4 = "22_chatonline", "x_useronline", "x_useronline_among", "04_user_online"
		ann, bob, eve := c.register("Ann", "13800000001"), c.register("Bob", "13800000002"), c.register("Eve", "13800000003")
		cat, dan := c.register("Cat", "13800000004"), c.register("Dan", "13800000005")
		for _, p := range []person{bob, cat, dan} {
			c.befriend(ann, p)
		}
		get := func(p person) {
			c.call(op22, p.Token, "GET", "/v1/user/chat/online", "")
			c.call(list, p.Token, "GET", "/v1/user/online", "")
		}
		get(ann)
		c.saw(ann, user.FlagApp, true, 1)
		c.saw(ann, user.FlagPC, true, 1)
		c.saw(bob, user.FlagWeb, true, 2)
		c.saw(bob, user.FlagApp, false, 3)
		c.saw(cat, user.FlagApp, false, 23)
		c.saw(dan, user.FlagApp, false, 24)
		c.saw(eve, user.FlagApp, true, 1)
		get(ann)
		get(eve)
		c.call(op22, "", "GET", "/v1/user/chat/online", "")

		ask := func(body string) { c.call(among, ann.Token, "POST", "/v1/user/online", body) }
		ask(`["` + strings.Join([]string{dan.UID, eve.UID, bob.UID, ann.UID, "u_10000", "nobody"}, `","`) + `"]`)
		ask(`[]`)
		ask(``)
		ask(`{}`)
		ask(`[1]`)

		c.call(op4, ann.Token, "GET", "/v1/users/"+bob.UID, "")
		c.call(op4, ann.Token, "GET", "/v1/users/"+dan.UID, "")
		c.call(op4, ann.Token, "GET", "/v1/users/"+eve.UID, "")
		c.call(op4, ann.Token, "GET", "/v1/users/"+ann.UID, "")
		c.compare()
	})
}

// directory answers until it is down.
type directory struct{ down error }

func (d *directory) Node(_ context.Context, uid string) (user.Node, error) {
	return user.Node{TCPAddr: "192.0.2.1:5100", WSAddr: "ws://192.0.2.1:5200/" + uid}, d.down
}

func TestNodeExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const op20 = "20_im"
		ann, bob := c.register("Ann", "13800000001"), c.register("Bob", "13800000002")
		ask := func(p person, uid string) {
			for _, method := range []string{"POST", "GET"} {
				c.call(op20, p.Token, method, "/v1/users/"+uid+"/im", "")
			}
		}
		ask(ann, ann.UID) // no address is configured

		d := &directory{}
		core, err := ruyi.New(c.db, ruyi.Options{Pepper: make([]byte, 32), User: user.Options{Directory: d}, Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		c.handler = httpapi.New(core, httpapi.Options{Location: time.UTC})
		ask(ann, ann.UID)
		ask(ann, bob.UID)
		ask(ann, "nobody")
		ask(person{}, ann.UID)
		d.down = fmt.Errorf("dial 192.0.2.1: %w", errors.ErrUnsupported)
		ask(ann, ann.UID)
		c.compare()
	})
}
