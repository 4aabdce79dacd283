package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/group"
)

func testGroupCodes(t *testing.T, s Stores) {
	ctx := t.Context()
	full := group.Code{
		Hash: "full", Kind: group.JoinCode, Group: "群'\"", UID: "a", Scanner: "b", Invite: "i", ExpiresAt: t0.Add(time.Hour),
	}
	bare := group.Code{Hash: "bare", Kind: group.QRCode, ExpiresAt: t0.Add(time.Hour)}
	changeGroups(t, s, func(tx group.Tx) error {
		return errors.Join(tx.AddCode(ctx, full), tx.AddCode(ctx, bare))
	})
	undone := errors.New("undone")
	wantErr(t, s.Groups().Update(ctx, func(tx group.Tx) error {
		return errors.Join(tx.UseCode(ctx, bare.Hash, t0), undone)
	}), undone)
	changeGroups(t, s, func(tx group.Tx) error {
		return errors.Join(tx.UseCode(ctx, full.Hash, t0), tx.UseCode(ctx, "none", t0))
	})
	full.UsedAt = t0
	for _, want := range []group.Code{full, bare, {}} {
		hash := want.Hash
		if hash == "" {
			hash = "none"
		}
		got, err := s.Groups().Code(ctx, hash)
		must(t, err)
		equal(t, "code", got, want)
		changeGroups(t, s, func(tx group.Tx) error {
			got, err := tx.LockCode(ctx, hash)
			equal(t, "locked code", got, want)
			return err
		})
	}
	if err := s.Groups().Update(ctx, func(tx group.Tx) error { return tx.AddCode(ctx, bare) }); err == nil {
		t.Error("a hash was added twice")
	}
	t.Run("Drop", func(t *testing.T) { testDropGroupCodes(t, s) })
	t.Run("UsedOnce", func(t *testing.T) { must(t, UseGroupCodes(ctx, s)) })
}

func changeGroups(t *testing.T, s Stores, fn func(tx group.Tx) error) {
	t.Helper()
	must(t, s.Groups().Update(t.Context(), fn))
}

func testDropGroupCodes(t *testing.T, s Stores) {
	ctx := t.Context()
	changeGroups(t, s, func(tx group.Tx) (err error) {
		for i := range 6 {
			c := group.Code{Hash: fmt.Sprint("old", i), Kind: group.QRCode, ExpiresAt: t0.Add(time.Duration(i) * time.Second)}
			err = errors.Join(err, tx.AddCode(ctx, c))
		}
		return err
	})
	for _, step := range []struct {
		at    time.Time
		limit int
		left  string
	}{
		{t0.Add(-time.Millisecond), 9, "012345"},
		{t0.Add(4 * time.Second), 2, "2345"},
		{t0.Add(4 * time.Second), 9, "5"},
	} {
		changeGroups(t, s, func(tx group.Tx) error { return tx.DropCodes(ctx, step.at, step.limit) })
		left := ""
		for i := range 6 {
			c, err := s.Groups().Code(ctx, fmt.Sprint("old", i))
			if must(t, err); c.Hash != "" {
				left += fmt.Sprint(i)
			}
		}
		equal(t, "left", left, step.left)
	}
	// Whoever makes a code clears away: all at once must not get in each other's way.
	must(t, together(8, func(n int) error {
		return s.Groups().Update(ctx, func(tx group.Tx) (err error) {
			for i := range 4 {
				err = errors.Join(err, tx.AddCode(ctx, group.Code{Hash: fmt.Sprint("many", n, i), Kind: group.QRCode, ExpiresAt: t0}))
			}
			return err
		})
	}))
	must(t, together(8, func(int) error {
		return s.Groups().Update(ctx, func(tx group.Tx) error { return tx.DropCodes(ctx, t0, 16) })
	}))
}

