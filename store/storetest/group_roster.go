package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/group"
	"github.com/ruyi-im/ruyi/user"
)

func testRoster(t *testing.T, s Stores) {
	ctx := t.Context()
	uids := make([]string, 7)
	for i := range uids {
		uids[i] = addUser(t, s, "m")
	}
	no := addGroup(t, s, uids...)
	addGroup(t, s, uids[0])
	names := func(list []group.Named, err error) string {
		t.Helper()
		must(t, err)
		var b strings.Builder
		for _, m := range list {
			fmt.Fprint(&b, slices.Index(uids, m.UID))
			equal(t, "name", m.Name, "m")
		}
		return b.String()
	}
	must(t, changeMembers(ctx, s, no, uids, func(members []group.Member) {
		members[6].Role = group.Owner
		members[4].Role, members[2].Role = group.Manager, group.Manager
		members[1].Deleted = true
	}))
	for _, c := range []struct {
		offset, limit int
		want          string
	}{{0, 100, "624035"}, {0, 2, "62"}, {1, 2, "24"}, {2, 3, "403"}, {3, 1, "0"}, {4, 9, "35"}, {6, 1, ""}, {9, 9, ""}} {
		equal(t, fmt.Sprintf("%d after %d", c.limit, c.offset), names(s.Groups().Roster(ctx, no, c.offset, c.limit)), c.want)
	}
	equal(t, "of no group", names(s.Groups().Roster(ctx, "nowhere", 0, 9)), "")
	managers, err := s.Groups().Managers(ctx, no)
	if must(t, err); len(managers) != 3 || managers[0].UID != uids[6] || managers[1].UID != uids[2] || managers[2].UID != uids[4] {
		t.Errorf("managers %+v", managers)
	}
	equal(t, "all rows", names(s.Groups().MembersAfter(ctx, no, 0, 100)), "0123456")
	must(t, changeMembers(ctx, s, no, uids[2:4], func([]group.Member) {}))
	rows, err := s.Groups().MembersAfter(ctx, no, 0, 100)
	equal(t, "all rows", names(rows, err), "0145623")
	equal(t, "a page", names(s.Groups().MembersAfter(ctx, no, rows[0].Version, 2)), "14")
	equal(t, "the end", names(s.Groups().MembersAfter(ctx, no, rows[6].Version, 2)), "")
	equal(t, "removed", rows[1].Deleted, true)
	testHeirs(t, s, no, uids)
	must(t, CountRoster(ctx, s))
}

// testHeirs removes one heir after the other.
func testHeirs(t *testing.T, s Stores, no string, uids []string) {
	ctx := t.Context()
	must(t, changeMembers(ctx, s, no, uids, func(members []group.Member) {
		for i := range members {
			members[i].CreatedAt = t0.Add(-time.Duration(i) * time.Second)
		}
		members[5].Status = group.Blacklisted
	}))
	must(t, s.Users().Update(ctx, func(tx user.Tx) error {
		u, err := tx.LockUser(ctx, uids[2])
		u.Status = user.Destroyed
		return errors.Join(err, tx.SaveUser(ctx, u))
	}))
	for _, want := range []int{4, 3, 0, 2} { // 6 is the owner, 1 left
		heir, err := s.Groups().Heir(ctx, no)
		if must(t, err); heir.UID != uids[want] || heir.Name != "m" {
			t.Errorf("heir %+v, want %s", heir, uids[want])
		}
		must(t, changeMembers(ctx, s, no, uids[want:want+1], func(m []group.Member) { m[0].Deleted = true }))
	}
	if heir, err := s.Groups().Heir(ctx, no); heir != (group.Named{}) || err != nil {
		t.Errorf("heir %+v, %v", heir, err)
	}
}

// changeMembers saves the rows of uids in a group after a change, at once and in
// their order.
func changeMembers(ctx context.Context, s Stores, no string, uids []string, change func(members []group.Member)) error {
	return s.Groups().Update(ctx, func(tx group.Tx) error {
		if _, err := tx.LockGroup(ctx, no); err != nil {
			return err
		}
		members := make([]group.Member, len(uids))
		for i, uid := range uids {
			var err error
			if members[i], err = tx.Member(ctx, no, uid); err != nil {
				return err
			}
			if members[i].UID == "" {
				members[i] = newMembers(uid)[0]
			}
		}
		change(members)
		return tx.SaveMembers(ctx, no, members...)
	})
}

// How many take part in CountRoster, and how often each writer acts.
const (
	rosterWriters = 8
	rosterReaders = 3
	rosterActs    = 12
	rosterEach    = 5 // members of each writer
)

