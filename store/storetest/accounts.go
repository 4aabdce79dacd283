package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/user"
)

func testAccounts(t *testing.T, s Stores) {
	ctx := t.Context()
	t.Run("Save", func(t *testing.T) {
		u, other := newUser("u"), newUser("other")
		change := func(fn func(tx user.Tx) error) {
			t.Helper()
			must(t, s.Users().Update(ctx, fn))
		}
		change(func(tx user.Tx) error { return errors.Join(tx.AddUser(ctx, u), tx.AddUser(ctx, other)) })
		want := u
		want.Name, want.Sex, want.Category, want.PasswordHash = "张三😀'%", user.Female, user.CategoryCustomerService, "other hash"
		want.Settings = user.Settings{SearchByShort: true, MsgShowDetail: true, ShockOn: true, DeviceLock: true}
		want.ChatPwd, want.LockScreenPwd, want.LockAfterMinute, want.MsgExpireSecond = "c", "l", 60, user.MaxMsgExpireSecond
		want.Status = user.Disabled
		given := want
		// What SaveUser does not store must not change either.
		given.Username, given.ShortNo, given.Vercode, given.QRVercode = "x", "x", "x", "x"
		given.Phone, given.Robot, given.ShortNoChanged, given.Avatar, given.CreatedAt = user.Phone{}, true, true, 7, t0.Add(time.Hour)
		change(func(tx user.Tx) error {
			locked, err := tx.LockUser(ctx, u.UID)
			equal(t, "locked", locked, u)
			return errors.Join(err, tx.SaveUser(ctx, given))
		})
		for _, want := range []user.User{want, other} {
			got, err := s.Users().User(ctx, want.UID)
			must(t, err)
			equal(t, "saved", got, want)
		}
		wantErr(t, s.Users().Update(ctx, func(tx user.Tx) error {
			_, err := tx.LockUser(ctx, "nobody")
			return err
		}), user.ErrNotFound)
	})
	t.Run("Contention", func(t *testing.T) { must(t, ChangeAccounts(ctx, s)) })
}

func testShortNos(t *testing.T, s Stores) {
	ctx := t.Context()
	first, second := newUser("first"), newUser("second")
	must(t, s.Users().Update(ctx, func(tx user.Tx) error {
		return errors.Join(tx.AddUser(ctx, first), tx.AddUser(ctx, second))
	}))
	choose := func(uid, no string) error {
		return s.Users().Update(ctx, func(tx user.Tx) error { return tx.SaveShortNo(ctx, uid, no) })
	}
	name := "Name" + first.ShortNo
	must(t, choose(first.UID, name))
	for _, no := range []string{name, strings.ToUpper(name), strings.ToLower(name)} {
		wantErr(t, choose(second.UID, no), user.ErrTaken)
		wantErr(t, s.Users().Update(ctx, func(tx user.Tx) error {
			u := newUser("third")
			u.ShortNo = no
			return tx.AddUser(ctx, u)
		}), user.ErrTaken)
	}
	must(t, choose(first.UID, strings.ToUpper(name))) // its own, written in another way
	first.ShortNo, first.ShortNoChanged = strings.ToUpper(name), true
	for _, want := range []user.User{first, second} {
		got, err := s.Users().User(ctx, want.UID)
		must(t, err)
		equal(t, "account", got, want)
	}
	t.Run("Contention", func(t *testing.T) { must(t, ChooseShortNos(ctx, s)) })
}

