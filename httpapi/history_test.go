package httpapi_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store/sqlite"
)

// send stores drafts and names their ids in what is recorded.
func (c *client) send(drafts ...message.Draft) (ids []int64) {
	c.t.Helper()
	err := c.db.Messages().Update(c.t.Context(), func(tx message.Tx) error {
		sent, err := tx.Deliver(c.t.Context(), drafts...)
		ids = nil
		for _, m := range sent {
			ids = append(ids, m.ID)
		}
		return err
	})
	if err != nil {
		c.t.Fatal(err)
	}
	for _, id := range ids {
		c.names[fmt.Sprint(id)] = fmt.Sprintf("<message %d>", len(c.names))
	}
	return ids
}

// text is what somebody says in a channel.
func text(ch message.Channel, from person, content string) message.Draft {
	d := message.Between(now, from.UID, from.UID, map[string]any{"type": message.TypeText, "content": content})
	d.Channel, d.Recipients = ch, ch.Parties()
	return d
}

// chat makes a group of people, and the channel of the first two.
func (c *client) chat(people ...person) (two, group message.Channel) {
	c.t.Helper()
	group = message.Channel{ID: "g1", Type: message.Group}
	err := c.db.Messages().Update(c.t.Context(), func(tx message.Tx) error {
		for _, p := range people {
			if err := tx.Subscribe(c.t.Context(), group, true, p.UID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return message.PersonChannel(people[0].UID, people[1].UID), group
}

func TestHistoryExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const op27, newer = "27_messagesync_forms", "ext_channelsync"
		ann, bob, eve := c.register("Ann", "13800000001"), c.register("Bob", "13800000002"), c.register("Eve", "13800000003")
		two, group := c.chat(ann, bob)
		expired, secret := text(two, ann, "expired"), text(group, ann, "for Ann only")
		expired.SentAt, expired.Expire = now.Add(-2e9), 2
		secret.Visibles = []string{ann.UID}
		c.send(text(two, ann, "one"), expired, text(two, bob, "<three> & more"), text(group, ann, "to all"), secret)

		sync := func(p person, query, body string) { c.call(op27, p.Token, "POST", "/v1/message/sync"+query, body) }
		sync(bob, "", "")
		sync(bob, "?max_message_seq=3&limit=1", "")
		sync(bob, "?max_message_seq=3&limit=1", `{"max_message_seq":"0","limit":9}`)
		sync(bob, "?channel_id="+ann.UID+"&channel_type=1&max_message_seq=2", "")
		sync(bob, "", `{"channel_id":"g1","channel_type":"2","max_message_seq":""}`)
		sync(eve, "", `{"channel_id":"g1","channel_type":2}`)
		sync(eve, "", `{"channel_id":"g2","channel_type":2}`)
		sync(eve, "", `{"channel_id":"`+ann.UID+`","channel_type":1}`)
		sync(eve, "", `{"channel_id":"ann@bob","channel_type":1}`)
		sync(bob, "?max_message_seq=many", "")
		sync(bob, "?channel_id=g1&channel_type=-2", "")

		page := func(p person, body string) { c.call(newer, p.Token, "POST", "/v1/message/channel/sync", body) }
		page(bob, `{"channel_id":"`+ann.UID+`","channel_type":1,"limit":2}`)
		page(bob, `{"channel_id":"`+ann.UID+`","channel_type":1,"start_message_seq":1,"end_message_seq":0,"limit":2,"pull_mode":0,"device_uuid":"d"}`)
		page(bob, `{"channel_id":"`+ann.UID+`","channel_type":1,"start_message_seq":"1","end_message_seq":"3","limit":"1","pull_mode":1}`)
		page(bob, `{"channel_id":"g1","channel_type":2}`)
		page(eve, `{"channel_id":"g1","channel_type":2}`)
		page(eve, `{"channel_id":"`+ann.UID+`","channel_type":1}`)
		page(bob, `{"channel_id":"g1","channel_type":2,"start_message_seq":-1}`)
		page(bob, `{"channel_id":"g1","channel_type":2,"pull_mode":2}`)
		page(bob, `{}`)
		c.compare()
	})
}

func TestDeletionExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const op28, offset = "28_messagedelete", "ext_messageoffset"
		ann, bob, eve := c.register("Ann", "13800000001"), c.register("Bob", "13800000002"), c.register("Eve", "13800000003")
		two, group := c.chat(ann, bob)
		ids := c.send(text(two, ann, "one"), text(two, bob, "two"), text(two, ann, "three"), text(group, ann, "to all"), text(group, bob, "and back"))
		remove := func(p person, query, body string) { c.call(op28, p.Token, "DELETE", "/v1/message"+query, body) }
		look := func(op string, p person, ch string, typ int) {
			c.call(op, p.Token, "POST", "/v1/message/sync", fmt.Sprintf(`{"channel_id":%q,"channel_type":%d}`, ch, typ))
		}
		remove(bob, fmt.Sprintf("?message_id=%d", ids[0]), "")
		remove(bob, "", fmt.Sprintf(`[{"message_id":"%d","channel_id":%q,"channel_type":1,"message_seq":2},{"message_id":%d}]`, ids[1], ann.UID, ids[3]))
		remove(eve, fmt.Sprintf("?message_id=%d&channel_id=g1&channel_type=2", ids[4]), "")
		remove(bob, "?message_id=1", "")
		look(op28, bob, ann.UID, 1)
		look(op28, bob, "g1", 2)
		look(op28, ann, "g1", 2)
		remove(bob, "?channel_id=g1&channel_type=2", "")
		look(op28, bob, "g1", 2)
		remove(eve, "?channel_id=g1&channel_type=2", "")
		remove(eve, "?channel_id="+ann.UID+"&channel_type=1", "")
		remove(bob, "", "")
		remove(bob, "", "[]")
		remove(bob, "", "[{}]")
		remove(bob, "", "{}")
		remove(bob, "?message_id=x", "")
		remove(bob, "?channel_id=g1&channel_type=7", "")

		clear := func(p person, body string) { c.call(offset, p.Token, "POST", "/v1/message/offset", body) }
		clear(ann, `{"channel_id":"`+bob.UID+`","channel_type":1,"message_seq":2}`)
		look(offset, ann, bob.UID, 1)
		clear(ann, `{"channel_id":"`+bob.UID+`","channel_type":1,"message_seq":"1"}`)
		clear(ann, `{"channel_id":"`+bob.UID+`","channel_type":1,"message_seq":1000}`)
		look(offset, ann, bob.UID, 1)
		clear(ann, `{"channel_id":"`+bob.UID+`","channel_type":1}`)
		clear(eve, `{"channel_id":"g1","channel_type":2,"message_seq":1}`)
		c.compare()
	})
}

func TestRevocationExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const op29, extra = "29_messagerevoke", "ext_extrasync"
		ann, bob, eve := c.register("Ann", "13800000001"), c.register("Bob", "13800000002"), c.register("Eve", "13800000003")
		two, group := c.chat(ann, bob)
		late, asks, named := text(two, ann, "late"), text(group, ann, "read me"), text(two, ann, "named")
		late.SentAt, asks.Setting, named.ClientMsgNo = now.Add(-121e9), message.SettingReceipt, "no1"
		ids := c.send(text(two, ann, "slip"), late, asks, named, text(two, ann, "in the body"))
		revoke := func(p person, query, body string) {
			c.call(op29, p.Token, "POST", "/v1/message/revoke"+query, body)
		}
		revoke(bob, fmt.Sprintf("?message_id=%d&channel_id=%s&channel_type=1", ids[0], ann.UID), "")
		revoke(ann, fmt.Sprintf("?message_id=%d&channel_id=g1&channel_type=2", ids[0]), "")
		revoke(eve, fmt.Sprintf("?message_id=%d&channel_id=%s&channel_type=1", ids[0], ann.UID), "")
		revoke(ann, fmt.Sprintf("?message_id=%d&channel_id=%s&channel_type=1", ids[1], bob.UID), "")
		revoke(bob, fmt.Sprintf("?message_id=%d", ids[2]), "")
		revoke(ann, "", "")
		revoke(ann, "?message_id=x", "")
		revoke(ann, fmt.Sprintf("?message_id=%d&channel_id=%s&channel_type=1&client_msg_no=ignored", ids[0], bob.UID), "")
		revoke(ann, fmt.Sprintf("?message_id=%d", ids[0]), "")
		revoke(ann, "", fmt.Sprintf(`{"message_id":"%d","channel_id":%q,"channel_type":1}`, ids[4], bob.UID))
		revoke(ann, "?client_msg_no=no1&channel_id="+bob.UID+"&channel_type=1", "")
		c.call(op29, bob.Token, "POST", "/v1/message/sync", `{"channel_id":"`+ann.UID+`","channel_type":1,"limit":1}`)
		c.call(op29, bob.Token, "POST", "/v1/message/sync", `{"max_message_seq":5,"limit":1}`)

		sync := func(p person, body string) { c.call(extra, p.Token, "POST", "/v1/message/extra/sync", body) }
		read := func(p person, body string) { c.call(extra, p.Token, "POST", "/v1/message/readed", body) }
		read(bob, fmt.Sprintf(`{"channel_id":"g1","channel_type":2,"message_ids":["%d",%d,7]}`, ids[2], ids[4]))
		read(eve, fmt.Sprintf(`{"channel_id":"g1","channel_type":2,"message_ids":[%d]}`, ids[2]))
		read(bob, `{"channel_id":"g1","channel_type":2,"message_ids":[]}`)
		sync(bob, `{"channel_id":"g1","channel_type":2,"extra_version":0,"limit":100}`)
		sync(ann, `{"channel_id":"g1","channel_type":"2","extra_version":"0"}`)
		sync(bob, `{"channel_id":"`+ann.UID+`","channel_type":1,"extra_version":2}`)
		sync(bob, `{"channel_id":"g1","channel_type":2,"extra_version":1}`)
		sync(eve, `{"channel_id":"g1","channel_type":2}`)
		sync(eve, `{"channel_id":"`+ann.UID+`","channel_type":1}`)
		sync(bob, `{"channel_id":"g1","channel_type":2,"extra_version":-1}`)
		c.call(extra, bob.Token, "POST", "/v1/message/channel/sync", `{"channel_id":"g1","channel_type":2}`)
		c.compare()
	})
}

