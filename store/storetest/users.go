package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/user"
)

func testUsers(t *testing.T, s Stores) {
	ctx := t.Context()
	t.Run("RoundTrip", func(t *testing.T) {
		u := newUser("张三'\"%_👨‍👩‍👧")
		u.Settings = user.Settings{SearchByShort: true, MsgShowDetail: true, ShockOn: true, DeviceLock: true}
		u.Category, u.Robot, u.Sex, u.Status = user.CategoryCustomerService, true, user.Female, user.Disabled
		must(t, s.Users().Update(ctx, func(tx user.Tx) error { return tx.AddUser(ctx, u) }))
		byUID, err := s.Users().User(ctx, u.UID)
		must(t, err)
		equal(t, "by uid", byUID, u)
		byLogin, err := s.Users().UserByLogin(ctx, u.Username)
		must(t, err)
		equal(t, "by login", byLogin, u)
	})
	t.Run("Absent", func(t *testing.T) {
		_, err := s.Users().User(ctx, "nobody")
		wantErr(t, err, user.ErrNotFound)
		_, err = s.Users().UserByLogin(ctx, "")
		wantErr(t, err, user.ErrNotFound)
		_, err = s.Users().Card(ctx, "nobody", "nobody")
		wantErr(t, err, user.ErrNotFound)
	})
	t.Run("Taken", func(t *testing.T) {
		first := newUser("first")
		must(t, s.Users().Update(ctx, func(tx user.Tx) error {
			if err := tx.AddUser(ctx, first); err != nil {
				return err
			}
			for what, change := range map[string]func(u *user.User){
				"uid":      func(u *user.User) { u.UID = first.UID },
				"username": func(u *user.User) { u.Username = first.Username },
				"short":    func(u *user.User) { u.ShortNo = first.ShortNo },
			} {
				second := newUser(what)
				change(&second)
				wantErr(t, tx.AddUser(ctx, second), user.ErrTaken)
			}
			return tx.AddUser(ctx, newUser("after")) // the transaction goes on
		}))
	})
	t.Run("SystemAccounts", func(t *testing.T) {
		for _, uid := range []string{user.SystemUID, user.FileHelperUID} {
			u, err := s.Users().User(ctx, uid)
			must(t, err)
			equal(t, uid, u.Category, user.CategorySystem)
			equal(t, uid, u.PasswordHash, "")
		}
	})
}

func testSessions(t *testing.T, s Stores) {
	ctx := t.Context()
	sessions := 0
	open := func(t *testing.T, uid string, f user.Flag, at time.Time) user.Session {
		t.Helper()
		sessions++
		n := user.Session{
			TokenHash: uid + string(rune('a'+sessions)), UID: uid, Flag: f, DeviceID: "d",
			CreatedAt: at, SeenAt: at, ExpiresAt: at.Add(time.Hour),
		}
		must(t, s.Users().Update(ctx, func(tx user.Tx) error { return tx.AddSession(ctx, n, 3) }))
		return n
	}
	live := func(t *testing.T, all []user.Session) []bool {
		t.Helper()
		alive := make([]bool, len(all))
		for i, n := range all {
			got, status, err := s.Users().Session(ctx, n.TokenHash)
			if alive[i] = err == nil; alive[i] {
				equal(t, "session", got, n)
				equal(t, "status", status, user.Active)
			} else {
				wantErr(t, err, user.ErrNotFound)
			}
		}
		return alive
	}
	uid, other := addUser(t, s, "u"), addUser(t, s, "v")
	kept := []user.Session{open(t, other, user.FlagApp, t0), open(t, other, user.FlagPC, t0)}
	var app, pc []user.Session
	for i := range 4 {
		at := t0.Add(time.Duration(i) * time.Second)
		app = append(app, open(t, uid, user.FlagApp, at))
		pc = append(pc, open(t, uid, user.Flag(1+i%2), at))
	}
	for what, c := range map[string]struct {
		sessions []user.Session
		want     []bool
	}{
		"one on an app":      {app, []bool{false, false, false, true}},
		"three on computers": {pc, []bool{false, true, true, true}},
		"other users":        {kept, []bool{true, true}},
	} {
		if got := live(t, c.sessions); !slices.Equal(got, c.want) {
			t.Errorf("%s: alive %v, want %v", what, got, c.want)
		}
	}
	must(t, s.Users().Update(ctx, func(tx user.Tx) error {
		d := user.Device{ID: "d1", Name: "phone", Model: "m"}
		if err := tx.SaveDevice(ctx, uid, d, t0); err != nil {
			return err
		}
		return tx.SaveDevice(ctx, uid, d, t0.Add(time.Hour))
	}))
	err := s.Users().Update(ctx, func(tx user.Tx) error {
		return tx.AddSession(ctx, user.Session{TokenHash: "x", UID: "nobody"}, 3)
	})
	wantErr(t, err, user.ErrNotFound)
}

