package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/friend"
)

func testContactSettings(t *testing.T, s Stores) {
	ctx := t.Context()
	a, b := addUser(t, s, "a"), addUser(t, s, "b")
	read := func(owner, peer string) friend.ContactSettings {
		t.Helper()
		c, err := s.Friends().ContactSettings(ctx, owner, peer)
		must(t, err)
		return c
	}
	save := func(c friend.ContactSettings) {
		t.Helper()
		must(t, s.Friends().Update(ctx, func(tx friend.Tx) error {
			if err := tx.SaveContactSettings(ctx, a, b, c); err != nil {
				return err
			}
			got, err := tx.ContactSettings(ctx, a, b)
			equal(t, "settings within the transaction", got, c)
			return err
		}))
		equal(t, "settings", read(a, b), c)
		equal(t, "settings of the other", read(b, a), friend.DefaultContactSettings())
	}
	equal(t, "settings of who has none", read(a, b), friend.DefaultContactSettings())
	save(friend.ContactSettings{Remark: "备注'\"%_ 👨‍👩‍👧", Mute: true, ChatPwdOn: true, Recall: true, Flame: true})
	save(friend.ContactSettings{Top: true, Screenshot: true, Receipt: true, FlameSecs: friend.MaxFlameSeconds})
	card, err := s.Users().Card(ctx, a, b)
	must(t, err)
	if !card.Top || card.Mute || !card.Screenshot || card.Recall || !card.Receipt || card.FlameSecs != friend.MaxFlameSeconds {
		t.Errorf("card %+v", card)
	}
	t.Run("Touch", func(t *testing.T) { testTouch(t, s) })
	t.Run("Contention", func(t *testing.T) { must(t, CountSettings(ctx, s)) })
}

func testTouch(t *testing.T, s Stores) {
	ctx := t.Context()
	a, b := addUser(t, s, "a"), addUser(t, s, "b")
	touch := func(owner, peer string, now time.Time) {
		t.Helper()
		must(t, s.Friends().Update(ctx, func(tx friend.Tx) error {
			if err := tx.LockOwners(ctx, owner); err != nil {
				return err
			}
			return tx.Touch(ctx, owner, peer, now)
		}))
	}
	touch(a, b, t0)
	_, err := s.Friends().Relation(ctx, a, b)
	wantErr(t, err, friend.ErrNotFound)
	r := friend.Relation{Owner: a, Peer: b, Deleted: true, Alone: true, Initiator: true, Vercode: "1@4", CreatedAt: t0}
	must(t, saveRelation(ctx, s, r, t0))
	must(t, saveRelation(ctx, s, friend.Relation{Owner: b, Peer: a, CreatedAt: t0}, t0))
	want, err := s.Friends().Relation(ctx, a, b)
	must(t, err)
	for _, now := range []time.Time{t0.Add(-time.Hour), t0.Add(time.Hour)} {
		touch(a, b, now)
		got, err := s.Friends().Relation(ctx, a, b)
		must(t, err)
		if want.Version++; now.After(t0) {
			want.Version = now.Unix()
		}
		equal(t, "touched relation", got, want)
	}
	other, err := s.Friends().Relation(ctx, b, a)
	must(t, err)
	equal(t, "version of the other side", other.Version, t0.Unix())
}

// CountSettings lets many callers raise one setting by one at the same time,
// each under the owner's lock, and returns an error when one of them is lost.
func CountSettings(ctx context.Context, s Stores) error {
	owner, peer := newUser("a").UID, newUser("b").UID
	const callers, each = 8, 4
	err := together(callers, func(int) error {
		for range each {
			err := s.Friends().Update(ctx, func(tx friend.Tx) error {
				if err := tx.LockOwners(ctx, owner); err != nil {
					return err
				}
				c, err := tx.ContactSettings(ctx, owner, peer)
				if err != nil {
					return err
				}
				c.FlameSecs++
				return tx.SaveContactSettings(ctx, owner, peer, c)
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	c, err := s.Friends().ContactSettings(ctx, owner, peer)
	if err == nil && c.FlameSecs != callers*each {
		err = fmt.Errorf("%d changes are there of %d", c.FlameSecs, callers*each)
	}
	return err
}
