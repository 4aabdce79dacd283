package friend_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/store"
)

// rounds is how often two people do something at the same time.
const rounds = 12

// pair is two people, and how much each has heard before the race.
type pair struct {
	a, b     string
	ofA, ofB int
}

// meet returns two new people after what comes before a race.
func (w *world) meet(n int, before func(a, b string)) pair {
	w.t.Helper()
	// The order of the names, which is the order of the locks, differs.
	p := pair{a: fmt.Sprintf("%d-a", n), b: fmt.Sprintf("%d-b", n)}
	if n%2 == 1 {
		p.a, p.b = p.b, p.a
	}
	w.people[p.a], w.people[p.b] = "A", "B"
	before(p.a, p.b)
	p.ofA, p.ofB = len(w.queue(p.a)), len(w.queue(p.b))
	return p
}

// each returns how many answers of a race were which.
func (w *world) each(answers []error, want ...error) map[error]int {
	w.t.Helper()
	count := map[error]int{}
	for _, err := range answers {
		known := slices.IndexFunc(want, func(e error) bool { return errors.Is(err, e) })
		switch {
		case err == nil:
			count[nil]++
		case known >= 0:
			count[want[known]]++
		default:
			w.t.Error(err)
		}
	}
	return count
}

// wantRows checks both sides: "" for no row, "live", "alone", "gone".
func (w *world) wantRows(p pair, ab, ba string) {
	w.t.Helper()
	for _, c := range []struct{ owner, peer, want string }{{p.a, p.b, ab}, {p.b, p.a, ba}} {
		got := "live"
		switch r := w.relation(c.owner, c.peer); {
		case r == (friend.Relation{}):
			got = ""
		case r.Deleted && r.Alone:
			got = "gone"
		case r.Alone:
			got = "alone"
		case r.Deleted:
			got = "a tombstone without its mark"
		}
		if got != c.want {
			w.t.Errorf("what %s has about %s is %q, want %q", c.owner, c.peer, got, c.want)
		}
	}
}

// TestRefuseAgainstSure: one of the two counts. Either they are friends, the
// request is accepted and both have the three messages of that, or there is no
// row, the request is refused and nobody has heard anything.
func TestRefuseAgainstSure(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db)
		for n := range rounds {
			p := w.meet(n, w.apply)
			token := w.token(p.b)
			answers := together(4, func(i int) error {
				if i%2 == n/2%2 {
					return w.Sure(t.Context(), p.b, token)
				}
				return w.Refuse(t.Context(), p.b, p.a)
			})
			count := w.each(answers, friend.ErrToken, friend.ErrAccepted)
			if count[friend.ErrAccepted] > 0 {
				if count[nil] != 1 || count[friend.ErrAccepted] != 2 || count[friend.ErrToken] != 1 {
					t.Errorf("accepted: %v", answers)
				}
				w.wantRows(p, "live", "live")
				w.wantStatus(p.b, p.a, friend.Accepted)
				w.wantKinds(p.a, p.ofA, "friendAccept", "2000", "1")
				w.wantKinds(p.b, p.ofB, "friendAccept", "2000", "1")
				continue
			}
			if count[nil] != 2 || count[friend.ErrToken] != 2 {
				t.Errorf("refused: %v", answers)
			}
			w.wantRows(p, "", "")
			w.wantStatus(p.b, p.a, friend.Refused)
			w.wantKinds(p.a, p.ofA)
			w.wantKinds(p.b, p.ofB)
		}
	})
}

