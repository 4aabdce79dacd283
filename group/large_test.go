package group_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/group"
	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store"
)

const (
	memberUpdate = `{"cmd":"memberUpdate","param":{"group_no":"G"},"type":99}`
	forOne       = `{"cmd":"for one","type":99}`
	becameLarge  = `{"content":"群成员已超过3人，本群升级为超级群","extra":[],"type":1022}`
)

func TestAGroupBecomesLarge(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db, group.Options{Limits: group.Limits{FanOut: 3}})
		no := w.found("bob")
		add := func(uid string) {
			t.Helper()
			w.now = w.now.Add(time.Second)
			must(t, group.Add(t.Context(), w.Service, no, uid))
		}
		wantLarge := func(want bool, members int) {
			t.Helper()
			if g := w.card(no); g.Large != want || g.Members != members {
				t.Errorf("large %t with %d members, want %t with %d", g.Large, g.Members, want, members)
			}
		}
		add("carol")
		wantLarge(false, 3)
		w.wantNews("bob", no, memberUpdate)
		w.wantNews("carol", no, memberUpdate, forOne)
		w.wantNews("alice", no, memberUpdate)

		add("dave") // above the limit
		wantLarge(true, 4)
		if g := w.card(no); !g.UpdatedAt.Equal(w.now) {
			t.Errorf("group %+v", g)
		}
		for _, uid := range []string{"alice", "bob", "carol"} {
			w.wantNews(uid, no, memberUpdate, becameLarge, channelUpdate)
		}
		w.wantNews("dave", no, memberUpdate, forOne, becameLarge, channelUpdate)

		w.member(no, "dave", func(m *group.Member) { m.Deleted = true })
		w.member(no, "carol", func(m *group.Member) { m.Deleted = true })
		wantLarge(true, 2)
		add("dave") // has been large before
		add("eve")
		wantLarge(true, 4)
		w.wantNews("alice", no)
		must(t, w.Update(t.Context(), "alice", no, group.Change{Name: ptr("large")}))
		w.wantNews("alice", no)
		wantLarge(true, 4)

		history, err := w.db.Messages().History(t.Context(), "alice", group.Channel(no), 0, 100)
		must(t, err)
		var kinds []int
		for _, m := range history {
			var p struct{ Type int }
			must(t, json.Unmarshal(m.Payload, &p))
			kinds = append(kinds, p.Type)
		}
		if !slices.Equal(kinds, []int{1001, 1022, 1005}) {
			t.Errorf("history of %d", kinds)
		}
	})
}

// TestAGroupIsFoundedLarge names more people at once than there are queues for.
func TestAGroupIsFoundedLarge(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{Limits: group.Limits{FanOut: 3}})
	v, err := w.Create(t.Context(), "alice", group.Foundation{Members: []string{"bob", "carol", "dave"}})
	must(t, err)
	if !v.Group.Large || v.Group.Members != 4 || v.Group != w.card(v.Group.No) {
		t.Errorf("group %+v, stored %+v", v.Group, w.card(v.Group.No))
	}
	if heard := w.news("dave", v.Group.No); len(heard) != 3 || heard[1] != becameLarge || heard[2] != channelUpdate {
		t.Errorf("heard %s", heard)
	}
	must(t, w.db.Messages().Update(t.Context(), func(tx message.Tx) error {
		return tx.Emit(t.Context(), message.Draft{
			Channel: group.Channel(v.Group.No), From: "alice", ClientMsgNo: "1", Payload: []byte(`{"type":1,"content":"hi"}`), SentAt: t0,
		})
	}))
	w.wantNews("dave", v.Group.No)
}
