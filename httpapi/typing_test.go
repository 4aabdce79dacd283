package httpapi_test

import (
	"context"
	"slices"
	"testing"

	"github.com/ruyi-im/ruyi/message"
)

func TestTypingExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		ann, bob, eve := c.register("Ann", "13800000001"), c.register("Bob", "13800000002"), c.register("Eve", "13800000003")
		c.befriend(ann, bob)
		var pushed []string
		c.db.OnCommit(func(_ context.Context, deliveries []message.Delivery) {
			for _, d := range deliveries {
				pushed = append(pushed, c.plain(string(d.Message.Payload)))
			}
		})
		typing := func(p person, body string) { c.call("00_typing", p.Token, "POST", "/v1/message/typing", body) }
		typing(ann, `{"channel_id":"`+bob.UID+`","channel_type":1,"from_uid":"`+eve.UID+`","from_name":"Eve"}`)
		typing(ann, `{"channel_id":"`+bob.UID+`","channel_type":"1"}`)
		typing(ann, `{"channel_id":"`+eve.UID+`","channel_type":1}`)
		typing(ann, `{"channel_id":"g1","channel_type":2}`)
		typing(ann, `{"channel_id":"`+bob.UID+`","channel_type":257}`)
		typing(ann, `{"channel_id":"`+bob.UID+`"}`)
		typing(ann, `{}`)
		typing(person{}, `{"channel_id":"`+bob.UID+`","channel_type":1}`)
		c.compare()
		const want = `{"cmd":"typing","param":{"channel_id":"<Ann>","channel_type":1,"from_name":"Ann","from_uid":"<Ann>"},"type":99}`
		if !slices.Equal(pushed, []string{want, want}) {
			t.Errorf("pushed %q", pushed)
		}
	})
}
