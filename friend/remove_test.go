package friend_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/store"
)

func (w *world) remove(owner, peer string) {
	w.t.Helper()
	must(w.t, w.Remove(w.t.Context(), owner, peer))
}

// exec changes rows that this package does not know.
func (w *world) exec(statement string) {
	w.t.Helper()
	must(w.t, w.db.Update(w.t.Context(), func(tx store.Conn) error {
		_, err := tx.ExecContext(w.t.Context(), statement)
		return err
	}))
}

// number reads one.
func (w *world) number(query string) (n int64) {
	w.t.Helper()
	must(w.t, w.db.Update(w.t.Context(), func(tx store.Conn) error {
		rows, err := tx.QueryContext(w.t.Context(), query)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := rows.Scan(&n); err != nil {
				return err
			}
		}
		return rows.Err()
	}))
	return n
}

// kinds returns what uid has heard after the first n messages: commands by their
// names, other messages by their types.
func (w *world) kinds(uid string, n int) []string {
	w.t.Helper()
	queue, err := w.db.Messages().Queue(w.t.Context(), uid, int64(n), 1000)
	must(w.t, err)
	kinds := []string{}
	for _, m := range queue {
		var p struct {
			Type int
			Cmd  string
		}
		must(w.t, json.Unmarshal(m.Payload, &p))
		if p.Cmd == "" {
			p.Cmd = fmt.Sprint(p.Type)
		}
		kinds = append(kinds, p.Cmd)
	}
	return kinds
}

func (w *world) wantKinds(uid string, n int, want ...string) {
	w.t.Helper()
	if got := w.kinds(uid, n); !slices.Equal(got, want) {
		w.t.Errorf("%s has heard %v, want %v", uid, got, want)
	}
}

// wantStatus checks the request that from made to to.
func (w *world) wantStatus(to, from string, want friend.RequestStatus) {
	w.t.Helper()
	r, err := w.db.Friends().Request(w.t.Context(), to, from)
	must(w.t, err)
	if r.Status != want {
		w.t.Errorf("the request of %s to %s has status %d, want %d", from, to, r.Status, want)
	}
}

func TestRemoveEndsAFriendship(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db)
		w.addUsers("alice", "bob", "carol")
		w.befriend("alice", "bob")
		w.befriend("alice", "carol")
		change := friend.ContactChange{Remark: new("Bobby"), Mute: new(true), Top: new(true), Recall: new(false), FlameSecs: new(9)}
		for _, side := range [][2]string{{"alice", "bob"}, {"bob", "alice"}, {"alice", "carol"}} {
			_, err := w.SetContact(t.Context(), side[0], side[1], change)
			must(t, err)
		}
		w.exec(`UPDATE ruyi_contact_setting SET blocked_at = 7 WHERE owner = 'alice' AND peer = 'bob'`)
		mine, theirs, carol := w.relation("alice", "bob"), w.relation("bob", "alice"), w.relation("alice", "carol")
		kept, others := w.settings("bob", "alice"), w.settings("alice", "carol")
		ofAlice, ofBob, ofCarol := len(w.queue("alice")), len(w.queue("bob")), len(w.queue("carol"))

		w.now = t0.Add(time.Hour)
		w.remove("alice", "bob")
		mine.Deleted, mine.Alone, mine.Version = true, true, w.now.Unix()
		theirs.Alone, theirs.Version = true, w.now.Unix()
		if got := w.relation("alice", "bob"); got != mine {
			t.Errorf("row of who removed %+v\nwant %+v", got, mine)
		}
		if got := w.relation("bob", "alice"); got != theirs {
			t.Errorf("row of who was removed %+v\nwant %+v", got, theirs)
		}
		if w.settings("alice", "bob") != friend.DefaultContactSettings() || w.settings("bob", "alice") != kept ||
			w.settings("alice", "carol") != others || w.relation("alice", "carol") != carol {
			t.Error("the wrong settings were reset, or the wrong contact")
		}
		if n := w.number(`SELECT blocked_at FROM ruyi_contact_setting WHERE owner = 'alice' AND peer = 'bob'`); n != 7 {
			t.Errorf("blocked at %d, want 7: parting lifts no block", n)
		}
		for owner, version := range map[string]int64{"alice": carol.Version + 1, "bob": theirs.Version - 1} {
			page, err := w.Sync(t.Context(), owner, friend.Cursor{Version: version}, 0)
			must(t, err)
			if len(page) != 1 || page[0].Deleted != (owner == "alice") || !page[0].Alone {
				t.Errorf("%s reads %+v", owner, page)
			}
		}
		w.wantQueue("alice", append(w.queue("alice")[:ofAlice],
			`u_10000 to alice: {"cmd":"friendDeleted","param":{"uid":"bob"},"type":99}`)...)
		w.wantQueue("bob", append(w.queue("bob")[:ofBob],
			`u_10000 to bob: {"cmd":"channelUpdate","param":{"channel_id":"alice","channel_type":1},"type":99}`)...)
		w.wantKinds("carol", ofCarol)

		w.now = t0.Add(2 * time.Hour)
		w.remove("alice", "bob")
		if w.relation("alice", "bob") != mine || w.relation("bob", "alice") != theirs {
			t.Error("removing again changed a row")
		}
		w.wantKinds("alice", ofAlice, "friendDeleted")
		w.wantKinds("bob", ofBob, "channelUpdate")
	})
}

