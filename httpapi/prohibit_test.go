package httpapi_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi"
	"github.com/ruyi-im/ruyi/httpapi"
	"github.com/ruyi-im/ruyi/user"
)

func TestProhibitedWordExchanges(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		const op = "ext_prohibit_words"
		ann := c.register("Ann", "13800000001")
		sync := func(p person, query string) {
			c.call(op, p.Token, "GET", "/v1/message/prohibit_words/sync"+query, "")
		}
		sync(ann, "?version=0")
		core, err := ruyi.New(c.db, ruyi.Options{
			Pepper: bytes.Repeat([]byte{7}, 32), User: user.Options{DevCode: "123456"}, Now: func() time.Time { return now },
		})
		if err != nil {
			t.Fatal(err)
		}
		words := []httpapi.ProhibitedWord{
			{ID: 1, Content: "假币", Version: 4, Deleted: true, CreatedAt: now}, {ID: 2, Content: "赌博", Version: 2, CreatedAt: now},
			{ID: 3, Content: "x", Version: 3, CreatedAt: now},
		}
		c.handler = httpapi.New(core, httpapi.Options{Location: time.UTC, ProhibitedWords: words})
		words[1].Content = "changed by the host" // which keeps its list
		sync(ann, "")
		sync(ann, "?version=2")
		sync(ann, "?version=4")
		sync(ann, "?version=-1")
		sync(ann, "?version=x")
		sync(person{}, "")

		const small = "ext_small_answers"
		for _, path := range []string{
			"/sticker/user/category", "/sticker/user/sticker?category=a", "/common/appversion/web/1.0.0",
		} {
			c.call(small, ann.Token, "GET", "/v1"+path, "")
			c.call(small, "", "GET", "/v1"+path, "")
		}
		c.compare()
	})
}
