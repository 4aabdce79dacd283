package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/user"
)

var errStop = errors.New("storetest: stop here")

// meet are the steps by which two people become friends, which concern three
// domains.
func meet(ctx context.Context, a, b string) []func(tx friend.Tx) error {
	return []func(tx friend.Tx) error{
		func(tx friend.Tx) error { return tx.LockOwners(ctx, a, b) },
		func(tx friend.Tx) error { return tx.SaveRelation(ctx, friend.Relation{Owner: a, Peer: b}, t0) },
		func(tx friend.Tx) error { return tx.SaveRelation(ctx, friend.Relation{Owner: b, Peer: a}, t0) },
		func(tx friend.Tx) error {
			return tx.SaveRequest(ctx, friend.Request{To: b, From: a, Token: a + b, Status: friend.Accepted})
		},
		func(tx friend.Tx) error {
			return tx.Emit(ctx, message.Command(t0, "friendAccept", nil, a, b), say(b, a, "hi"))
		},
	}
}

// traces counts what meet has left behind.
func traces(ctx context.Context, t *testing.T, s Stores, a, b string) int {
	t.Helper()
	n := 0
	for _, side := range [2][2]string{{a, b}, {b, a}} {
		if _, err := s.Friends().Relation(ctx, side[0], side[1]); !errors.Is(err, friend.ErrNotFound) {
			must(t, err)
			n++
		}
		queue, err := s.Messages().Queue(ctx, side[0], 0, 10)
		must(t, err)
		n += len(queue)
	}
	if _, err := s.Friends().RequestByToken(ctx, a+b); !errors.Is(err, friend.ErrNotFound) {
		must(t, err)
		n++
	}
	return n
}

const allTraces = 7 // two relations, two messages in two queues each, one request

func testAtomicity(t *testing.T, s Stores) {
	ctx := t.Context()
	a, b := addUser(t, s, "a"), addUser(t, s, "b")
	run := func(ctx context.Context, steps int, end func() error) error {
		return s.Friends().Update(ctx, func(tx friend.Tx) error {
			for _, step := range meet(ctx, a, b)[:steps] {
				if err := step(tx); err != nil {
					return err
				}
			}
			return end()
		})
	}
	all := len(meet(ctx, a, b))
	for steps := range all + 1 {
		wantErr(t, run(ctx, steps, func() error { return errStop }), errStop)
		equal(t, "traces of a failure", traces(ctx, t, s, a, b), 0)
		func() {
			defer func() { equal(t, "panic", recover(), any("stop here")) }()
			run(ctx, steps, func() error { panic("stop here") })
		}()
		equal(t, "traces of a panic", traces(ctx, t, s, a, b), 0)
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	wantErr(t, run(cancelled, all, func() error { return nil }), context.Canceled)
	equal(t, "traces of a cancelled caller", traces(ctx, t, s, a, b), 0)

	// Once it runs, a transaction no longer depends on its caller's patience.
	impatient, cancel := context.WithCancel(ctx)
	must(t, s.Friends().Update(impatient, func(tx friend.Tx) error {
		cancel()
		for _, step := range meet(impatient, a, b) {
			if err := step(tx); err != nil {
				return err
			}
		}
		return nil
	}))
	equal(t, "traces of a success", traces(ctx, t, s, a, b), allTraces)
}

// testIsolation looks at a transaction from outside while it runs, and from
// inside.
func testIsolation(t *testing.T, s Stores) {
	ctx := t.Context()
	u := newUser("u")
	must(t, s.Users().Update(ctx, func(tx user.Tx) error {
		if err := tx.AddUser(ctx, u); err != nil {
			return err
		}
		if _, err := tx.User(ctx, u.UID); err != nil {
			t.Errorf("a transaction does not see its own rows: %v", err)
		}
		_, err := s.Users().User(ctx, u.UID)
		wantErr(t, err, user.ErrNotFound)
		return nil
	}))
	_, err := s.Users().User(ctx, u.UID)
	must(t, err)
}

// testIdempotence does twice what a caller repeats who did not hear the answer.
func testIdempotence(t *testing.T, s Stores) {
	ctx := t.Context()
	a, b := addUser(t, s, "a"), addUser(t, s, "b")
	device := user.Device{ID: "d", Name: "phone", Model: "m"}
	request := friend.Request{To: b, From: a, Token: a + b, CreatedAt: t0, UpdatedAt: t0, ExpiresAt: t0}
	must(t, emit(ctx, s, say(a, b, "hi")))
	var ids [2]int64
	for i := range ids {
		must(t, s.Users().Update(ctx, func(tx user.Tx) error {
			if err := tx.SaveDevice(ctx, a, device, t0); err != nil {
				return err
			}
			return tx.AddContact(ctx, a, b, t0)
		}))
		must(t, s.Friends().Update(ctx, func(tx friend.Tx) error { return tx.SaveRequest(ctx, request) }))
		must(t, s.Messages().Update(ctx, func(tx message.Tx) error { return tx.Acknowledge(ctx, b, 1) }))
		contacts, err := s.Friends().Contacts(ctx, a, friend.Cursor{}, 10)
		must(t, err)
		equal(t, "contacts", len(contacts), 1)
		ids[i] = contacts[0].ID
		got, err := s.Friends().Request(ctx, b, a)
		must(t, err)
		if i == 0 {
			request.ID = got.ID
		}
		equal(t, "request", got, request)
		acked, err := s.Messages().Acked(ctx, b)
		must(t, err)
		equal(t, "acknowledged", acked, 1)
	}
	equal(t, "id of the repeated contact", ids[1], ids[0])
}
