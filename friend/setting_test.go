package friend_test

import (
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/store"
)

func (w *world) settings(owner, peer string) friend.ContactSettings {
	w.t.Helper()
	c, err := w.db.Friends().ContactSettings(w.t.Context(), owner, peer)
	must(w.t, err)
	return c
}

const channelUpdate = `u_10000 to alice: {"cmd":"channelUpdate","param":{"channel_id":"bob","channel_type":1},"type":99}`

func TestSetContactChangesWhatIsNamed(t *testing.T) {
	w := start(t, openSQLite(t))
	want := friend.ContactSettings{Screenshot: true, Recall: true, Receipt: true}
	if got := w.settings("alice", "bob"); got != want {
		t.Errorf("at first %+v, want %+v", got, want)
	}
	told := []string{}
	for i, step := range []func(c *friend.ContactChange, want *friend.ContactSettings){
		func(c *friend.ContactChange, want *friend.ContactSettings) { c.Mute, want.Mute = new(true), true },
		func(c *friend.ContactChange, want *friend.ContactSettings) { c.Top, want.Top = new(true), true },
		func(c *friend.ContactChange, want *friend.ContactSettings) {
			c.ChatPwdOn, want.ChatPwdOn = new(true), true
		},
		func(c *friend.ContactChange, want *friend.ContactSettings) {
			c.Screenshot, want.Screenshot = new(false), false
		},
		func(c *friend.ContactChange, want *friend.ContactSettings) { c.Recall, want.Recall = new(false), false },
		func(c *friend.ContactChange, want *friend.ContactSettings) {
			c.Receipt, want.Receipt = new(false), false
		},
		func(c *friend.ContactChange, want *friend.ContactSettings) { c.Flame, want.Flame = new(true), true },
		func(c *friend.ContactChange, want *friend.ContactSettings) {
			c.FlameSecs, want.FlameSecs = new(86400), 86400
		},
		func(c *friend.ContactChange, want *friend.ContactSettings) {
			c.Remark, want.Remark = new("小鲍 👨‍👩‍👧"), "小鲍 👨‍👩‍👧"
		},
		func(c *friend.ContactChange, want *friend.ContactSettings) {
			c.Mute, c.FlameSecs, c.Remark = new(false), new(0), new("")
			want.Mute, want.FlameSecs, want.Remark = false, 0, ""
		},
	} {
		var change friend.ContactChange
		step(&change, &want)
		for range 2 { // the second time there is nothing to tell
			got, err := w.SetContact(t.Context(), "alice", "bob", change)
			must(t, err)
			if stored := w.settings("alice", "bob"); got != want || stored != want {
				t.Errorf("step %d: %+v\nstored %+v\nwant   %+v", i, got, stored, want)
			}
		}
		told = append(told, channelUpdate)
		w.wantQueue("alice", told...)
	}
	w.wantQueue("bob")
	if got, err := w.SetContact(t.Context(), "alice", "bob", friend.ContactChange{}); got != want || err != nil {
		t.Errorf("no change: %+v, %v", got, err)
	}
	if got := w.settings("bob", "alice"); got != friend.DefaultContactSettings() {
		t.Errorf("the other side has %+v", got)
	}
}

func TestSetContactComesWithTheNextSync(t *testing.T) {
	w := start(t, openSQLite(t))
	w.addUsers("alice", "bob")
	w.befriend("alice", "bob")
	before := w.relation("alice", "bob")
	theirs := w.relation("bob", "alice")
	sync := func() []friend.Contact {
		page, err := w.Sync(t.Context(), "alice", friend.Cursor{Version: before.Version, ID: before.ID}, 0)
		must(t, err)
		return page
	}
	_, err := w.SetContact(t.Context(), "alice", "bob", friend.ContactChange{
		Remark: new("Bobby"), Mute: new(true), Top: new(true), Recall: new(false), Flame: new(true), FlameSecs: new(9),
	})
	must(t, err)
	page := sync()
	if len(page) != 1 {
		t.Fatalf("%d contacts after a change", len(page))
	}
	after := before
	after.Version = page[0].Version
	want := friend.Contact{
		Relation: after, Name: "Bob", ShortNo: "bob", Remark: "Bobby", Mute: true, Top: true,
		Screenshot: true, Receipt: true, Flame: true, FlameSecs: 9,
	}
	if page[0] != want || after.Version <= before.Version {
		t.Errorf("contact %+v\nwant    %+v", page[0], want)
	}
	if w.relation("bob", "alice") != theirs {
		t.Error("the other side changed")
	}
	_, err = w.SetContact(t.Context(), "alice", "bob", friend.ContactChange{Mute: new(true)})
	must(t, err)
	if again := sync(); len(again) != 1 || again[0] != want {
		t.Errorf("after no change %+v", again)
	}
}