// TestMalformedMessageRequestsChangeNothing sends what no client should.
func TestMalformedMessageRequestsChangeNothing(t *testing.T) {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ruyi.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	c := newClient(t, db)
	ann, bob := c.register("Ann", "13800000001"), c.register("Bob", "13800000002")
	two, group := c.chat(ann, bob)
	id := c.send(text(two, ann, "one"), text(group, ann, "two"))[0]
	before := dump(t, c.db)
	wrong := []string{`{`, `[]`, `"x"`, `12`, `{"channel_id":"\u0000"}`, `{"channel_id":"\ud800"}`, `{"channel_id":1}`,
		`{"channel_id":"g1","channel_type":2,"Channel_Type":2}`, `{"channel_id":"g1","channel_type":1.5}`, `{"channel_id":"g1","channel_type":"x"}`,
		`{"channel_id":"a\u202eb","channel_type":1,"message_ids":[1],"message_seq":1,"message_id":1}`,
		`{"channel_id":"a@b","channel_type":1,"message_ids":[1],"message_seq":1,"message_id":1}`,
		`{"channel_id":"g1","channel_type":9,"message_ids":[1],"message_seq":1,"message_id":1}`,
		`{"channel_id":"g1","channel_type":258,"message_ids":[1],"message_seq":1,"message_id":1}`,
	}
	for path, bodies := range map[string][]string{
		"/message/sync":         nil,
		"/message/channel/sync": {`{}`, `{"channel_id":"g1","channel_type":2,"end_message_seq":-1}`, `{"channel_id":"g1","channel_type":2,"pull_mode":true}`},
		"/message/offset":       {`{}`, `{"channel_id":"g1","channel_type":2,"message_seq":-1}`, `{"channel_id":"g1","channel_type":2,"message_seq":""}`},
		"/message/extra/sync":   {`{}`, `{"channel_id":"g1","channel_type":2,"extra_version":"v"}`},
		"/message/readed": {`{}`, `{"channel_id":"g1","channel_type":2,"message_ids":{}}`, `{"channel_id":"g1","channel_type":2,"message_ids":[0]}`,
			`{"channel_id":"g1","channel_type":2,"message_ids":[` + strings.Repeat("1,", message.MaxIDs) + `1]}`},
		"/message/revoke": {`{}`, `{"message_id":1.5}`, `{"message_id":-1}`, `{"client_msg_no":"a\u0007"}`, `{"client_msg_no":7}`},
	} {
		for _, body := range append(bodies, wrong...) {
			wantRefusal(t, c, ann, "POST", path, body)
		}
	}
	for _, body := range []string{`{`, `{}`, `"x"`, `[1]`, `[{"message_id":{}}]`, `[{"message_id":"a"}]`, `[{"message_id":1,"Message_ID":1}]`,
		`[{"message_id":0}]`, `[{"message_id":-7}]`, `[` + strings.Repeat(`{"message_id":1},`, message.MaxIDs) + `{"message_id":1}]`} {
		wantRefusal(t, c, ann, "DELETE", "/message", body)
	}
	for _, query := range []string{
		"?message_id=1.5", "?message_id=-1", fmt.Sprintf("?message_id=%d&message_id=%d", id, id), "?message_id=9223372036854775808",
		"?channel_id=%00&channel_type=1", "?channel_id=%FF&channel_type=1", "?channel_id=g1", "?channel_id=g1&channel_type=258",
	} {
		wantRefusal(t, c, ann, "DELETE", "/message"+query, "")
		wantRefusal(t, c, ann, "POST", "/message/revoke"+query, "")
	}
	if dump(t, c.db) != before {
		t.Error("a refused request changed the database")
	}
	c.call("-", ann.Token, "DELETE", fmt.Sprintf("/v1/message?message_id=%d", id), "")
	if dump(t, c.db) == before {
		t.Error("the comparison does not notice a change")
	}
}
