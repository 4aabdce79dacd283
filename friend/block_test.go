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

// update is the command that lets to look at about again.
func update(about, to string) string {
	return `u_10000 to ` + to + `: {"cmd":"channelUpdate","param":{"channel_id":"` + about + `","channel_type":1},"type":99}`
}

func (w *world) wantBlocks(owner, peer string, want bool) {
	w.t.Helper()
	got, err := w.Blocks(w.t.Context(), owner, peer)
	must(w.t, err)
	since, err := w.db.Friends().BlockedAt(w.t.Context(), owner, peer)
	must(w.t, err)
	if got != want || since.IsZero() == want {
		w.t.Errorf("%s blocks %s: %t since %v, want %t", owner, peer, got, since, want)
	}
}

func (w *world) block(owner, peer string) {
	w.t.Helper()
	must(w.t, w.Block(w.t.Context(), owner, peer))
}

func (w *world) unblock(owner, peer string) {
	w.t.Helper()
	must(w.t, w.Unblock(w.t.Context(), owner, peer))
}

// TestBlock follows a block of a friend from its beginning to its end.
func TestBlock(t *testing.T) {
	w := start(t, openSQLite(t))
	w.addUsers("alice", "bob", "carol")
	w.befriend("bob", "alice")
	_, err := w.SetContact(t.Context(), "alice", "bob", friend.ContactChange{Remark: new("Bobby")})
	must(t, err)
	mine, theirs := w.relation("alice", "bob"), w.relation("bob", "alice")
	heard := map[string][]string{"alice": w.queue("alice"), "bob": w.queue("bob")}
	check := func(what string, blocked bool, since time.Time) {
		t.Helper()
		w.wantBlocks("alice", "bob", blocked)
		w.wantBlocks("bob", "alice", false)
		for _, pair := range [][2]string{{"alice", "bob"}, {"bob", "alice"}} {
			if apart, err := w.Apart(t.Context(), pair[0], pair[1]); apart != blocked || err != nil {
				t.Errorf("%s: apart %t, %v", what, apart, err)
			}
		}
		var want []friend.Blocked
		if blocked {
			want = []friend.Blocked{{UID: "bob", Name: "Bob", At: since}}
		}
		if list, err := w.Blacklist(t.Context(), "alice"); !slices.Equal(list, want) || err != nil {
			t.Errorf("%s: blacklist %+v, %v", what, list, err)
		}
		if list, err := w.Blacklist(t.Context(), "bob"); len(list) > 0 || err != nil {
			t.Errorf("%s: blacklist of the other %+v, %v", what, list, err)
		}
		for _, side := range []struct {
			relation           friend.Relation
			blocked, blockedBy bool
		}{{mine, blocked, false}, {theirs, false, blocked}} {
			r := side.relation
			if got := w.relation(r.Owner, r.Peer); got != r {
				t.Errorf("%s: relation %+v\nwant %+v", what, got, r)
			}
			page, err := w.Sync(t.Context(), r.Owner, friend.Cursor{Version: r.Version - 1}, 0)
			must(t, err)
			if len(page) != 1 || page[0].Relation != r || page[0].Blocked != side.blocked || page[0].BlockedBy != side.blockedBy {
				t.Errorf("%s: contacts %+v", what, page)
			}
		}
		w.wantQueue("alice", heard["alice"]...)
		w.wantQueue("bob", heard["bob"]...)
	}
	changed := func() {
		mine.Version, theirs.Version = w.now.Unix(), w.now.Unix()
		heard["alice"] = append(heard["alice"], update("bob", "alice"))
		heard["bob"] = append(heard["bob"], update("alice", "bob"))
	}
	check("before", false, time.Time{})
	w.now = t0.Add(time.Minute)
	w.block("alice", "bob")
	changed()
	check("blocked", true, t0.Add(time.Minute))
	w.now = t0.Add(time.Hour)
	w.block("alice", "bob")
	w.unblock("bob", "alice")
	w.unblock("alice", "carol")
	w.unblock("alice", "nobody")
	w.unblock("alice", "alice")
	check("blocked again", true, t0.Add(time.Minute))
	w.unblock("alice", "bob")
	changed()
	check("unblocked", false, time.Time{})
	w.now = t0.Add(2 * time.Hour)
	w.unblock("alice", "bob")
	check("unblocked again", false, time.Time{})
	if got := w.settings("alice", "bob"); got.Remark != "Bobby" || got.Mute {
		t.Errorf("settings %+v", got)
	}
}

