package friend_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/store"
)

func TestSureRefusesATokenInOtherHands(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db)
		w.apply("alice", "bob")
		token := w.token("bob")
		for _, c := range []struct {
			what, uid, token string
			want             error
		}{
			{"no token", "bob", "", friend.ErrTokenMissing},
			{"stolen", "carol", token, friend.ErrToken},
			{"the applicant's own use", "alice", token, friend.ErrToken},
			{"unknown", "bob", strings.Repeat("0", 32), friend.ErrToken},
			{"upper case", "bob", strings.ToUpper(token) + "A", friend.ErrToken},
			{"with a blank", "bob", token + " ", friend.ErrToken},
			{"NUL", "bob", token + "\x00", friend.ErrToken},
			{"no UTF-8", "bob", "\xff", friend.ErrToken},
			{"a pattern", "bob", "%", friend.ErrToken},
		} {
			w.wantSure(c.what, c.uid, c.token, c.want)
		}
		w.wantQueue("alice")
		if r := w.relation("bob", "alice"); r != (friend.Relation{}) {
			t.Errorf("relation %+v", r)
		}
		w.wantSure("the token", "bob", token, nil)
		w.wantFriends("alice", "bob")
		w.wantSure("used again", "bob", token, friend.ErrToken)
	})
}

func TestRequestExpires(t *testing.T) {
	for _, c := range []struct {
		age  time.Duration
		want error
	}{{friend.RequestLife - 1, nil}, {friend.RequestLife, friend.ErrToken}} {
		w := start(t, openSQLite(t))
		w.apply("alice", "bob")
		w.now = t0.Add(c.age)
		w.wantSure(c.age.String(), "bob", w.token("bob"), c.want)
	}
}

func TestSureNeedsBothPeople(t *testing.T) {
	for gone, want := range map[string]error{"alice": friend.ErrApplicantGone, "bob": friend.ErrAccepter} {
		w := start(t, openSQLite(t))
		w.apply("alice", "bob")
		name := w.people[gone]
		delete(w.people, gone)
		w.wantSure(gone+" is gone", "bob", w.token("bob"), want)
		w.people[gone] = name
		w.wantSure(gone+" is back", "bob", w.token("bob"), nil)
	}
}

func TestSureSettlesTheOppositeRequest(t *testing.T) {
	w := start(t, openSQLite(t))
	w.apply("alice", "bob")
	w.apply("bob", "alice")
	w.wantSure("accept", "bob", w.token("bob"), nil)
	w.wantSure("accept the other", "alice", w.token("alice"), friend.ErrToken)
	w.wantFriends("alice", "bob")
	for _, side := range [2][2]string{{"alice", "bob"}, {"bob", "alice"}} {
		r, err := w.db.Friends().Request(t.Context(), side[0], side[1])
		must(t, err)
		if r.Status != friend.Accepted {
			t.Errorf("request to %s has status %d", side[0], r.Status)
		}
	}
}

// TestParallelAcceptance lets two people who asked each other accept many times
// at once: one acceptance counts and is told once.
func TestParallelAcceptance(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		for _, c := range []struct {
			what      string
			accepters []string
		}{
			{"one request", []string{"bob", "bob"}},
			{"a request each", []string{"bob", "dora"}},
		} {
			w := start(t, db)
			w.people["dora"] = "Dora"
			from := map[string]string{"bob": "alice", "dora": "bob"}
			if c.accepters[1] == "dora" {
				from["bob"] = "dora"
			}
			tokens := map[string]string{}
			for _, uid := range c.accepters {
				w.apply(from[uid], uid)
				tokens[uid] = w.token(uid)
			}
			before := len(w.queue("bob"))
			accepted := 0
			for _, err := range together(16, func(i int) error {
				uid := c.accepters[i%2]
				return w.Sure(t.Context(), uid, tokens[uid])
			}) {
				if err == nil {
					accepted++
				} else if !errors.Is(err, friend.ErrToken) {
					t.Errorf("%s: %v, want %v", c.what, err, friend.ErrToken)
				}
			}
			if news := len(w.queue("bob")) - before; accepted != 1 || news != 3 {
				t.Errorf("%s: accepted %d times with %d messages, want 1 and 3", c.what, accepted, news)
			}
		}
	})
}
