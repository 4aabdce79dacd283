package httpapi_test

import (
	"testing"

	"github.com/ruyi-im/ruyi/store"
)

func TestBlacklistExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const op14, op15, op16 = "14_blacklists", "15_blacklist_add", "16_blacklist_remove"
		ann, bob, eve := c.register("Ann", "13800000001"), c.register("Bob", "13800000002"), c.register("Eve", "13800000003")
		c.befriend(ann, bob)
		list := func(p person) { c.call(op14, p.Token, "GET", "/v1/user/blacklists", "") }
		block := func(p person, uid string) { c.call(op15, p.Token, "POST", "/v1/user/blacklist/"+uid, "") }
		unblock := func(p person, uid string) { c.call(op16, p.Token, "DELETE", "/v1/user/blacklist/"+uid, "") }
		look := func(op string) {
			c.call(op, ann.Token, "GET", "/v1/users/"+bob.UID, "")
			c.call(op, bob.Token, "GET", "/v1/users/"+ann.UID, "")
			c.call(op, eve.Token, "GET", "/v1/users/"+bob.UID, "")
			for _, p := range []person{ann, bob} {
				c.call(op, p.Token, "POST", "/v1/friend/sync?sync_key=1767254402@0", "")
				c.call(op, p.Token, "POST", "/v1/message/sync", `{"max_message_seq":"3"}`)
			}
			c.call(op, eve.Token, "POST", "/v1/message/sync", ``)
		}
		list(ann)
		block(ann, "%20")
		block(ann, ann.UID)
		block(ann, "nobody")
		block(ann, bob.UID)
		block(ann, bob.UID)
		c.call(op15, "", "POST", "/v1/user/blacklist/"+bob.UID, "")
		look(op15)
		list(ann)
		list(bob)
		list(eve)
		c.call(op14, "", "GET", "/v1/user/blacklists", "")

		unblock(eve, bob.UID)
		unblock(bob, ann.UID)
		unblock(ann, "%20")
		unblock(ann, "nobody")
		c.call(op16, "", "DELETE", "/v1/user/blacklist/"+bob.UID, "")
		unblock(ann, bob.UID)
		unblock(ann, bob.UID)
		look(op16)
		c.call(op16, ann.Token, "GET", "/v1/user/blacklists", "")
		c.compare()
	})
}

// TestBlockedFriendRequests records what both sides of a block hear when they
// ask for or accept a friendship.
func TestBlockedFriendRequests(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const op23, op24 = "23_apply_blocked", "24_sure_blocked"
		ann, bob, eve := c.register("Ann", "13800000001"), c.register("Bob", "13800000002"), c.register("Eve", "13800000003")
		apply := func(from, to person) {
			c.call(op23, from.Token, "POST", "/v1/friend/apply", `{"to_uid":"`+to.UID+`"}`)
		}
		c.call("-", bob.Token, "POST", "/v1/user/blacklist/"+ann.UID, "")
		apply(ann, bob)
		apply(bob, ann)
		c.call(op23, bob.Token, "POST", "/v1/message/sync", ``)
		c.call(op23, ann.Token, "POST", "/v1/message/sync", ``)

		apply(eve, bob)
		apply(eve, ann)
		delete(c.seen, "-")
		toBob, toAnn := c.requestToken(bob), c.requestToken(ann)
		c.names[toBob], c.names[toAnn] = "<token of a request to Bob>", "<token of a request to Ann>"
		c.call("-", eve.Token, "POST", "/v1/user/blacklist/"+bob.UID, "")
		c.call("-", ann.Token, "POST", "/v1/user/blacklist/"+eve.UID, "")
		delete(c.seen, "-")
		c.call(op24, bob.Token, "POST", "/v1/friend/sure", `{"token":"`+toBob+`"}`)
		c.call(op24, ann.Token, "POST", "/v1/friend/sure", `{"token":"`+toAnn+`"}`)
		c.compare()
	})
}

// TestHowPeopleMet records what friends who met by a search read of it.
func TestHowPeopleMet(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const op4, op25 = "04_user_by_search", "25_friendsync_by_search"
		ann, bob := c.register("Ann", "13800000001"), c.register("Bob", "13800000002")
		c.befriend(ann, bob)
		if err := c.db.Update(t.Context(), func(tx store.Conn) error {
			_, err := tx.ExecContext(t.Context(), "UPDATE ruyi_friend SET source = 'a@b@1' WHERE vercode <> ''")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		c.call(op4, ann.Token, "GET", "/v1/users/"+bob.UID, "")
		c.call(op4, bob.Token, "GET", "/v1/users/"+ann.UID, "")
		c.call(op25, ann.Token, "POST", "/v1/friend/sync?sync_key=1767254401@0", "")
		c.call(op25, bob.Token, "POST", "/v1/friend/sync?sync_key=1767254401@0", "")
		c.compare()
	})
}
