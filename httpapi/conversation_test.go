package httpapi_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store/sqlite"
)

// meet lets Ann write to Bob, and mention him twice in group g1, in which both
// are.
func (c *client) meet() (ann, bob person) {
	c.t.Helper()
	ann, bob = c.register("Ann", "13800000001"), c.register("Bob", "13800000002")
	ctx, group := c.t.Context(), message.Channel{ID: "g1", Type: message.Group}
	err := c.db.Messages().Update(ctx, func(tx message.Tx) error {
		if err := tx.Subscribe(ctx, group, true, ann.UID, bob.UID); err != nil {
			return err
		}
		drafts := []message.Draft{message.Between(now, ann.UID, bob.UID, map[string]any{"type": message.TypeText, "content": "hi"})}
		for i := range 2 {
			d := message.Between(now, ann.UID, ann.UID, map[string]any{
				"type": message.TypeText, "content": fmt.Sprint("look ", i+1), "mention": map[string]any{"all": 1},
			})
			d.Channel, d.Recipients = group, nil
			drafts = append(drafts, d)
		}
		return tx.Emit(ctx, drafts...)
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return ann, bob
}

func TestConversationExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const (
			op46, sync, ack    = "46_conversations", "00_conversation_sync", "00_conversation_syncack"
			clearUnread, erase = "00_clearunread", "00_conversation_delete"
		)
		ann, bob := c.meet()
		eve := c.register("Eve", "13800000003")
		c.call(op46, bob.Token, "GET", "/v1/conversations", "")
		c.call(op46, eve.Token, "GET", "/v1/conversations", "")
		c.call(op46, "", "GET", "/v1/conversations", "")

		c.call("-", bob.Token, "PUT", "/v1/users/"+ann.UID+"/setting", `{"mute":1,"top":1}`)
		delete(c.seen, "-")
		c.call(sync, bob.Token, "POST", "/v1/conversation/sync", `{"msg_count":1}`)
		c.call(sync, bob.Token, "POST", "/v1/conversation/sync",
			`{"version":99,"last_msg_seqs":"g1:2:1|`+ann.UID+`:1:1","msg_count":"5","device_uuid":"d1","limit":1}`)
		c.call(sync, eve.Token, "POST", "/v1/conversation/sync", ``)
		c.call(sync, eve.Token, "POST", "/v1/conversation/sync", `{"msg_count":-1}`)
		c.call(sync, bob.Token, "POST", "/v1/conversation/sync", `{"version":"new"}`)
		c.call(ack, bob.Token, "POST", "/v1/conversation/syncack", `{"cmd_version":0,"device_uuid":"d1"}`)

		c.call(clearUnread, bob.Token, "PUT", "/v1/coversation/clearUnread", `{"channel_id":"g1","channel_type":2,"unread":1}`)
		c.call(clearUnread, bob.Token, "PUT", "/v1/conversation/clearUnread",
			`{"channel_id":"`+ann.UID+`","channel_type":"1","unread":"0","message_seq":"1"}`)
		c.call(clearUnread, bob.Token, "GET", "/v1/conversations", "")
		c.call(clearUnread, bob.Token, "PUT", "/v1/coversation/clearUnread", `{"channel_id":"g1","channel_type":2,"unread":-1}`)
		c.call(clearUnread, bob.Token, "PUT", "/v1/coversation/clearUnread", `{"channel_id":"g1","channel_type":258}`)
		c.call(clearUnread, eve.Token, "PUT", "/v1/coversation/clearUnread", `{"channel_id":"g1","channel_type":2}`)

		c.call(erase, bob.Token, "DELETE", "/v1/conversations/g1/2", "")
		c.call(erase, bob.Token, "GET", "/v1/conversations", "")
		c.call(erase, bob.Token, "DELETE", "/v1/conversations/nobody/1", "")
		c.call(erase, bob.Token, "DELETE", "/v1/conversations/g1/9", "")
		c.call(erase, bob.Token, "POST", "/v1/message/sync", `{"max_message_seq":3}`)
		c.compare()
	})
}

func TestConversationExtraExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const extra, sync = "00_conversation_extra", "00_conversation_extra_sync"
		ann, bob := c.meet()
		save := func(p person, path, body string) {
			c.call(extra, p.Token, "POST", "/v1/conversations/"+path+"/extra", body)
		}
		save(bob, "g1/2", `{"browse_to":2,"keep_message_seq":1,"keep_offset_y":30,"draft":"a\nline"}`)
		save(bob, ann.UID+"/1", `{"draft":"to Ann"}`)
		save(bob, "g1/2", `{"keep_offset_y":-1}`)
		save(bob, "g2/2", `{"draft":"nowhere"}`)
		save(bob, "g1/two", `{}`)

		c.call(sync, bob.Token, "POST", "/v1/conversation/extra/sync", `{}`)
		c.call(sync, bob.Token, "POST", "/v1/conversation/extra/sync", `{"version":4}`)
		c.call(sync, ann.Token, "POST", "/v1/conversation/extra/sync", `{"version":0}`)
		c.call(sync, bob.Token, "POST", "/v1/conversation/extra/sync", `{"version":-1}`)
		c.call(sync, bob.Token, "POST", "/v1/conversation/sync", `{}`)
		c.compare()
	})
}

func TestReminderExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const sync, done = "00_reminder_sync", "00_reminder_done"
		ann, bob := c.meet()
		c.call(sync, bob.Token, "POST", "/v1/message/reminder/sync", `{"version":0,"limit":100,"channel_ids":["g1"]}`)
		c.call(sync, bob.Token, "POST", "/v1/message/reminder/sync", `{"version":"2","limit":1}`)
		c.call(sync, ann.Token, "POST", "/v1/message/reminder/sync", ``)
		c.call(sync, bob.Token, "POST", "/v1/message/reminder/sync", `{"version":-1}`)
		c.call(done, ann.Token, "POST", "/v1/message/reminder/done", `[1,2]`)
		c.call(done, bob.Token, "POST", "/v1/message/reminder/done", `[1]`)
		c.call(done, bob.Token, "POST", "/v1/message/reminder/done", `[]`)
		c.call(done, bob.Token, "POST", "/v1/message/reminder/done", `[0]`)
		c.call(done, bob.Token, "POST", "/v1/message/reminder/done", `{"ids":[2]}`)
		c.call(done, bob.Token, "POST", "/v1/message/reminder/sync", `{"version":0}`)
		c.call(done, bob.Token, "POST", "/v1/message/sync", `{"max_message_seq":3}`)
		c.compare()
	})
}

// TestMalformedConversationRequestsChangeNothing sends what no client should.
func TestMalformedConversationRequestsChangeNothing(t *testing.T) {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ruyi.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	c := newClient(t, db)
	_, bob := c.meet()
	before := dump(t, db)
	long := strings.Repeat("如", message.MaxDraft+1)
	for _, r := range []struct {
		method, path string
		bodies       []string
	}{
		{"POST", "/conversation/sync", []string{`[]`, `{"msg_count":{}}`, `{"Version":1}`, `{"last_msg_seqs":7}`, `{"version":1.5}`}},
		{"POST", "/conversation/syncack", []string{`[]`, `{`}},
		{"PUT", "/coversation/clearUnread", []string{`{}`, ``, `[]`, `{"channel_id":"g1"}`, `{"channel_id":"g1","channel_type":"two"}`,
			`{"channel_id":"g1","channel_type":2,"unread":-1}`, `{"channel_id":"g1","channel_type":2,"message_seq":-1}`,
			`{"channel_id":"a@b","channel_type":1}`, `{"channel_id":"\u0000","channel_type":1}`, `{"channel_id":"g1","channel_type":-254}`,
			`{"channel_id":"` + strings.Repeat("x", 200) + `","channel_type":1}`, `{"Channel_ID":"g1","channel_type":2}`}},
		{"PUT", "/conversation/clearUnread", []string{`{}`}},
		{"DELETE", "/conversations/a@b/1", []string{``}},
		{"DELETE", "/conversations/%00/1", []string{``}},
		{"DELETE", "/conversations/g1/258", []string{``}},
		{"DELETE", "/conversations/g1/99999999999999999999", []string{``}},
		{"POST", "/conversations/g1/2/extra", []string{`[]`, `{"browse_to":-1}`, `{"keep_offset_y":2147483648}`,
			`{"keep_message_seq":9223372036854775808}`, `{"draft":7}`, `{"draft":"\u0000"}`, "{\"draft\":\"\xff\"}", `{"draft":"` + long + `"}`}},
		{"POST", "/conversations/g9/2/extra", []string{`{}`}},
		{"POST", "/conversation/extra/sync", []string{`{"version":-1}`, `{"version":"x"}`, `[]`}},
		{"POST", "/message/reminder/sync", []string{`{"version":-1}`, `{"channel_ids":"g1"}`, `[]`, `{"limit":1.5}`}},
		{"POST", "/message/reminder/done", []string{`{}`, `[-1]`, `["x"]`, `[1.5]`, `[[1]]`, `[1` + strings.Repeat(",1", 20) + `,0]`,
			"[" + strings.TrimSuffix(fmt.Sprintln(serialNumbers(message.MaxDone+1)), "\n") + "]"}},
	} {
		for _, body := range r.bodies {
			wantRefusal(t, c, bob, r.method, r.path, body)
		}
	}
	if dump(t, db) != before {
		t.Error("a refused request changed the database")
	}
}

// serialNumbers lists 1 to n.
func serialNumbers(n int) string {
	s := "1"
	for i := 2; i <= n; i++ {
		s += fmt.Sprint(",", i)
	}
	return s
}