func TestSettingsLeaveABlock(t *testing.T) {
	w := start(t, openSQLite(t))
	w.block("alice", "bob")
	_, err := w.SetContact(t.Context(), "alice", "bob", friend.ContactChange{Mute: new(true)})
	must(t, err)
	w.wantBlocks("alice", "bob", true)
	w.wantQueue("carol")
	if r := w.relation("alice", "bob"); r != (friend.Relation{}) {
		t.Errorf("a block made the relation %+v", r)
	}
}

// standing has people whose accounts are there but disabled.
type standing struct {
	people
	disabled people
}

func (s standing) Person(ctx context.Context, uid string) (string, bool, error) {
	if name, ok := s.disabled[uid]; ok {
		return name, false, nil
	}
	return s.people.Person(ctx, uid)
}

// serve gives the world a service with limits, and people who are disabled.
func (w *world) serve(l friend.Limits, disabled people) {
	w.Service = friend.New(w.db.Friends(), standing{w.people, disabled}, friend.Options{
		Now: func() time.Time { return w.now }, Limits: l,
	})
}

func TestBlockRefusals(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db)
		w.save(friend.Relation{Owner: "alice", Peer: "removed", Deleted: true})
		w.save(friend.Relation{Owner: "fan", Peer: "alice"})
		for _, c := range []struct {
			peer           string
			block, unblock error
		}{
			{"", friend.ErrBlockMissing, friend.ErrUnblockMissing},
			{" \t", friend.ErrBlockMissing, friend.ErrUnblockMissing},
			{"alice", friend.ErrBlockSelf, nil},
			{"nobody", friend.ErrPeer, nil},
			{"removed", friend.ErrPeer, nil},
			{"fan", friend.ErrPeer, nil},
			{"bob\x00", friend.ErrPeer, friend.ErrPeer},
			{"\xff", friend.ErrPeer, friend.ErrPeer},
			{"\u202ebob", friend.ErrPeer, friend.ErrPeer},
			{strings.Repeat("b", 101), friend.ErrPeer, friend.ErrPeer},
		} {
			wantErr(t, fmt.Sprintf("block %q", c.peer), w.Block(t.Context(), "alice", c.peer), c.block)
			wantErr(t, fmt.Sprintf("unblock %q", c.peer), w.Unblock(t.Context(), "alice", c.peer), c.unblock)
			for _, pair := range [][2]string{{"alice", c.peer}, {c.peer, "alice"}} {
				blocks, err := w.Blocks(t.Context(), pair[0], pair[1])
				must(t, err)
				apart, err := w.Apart(t.Context(), pair[0], pair[1])
				if blocks || apart || err != nil {
					t.Errorf("%q: blocks %t, apart %t, %v", pair, blocks, apart, err)
				}
			}
		}
		w.wantQueue("alice")
		w.wantQueue("nobody")
		if list, err := w.Blacklist(t.Context(), "alice"); len(list) > 0 || err != nil {
			t.Errorf("blacklist %+v, %v", list, err)
		}
	})
}

func TestWhoCanBeBlocked(t *testing.T) {
	w := start(t, openSQLite(t))
	w.serve(friend.Limits{}, people{"idle": "Idle"})
	w.save(friend.Relation{Owner: "alice", Peer: "gone"})
	for i, peer := range []string{"carol", "idle", "gone"} {
		w.now = t0.Add(time.Duration(i) * time.Second)
		w.block("alice", peer)
	}
	delete(w.people, "carol") // whatever becomes of them, they can be unblocked
	w.save(friend.Relation{Owner: "alice", Peer: "gone", Deleted: true})
	list, err := w.Blacklist(t.Context(), "alice")
	must(t, err)
	uids := []string{}
	for _, b := range list {
		uids = append(uids, b.UID)
		w.unblock("alice", b.UID)
		w.wantBlocks("alice", b.UID, false)
	}
	if want := []string{"gone", "idle", "carol"}; !slices.Equal(uids, want) {
		t.Errorf("blacklist %q, want %q", uids, want)
	}
}