func TestRemoveByTheOtherSide(t *testing.T) {
	w := start(t, openSQLite(t))
	w.befriend("alice", "bob")
	w.remove("alice", "bob")
	mine := w.relation("alice", "bob")
	ofAlice, ofBob := len(w.queue("alice")), len(w.queue("bob"))
	w.remove("bob", "alice")
	if theirs := w.relation("bob", "alice"); !theirs.Deleted || !theirs.Alone || w.relation("alice", "bob") != mine {
		t.Errorf("rows %+v and %+v", theirs, w.relation("alice", "bob"))
	}
	w.wantKinds("alice", ofAlice) // she has no contact to lose
	w.wantKinds("bob", ofBob, "friendDeleted")
}

func TestRemoveWhoHasNoRow(t *testing.T) {
	w := start(t, openSQLite(t))
	w.save(friend.Relation{Owner: "alice", Peer: "bob"})
	w.remove("alice", "bob")
	if r := w.relation("alice", "bob"); !r.Deleted || w.relation("bob", "alice") != (friend.Relation{}) {
		t.Errorf("rows %+v and %+v", r, w.relation("bob", "alice"))
	}
	w.wantKinds("alice", 0, "friendDeleted")
	w.wantKinds("bob", 0)
}

func TestRemoveRefusals(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db)
		w.befriend("alice", "bob")
		for _, system := range []string{"u_10000", "fileHelper"} {
			w.save(friend.Relation{Owner: "carol", Peer: system})
		}
		clocks := w.number(`SELECT COUNT(*) FROM ruyi_friend_clock`)
		for _, c := range []struct {
			what, owner, peer string
			want              error
		}{
			{"nobody named", "carol", "", friend.ErrNoContact},
			{"a stranger", "carol", "alice", friend.ErrNoContact},
			{"nobody", "carol", "nobody", friend.ErrNoContact},
			{"oneself", "alice", "alice", friend.ErrNoContact},
			{"NUL", "alice", "bob\x00", friend.ErrNoContact},
			{"no UTF-8", "alice", "\xff", friend.ErrNoContact},
			{"a pattern", "alice", "b%", friend.ErrNoContact},
			{"a long uid", "alice", strings.Repeat("b", 101), friend.ErrNoContact},
			{"the system", "carol", "u_10000", friend.ErrSystemContact},
			{"the file helper", "carol", "fileHelper", friend.ErrSystemContact},
		} {
			wantErr(t, c.what, w.Remove(t.Context(), c.owner, c.peer), c.want)
		}
		if w.relation("carol", "u_10000").Deleted || w.relation("alice", "bob").Alone {
			t.Error("a refusal changed a row")
		}
		if n := w.number(`SELECT COUNT(*) FROM ruyi_friend_clock`); n != clocks {
			t.Errorf("refusals left %d clocks behind", n-clocks)
		}
		w.wantKinds("carol", 0)
		w.wantKinds("alice", 3)
	})
}

