package storetest

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/message"
)

func testSearches(t *testing.T, s Stores) {
	ctx := t.Context()
	a, b, c := addUser(t, s, "a"), addUser(t, s, "b"), addUser(t, s, "c")
	must(t, s.Friends().Update(ctx, func(tx friend.Tx) error {
		for _, r := range []friend.Relation{{Owner: a, Peer: b}, {Owner: a, Peer: c, Deleted: true}, {Owner: c, Peer: a}} {
			if err := tx.SaveRelation(ctx, r, t0); err != nil {
				return err
			}
		}
		return tx.SaveContactSettings(ctx, a, b, friend.ContactSettings{Remark: "B."})
	}))
	group := message.Channel{ID: "g" + a, Type: message.Group}
	must(t, s.Messages().Update(ctx, func(tx message.Tx) error { return tx.Subscribe(ctx, group, false, a, b) }))
	in := func(content string, at time.Time) message.Draft {
		d := say(b, b, content)
		d.Channel, d.Recipients, d.SentAt = group, nil, at
		return d
	}
	limited, burning := in("limited", t0.Add(3)), in("burning", t0)
	limited.Visibles, burning.Expire = []string{c}, 1
	must(t, emit(ctx, s, say(b, a, "one"), say(b, a, "two"), message.Command(t0, "refresh", nil, a)))
	must(t, emit(ctx, s, say(b, c, "of others")))
	must(t, emit(ctx, s, in("in the group", t0), limited, burning, in("last", t0.Add(time.Second))))

	t.Run("Names", func(t *testing.T) {
		contacts, err := s.Messages().Contacts(ctx, a)
		must(t, err)
		want := []message.Party{{Channel: message.Channel{ID: b, Type: message.Person}, Name: "b", Remark: "B."}}
		if !slices.Equal(contacts, want) {
			t.Errorf("contacts %v, want %v", contacts, want)
		}
		groups, err := s.Messages().Groups(ctx, a)
		must(t, err)
		equal(t, "groups", len(groups), 0)
		want = append(want, message.Party{Channel: message.Channel{ID: c, Type: message.Person}, Name: "c"})
		parties, err := s.Messages().Parties(ctx, a, []message.Channel{want[1].Channel, want[0].Channel, group, {ID: "nobody", Type: message.Person}})
		must(t, err)
		slices.SortFunc(parties, func(x, y message.Party) int { return cmp.Compare(x.Name, y.Name) })
		if !slices.Equal(parties, want) {
			t.Errorf("parties %v, want %v", parties, want)
		}
		none, err := s.Messages().Parties(ctx, a, nil)
		must(t, err)
		equal(t, "none", len(none), 0)
	})
	t.Run("Messages", func(t *testing.T) { testCandidates(t, s, a, b, c, group) })
}

// testCandidates reads what testSearches has stored.
func testCandidates(t *testing.T, s Stores, a, b, c string, group message.Channel) {
	ctx := t.Context()
	channels := func(uid string, only message.Channel, limit int) []int64 {
		t.Helper()
		nums, err := s.Messages().Readable(ctx, uid, only, limit)
		must(t, err)
		return nums
	}
	all := channels(a, message.Channel{}, 9)
	equal(t, "channels", len(all), 2)
	if one := channels(a, message.Channel{}, 1); !slices.Equal(one, all[:1]) {
		t.Errorf("the newest channel is %v of %v", one, all)
	}
	if one := channels(a, group, 9); !slices.Equal(one, all[:1]) {
		t.Errorf("the group is %v, the newest of %v", one, all)
	}
	equal(t, "of others", len(channels(c, group, 9)), 0)
	equal(t, "stored otherwise", len(channels(a, message.Channel{ID: group.ID, Type: message.Person}, 9)), 0)

	text := func(content string) string { return b + ` {"content":"` + content + `","type":1}` }
	for _, q := range []struct {
		what  string
		uid   string
		share int
		now   time.Time
		want  []string
	}{
		{"all", a, 9, t0, []string{text("burning"), text("in the group"), text("last"), text("one"), text("two")}},
		{"later", a, 9, t0.Add(time.Second), []string{text("in the group"), text("last"), text("one"), text("two")}},
		{"the newest", a, 1, t0, []string{text("last"), text("two")}},
		{"sender", b, 9, t0, []string{text("burning"), text("in the group"), text("last"), text("limited"), text("one"), text("two")}},
		{"others", c, 9, t0, nil},
	} {
		if got := searched(t, s, q.uid, all, q.share, q.now); !slices.Equal(got, q.want) {
			t.Errorf("%s: %q, want %q", q.what, got, q.want)
		}
	}
	must(t, s.Messages().Update(ctx, func(tx message.Tx) error { return tx.Unsubscribe(ctx, group, a) }))
	if got := searched(t, s, a, all, 9, t0); !slices.Equal(got, []string{text("one"), text("two")}) {
		t.Errorf("out of the group: %q", got)
	}
	if left := channels(a, message.Channel{}, 9); !slices.Equal(left, all[1:]) {
		t.Errorf("channels out of the group: %v of %v", left, all)
	}
}

// searched returns the sender and text of what uid may read, in alphabetical
// order.
func searched(t *testing.T, s Stores, uid string, nums []int64, share int, now time.Time) (list []string) {
	t.Helper()
	ctx := t.Context()
	var ids []int64
	must(t, s.Messages().Candidates(ctx, uid, nums, share, now, func(m message.Candidate) {
		list = append(list, m.From+" "+string(m.Payload))
		ids = append(ids, m.ID)
	}))
	slices.Sort(list)
	if len(ids) == 0 {
		return list
	}
	read, err := s.Messages().Readables(ctx, uid, append(ids, 1), now)
	must(t, err)
	equal(t, "messages read", len(read), len(ids))
	if !slices.IsSortedFunc(read, func(x, y message.Message) int { return cmp.Compare(y.ID, x.ID) }) {
		t.Error("not the newest first")
	}
	return list
}