func TestApplyBetweenPeopleWhoAreApart(t *testing.T) {
	for _, c := range []struct {
		what    string
		before  func(w *world)
		want    error
		friends bool
	}{
		{"neither", func(*world) {}, nil, false},
		{"the target blocked", func(w *world) { w.block("bob", "alice") }, friend.ErrUnreachable, false},
		{"the applicant blocked", func(w *world) { w.block("alice", "bob") }, friend.ErrBlocking, false},
		{"both blocked", func(w *world) { w.block("alice", "bob"); w.block("bob", "alice") }, friend.ErrBlocking, false},
		{"a third blocked", func(w *world) { w.block("bob", "carol"); w.block("carol", "alice") }, nil, false},
		{"unblocked", func(w *world) { w.block("bob", "alice"); w.unblock("bob", "alice") }, nil, false},
		{"friends stay friends", func(w *world) { w.befriend("alice", "bob"); w.block("bob", "alice") }, friend.ErrFriends, true},
		{"the target is disabled", func(w *world) { w.serve(friend.Limits{}, people{"bob": "Bob"}) }, friend.ErrUnreachable, false},
		{"disabled and blocked", func(w *world) {
			w.block("alice", "bob")
			w.serve(friend.Limits{}, people{"bob": "Bob"})
		}, friend.ErrBlocking, false},
	} {
		t.Run(c.what, func(t *testing.T) {
			w := start(t, openSQLite(t))
			c.before(w)
			heard := w.queue("bob")
			told := w.queue("alice")
			relation := w.relation("alice", "bob")
			_, before := w.db.Friends().Request(t.Context(), "bob", "alice")
			w.wantApply("apply", "alice", "bob", "let me in", c.want)
			w.wantQueue("alice", told...)
			if c.want == nil {
				if n := len(w.queue("bob")) - len(heard); n != 1 {
					t.Errorf("%d messages, want 1", n)
				}
				return
			}
			w.wantQueue("bob", heard...)
			_, err := w.db.Friends().Request(t.Context(), "bob", "alice")
			wantErr(t, "request", err, before)
			if got := w.relation("alice", "bob"); got != relation || got.Owner != "" != c.friends {
				t.Errorf("relation %+v", got)
			}
		})
	}
}

func TestSureBetweenPeopleWhoAreApart(t *testing.T) {
	for _, c := range []struct {
		what      string
		blockers  []string
		want      error
		unblocked error // once the accepter has taken the applicant off the list
	}{
		{"the applicant blocked", []string{"alice"}, friend.ErrToken, friend.ErrToken},
		{"the accepter blocked", []string{"bob"}, friend.ErrBlocking, nil},
		{"both blocked", []string{"alice", "bob"}, friend.ErrBlocking, friend.ErrToken},
		{"a third blocked", []string{"carol"}, nil, friend.ErrToken},
	} {
		t.Run(c.what, func(t *testing.T) {
			w := start(t, openSQLite(t))
			w.apply("alice", "bob")
			token := w.token("bob")
			peer := map[string]string{"alice": "bob", "bob": "alice", "carol": "bob"}
			for _, uid := range c.blockers {
				w.block(uid, peer[uid])
			}
			heard, told := w.queue("bob"), w.queue("alice")
			request, err := w.db.Friends().Request(t.Context(), "bob", "alice")
			must(t, err)
			w.wantSure("sure", "bob", token, c.want)
			if c.want != nil {
				w.wantQueue("bob", heard...)
				w.wantQueue("alice", told...)
				got, err := w.db.Friends().Request(t.Context(), "bob", "alice")
				if got != request || got.Status != friend.Waiting || err != nil {
					t.Errorf("request %+v, %v\nwant %+v", got, err, request)
				}
				if w.relation("alice", "bob") != (friend.Relation{}) || w.relation("bob", "alice") != (friend.Relation{}) {
					t.Error("a relation was made")
				}
			}
			w.unblock("bob", "alice")
			w.wantSure("sure after unblocking", "bob", token, c.unblocked)
		})
	}
}
