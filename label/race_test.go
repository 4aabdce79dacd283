package label_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ruyi-im/ruyi/label"
	"github.com/ruyi-im/ruyi/store"
)

// sets are drafts for one label that share people and groups in different orders.
func sets(w *world) ([]label.Draft, []string) {
	people, mine := []string{"bob", "carol", "dave"}, []string{"g1", "g2"}
	var drafts []label.Draft
	var shown []string
	for i := range 6 {
		d := label.Draft{Name: fmt.Sprint(i), Members: slices.Clone(people[:1+i%3]), Groups: slices.Clone(mine[i%2:])}
		if i%2 == 1 {
			slices.Reverse(d.Members)
		}
		drafts = append(drafts, d)
		names := []string{}
		for _, no := range d.Groups {
			names = append(names, no+"="+w.groups.of["alice"][no])
		}
		shown = append(shown, d.Name+": "+strings.Join(d.Members, " ")+" | "+strings.Join(names, " "))
	}
	return drafts, shown
}

// Replacements of one label at the same time end in one of the sets, and nobody
// who reads meanwhile sees a mixture.
func TestReplacementsAtTheSameTime(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db, label.Limits{})
		drafts, shown := sets(w)
		id := w.create(drafts[0])
		var writing atomic.Int64
		writing.Store(int64(len(drafts)))
		answers := together(len(drafts)+1, func(i int) error {
			if i == len(drafts) {
				for writing.Load() > 0 {
					l, err := w.Label(t.Context(), "alice", id)
					if err != nil {
						return err
					}
					if !slices.Contains(shown, show(l)) {
						return fmt.Errorf("a reader saw %q", show(l))
					}
				}
				return nil
			}
			defer writing.Add(-1)
			for range 5 {
				if err := w.Replace(t.Context(), "alice", id, drafts[i]); err != nil {
					return err
				}
			}
			return nil
		})
		must(t, errors.Join(answers...))
		l, err := w.Label(t.Context(), "alice", id)
		must(t, err)
		if !slices.Contains(shown, show(l)) {
			t.Errorf("the label is %q, none of %q", show(l), shown)
		}
	})
}

// Who leaves the groups as they are must not bring back those that somebody else
// has just replaced.
func TestReplacementThatLeavesGroupsAtTheSameTime(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db, label.Limits{})
		for range 20 {
			id := w.create(label.Draft{Name: "x", Groups: []string{"g1"}})
			drafts := []label.Draft{{Name: "x", Groups: []string{"g2"}}, {Name: "x"}, {Name: "x"}, {Name: "x"}}
			must(t, errors.Join(together(len(drafts), func(i int) error {
				return w.Replace(t.Context(), "alice", id, drafts[i])
			})...))
			w.want("groups", id, "x: | g2=Work")
		}
	})
}

func TestLimitOfLabelsAtTheSameTime(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		const most, callers = 5, 12
		w := start(t, db, label.Limits{Labels: most})
		w.create(label.Draft{Name: "first"})
		made := 0
		for _, err := range together(callers, func(i int) error {
			_, err := w.Create(t.Context(), "alice", label.Draft{Name: fmt.Sprint(i), Members: []string{"bob"}})
			return err
		}) {
			if err == nil {
				made++
			} else {
				wantErr(t, "above the limit", err, label.ErrLabels)
			}
		}
		if n := len(w.list("alice")); made != most-1 || n != most {
			t.Errorf("%d were made and %d are there, want %d and %d", made, n, most-1, most)
		}
		_, err := w.Create(t.Context(), "eve", label.Draft{Name: "hers"})
		must(t, err)
		labels, err := w.List(t.Context(), "alice")
		must(t, err)
		must(t, w.Delete(t.Context(), "alice", labels[0].ID))
		w.create(label.Draft{Name: "room again"})
	})
}

// A replacement and the removal of one label: whoever comes second finds none or
// removes what was put there.
func TestReplacementAndRemovalAtTheSameTime(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db, label.Limits{})
		d := label.Draft{Name: "x", Members: []string{"bob", "carol"}, Groups: []string{"g1"}}
		for range 10 {
			id := w.create(d)
			answers := together(2, func(i int) error {
				if i == 0 {
					return w.Delete(t.Context(), "alice", id)
				}
				return w.Replace(t.Context(), "alice", id, d)
			})
			must(t, answers[0])
			if answers[1] != nil {
				wantErr(t, "replacement", answers[1], label.ErrNotFound)
			}
		}
		if got := w.rows(); got != "0 0 0" {
			t.Errorf("rows %s are left", got)
		}
	})
}