func testCodes(t *testing.T, s Stores) {
	ctx := t.Context()
	phone := newUser("u").Phone
	other := newUser("v").Phone
	code := user.Code{Hash: "h", Tries: 3, ExpiresAt: t0}
	quota := user.Quota{LastAt: t0, HourFrom: t0.Add(-time.Minute), Hour: 2, DayFrom: t0.Add(-time.Hour), Day: 5}
	must(t, s.Users().Update(ctx, func(tx user.Tx) error {
		for _, p := range []user.Phone{phone, other} {
			c, err := tx.LockCode(ctx, user.ForRegister, p)
			must(t, err)
			equal(t, "new code", c, user.Code{})
			n, err := tx.LockQuota(ctx, p)
			must(t, err)
			equal(t, "new quota", n, user.Quota{})
		}
		must(t, tx.SaveCode(ctx, user.ForRegister, phone, code))
		return tx.SaveQuota(ctx, phone, quota)
	}))
	must(t, s.Users().Update(ctx, func(tx user.Tx) error {
		for _, want := range []struct {
			purpose user.Purpose
			phone   user.Phone
			code    user.Code
		}{{user.ForRegister, phone, code}, {user.ForRegister, other, user.Code{}}, {7, phone, user.Code{}}} {
			c, err := tx.LockCode(ctx, want.purpose, want.phone)
			must(t, err)
			equal(t, "code", c, want.code)
		}
		n, err := tx.LockQuota(ctx, phone)
		equal(t, "quota", n, quota)
		return err
	}))
}

func testCards(t *testing.T, s Stores) {
	ctx := t.Context()
	a, b, stranger := addUser(t, s, "a"), addUser(t, s, "b"), addUser(t, s, "c")
	must(t, s.Friends().Update(ctx, func(tx friend.Tx) error {
		if err := tx.SaveRelation(ctx, friend.Relation{Owner: a, Peer: b, Vercode: "ab@4", Initiator: true}, t0); err != nil {
			return err
		}
		return tx.SaveRelation(ctx, friend.Relation{Owner: b, Peer: a, Deleted: true}, t0)
	}))
	for _, want := range []struct {
		viewer, uid                string
		friend, dropped, initiator bool
		vercode                    string
	}{
		{a, b, true, true, true, "ab@4"},
		{b, a, false, false, false, ""},
		{stranger, a, false, false, false, ""},
		{a, a, false, false, false, ""},
	} {
		c, err := s.Users().Card(ctx, want.viewer, want.uid)
		must(t, err)
		got := want
		got.uid, got.friend, got.dropped, got.initiator, got.vercode = c.UID, c.Friend, c.Dropped, c.Initiator, c.Vercode
		equal(t, "card", got, want)
		equal(t, "secret on a card", c.PasswordHash, "")
		if !c.Screenshot || !c.Recall || !c.Receipt || c.Mute || c.Top || c.Remark != "" {
			t.Errorf("defaults of a card: %+v", c)
		}
	}
}
