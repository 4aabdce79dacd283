package friend_test

import (
	"testing"

	"github.com/ruyi-im/ruyi/friend"
)

func TestDefaultLimits(t *testing.T) {
	if got := friend.DefaultLimits(); got != (friend.Limits{Contacts: 5000, Blocked: 1000}) {
		t.Errorf("limits %+v", got)
	}
}

func TestFullBlacklist(t *testing.T) {
	w := start(t, openSQLite(t))
	w.serve(friend.Limits{Blocked: 1}, nil)
	w.block("alice", "bob")
	heard := w.queue("alice")
	wantErr(t, "one more", w.Block(t.Context(), "alice", "carol"), friend.ErrBlacklistFull)
	wantErr(t, "the same again", w.Block(t.Context(), "alice", "bob"), nil)
	w.wantBlocks("alice", "carol", false)
	w.wantQueue("alice", heard...)
	w.wantQueue("carol")
	w.block("carol", "alice") // every list by itself
	w.unblock("alice", "bob")
	w.block("alice", "carol")
}

// TestFullContactLists has alice with one contact where one is the limit, or
// none, and bob likewise.
func TestFullContactLists(t *testing.T) {
	for _, c := range []struct {
		what        string
		full        []friend.Relation
		apply, sure error
	}{
		{"none is full", []friend.Relation{{Owner: "carol", Peer: "x"}}, nil, nil},
		{"the applicant's is full", []friend.Relation{{Owner: "alice", Peer: "x"}}, friend.ErrContactsFull, friend.ErrUnreachable},
		{"the target's is full", []friend.Relation{{Owner: "bob", Peer: "x"}}, friend.ErrUnreachable, friend.ErrContactsFull},
		{"both are full", []friend.Relation{{Owner: "alice", Peer: "x"}, {Owner: "bob", Peer: "x"}}, friend.ErrContactsFull, friend.ErrContactsFull},
		{"removed ones do not count", []friend.Relation{{Owner: "alice", Peer: "x", Deleted: true}, {Owner: "bob", Peer: "x", Deleted: true}}, nil, nil},
		{"the applicant has the target", []friend.Relation{{Owner: "alice", Peer: "bob", Alone: true}}, nil, nil},
		{"the target has the applicant", []friend.Relation{{Owner: "bob", Peer: "alice", Alone: true}}, nil, nil},
		{"had and full again", []friend.Relation{{Owner: "alice", Peer: "bob", Deleted: true}, {Owner: "alice", Peer: "x"}}, friend.ErrContactsFull, friend.ErrUnreachable},
	} {
		t.Run(c.what, func(t *testing.T) {
			w := start(t, openSQLite(t))
			w.apply("alice", "bob")
			token := w.token("bob")
			w.serve(friend.Limits{Contacts: 1}, nil)
			for _, r := range c.full {
				r.CreatedAt = t0
				w.save(r)
			}
			heard := w.queue("bob")
			w.wantApply("apply", "alice", "bob", "", c.apply)
			if c.apply != nil {
				w.wantQueue("bob", heard...)
			} else {
				token = w.token("bob")
			}
			w.wantSure("sure", "bob", token, c.sure)
			if c.sure == nil {
				w.wantFriends("alice", "bob")
				return
			}
			w.wantQueue("alice")
			if r := w.relation("bob", "alice"); r != (friend.Relation{}) {
				t.Errorf("relation %+v", r)
			}
			w.serve(friend.Limits{}, nil)
			w.wantSure("sure without the limit", "bob", token, nil)
		})
	}
}
