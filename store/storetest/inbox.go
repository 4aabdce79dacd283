package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/user"
)

// inbox reads the inbox of one user.
type inbox struct {
	t   *testing.T
	s   Stores
	uid string
}

func (b inbox) save(r friend.Request) {
	b.t.Helper()
	must(b.t, b.s.Friends().Update(b.t.Context(), func(tx friend.Tx) error { return tx.SaveRequest(b.t.Context(), r) }))
}

// request returns one to the user, n minutes old or, below 0, to come.
func (b inbox) request(from string, n int) friend.Request {
	at := t0.Add(-time.Duration(n) * time.Minute)
	return friend.Request{To: b.uid, From: from, Token: b.uid + from, CreatedAt: at, UpdatedAt: at, ExpiresAt: at}
}

func (b inbox) want(what string, offset, limit int, want ...string) []friend.ReceivedRequest {
	b.t.Helper()
	list, err := b.s.Friends().ReceivedRequests(b.t.Context(), b.uid, offset, limit)
	must(b.t, err)
	from := []string{}
	for _, r := range list {
		from = append(from, r.From)
	}
	if !slices.Equal(from, want) {
		b.t.Errorf("%s: requests from %v, want %v", what, from, want)
	}
	return list
}

func (b inbox) wantUnseen(what string, want int) {
	b.t.Helper()
	n, err := b.s.Friends().UnseenRequests(b.t.Context(), b.uid)
	must(b.t, err)
	equal(b.t, what, n, want)
}

func (b inbox) change(fn func(ctx context.Context, tx friend.Tx) error) {
	b.t.Helper()
	must(b.t, b.s.Friends().Update(b.t.Context(), func(tx friend.Tx) error {
		if err := tx.LockOwners(b.t.Context(), b.uid); err != nil {
			return err
		}
		return fn(b.t.Context(), tx)
	}))
}

func testInbox(t *testing.T, s Stores) {
	box, other := inbox{t, s, addUser(t, s, "to")}, inbox{t, s, addUser(t, s, "other")}
	a, b, c := addUser(t, s, "a"), addUser(t, s, "b"), addUser(t, s, "c")
	box.want("at first", 0, 9)
	box.wantUnseen("unseen at first", 0)

	box.save(box.request(a, 3))
	box.save(box.request(b, 1))
	box.save(box.request(c, 1))
	box.save(box.request("gone", 2))
	other.save(other.request(a, 0))
	list := box.want("newest first, of two at once the later", 0, 9, c, b, "gone", a)
	for i, name := range []string{"c", "b", "", "a"} {
		want := friend.ReceivedRequest{Request: box.request(list[i].From, []int{1, 1, 2, 3}[i]), Name: name}
		want.ID = list[i].ID
		equal(t, "row", list[i], want)
	}
	box.want("a page", 1, 2, b, "gone")
	box.want("after the last", 4, 2)
	box.wantUnseen("unseen", 4)
	testSeeing(t, box, other, a, b, c)

	box.change(func(ctx context.Context, tx friend.Tx) error { return tx.DeleteRequest(ctx, box.uid, c) })
	box.change(func(ctx context.Context, tx friend.Tx) error { return tx.DeleteRequest(ctx, box.uid, c) })
	box.want("one taken out", 0, 9, a, b, "gone")
	_, err := s.Friends().RequestByToken(t.Context(), box.uid+c)
	wantErr(t, err, friend.ErrNotFound)
	box.save(box.request(c, -2))
	again := box.want("asked anew", 0, 9, c, a, b, "gone")
	if again[0].ID == list[0].ID {
		t.Error("a new request has the number of one that is gone")
	}
	other.want("of another", 0, 9, a)
}

// testSeeing marks the requests in box as seen, and those from a and b change.
func testSeeing(t *testing.T, box, other inbox, a, b, c string) {
	settled := box.request(b, 1)
	settled.Status = friend.Refused
	box.save(settled)
	box.wantUnseen("unseen and waiting", 3)
	box.change(func(ctx context.Context, tx friend.Tx) error { return tx.SeeRequests(ctx, box.uid) })
	box.wantUnseen("unseen after a look", 0)
	other.wantUnseen("unseen by another", 1)
	settled.Status = friend.Accepted
	box.save(settled)
	box.save(box.request(a, -1))
	box.wantUnseen("unseen after one was repeated", 1)
	for _, r := range box.want("after one was repeated", 0, 9, a, c, b, "gone") {
		equal(t, "seen, of "+r.From, r.Seen, r.From != a)
	}
}

func testCategories(t *testing.T, s Stores) {
	service := newUser("service")
	service.Category = user.CategoryCustomerService
	must(t, s.Users().Update(t.Context(), func(tx user.Tx) error { return tx.AddUser(t.Context(), service) }))
	for uid, want := range map[string]user.Category{
		addUser(t, s, "a"): user.CategoryNone, service.UID: user.CategoryCustomerService,
		user.SystemUID: user.CategorySystem, user.FileHelperUID: user.CategorySystem, "nobody": "",
	} {
		got, err := s.Friends().Category(t.Context(), uid)
		must(t, err)
		equal(t, fmt.Sprintf("category of %s", uid), got, string(want))
	}
}