// TestRemoveAgainstSure: b had removed a, a asked anew and now removes b, while b
// accepts. Whatever comes first, a ends without the contact, and the request
// is settled. Accepted first, b keeps a row that is alone and both have heard of
// the acceptance before they hear of the parting; else b's tombstone stays as it
// was, the request is refused and b hears nothing.
func TestRemoveAgainstSure(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db)
		for n := range rounds {
			p := w.meet(n, func(a, b string) {
				w.befriend(a, b)
				w.remove(b, a)
				w.apply(a, b)
			})
			token := w.token(p.b)
			answers := together(4, func(i int) error {
				if i%2 == n/2%2 {
					return w.Sure(t.Context(), p.b, token)
				}
				return w.Remove(t.Context(), p.a, p.b)
			})
			count := w.each(answers, friend.ErrToken)
			switch {
			case count[nil] == 3 && count[friend.ErrToken] == 1:
				w.wantRows(p, "gone", "alone")
				w.wantStatus(p.b, p.a, friend.Accepted)
				w.wantKinds(p.a, p.ofA, "friendAccept", "2000", "1", "friendDeleted")
				w.wantKinds(p.b, p.ofB, "friendAccept", "2000", "1", "channelUpdate")
			case count[nil] == 2 && count[friend.ErrToken] == 2:
				w.wantRows(p, "gone", "gone")
				w.wantStatus(p.b, p.a, friend.Refused)
				w.wantKinds(p.a, p.ofA, "friendDeleted")
				w.wantKinds(p.b, p.ofB)
			default:
				t.Errorf("answers %v", answers)
			}
		}
	})
}

// counting is a store that counts how often transactions run.
type counting struct {
	friend.Store
	runs *atomic.Int64
}

func (c counting) Update(ctx context.Context, fn func(tx friend.Tx) error) error {
	return c.Store.Update(ctx, func(tx friend.Tx) error {
		c.runs.Add(1)
		return fn(tx)
	})
}

// TestRemoveByBothAtOnce: both rows end as tombstones and each side hears once of
// its own removal. Who came first was a contact of the other for the last time,
// so exactly one of the two has heard of being removed, before removing. As
// both lists are locked in one order nobody has to try again.
func TestRemoveByBothAtOnce(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db)
		var runs atomic.Int64
		s := friend.New(counting{db.Friends(), &runs}, w.people, friend.Options{})
		for n := range rounds {
			p := w.meet(n, w.befriend)
			for _, err := range together(4, func(i int) error {
				if i%2 == n/2%2 {
					return s.Remove(t.Context(), p.a, p.b)
				}
				return s.Remove(t.Context(), p.b, p.a)
			}) {
				must(t, err)
			}
			w.wantRows(p, "gone", "gone")
			first, second, afterFirst, afterSecond := p.a, p.b, p.ofA, p.ofB
			if len(w.kinds(first, afterFirst)) == 2 {
				first, second, afterFirst, afterSecond = second, first, afterSecond, afterFirst
			}
			w.wantKinds(first, afterFirst, "friendDeleted")
			w.wantKinds(second, afterSecond, "channelUpdate", "friendDeleted")
			w.wantStatus(p.b, p.a, friend.Accepted)
		}
		if n := runs.Load(); n != 4*rounds {
			t.Errorf("%d transactions ran %d times", 4*rounds, n)
		}
	})
}

// TestRemoveRequestAgainstSure: the request is gone in any case, and they are
// friends exactly when the token was accepted.
func TestRemoveRequestAgainstSure(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db)
		for n := range rounds {
			p := w.meet(n, w.apply)
			token := w.token(p.b)
			answers := together(2, func(i int) error {
				if i == n/2%2 {
					return w.Sure(t.Context(), p.b, token)
				}
				return w.RemoveRequest(t.Context(), p.b, p.a)
			})
			if w.each(answers, friend.ErrToken)[nil] == 2 {
				w.wantRows(p, "live", "live")
				w.wantKinds(p.a, p.ofA, "friendAccept", "2000", "1")
			} else {
				w.wantRows(p, "", "")
				w.wantKinds(p.a, p.ofA)
			}
			_, err := db.Friends().Request(t.Context(), p.b, p.a)
			wantErr(t, "the request", err, friend.ErrNotFound)
		}
	})
}
