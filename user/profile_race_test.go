package user_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/user"
)

// TestOneOfManyGetsAShortNumber lets people ask for one number, in all spellings,
// at the same time.
func TestOneOfManyGetsAShortNumber(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := startDev(t, db)
		const people = 8
		uid := func(i int) string { return fmt.Sprint("u", i) }
		for i := range people {
			w.add(user.User{UID: uid(i)})
		}
		answers := together(people, func(i int) error {
			no := []string{"Dragon1", "dragon1", "DRAGON1"}[i%3]
			return w.UpdateProfile(t.Context(), uid(i), user.ProfileChange{Name: new("won"), ShortNo: &no})
		})
		winners := 0
		for i, err := range answers {
			u := w.account(uid(i))
			won := err == nil
			if !won && !errors.Is(err, user.ErrTaken) || u.ShortNoChanged != won || strings.EqualFold(u.ShortNo, "dragon1") != won ||
				(u.Name == "won") != won {
				t.Errorf("answer %v, account %+v", err, u)
			}
			if won {
				winners++
			}
		}
		if winners != 1 {
			t.Errorf("%d winners", winners)
		}
	})
}

// TestOneChoiceOfManyCounts lets one account choose several numbers at once.
func TestOneChoiceOfManyCounts(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := startDev(t, db)
		w.add(user.User{UID: "a"})
		chosen := 0
		for _, err := range together(8, func(i int) error {
			return w.UpdateProfile(t.Context(), "a", user.ProfileChange{ShortNo: new(fmt.Sprint("Dragon", i))})
		}) {
			if err == nil {
				chosen++
			} else {
				wantErr(t, "another choice", err, user.ErrShortNoChanged)
			}
		}
		if chosen != 1 {
			t.Errorf("%d choices", chosen)
		}
	})
}

// TestChangesAtOnceAllStay changes different things of one account at the same
// time: none may undo another.
func TestChangesAtOnceAllStay(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := startDev(t, db)
		ctx := t.Context()
		before := w.add(user.User{UID: "a"})
		changes := []func() error{
			func() error { return w.UpdateProfile(ctx, "a", user.ProfileChange{Name: new("Ann")}) },
			func() error { return w.UpdateProfile(ctx, "a", user.ProfileChange{Sex: new(user.Male)}) },
			func() error { return w.UpdateProfile(ctx, "a", user.ProfileChange{ShortNo: new("Dragon1")}) },
			func() error { return w.UpdateSettings(ctx, "a", user.SettingsChange{DeviceLock: new(true)}) },
			func() error { return w.UpdateSettings(ctx, "a", user.SettingsChange{MuteOfApp: new(true)}) },
			func() error { return w.SetLockScreenPassword(ctx, "a", "locked") },
			func() error { return w.SetLockAfter(ctx, "a", 5) },
			func() error { return w.SetCategory(ctx, "a", user.CategoryCustomerService) },
		}
		for _, err := range together(len(changes), func(i int) error { return changes[i]() }) {
			must(t, err)
		}
		want := before
		want.Name, want.Sex, want.ShortNo, want.ShortNoChanged = "Ann", user.Male, "Dragon1", true
		want.Settings = user.Settings{DeviceLock: true, MuteOfApp: true}
		want.LockScreenPwd, want.LockAfterMinute, want.Category = "locked", 5, user.CategoryCustomerService
		if got := w.account("a"); got != want {
			t.Errorf("stored %+v\nwant   %+v", got, want)
		}
	})
}

func TestNobodyChangesNothing(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := startDev(t, db)
		ctx := t.Context()
		for _, uid := range []string{"", "nobody", "\xff", "a\x00", strings.Repeat("a", 101)} {
			for what, err := range map[string]error{
				"profile":  w.UpdateProfile(ctx, uid, user.ProfileChange{Name: new("Ann")}),
				"settings": w.UpdateSettings(ctx, uid, user.SettingsChange{VoiceOn: new(true)}),
				"lock":     w.SetLockAfter(ctx, uid, 1),
				"password": w.SetChatPassword(ctx, uid, "x", password),
			} {
				wantErr(t, fmt.Sprintf("%s of %q", what, uid), err, user.ErrSession)
			}
			wantErr(t, fmt.Sprintf("ban of %q", uid), w.Ban(ctx, uid), user.ErrNotFound)
		}
	})
}
