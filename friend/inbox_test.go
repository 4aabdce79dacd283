package friend_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/store"
)

// wantInbox checks who uid's requests on a page are from, and with which status:
// "+" for those that can be accepted.
func (w *world) wantInbox(uid string, page, size int, want ...string) {
	w.t.Helper()
	list, err := w.Requests(w.t.Context(), uid, page, size)
	must(w.t, err)
	got := []string{}
	for _, r := range list {
		line := fmt.Sprintf("%s %d", r.From, r.Status)
		if r.Token != "" {
			line += "+"
		}
		got = append(got, line)
	}
	if !slices.Equal(got, want) {
		w.t.Errorf("inbox of %s: %q, want %q", uid, got, want)
	}
}

func (w *world) wantUnseen(uid string, want int) {
	w.t.Helper()
	n, err := w.UnseenRequests(w.t.Context(), uid)
	must(w.t, err)
	if n != want {
		w.t.Errorf("%s has %d unseen requests, want %d", uid, n, want)
	}
}

func (w *world) refuse(uid, from string) {
	w.t.Helper()
	must(w.t, w.Refuse(w.t.Context(), uid, from))
}

// later moves the clock on, for an order of what happens.
func (w *world) later() { w.now = w.now.Add(time.Minute) }

func TestInbox(t *testing.T) {
	w := start(t, openSQLite(t))
	w.addUsers("alice", "bob", "carol")
	w.people["dora"] = "Dora"
	w.wantInbox("alice", 0, 0)
	for _, from := range []string{"bob", "carol", "dora"} {
		w.apply(from, "alice")
		w.later()
	}
	w.apply("bob", "carol")
	w.wantInbox("alice", 0, 0, "dora 0+", "carol 0+", "bob 0+")
	w.wantInbox("alice", 2, 2, "bob 0+")
	w.wantInbox("bob", 1, 15)
	list, err := w.Requests(t.Context(), "alice", -1, -1)
	must(t, err)
	got := list[2]
	want := friend.ReceivedRequest{Name: "Bob", Request: friend.Request{
		ID: got.ID, To: "alice", From: "bob", Token: got.Token, Remark: "hi",
		CreatedAt: t0, UpdatedAt: t0, ExpiresAt: t0.Add(friend.RequestLife),
	}}
	if got != want || got.ID == 0 {
		t.Errorf("request %+v\nwant    %+v", got, want)
	}

	w.refuse("alice", "dora")
	w.later()
	w.wantSure("by the token of the inbox", "alice", got.Token, nil)
	w.wantInbox("alice", 1, 15, "bob 1", "dora 2", "carol 0+")
	w.now = t0.Add(time.Minute + friend.RequestLife - 1)
	w.wantInbox("alice", 1, 15, "bob 1", "dora 2", "carol 0+")
	w.now = t0.Add(time.Minute + friend.RequestLife)
	w.wantInbox("alice", 1, 15, "bob 1", "dora 2", "carol 0")
	w.apply("carol", "alice")
	w.wantInbox("alice", 1, 15, "carol 0+", "bob 1", "dora 2")
}

// paged is a store that remembers which page it was asked for.
type paged struct {
	friend.Store
	offset, limit int
}

func (p *paged) ReceivedRequests(_ context.Context, _ string, offset, limit int) ([]friend.ReceivedRequest, error) {
	p.offset, p.limit = offset, limit
	return nil, nil
}

func TestInboxPages(t *testing.T) {
	for _, c := range []struct{ page, size, offset, limit int }{
		{0, 0, 0, 15}, {-1, -1, 0, 15}, {1, 15, 0, 15}, {2, 0, 15, 15}, {3, 100, 200, 100}, {2, 999, 100, 100},
		{1 << 62, 1 << 62, (1<<20 - 1) * 100, 100},
	} {
		p := &paged{}
		_, err := friend.New(p, people{}, friend.Options{}).Requests(t.Context(), "alice", c.page, c.size)
		if err != nil || *p != (paged{offset: c.offset, limit: c.limit}) {
			t.Errorf("page %d of %d: %v, asked for %+v", c.page, c.size, err, *p)
		}
	}
}

