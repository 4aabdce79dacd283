package label_test

import (
	"slices"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/label"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/user"
)

// Who is no longer a contact is not shown, lest a label tell that person what is
// meant for friends, and is back with the friendship.
func TestMembersComeAndGoWithTheContactList(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db, label.Limits{})
		d := label.Draft{Name: "x", Members: []string{"bob", "carol", "dave"}}
		id := w.create(d)
		w.relate(friend.Relation{Owner: "alice", Peer: "bob", Deleted: true, Alone: true})
		w.relate(friend.Relation{Owner: "alice", Peer: "carol", Alone: true}) // carol removed alice
		must(t, db.Users().Update(t.Context(), func(tx user.Tx) error {
			dave, err := tx.LockUser(t.Context(), "dave")
			if err != nil {
				return err
			}
			dave.Status = user.Destroyed
			return tx.SaveUser(t.Context(), dave)
		}))
		w.want("without bob", id, "x: carol dave |")

		d.Name = "y" // a client that has not heard of it sends everybody back
		w.replace(id, d)
		w.want("without bob still", id, "y: carol dave |")
		_, err := w.Create(t.Context(), "alice", d)
		wantErr(t, "bob in a new label", err, label.ErrMember)
		_, err = w.Create(t.Context(), "alice", label.Draft{Name: "z", Members: []string{"carol", "dave"}})
		must(t, err)

		w.relate(friend.Relation{Owner: "alice", Peer: "bob"})
		w.want("friends again", id, "y: bob carol dave |")
		w.relate(friend.Relation{Owner: "alice", Peer: "bob", Deleted: true})
		w.replace(id, label.Draft{Name: "y", Members: []string{"carol"}})
		w.relate(friend.Relation{Owner: "alice", Peer: "bob"})
		w.want("replaced without bob", id, "y: carol |")
	})
}

func TestGroupsComeAndGoWithTheMembership(t *testing.T) {
	w := start(t, openSQLite(t), label.Limits{})
	d := label.Draft{Name: "x", Groups: []string{"g1", "g2"}}
	id := w.create(d)
	delete(w.groups.of["alice"], "g1")
	w.want("left g1", id, "x: | g2=Work")
	w.replace(id, d)
	_, err := w.Create(t.Context(), "alice", d)
	wantErr(t, "g1 in a new label", err, label.ErrGroup)
	w.groups.of["alice"]["g1"] = "Clan"
	w.want("in g1 again", id, "x: | g1=Clan g2=Work")
}

func TestMembersHaveNameAndPrivateRemark(t *testing.T) {
	w := start(t, openSQLite(t), label.Limits{})
	id := w.create(label.Draft{Name: "x", Members: []string{"bob", "carol"}})
	must(t, w.db.Friends().Update(t.Context(), func(tx friend.Tx) error {
		c := friend.DefaultContactSettings()
		c.Remark = "小鲍"
		if err := tx.SaveContactSettings(t.Context(), "alice", "bob", c); err != nil {
			return err
		}
		c.Remark = "eve's"
		return tx.SaveContactSettings(t.Context(), "eve", "carol", c)
	}))
	l, err := w.Label(t.Context(), "alice", id)
	must(t, err)
	list, err := w.List(t.Context(), "alice")
	must(t, err)
	want := []label.Member{{UID: "bob", Name: "BOB", Remark: "小鲍"}, {UID: "carol", Name: "CAROL"}}
	if !slices.Equal(l.Members, want) || !slices.Equal(list[0].Members, want) {
		t.Errorf("members %+v and %+v, want %+v", l.Members, list[0].Members, want)
	}
}

func TestNewestUpdateFirst(t *testing.T) {
	w := start(t, openSQLite(t), label.Limits{})
	var ids []int64
	for _, name := range []string{"a", "b", "c"} {
		ids = append(ids, w.create(label.Draft{Name: name, Members: []string{"bob"}, Groups: []string{"g1", "g2"}}))
	}
	w.wantList("made at one time", "c: bob | g1=Family g2=Work", "b: bob | g1=Family g2=Work", "a: bob | g1=Family g2=Work")
	before := w.groups.asked.Load()
	w.list("alice")
	if n := w.groups.asked.Load() - before; n != 1 {
		t.Errorf("%d questions for the groups of three labels", n)
	}
	w.now = t0.Add(time.Millisecond)
	w.replace(ids[1], label.Draft{Name: "b", Groups: []string{}})
	w.wantList("b was replaced", "b: |", "c: bob | g1=Family g2=Work", "a: bob | g1=Family g2=Work")
	if got := w.list("bob"); len(got) != 0 {
		t.Errorf("bob sees %q", got)
	}
}

func TestLargestLabel(t *testing.T) {
	db := openSQLite(t)
	w := start(t, db, label.Limits{})
	many := uids(label.DefaultLimits().Members + 1)
	must(t, db.Update(t.Context(), func(tx store.Conn) error {
		for _, uid := range many {
			joined := db.Join(tx)
			if err := joined.Users().Update(t.Context(), func(tx user.Tx) error {
				err := tx.AddUser(t.Context(), user.User{UID: uid, Username: uid, ShortNo: uid, Status: user.Active, CreatedAt: t0})
				if err != nil {
					return err
				}
				return tx.AddContact(t.Context(), "alice", uid, t0)
			}); err != nil {
				return err
			}
		}
		return nil
	}))
	slices.Reverse(many)
	_, err := w.Create(t.Context(), "alice", label.Draft{Name: "x", Members: many})
	wantErr(t, "one too many", err, label.ErrMembers)
	id := w.create(label.Draft{Name: "x", Members: many[1:]})
	l, err := w.Label(t.Context(), "alice", id)
	must(t, err)
	for i, m := range l.Members {
		if m.UID != many[i+1] {
			t.Fatalf("member %d is %s, want %s", i, m.UID, many[i+1])
		}
	}
	if l.Count() != 1000 {
		t.Errorf("%d members", l.Count())
	}
	w.replace(id, label.Draft{Name: "y", Members: append(many[2:], "bob")})
	if l, err = w.Label(t.Context(), "alice", id); err != nil || l.Count() != 1000 || l.Members[999].UID != "bob" {
		t.Errorf("%d members, error %v", l.Count(), err)
	}
}