// ChooseShortNos lets several people ask for one short number at the same time,
// in several rounds, and returns an error unless each time exactly one gets it
// and the others are told that it is taken.
func ChooseShortNos(ctx context.Context, s Stores) error {
	const people, rounds = 4, 5
	for range rounds {
		no := newUser("n").ShortNo + "A"
		uids, winners := make([]string, people), make([]bool, people)
		err := s.Users().Update(ctx, func(tx user.Tx) error {
			for i := range uids {
				u := newUser("p")
				uids[i] = u.UID
				if err := tx.AddUser(ctx, u); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		err = together(people, func(i int) error {
			err := s.Users().Update(ctx, func(tx user.Tx) error {
				if _, err := tx.LockUser(ctx, uids[i]); err != nil {
					return err
				}
				return tx.SaveShortNo(ctx, uids[i], no)
			})
			winners[i] = err == nil
			if errors.Is(err, user.ErrTaken) {
				return nil
			}
			return err
		})
		if err != nil {
			return err
		}
		won := 0
		for i, uid := range uids {
			u, err := s.Users().User(ctx, uid)
			if err != nil {
				return err
			}
			if (u.ShortNo == no) != winners[i] || u.ShortNoChanged != winners[i] {
				return fmt.Errorf("told %v, and stored %q", winners[i], u.ShortNo)
			}
			if winners[i] {
				won++
			}
		}
		if won != 1 {
			return fmt.Errorf("%d of %d got one short number", won, people)
		}
	}
	return nil
}

// ChangeAccounts lets many callers change one account at the same time, each as
// it is when they hold it, and returns an error when a change is lost.
func ChangeAccounts(ctx context.Context, s Stores) error {
	u := newUser("u")
	if err := s.Users().Update(ctx, func(tx user.Tx) error { return tx.AddUser(ctx, u) }); err != nil {
		return err
	}
	const callers, each = 8, 4
	err := together(callers, func(int) error {
		for range each {
			err := s.Users().Update(ctx, func(tx user.Tx) error {
				u, err := tx.LockUser(ctx, u.UID)
				if err != nil {
					return err
				}
				u.MsgExpireSecond++
				return tx.SaveUser(ctx, u)
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	u, err = s.Users().User(ctx, u.UID)
	if err == nil && u.MsgExpireSecond != callers*each {
		err = fmt.Errorf("%d changes are left of %d", u.MsgExpireSecond, callers*each)
	}
	return err
}

func testFinding(t *testing.T, s Stores) {
	ctx := t.Context()
	a, b, c := newUser("a"), newUser("b"), newUser("c")
	a.ShortNo = "Mixed" + a.ShortNo
	b.Phone = user.Phone{Zone: "001", Number: a.Phone.Number}
	b.Username, b.Status = b.Phone.Username(), user.Destroyed
	c.Username, c.Phone, c.ShortNo = "name"+c.UID, user.Phone{}, a.Phone.Number
	must(t, s.Users().Update(ctx, func(tx user.Tx) error {
		return errors.Join(tx.AddUser(ctx, a), tx.AddUser(ctx, b), tx.AddUser(ctx, c))
	}))
	for keyword, want := range map[string][]user.User{
		a.ShortNo: {a}, strings.ToLower(a.ShortNo): {a}, strings.ToUpper(a.ShortNo): {a}, b.ShortNo: {b},
		a.Username: {a}, b.Username: {b}, c.Username: {c}, strings.ToUpper(c.Username): {},
		a.Phone.Number: {a, b, c}, a.Phone.Number[1:]: {}, a.UID: {}, a.Name: {}, "%": {}, "": {}, "张三😀": {},
	} {
		got, err := s.Users().FindUsers(ctx, keyword)
		must(t, err)
		slices.SortFunc(got, func(a, b user.User) int { return strings.Compare(a.UID, b.UID) })
		if !slices.Equal(got, want) {
			t.Errorf("%q finds %+v\nwant %+v", keyword, got, want)
		}
	}

	services := func(limit int) []user.CustomerService {
		t.Helper()
		list, err := s.Users().CustomerServices(ctx, limit)
		must(t, err)
		return list
	}
	equal(t, "customer services at first", len(services(10)), 0)
	var want []user.CustomerService
	for i, uid := range []string{"s3", "s1", "s2", "s4", "s5"} {
		u := newUser("n" + uid)
		u.UID, u.Category = uid, user.CategoryCustomerService
		if i == 3 {
			u.Status = user.Disabled
		} else {
			want = append(want, user.CustomerService{UID: uid, Name: u.Name})
		}
		must(t, s.Users().Update(ctx, func(tx user.Tx) error { return tx.AddUser(ctx, u) }))
	}
	slices.SortFunc(want, func(a, b user.CustomerService) int { return strings.Compare(a.UID, b.UID) })
	for limit, want := range map[int][]user.CustomerService{10: want, 4: want, 2: want[:2]} {
		if got := services(limit); !slices.Equal(got, want) {
			t.Errorf("%d customer services: %v, want %v", limit, got, want)
		}
	}
}

func testEndedSessions(t *testing.T, s Stores) {
	ctx := t.Context()
	a, b := addUser(t, s, "a"), addUser(t, s, "b")
	hash := func(uid string, f user.Flag, n int) string { return fmt.Sprint(uid, "-", f, "-", n) }
	all := []string{hash(a, 0, 0), hash(a, 1, 0), hash(a, 2, 1), hash(b, 0, 0), hash(b, 2, 0)}
	must(t, s.Users().Update(ctx, func(tx user.Tx) error {
		for _, h := range all {
			n := user.Session{TokenHash: h, UID: a, Flag: user.FlagPC, CreatedAt: t0, ExpiresAt: t0.Add(time.Hour)}
			if strings.HasPrefix(h, b+"-") {
				n.UID = b
			}
			if strings.HasSuffix(h, "-0-0") {
				n.Flag = user.FlagApp
			}
			if err := tx.AddSession(ctx, n, 20); err != nil {
				return err
			}
		}
		return nil
	}))
	for _, step := range []struct{ uid, except, live string }{
		{"nobody", "", all[0] + all[1] + all[2] + all[3] + all[4]},
		{a, all[1], all[1] + all[3] + all[4]},
		{b, all[1], all[1]}, // another's session is no exception
		{a, "unknown", ""},
		{a, "", ""},
	} {
		must(t, s.Users().Update(ctx, func(tx user.Tx) error {
			return tx.EndSessions(ctx, step.uid, step.except, t0.Add(time.Minute))
		}))
		live := ""
		for _, h := range all {
			if _, _, err := s.Users().Session(ctx, h); err == nil {
				live += h
			} else {
				wantErr(t, err, user.ErrNotFound)
			}
		}
		equal(t, "live sessions", live, step.live)
	}
}