func TestRefuse(t *testing.T) {
	w := start(t, openSQLite(t))
	w.apply("alice", "bob")
	w.apply("bob", "alice")
	token, back := w.token("bob"), w.token("alice")
	news := len(w.queue("bob"))
	w.refuse("bob", "alice")
	w.wantStatus("bob", "alice", friend.Refused)
	w.wantStatus("alice", "bob", friend.Waiting)
	w.wantSure("the token of a refused request", "bob", token, friend.ErrToken)
	first, err := w.db.Friends().Request(t.Context(), "bob", "alice")
	must(t, err)
	w.later()
	w.refuse("bob", "alice")
	if again, err := w.db.Friends().Request(t.Context(), "bob", "alice"); err != nil || again != first {
		t.Errorf("refusing again: %+v, %v", again, err)
	}
	w.wantKinds("bob", news)
	w.wantKinds("alice", 1) // nothing but the request of bob

	w.now = t0
	w.apply("alice", "bob")
	w.wantStatus("bob", "alice", friend.Waiting)
	w.refuse("bob", "alice")
	w.wantSure("the other way round", "alice", back, nil)
	w.wantFriends("bob", "alice")
	w.wantStatus("bob", "alice", friend.Refused)
	wantErr(t, "refuse what was accepted", w.Refuse(t.Context(), "alice", "bob"), friend.ErrAccepted)
	w.wantFriends("bob", "alice")
}

func TestRefuseWhatHasExpired(t *testing.T) {
	w := start(t, openSQLite(t))
	w.apply("alice", "bob")
	w.now = t0.Add(friend.RequestLife)
	w.refuse("bob", "alice")
	w.wantInbox("bob", 1, 1, "alice 2")
}

func TestRemoveRequest(t *testing.T) {
	w := start(t, openSQLite(t))
	w.apply("alice", "bob")
	w.apply("carol", "bob")
	w.apply("bob", "alice")
	r, err := w.db.Friends().Request(t.Context(), "bob", "alice")
	must(t, err)
	for range 2 {
		must(t, w.RemoveRequest(t.Context(), "bob", "alice"))
		w.wantInbox("bob", 1, 15, "carol 0+")
	}
	w.wantInbox("alice", 1, 15, "bob 0+")
	w.wantSure("its token", "bob", r.Token, friend.ErrToken)
	w.wantKinds("alice", 0, "friendRequest")
	w.wantApply("again", "alice", "bob", "hello?", nil)
	w.wantSure("its token", "bob", w.token("bob"), nil)
	must(t, w.RemoveRequest(t.Context(), "bob", "alice")) // it is history
	w.wantFriends("alice", "bob")
}

func TestUnseenRequests(t *testing.T) {
	w := start(t, openSQLite(t))
	w.people["dora"] = "Dora"
	see := func(uid string) {
		t.Helper()
		must(t, w.SeeRequests(t.Context(), uid))
		w.wantUnseen(uid, 0)
	}
	see("alice")
	for i, from := range []string{"bob", "carol", "dora"} {
		w.apply(from, "alice")
		w.apply(from, "alice")
		w.wantUnseen("alice", i+1)
	}
	w.refuse("alice", "bob")
	w.wantUnseen("alice", 2)
	see("bob")
	w.wantUnseen("alice", 2)
	see("alice")
	w.now = t0.Add(friend.RequestLife)
	w.apply("carol", "alice")
	w.wantUnseen("alice", 1)
	w.now = w.now.Add(friend.RequestLife)
	w.wantUnseen("alice", 1) // it waits in the inbox, though in vain
	must(t, w.RemoveRequest(t.Context(), "alice", "carol"))
	w.wantUnseen("alice", 0)
	w.apply("carol", "alice")
	w.wantUnseen("alice", 1)
	w.wantSure("accept", "alice", w.token("alice"), nil)
	w.wantUnseen("alice", 0)
}

func TestInboxRefusals(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db)
		w.apply("alice", "bob")
		for what, from := range map[string]string{
			"nobody named": "", "nobody": "nobody", "one's own": "bob", "NUL": "alice\x00", "no UTF-8": "\xff",
			"a pattern": "%", "a line break": "alice\n", "a long uid": strings.Repeat("a", 101),
		} {
			wantErr(t, what, w.Refuse(t.Context(), "bob", from), friend.ErrNoRequest)
		}
		for _, from := range []string{"alice\x00", "\xff", strings.Repeat("a", 101)} {
			wantErr(t, "remove", w.RemoveRequest(t.Context(), "bob", from), friend.ErrNoRequest)
		}
		for _, thief := range []string{"carol", "alice"} {
			wantErr(t, "refuse another's", w.Refuse(t.Context(), thief, "alice"), friend.ErrNoRequest)
			wantErr(t, "refuse one's own", w.Refuse(t.Context(), thief, "bob"), friend.ErrNoRequest)
			must(t, w.RemoveRequest(t.Context(), thief, "alice"))
			must(t, w.RemoveRequest(t.Context(), thief, "bob"))
			must(t, w.SeeRequests(t.Context(), thief))
			w.wantInbox(thief, 1, 15)
		}
		w.wantInbox("bob", 1, 15, "alice 0+")
		w.wantUnseen("bob", 1)
	})
}
