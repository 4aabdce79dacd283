package label_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/label"
	"github.com/ruyi-im/ruyi/store"
)

func TestLabelHoldsWhatWasGiven(t *testing.T) {
	w := start(t, openSQLite(t), label.Limits{})
	id := w.create(label.Draft{
		Name: "　好友 😀 \t", Members: []string{"carol", "bob", "carol", "bob"}, Groups: []string{"g2", "g1", "g2"},
	})
	w.want("new label", id, "好友 😀: carol bob | g2=Work g1=Family")
	l, err := w.Label(t.Context(), "alice", id)
	must(t, err)
	if l.ID != id || l.Count() != 4 || !l.UpdatedAt.Equal(t0) || l.Members[0] != (label.Member{UID: "carol", Name: "CAROL"}) {
		t.Errorf("label %+v", l)
	}

	w.now = t0.Add(time.Hour)
	w.replace(id, label.Draft{Name: "2", Members: []string{"dave", "carol"}, Groups: []string{"g1"}})
	w.want("replaced label", id, "2: dave carol | g1=Family")
	if l, err = w.Label(t.Context(), "alice", id); err != nil || !l.UpdatedAt.Equal(w.now) {
		t.Errorf("label %+v, error %v", l, err)
	}
	w.replace(id, label.Draft{Name: "3", Members: []string{"bob"}})
	w.want("groups of who knows none", id, "3: bob | g1=Family")
	w.replace(id, label.Draft{Name: "4", Groups: []string{}})
	w.want("emptied label", id, "4: |")
	if l, err = w.Label(t.Context(), "alice", id); err != nil || l.Members == nil || l.Groups == nil {
		t.Errorf("label %+v, error %v", l, err)
	}

	must(t, w.Delete(t.Context(), "alice", id))
	wantErr(t, "second removal", w.Delete(t.Context(), "alice", id), label.ErrNotFound)
	wantErr(t, "replaced when gone", w.Replace(t.Context(), "alice", id, label.Draft{Name: "x"}), label.ErrNotFound)
	w.wantList("after the removal")
}

func TestRemovalLeavesNothingAndNobodyElseOut(t *testing.T) {
	w := start(t, openSQLite(t), label.Limits{})
	d := label.Draft{Name: "x", Members: []string{"bob", "carol"}, Groups: []string{"g1"}}
	id := w.create(d)
	kept := w.create(d)
	must(t, w.Delete(t.Context(), "alice", id))
	if got := w.rows(); got != "1 2 1" {
		t.Errorf("rows %s", got)
	}
	w.want("the other label", kept, "x: bob carol | g1=Family")
	contacts, err := w.db.Friends().Contacts(t.Context(), "alice", friend.Cursor{}, 10)
	if err != nil || len(contacts) != 3 {
		t.Errorf("%d contacts, error %v", len(contacts), err)
	}
}

func TestDraftsThatAreRefused(t *testing.T) { onBothEngines(t, refuseDrafts) }

func refuseDrafts(t *testing.T, db *store.DB) {
	w := start(t, db, label.Limits{Members: 2, Groups: 1})
	w.relate(friend.Relation{Owner: "alice", Peer: "eve", Deleted: true})
	id := w.create(label.Draft{Name: "kept", Members: []string{"bob"}, Groups: []string{"g1"}})
	w.now = t0.Add(time.Hour)
	for what, c := range map[string]struct {
		draft label.Draft
		want  error
	}{
		"no name":             {label.Draft{}, label.ErrNameMissing},
		"spaces":              {label.Draft{Name: " \t　\u00a0"}, label.ErrNameMissing},
		"invisible name":      {label.Draft{Name: "\u200b\u200d"}, label.ErrNameMissing},
		"37 characters":       {label.Draft{Name: strings.Repeat("好", 37)}, label.ErrName},
		"two lines":           {label.Draft{Name: "a\nb"}, label.ErrName},
		"turned text":         {label.Draft{Name: "a\u202eb"}, label.ErrName},
		"NUL":                 {label.Draft{Name: "a\x00"}, label.ErrName},
		"no UTF-8":            {label.Draft{Name: "a\xff"}, label.ErrName},
		"a stranger":          {label.Draft{Name: "a", Members: []string{"bob", "nobody"}}, label.ErrMember},
		"a removed contact":   {label.Draft{Name: "a", Members: []string{"eve"}}, label.ErrMember},
		"oneself":             {label.Draft{Name: "a", Members: []string{"alice"}}, label.ErrMember},
		"an empty uid":        {label.Draft{Name: "a", Members: []string{""}}, label.ErrMember},
		"a uid that is none":  {label.Draft{Name: "a", Members: []string{"bob\x00"}}, label.ErrMember},
		"a uid of odd bytes":  {label.Draft{Name: "a", Members: []string{"\xff"}}, label.ErrMember},
		"a long uid":          {label.Draft{Name: "a", Members: []string{strings.Repeat("b", 101)}}, label.ErrMember},
		"three members":       {label.Draft{Name: "a", Members: []string{"bob", "carol", "dave"}}, label.ErrMembers},
		"another's group":     {label.Draft{Name: "a", Groups: []string{"g3"}}, label.ErrGroup},
		"no such group":       {label.Draft{Name: "a", Groups: []string{"g9"}}, label.ErrGroup},
		"a group of nothing":  {label.Draft{Name: "a", Groups: []string{""}}, label.ErrGroup},
		"a group of odd text": {label.Draft{Name: "a", Groups: []string{"\x00"}}, label.ErrGroup},
		"two groups":          {label.Draft{Name: "a", Groups: []string{"g1", "g2"}}, label.ErrGroups},
	} {
		_, err := w.Create(t.Context(), "alice", c.draft)
		wantErr(t, "create, "+what, err, c.want)
		wantErr(t, "replace, "+what, w.Replace(t.Context(), "alice", id, c.draft), c.want)
	}
	_, err := w.Create(t.Context(), "nobody", label.Draft{Name: "a"})
	wantErr(t, "no such owner", err, label.ErrOwner)
	w.wantList("after the refusals", "kept: bob | g1=Family")
	if l, err := w.Label(t.Context(), "alice", id); err != nil || !l.UpdatedAt.Equal(t0) {
		t.Errorf("label %+v, error %v", l, err)
	}

	w.replace(id, label.Draft{
		Name: strings.Repeat("好", 36), Members: []string{"bob", "carol", "bob"}, Groups: []string{"g1", "g1"},
	})
	w.want("as much as fits", id, strings.Repeat("好", 36)+": bob carol | g1=Family")
}

