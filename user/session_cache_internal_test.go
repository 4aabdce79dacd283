package user

import (
	"fmt"
	"testing"
	"time"
)

func TestSessionCacheIsBounded(t *testing.T) {
	c, now := newSessionCache(), time.UnixMilli(0)
	for i := range maxCached + 1 {
		if len(c.known) > maxCached || len(c.of) > maxCached {
			t.Fatalf("%d sessions of %d users are kept", len(c.known), len(c.of))
		}
		c.keep(Session{TokenHash: fmt.Sprint("t", i), UID: fmt.Sprint("u", i)}, Active, 0, now)
	}
	if len(c.known) != 1 || len(c.of) != 1 {
		t.Errorf("one more left %d sessions of %d users", len(c.known), len(c.of))
	}
	for range 3 {
		c.keep(Session{TokenHash: "t", UID: "u"}, Active, 0, now)
	}
	if n := len(c.of["u"]); n != 1 {
		t.Errorf("one session is noted %d times", n)
	}
	c.forget("u")
	if _, ok := c.known["t"]; ok || c.of["u"] != nil {
		t.Error("a session survived its user's end")
	}
}
