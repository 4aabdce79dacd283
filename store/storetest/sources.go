package storetest

import (
	"fmt"
	"testing"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/user"
)

// testSources asks for codes of all kinds, outside and inside a transaction.
func testSources(t *testing.T, s Stores) {
	ctx := t.Context()
	ann, bob := newUser("a"), newUser("b")
	must(t, s.Users().Update(ctx, func(tx user.Tx) error {
		for _, u := range []*user.User{&ann, &bob} {
			u.Vercode, u.QRVercode = u.UID+"@1", u.UID+"@3"
			if err := tx.AddUser(ctx, *u); err != nil {
				return err
			}
		}
		return nil
	}))
	eve, system := addUser(t, s, "e"), "u_10000" // who has no codes
	save := func(r friend.Relation) { t.Helper(); must(t, saveRelation(ctx, s, r, t0)) }
	live, dead := ann.UID+"live@4", ann.UID+"dead@4"
	save(friend.Relation{Owner: bob.UID, Peer: ann.UID, Vercode: live, Alone: true})
	save(friend.Relation{Owner: eve, Peer: ann.UID, Vercode: dead, Deleted: true})
	save(friend.Relation{Owner: eve, Peer: system})

	check := func(r friend.Reader) {
		t.Helper()
		for _, c := range []struct {
			code, viewer, uid string
			search, qr, card  bool
		}{
			{code: ann.Vercode, viewer: eve, uid: ann.UID, search: true},
			{code: ann.QRVercode, viewer: eve, uid: ann.UID, qr: true},
			{code: live, viewer: eve, uid: ann.UID, card: true},
			{code: dead, viewer: eve, uid: ann.UID, card: true}, // eve's own
			{code: dead, viewer: bob.UID, uid: ann.UID},
			{code: ann.Vercode, viewer: ann.UID, uid: bob.UID},
			{code: ann.QRVercode, viewer: ann.UID, uid: bob.UID},
			{code: live, viewer: ann.UID, uid: bob.UID},
			{code: live, viewer: bob.UID, uid: eve},
			{code: "", viewer: eve, uid: system},
			{code: "", viewer: eve, uid: "nobody"},
		} {
			search, err := r.IsSearchCode(ctx, c.code, c.uid)
			must(t, err)
			qr, err := r.IsQRCode(ctx, c.code, c.uid)
			must(t, err)
			card, err := r.IsCardCode(ctx, c.code, c.viewer, c.uid)
			must(t, err)
			equal(t, fmt.Sprintf("%q of %s for %s", c.code, c.uid, c.viewer),
				[3]bool{search, qr, card}, [3]bool{c.search, c.qr, c.card})
		}
	}
	check(s.Friends())
	must(t, s.Friends().Update(ctx, func(tx friend.Tx) error { check(tx); return nil }))
}