// CountRoster lets many writers add, change and remove members of one group at
// the same time, several at once, while readers follow with MembersAfter in pages
// of random size as clients do. It returns an error when a reader does not know
// the truth in the end, removals included. What is random depends on a seed, which
// the error names.
func CountRoster(ctx context.Context, s Stores) error {
	seed := rand.Uint64()
	if err := countRoster(ctx, s, seed); err != nil {
		return fmt.Errorf("with seed %d: %w", seed, err)
	}
	return nil
}

func countRoster(ctx context.Context, s Stores, seed uint64) error {
	r := &roster{stores: s, uids: make([][]string, rosterWriters), truth: make([]map[string]group.Member, rosterWriters)}
	g := newGroup()
	r.no = g.No
	err := errors.Join(s.Groups().Update(ctx, func(tx group.Tx) error { return tx.SaveGroup(ctx, g) }),
		s.Users().Update(ctx, func(tx user.Tx) error {
			for i := range r.uids {
				r.uids[i], r.truth[i] = nil, map[string]group.Member{}
				for range rosterEach {
					u := newUser("m")
					if err := tx.AddUser(ctx, u); err != nil {
						return err
					}
					r.uids[i] = append(r.uids[i], u.UID)
				}
			}
			return nil
		}))
	if err != nil {
		return err
	}
	dice := func(who int) *rand.Rand { return rand.New(rand.NewPCG(seed, uint64(who))) }
	readers := make([]rosterReader, rosterReaders+1) // the last one comes when all is over
	for i := range readers {
		readers[i] = rosterReader{roster: r, dice: dice(rosterWriters + i), known: map[string]group.Member{}}
	}
	r.writing.Store(rosterWriters)
	err = together(rosterWriters+rosterReaders, func(i int) error {
		if i >= rosterWriters {
			return readers[i-rosterWriters].follow(ctx)
		}
		defer r.writing.Add(-1)
		return r.write(ctx, i, dice(i))
	})
	for i := range readers {
		if err == nil {
			err = errors.Join(readers[i].follow(ctx), readers[i].check())
		}
	}
	return err
}

// roster is a group, with what was last written about each member.
type roster struct {
	stores  Stores
	no      string
	uids    [][]string // of each writer
	truth   []map[string]group.Member
	writing atomic.Int64 // how many writers there are still
}

// write adds all members of a writer at once and leaves the first three alone, so
// that a client that misses one misses it for ever.
func (r *roster) write(ctx context.Context, writer int, dice *rand.Rand) error {
	for n := range rosterActs {
		uids := r.uids[writer]
		if n > 0 {
			uids = uids[3+dice.IntN(rosterEach-3):]
		}
		remark := fmt.Sprint("r", serial.Add(1))
		deleted := n == rosterActs-1 || n > 0 && dice.IntN(3) == 0
		err := changeMembers(ctx, r.stores, r.no, uids, func(members []group.Member) {
			for i := range members {
				members[i].Remark, members[i].Deleted = remark, deleted
			}
		})
		if err != nil {
			return err
		}
		for _, uid := range uids {
			r.truth[writer][uid] = group.Member{Remark: remark, Deleted: deleted}
		}
	}
	return nil
}

// rosterReader is a client: how far it has read, and what it knows.
type rosterReader struct {
	roster  *roster
	dice    *rand.Rand
	version int64
	known   map[string]group.Member
}

// follow reads until nobody writes any more and nothing is left.
func (r *rosterReader) follow(ctx context.Context) error {
	for quiet := false; ; {
		limit := 1 + r.dice.IntN(6)
		page, err := r.roster.stores.Groups().MembersAfter(ctx, r.roster.no, r.version, limit)
		if err != nil {
			return err
		}
		if len(page) > limit {
			return fmt.Errorf("a page of %d has %d rows", limit, len(page))
		}
		after := r.version
		for _, m := range page {
			if m.Version <= after || m.Version < r.version {
				return fmt.Errorf("version %d came after %d", m.Version, r.version)
			}
			r.known[m.UID], r.version = m.Member, m.Version
		}
		if len(page) == 0 {
			if quiet { // empty once more after the last writer had ended
				return nil
			}
			quiet = r.roster.writing.Load() == 0
		}
	}
}

// check compares what the reader knows with what was written.
func (r *rosterReader) check() error {
	missed, rows := 0, 0
	for _, truth := range r.roster.truth {
		for uid, m := range truth {
			rows++
			if k, known := r.known[uid]; !known || k.Remark != m.Remark || k.Deleted != m.Deleted {
				missed++
			}
		}
	}
	if missed > 0 || len(r.known) != rows {
		return fmt.Errorf("%d of %d members are known, %d not as they are", len(r.known), rows, missed)
	}
	return nil
}
