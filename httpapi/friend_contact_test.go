package httpapi_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi/user"
)

func TestContactExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const remove, remark, sync = "00_friend_remove", "00_friendremark", "25_friendsync_get"
		ann, bob, eve := c.register("Ann", "13800000001"), c.register("Bob", "13800000002"), c.register("Eve", "13800000003")
		c.befriend(ann, bob)

		rename := func(p person, body string) { c.call(remark, p.Token, "PUT", "/v1/friend/remark", body) }
		rename(ann, `{"uid":"`+bob.UID+`","remark":"Bobby 😀"}`)
		rename(ann, `{"uid":"nobody","remark":"x"}`)
		rename(ann, `{"remark":"x"}`)
		rename(ann, `{"uid":"`+bob.UID+`","remark":"`+strings.Repeat("长", 65)+`"}`)
		rename(person{}, `{"uid":"`+bob.UID+`","remark":"x"}`)

		page := func(p person, query string) { c.call(sync, p.Token, "GET", "/v1/friend/sync"+query, "") }
		page(ann, "?version=0&limit=1&api_version=1")
		page(ann, "?version=1767254401")
		page(bob, "?version=1767254401&limit=&api_version=")
		page(ann, "?version=1767254403&api_version=1")
		page(ann, "?version=x&api_version=1")
		page(ann, "?version=-1")
		page(ann, "?limit=many")
		page(person{}, "?version=0")

		part := func(p person, uid string) { c.call(remove, p.Token, "DELETE", "/v1/friends/"+uid, "") }
		part(eve, ann.UID)
		part(ann, "u_10000")
		part(ann, "nobody")
		part(ann, "%07")
		part(person{}, bob.UID)
		part(ann, bob.UID)
		part(ann, bob.UID)
		page(ann, "?version=1767254403")
		page(bob, "?version=1767254402")
		c.call("04_user_parted", ann.Token, "GET", "/v1/users/"+bob.UID, "")
		c.call("04_user_parted", bob.Token, "GET", "/v1/users/"+ann.UID, "")
		c.call("27_messagesync_parted", ann.Token, "POST", "/v1/message/sync", `{"max_message_seq":"4"}`)
		c.call("27_messagesync_parted", bob.Token, "POST", "/v1/message/sync", `{"max_message_seq":"4"}`)
		c.compare()
	})
}

func TestFriendOnlineExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		ann, bob, eve := c.register("Ann", "13800000001"), c.register("Bob", "13800000002"), c.register("Eve", "13800000003")
		cat, dan := c.register("Cat", "13800000004"), c.register("Dan", "13800000005")
		for _, p := range []person{bob, cat, dan} {
			c.befriend(ann, p)
		}
		c.saw(bob, user.FlagWeb, true, 2)
		c.saw(cat, user.FlagApp, false, 23)
		c.saw(dan, user.FlagApp, false, 24)
		c.saw(eve, user.FlagApp, true, 1)
		ask := func(p person, body string) { c.call("26_friendonline", p.Token, "POST", "/v1/friend/online", body) }
		ask(ann, ``)
		ask(ann, `["`+strings.Join([]string{dan.UID, eve.UID, cat.UID, ann.UID, "u_10000", "nobody"}, `","`)+`"]`)
		ask(ann, `[]`)
		ask(eve, ``)
		ask(ann, `{}`)
		ask(ann, `[1]`)
		ask(person{}, ``)
		c.forget(bob, "DELETE", "/friends/"+ann.UID, "")
		ask(ann, ``)
		c.compare()
	})
}

// view is everything that p can read of relations.
func (c *client) view(p person, others ...person) string {
	c.t.Helper()
	var b strings.Builder
	paths := []string{"/friend/apply", "/friend/sync?version=0", "/user/reddot/friendApply", "/user/online"}
	for _, other := range others {
		paths = append(paths, "/users/"+other.UID)
	}
	for _, path := range paths {
		fmt.Fprintf(&b, "%s %s", path, c.forget(p, "GET", path, ""))
	}
	fmt.Fprintf(&b, "/message/sync %s", c.forget(p, "POST", "/message/sync", "{}"))
	return b.String()
}

