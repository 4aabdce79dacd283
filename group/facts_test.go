package group_test

import (
	"maps"
	"testing"

	"github.com/ruyi-im/ruyi/group"
	"github.com/ruyi-im/ruyi/store"
)

// TestFacts asks what other domains ask: which groups somebody is in, and whether
// two people may meet as members of one.
func TestFacts(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db, group.Options{})
		no := w.found("bob", "carol")
		wantNames := func(uid string, want map[string]string) {
			t.Helper()
			got, err := w.GroupNames(t.Context(), uid, []string{no, "nowhere", "a\x00", ""})
			must(t, err)
			if !maps.Equal(got, want) {
				t.Errorf("groups of %s: %v, want %v", uid, got, want)
			}
		}
		g, err := db.Groups().Group(t.Context(), no)
		must(t, err)
		wantNames("bob", map[string]string{no: g.Name})
		wantNames("eve", map[string]string{})

		bob, err := db.Groups().Member(t.Context(), no, "bob")
		must(t, err)
		wantCode := func(what, code, applicant, target string, want bool, wantError error) {
			t.Helper()
			ok, err := w.MemberCode(t.Context(), code, applicant, target)
			wantErr(t, what, err, wantError)
			if ok != want {
				t.Errorf("%s: %t", what, ok)
			}
		}
		wantCode("a member", bob.Vercode, "carol", "bob", true, nil)
		wantCode("a stranger", bob.Vercode, "eve", "bob", false, nil)
		wantCode("somebody else's", bob.Vercode, "bob", "carol", false, nil)
		wantCode("none", "x@2", "carol", "bob", false, nil)
		wantCode("no text", "\x00@2", "carol", "bob", false, nil)
		w.group(no, func(g *group.Group) { g.ForbiddenAddFriend = true })
		wantCode("forbidden", bob.Vercode, "carol", "bob", false, group.ErrAddFriend)
		wantCode("forbidden, but the owner", bob.Vercode, "alice", "bob", true, nil)
		w.member(no, "carol", func(m *group.Member) { m.Deleted = true })
		wantCode("who has left", bob.Vercode, "carol", "bob", false, nil)
		wantNames("carol", map[string]string{})
		w.group(no, func(g *group.Group) { g.Status = group.Disbanded })
		wantCode("disbanded", bob.Vercode, "alice", "bob", false, nil)
		wantNames("bob", map[string]string{})
	})
}