func TestSetContactNeedsAPeer(t *testing.T) {
	w := start(t, openSQLite(t))
	set := func(what, peer string, want error) {
		t.Helper()
		_, err := w.SetContact(t.Context(), "alice", peer, friend.ContactChange{Mute: new(true)})
		wantErr(t, what, err, want)
		if got := w.settings("alice", peer).Mute; got != (want == nil) {
			t.Errorf("%s: mute %t", what, got)
		}
	}
	set("nobody", "nobody", friend.ErrPeer)
	_, err := w.SetContact(t.Context(), "alice", "nobody", friend.ContactChange{})
	wantErr(t, "no change", err, friend.ErrPeer)
	set("a stranger", "carol", nil)
	set("oneself", "alice", nil)
	w.save(friend.Relation{Owner: "alice", Peer: "gone"})
	set("a contact who is gone", "gone", nil)
	w.save(friend.Relation{Owner: "alice", Peer: "removed", Deleted: true})
	set("gone and removed", "removed", friend.ErrPeer)
	w.save(friend.Relation{Owner: "fan", Peer: "alice"})
	set("gone, the other way round", "fan", friend.ErrPeer)
	w.save(friend.Relation{Owner: "alice", Peer: "bob", Deleted: true})
	set("removed", "bob", nil)
	if r := w.relation("alice", "bob"); !r.Deleted {
		t.Errorf("relation %+v", r)
	}
	w.wantQueue("gone")
}

func TestSetContactRefusals(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db)
		long := strings.Repeat("😀", 64)
		for _, c := range []struct {
			what, peer string
			change     friend.ContactChange
			want       error
		}{
			{"no uid", "", friend.ContactChange{}, friend.ErrPeer},
			{"no UTF-8", "\xff", friend.ContactChange{}, friend.ErrPeer},
			{"NUL", "bob\x00", friend.ContactChange{}, friend.ErrPeer},
			{"a long uid", strings.Repeat("b", 101), friend.ContactChange{}, friend.ErrPeer},
			{"65 characters", "bob", friend.ContactChange{Remark: new(long + "!")}, friend.ErrContactRemark},
			{"line break", "bob", friend.ContactChange{Remark: new("a\nb")}, friend.ErrContactRemark},
			{"NUL in the remark", "bob", friend.ContactChange{Remark: new("a\x00")}, friend.ErrContactRemark},
			{"no UTF-8 in the remark", "bob", friend.ContactChange{Remark: new("\xff")}, friend.ErrContactRemark},
			{"turned text", "bob", friend.ContactChange{Remark: new("\u202eevil")}, friend.ErrContactRemark},
			{"an isolate", "bob", friend.ContactChange{Remark: new("a\u2066b")}, friend.ErrContactRemark},
			{"time below 0", "bob", friend.ContactChange{FlameSecs: new(-1)}, friend.ErrFlameSeconds},
			{"more than a day", "bob", friend.ContactChange{FlameSecs: new(86401)}, friend.ErrFlameSeconds},
			{"one bad of two", "bob", friend.ContactChange{Mute: new(true), FlameSecs: new(1 << 40)}, friend.ErrFlameSeconds},
		} {
			_, err := w.SetContact(t.Context(), "alice", c.peer, c.change)
			wantErr(t, c.what, err, c.want)
		}
		if got := w.settings("alice", "bob"); got != friend.DefaultContactSettings() {
			t.Errorf("settings %+v", got)
		}
		w.wantQueue("alice")
		got, err := w.SetContact(t.Context(), "alice", "bob", friend.ContactChange{Remark: new(long)})
		if got.Remark != long || err != nil {
			t.Errorf("64 characters: %q, %v", got.Remark, err)
		}
	})
}

// TestParallelSettings lets devices of one person change different switches at
// the same time: every change is there in the end.
func TestParallelSettings(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		for _, peer := range []string{"p1", "p2", "p3", "p4", "p5"} {
			w := start(t, db)
			w.people[peer] = peer
			w.save(friend.Relation{Owner: "alice", Peer: peer})
			before := len(w.queue("alice"))
			changes := []friend.ContactChange{
				{Mute: new(true)}, {Top: new(true)}, {ChatPwdOn: new(true)}, {Screenshot: new(false)}, {Recall: new(false)},
				{Receipt: new(false)}, {Flame: new(true)}, {FlameSecs: new(7)}, {Remark: new("P")},
			}
			for _, err := range together(len(changes), func(i int) error {
				_, err := w.SetContact(t.Context(), "alice", peer, changes[i])
				return err
			}) {
				must(t, err)
			}
			want := friend.ContactSettings{Remark: "P", Mute: true, Top: true, ChatPwdOn: true, Flame: true, FlameSecs: 7}
			if got := w.settings("alice", peer); got != want {
				t.Errorf("settings %+v\nwant     %+v", got, want)
			}
			if told := len(w.queue("alice")) - before; told != len(changes) {
				t.Errorf("told %d times, want %d", told, len(changes))
			}
		}
	})
}