// UseGroupCodes lets many use one code at the same time, and fails unless exactly
// one of them finds it unused. A store whose LockCode does not hold the row until
// the end lets several.
func UseGroupCodes(ctx context.Context, s Stores) error {
	hash := fmt.Sprint("contended", serial.Add(1))
	err := s.Groups().Update(ctx, func(tx group.Tx) error {
		return tx.AddCode(ctx, group.Code{Hash: hash, Kind: group.JoinCode, ExpiresAt: t0.Add(time.Hour)})
	})
	if err != nil {
		return err
	}
	used := make([]bool, 16)
	err = together(len(used), func(i int) error {
		return s.Groups().Update(ctx, func(tx group.Tx) error {
			c, err := tx.LockCode(ctx, hash)
			used[i] = err == nil && c.UsedAt.IsZero()
			if !used[i] {
				return err
			}
			return tx.UseCode(ctx, hash, t0)
		})
	})
	if n := len(slices.DeleteFunc(used, func(b bool) bool { return !b })); err == nil && n != 1 {
		err = fmt.Errorf("a code was used %d times", n)
	}
	return err
}

func testGroupInvites(t *testing.T, s Stores) {
	ctx := t.Context()
	a, b := addUser(t, s, "a"), addUser(t, s, "b")
	want := group.Invite{
		No: fmt.Sprintf("%032x", serial.Add(1)), Group: "g", Inviter: a, InviterName: "a", Remark: "她'\" 👨‍👩‍👧",
		Invited:   []group.Person{{UID: "nobody"}, {UID: b, Name: "b"}, {UID: a, Name: "a"}},
		CreatedAt: t0, ExpiresAt: t0.Add(time.Hour),
	}
	_, err := s.Groups().Invite(ctx, want.No)
	wantErr(t, err, group.ErrNoInvite)
	added := want
	added.InviterName = "ignored"
	other := want
	other.No, other.Inviter, other.InviterName, other.Invited = want.No[1:], "nobody", "", nil
	for i := range 450 {
		other.Invited = append(other.Invited, group.Person{UID: fmt.Sprint("u", 1000-i)})
	}
	changeGroups(t, s, func(tx group.Tx) error { return errors.Join(tx.AddInvite(ctx, added), tx.AddInvite(ctx, other)) })
	check := func(want group.Invite) {
		t.Helper()
		got, err := s.Groups().Invite(ctx, want.No)
		must(t, err)
		equal(t, "invite", fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want))
	}
	check(want)
	check(other)
	changeGroups(t, s, func(tx group.Tx) error { return tx.ConfirmInvite(ctx, want.No, b) })
	want.Status, want.Allower = group.Confirmed, b
	check(want)
	check(other)
	if err := s.Groups().Update(ctx, func(tx group.Tx) error { return tx.AddInvite(ctx, other) }); err == nil {
		t.Error("a number was added twice")
	}
	t.Run("Managers", func(t *testing.T) { testManagerUIDs(t, s) })
}

func testManagerUIDs(t *testing.T, s Stores) {
	ctx := t.Context()
	no, other := addGroup(t, s), addGroup(t, s)
	members := []group.Member{
		{UID: "owner", Role: group.Owner, Status: group.Accepted},
		{UID: "manager", Role: group.Manager, Status: group.Accepted},
		{UID: "ordinary", Status: group.Accepted},
		{UID: "left", Role: group.Manager, Status: group.Accepted, Deleted: true},
		{UID: "shunned", Role: group.Manager, Status: group.Blacklisted},
	}
	changeGroups(t, s, func(tx group.Tx) error {
		return errors.Join(tx.SaveMembers(ctx, no, members...),
			tx.SaveMembers(ctx, other, group.Member{UID: "other", Role: group.Owner, Status: group.Accepted}))
	})
	uids, err := s.Groups().ManagerUIDs(ctx, no)
	must(t, err)
	slices.Sort(uids)
	equal(t, "managers", strings.Join(uids, " "), "manager owner")
}