func TestMeetAgainAfterParting(t *testing.T) {
	w := start(t, openSQLite(t))
	w.befriend("alice", "bob")
	first := map[string]friend.Relation{"alice": w.relation("alice", "bob"), "bob": w.relation("bob", "alice")}
	w.remove("alice", "bob")
	w.wantApply("the one who was removed", "bob", "alice", "please", nil)
	w.wantSure("accept", "alice", w.token("alice"), nil)
	w.wantFriends("bob", "alice")
	for owner, peer := range map[string]string{"alice": "bob", "bob": "alice"} {
		was, is := first[owner], w.relation(owner, peer)
		if is.ID != was.ID || is.Version <= was.Version+1 || is.Vercode == was.Vercode {
			t.Errorf("revived %+v\nwas     %+v", is, was)
		}
	}
	w.wantApply("friends", "alice", "bob", "", friend.ErrFriends)
	w.remove("bob", "alice")
	w.remove("alice", "bob")
	w.wantApply("the one who removed", "alice", "bob", "sorry", nil)
	w.wantSure("accept", "bob", w.token("bob"), nil)
	w.wantFriends("alice", "bob")
}

// TestRemoveRefusesWhatWaits lets somebody ask, think better of it and remove the
// other: nobody's old token makes them friends then.
func TestRemoveRefusesWhatWaits(t *testing.T) {
	for _, asks := range []string{"alice", "bob"} {
		w := start(t, openSQLite(t))
		w.befriend("alice", "bob")
		asked := map[string]string{"alice": "bob", "bob": "alice"}[asks]
		w.remove(asked, asks)
		w.apply(asks, asked)
		w.apply("carol", asked)
		others, err := w.db.Friends().Request(t.Context(), asked, "carol")
		must(t, err)
		request, err := w.db.Friends().Request(t.Context(), asked, asks)
		must(t, err)

		w.remove(asked, asks) // nothing happens: the request was made since
		w.wantStatus(asked, asks, friend.Waiting)
		w.remove(asks, asked)
		w.wantStatus(asked, asks, friend.Refused)
		w.wantSure("the old token", asked, request.Token, friend.ErrToken)
		if r := w.relation(asked, asks); !r.Deleted {
			t.Errorf("relation %+v", r)
		}
		w.wantSure("another's", asked, others.Token, nil)

		w.apply(asks, asked)
		w.wantSure("a new token", asked, w.token(asked), nil)
	}
}

// TestRemoveRefusesTheOthersRequest has the one who is asked remove the other
// instead of answering.
func TestRemoveRefusesTheOthersRequest(t *testing.T) {
	w := start(t, openSQLite(t))
	w.save(friend.Relation{Owner: "alice", Peer: "bob", Alone: true})
	w.apply("bob", "alice")
	token := w.token("alice")
	w.remove("alice", "bob")
	w.wantStatus("alice", "bob", friend.Refused)
	w.wantSure("the old token", "alice", token, friend.ErrToken)
}

// failing is a store whose transactions fail at the last step.
type failing struct{ friend.Store }

func (f failing) Update(ctx context.Context, fn func(tx friend.Tx) error) error {
	return f.Store.Update(ctx, func(tx friend.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return context.DeadlineExceeded
	})
}

func TestRemoveIsOneStep(t *testing.T) {
	w := start(t, openSQLite(t))
	w.befriend("alice", "bob")
	_, err := w.SetContact(t.Context(), "alice", "bob", friend.ContactChange{Mute: new(true)})
	must(t, err)
	mine, theirs, news := w.relation("alice", "bob"), w.relation("bob", "alice"), len(w.queue("alice"))
	s := friend.New(failing{w.db.Friends()}, w.people, friend.Options{})
	wantErr(t, "remove", s.Remove(t.Context(), "alice", "bob"), context.DeadlineExceeded)
	if w.relation("alice", "bob") != mine || w.relation("bob", "alice") != theirs || !w.settings("alice", "bob").Mute {
		t.Error("a failed transaction left traces")
	}
	w.wantKinds("alice", news)
}