// TestMeetRenamePartMeetAgain follows two people. A third one sees nothing of it
// at any time and can change nothing of it.
func TestMeetRenamePartMeetAgain(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		ann, bob, eve := c.register("Ann", "13800000001"), c.register("Bob", "13800000002"), c.register("Eve", "13800000003")
		eves := c.view(eve, ann, bob)
		token := ""
		// step lets one of the two do something, which Eve must not notice, and then
		// Eve try everything, which the two must not notice.
		step := func(p person, method, path, body string) {
			t.Helper()
			before := c.view(ann, bob) + c.view(bob, ann)
			if got := string(c.forget(p, method, path, body)); strings.TrimSpace(got) != `{"status":200}` {
				t.Errorf("%s %s: %s", method, path, got)
			}
			both := c.view(ann, bob) + c.view(bob, ann)
			if both == before {
				t.Errorf("%s %s: nobody notices", method, path)
			}
			if after := c.view(eve, ann, bob); after != eves {
				t.Errorf("%s %s: Eve reads\n%s\nand before\n%s", method, path, after, eves)
			}
			c.meddle(eve, token, ann, bob)
			if after := c.view(ann, bob) + c.view(bob, ann); after != both {
				t.Errorf("after %s %s Eve changed\n%s\ninto\n%s", method, path, both, after)
			}
			eves = c.view(eve, ann, bob)
		}
		apply := func(from, to person) {
			t.Helper()
			step(from, "POST", "/friend/apply", `{"to_uid":"`+to.UID+`","remark":"hello"}`)
			token = c.requestToken(to)
		}
		apply(ann, bob)
		step(bob, "DELETE", "/user/reddot/friendApply", "")
		step(bob, "PUT", "/friend/refuse/"+ann.UID, "")
		apply(ann, bob)
		step(bob, "POST", "/friend/sure", `{"token":"`+token+`"}`)
		step(ann, "PUT", "/friend/remark", `{"uid":"`+bob.UID+`","remark":"Bobby"}`)
		c.wantContact(ann, bob, `follow:1 is_deleted:0 remark:Bobby be_deleted:0`)
		step(bob, "DELETE", "/friends/"+ann.UID, "")
		c.wantContact(ann, bob, `follow:1 is_deleted:0 remark:Bobby be_deleted:1`)
		c.wantContact(bob, ann, `follow:0 is_deleted:1 remark: be_deleted:0`)
		step(ann, "DELETE", "/friends/"+bob.UID, "")
		c.wantContact(ann, bob, `follow:0 is_deleted:1 remark: be_deleted:0`)
		apply(bob, ann)
		step(ann, "POST", "/friend/sure", `{"token":"`+token+`"}`)
		c.wantContact(ann, bob, `follow:1 is_deleted:0 remark: be_deleted:0`)
		c.wantContact(bob, ann, `follow:1 is_deleted:0 remark: be_deleted:0`)
		step(ann, "DELETE", "/friend/apply/"+bob.UID, "")
	})
}

// meddle lets eve use what she has no right to.
func (c *client) meddle(eve person, token string, ann, bob person) {
	c.t.Helper()
	c.forget(eve, "POST", "/friend/sure", `{"token":"`+token+`"}`)
	c.forget(eve, "DELETE", "/user/reddot/friendApply", "")
	for _, p := range []person{ann, bob} {
		c.forget(eve, "PUT", "/friend/refuse/"+p.UID, "")
		c.forget(eve, "DELETE", "/friend/apply/"+p.UID, "")
		c.forget(eve, "DELETE", "/friends/"+p.UID, "")
		c.forget(eve, "PUT", "/friend/remark", `{"uid":"`+p.UID+`","remark":"mine"}`)
		c.forget(eve, "POST", "/friend/online", `["`+p.UID+`"]`)
	}
}

// wantContact checks what p syncs about peer.
func (c *client) wantContact(p, peer person, want string) {
	c.t.Helper()
	var rows []struct {
		UID       string
		Follow    int
		IsDeleted int `json:"is_deleted"`
		BeDeleted int `json:"be_deleted"`
		Remark    string
	}
	if err := json.Unmarshal(c.forget(p, "GET", "/friend/sync?version=0", ""), &rows); err != nil {
		c.t.Fatal(err)
	}
	for _, r := range rows {
		if r.UID != peer.UID {
			continue
		}
		got := fmt.Sprintf("follow:%d is_deleted:%d remark:%s be_deleted:%d", r.Follow, r.IsDeleted, r.Remark, r.BeDeleted)
		if got != want {
			c.t.Errorf("contact %s, want %s", got, want)
		}
		return
	}
	c.t.Errorf("%s is no contact", c.names[peer.UID])
}