// Somebody else can guess an id. It must not help, nor tell that there is one.
func TestLabelOfSomebodyElse(t *testing.T) {
	w := start(t, openSQLite(t), label.Limits{})
	id := w.create(label.Draft{Name: "mine", Members: []string{"bob"}, Groups: []string{"g1"}})
	for _, i := range []int64{id, id + 1, 0, -1} {
		_, err := w.Label(t.Context(), "eve", i)
		wantErr(t, "read", err, label.ErrNotFound)
		wantErr(t, "replace", w.Replace(t.Context(), "eve", i, label.Draft{Name: "hers"}), label.ErrNotFound)
		// What eve knows of nobody's list must not come out by what is refused first.
		wantErr(t, "replace with a stranger",
			w.Replace(t.Context(), "eve", i, label.Draft{Name: "hers", Members: []string{"bob"}}), label.ErrNotFound)
		wantErr(t, "delete", w.Delete(t.Context(), "eve", i), label.ErrNotFound)
	}
	if got := w.list("eve"); len(got) != 0 {
		t.Errorf("eve sees %q", got)
	}
	w.wantList("alice sees", "mine: bob | g1=Family")
}

func TestWithoutGroups(t *testing.T) {
	w := start(t, openSQLite(t), label.Limits{})
	id := w.create(label.Draft{Name: "a", Groups: []string{"g1"}})
	without, err := label.New(w.db.Labels(), label.Options{})
	must(t, err)
	_, err = without.Create(t.Context(), "alice", label.Draft{Name: "b", Groups: []string{"g1"}})
	wantErr(t, "a group", err, label.ErrGroup)
	_, err = without.Create(t.Context(), "alice", label.Draft{Name: "b", Groups: []string{}})
	must(t, err)
	labels, err := without.List(t.Context(), "alice")
	if err != nil || len(labels) != 2 || labels[1].Groups == nil || labels[1].Count() != 0 {
		t.Errorf("labels %+v, error %v", labels, err)
	}
	must(t, without.Replace(t.Context(), "alice", id, label.Draft{Name: "c"}))
	w.want("groups of before", id, "c: | g1=Family")
}

func TestFailureOfTheGroups(t *testing.T) {
	w := start(t, openSQLite(t), label.Limits{})
	d := label.Draft{Name: "a", Groups: []string{"g1"}}
	id := w.create(d)
	w.groups.err = context.DeadlineExceeded
	_, err := w.Create(t.Context(), "alice", d)
	again := w.Replace(t.Context(), "alice", id, d)
	_, one := w.Label(t.Context(), "alice", id)
	_, all := w.List(t.Context(), "alice")
	for _, err := range []error{err, again, one, all} {
		if !errors.Is(err, w.groups.err) {
			t.Errorf("error %v, want %v", err, w.groups.err)
		}
	}
}

func TestNewRefusesNegativeLimits(t *testing.T) {
	for _, l := range []label.Limits{{Labels: -1}, {Members: -1}, {Groups: -1}} {
		if s, err := label.New(nil, label.Options{Limits: l}); s != nil || err == nil {
			t.Errorf("%+v was accepted", l)
		}
	}
}
