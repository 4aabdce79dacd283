package user_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/user"
)

// addFriends makes a and b contacts of each other.
func (w *world) addFriends(a, b string) {
	w.t.Helper()
	must(w.t, w.db.Friends().Update(w.t.Context(), func(tx friend.Tx) error {
		for _, r := range []friend.Relation{{Owner: a, Peer: b}, {Owner: b, Peer: a}} {
			if err := tx.SaveRelation(w.t.Context(), r, t0); err != nil {
				return err
			}
		}
		return nil
	}))
}

// account reads an account from the store.
func (w *world) account(uid string) user.User {
	w.t.Helper()
	u, err := w.db.Users().User(w.t.Context(), uid)
	must(w.t, err)
	return u
}

// heard returns how often uid was told to look at a channel again, and that it
// was told nothing else.
func (w *world) heard(uid, channel string) (n int) {
	w.t.Helper()
	queue, err := w.db.Messages().Queue(w.t.Context(), uid, 0, 1000)
	must(w.t, err)
	for _, m := range queue {
		var command struct {
			Cmd   string
			Param struct {
				ChannelID   string `json:"channel_id"`
				ChannelType int    `json:"channel_type"`
			}
		}
		must(w.t, json.Unmarshal(m.Payload, &command))
		if command.Cmd != "channelUpdate" || command.Param.ChannelID != channel || command.Param.ChannelType != 1 {
			w.t.Errorf("%s heard %s", uid, m.Payload)
		}
		n++
	}
	return n
}

func TestUpdateProfileChangesAllThatIsGiven(t *testing.T) {
	w := startDev(t, openSQLite(t))
	before := w.add(user.User{UID: "a", Name: "Ann", Sex: user.Male, PasswordHash: "hash", Vercode: "v@1", Settings: user.DefaultSettings()})
	for _, uid := range []string{"friend", "dropped", "stranger"} {
		w.add(user.User{UID: uid})
	}
	w.addFriends("a", "friend")
	w.addFriends("a", "dropped")
	must(t, w.db.Friends().Update(t.Context(), func(tx friend.Tx) error {
		return tx.SaveRelation(t.Context(), friend.Relation{Owner: "a", Peer: "dropped", Deleted: true}, t0)
	}))

	must(t, w.UpdateProfile(t.Context(), "a", user.ProfileChange{}))
	must(t, w.UpdateProfile(t.Context(), "a", user.ProfileChange{Name: new(" Ann "), Sex: new(user.Male), ShortNo: &before.ShortNo}))
	if got := w.account("a"); got != before || w.heard("a", "a") != 0 {
		t.Errorf("changed by nothing: %+v", got)
	}

	must(t, w.UpdateProfile(t.Context(), "a", user.ProfileChange{
		Name: new("\u3000张三 😀 "), Sex: new(user.Female), ShortNo: new("Zhang-3_"), MsgExpireSecond: new(user.MaxMsgExpireSecond),
		Settings: user.SettingsChange{SearchByPhone: new(false), NewMsgNotice: new(false), VoiceOn: new(true)},
	}))
	want := before
	want.Name, want.Sex, want.ShortNo, want.ShortNoChanged, want.MsgExpireSecond = "张三 😀", user.Female, "Zhang-3_", true, 365*86400
	want.Settings.SearchByPhone, want.Settings.NewMsgNotice = false, false
	if got := w.account("a"); got != want {
		t.Errorf("stored %+v\nwant   %+v", got, want)
	}
	for uid, want := range map[string]int{"a": 1, "friend": 1, "dropped": 0, "stranger": 0, user.SystemUID: 0} {
		if n := w.heard(uid, "a"); n != want {
			t.Errorf("%s was told %d times, want %d", uid, n, want)
		}
	}
}

func TestUpdateProfileRefusesAndChangesNothing(t *testing.T) {
	w := startDev(t, openSQLite(t))
	w.add(user.User{UID: "a", Name: "Ann"})
	w.add(user.User{UID: "friend"})
	w.addFriends("a", "friend")
	chosen := searchable("b", "Bobby7", user.Phone{Zone: "0086", Number: "13800000002"})
	chosen.ShortNoChanged = true
	w.addAs(chosen)
	fine := user.ProfileChange{Name: new("Anna"), Sex: new(user.Male), Settings: user.SettingsChange{VoiceOn: new(true)}}
	refused := func(what, uid string, want error, change func(c *user.ProfileChange)) {
		t.Helper()
		c, before := fine, w.account("a")
		change(&c)
		wantErr(t, what, w.UpdateProfile(t.Context(), uid, c), want)
		if w.account("a") != before || w.account("b") != chosen || w.heard("friend", "a") != 0 {
			t.Errorf("%s changed something", what)
		}
	}
	for name, want := range map[string]error{
		"": user.ErrNameMissing, " \t\u3000": user.ErrNameMissing, strings.Repeat("😀", 33): user.ErrName,
		"a\x00b": user.ErrName, "a\nb": user.ErrName, "\x1b[31m": user.ErrName, "\u202etxt": user.ErrName,
		"\u2066a\u2069": user.ErrName, "a\u2028b": user.ErrName, "\xff": user.ErrName, "a\u0085b": user.ErrName,
	} {
		refused(fmt.Sprintf("name %q", name), "a", want, func(c *user.ProfileChange) { c.Name = &name })
	}
	for _, sex := range []int{-1, 2, 1 << 30} {
		refused("sex", "a", user.ErrSex, func(c *user.ProfileChange) { c.Sex = &sex })
	}
	for _, n := range []int{-1, user.MaxMsgExpireSecond + 1} {
		refused("expiry", "a", user.ErrMsgExpire, func(c *user.ProfileChange) { c.MsgExpireSecond = &n })
	}
	for _, no := range []string{
		"", "ab_c1", "abcdefghijklmnopqrst1", "1abcde", "_abcd1", "-abcd1", "abcdef", "abcde-", "abc de1", "abcd1é", "张三张三a1", "аbcde1",
		"abcde1\n", "abcde１", "abc.d1", "abc@d1", "13800000001", "abcd1\x00", "abcd1\xff",
	} {
		refused(fmt.Sprintf("short number %q", no), "a", user.ErrShortNo, func(c *user.ProfileChange) { c.ShortNo = &no })
	}
	for _, no := range []string{"Bobby7", "bobby7", "BOBBY7"} {
		refused("taken "+no, "a", user.ErrTaken, func(c *user.ProfileChange) { c.ShortNo = &no })
	}
	refused("a second short number", "b", user.ErrShortNoChanged, func(c *user.ProfileChange) { c.ShortNo = new("Robert7") })
	refused("a second spelling", "b", user.ErrShortNoChanged, func(c *user.ProfileChange) { c.ShortNo = new("bobby7") })
	for _, uid := range []string{"nobody", "", "\xff", "a\x00"} {
		refused(fmt.Sprintf("uid %q", uid), uid, user.ErrSession, func(*user.ProfileChange) {})
	}
	for _, s := range []user.Status{user.Disabled, user.Destroyed} {
		w.setStatus("a", s)
		refused("an account that is not active", "a", user.ErrSession, func(*user.ProfileChange) {})
	}

	w.setStatus("a", user.Active)
	w.with(w.db.Users(), user.Options{Policy: user.Policy{ShortNoFixed: true}})
	refused("a fixed short number", "a", user.ErrShortNoFixed, func(c *user.ProfileChange) { c.ShortNo = new("Alice77") })
	must(t, w.UpdateProfile(t.Context(), "a", fine))
}

func TestNamesThatArePeoplesOwnBusiness(t *testing.T) {
	w := startDev(t, openSQLite(t))
	w.add(user.User{UID: "a"})
	for _, name := range []string{
		"x", strings.Repeat("😀", 32), strings.Repeat("界", 32), "alice@superAdmin", "a@b:c|d/e\\f,g;h", `"'<b>&%_--`,
		"👨‍👩‍👧", "{0}", "null", "مرحبا", "e\u0301",
	} {
		must(t, w.UpdateProfile(t.Context(), "a", user.ProfileChange{Name: &name}))
		if got := w.account("a"); got.Name != name || got.Category != user.CategoryNone || got.Robot {
			t.Errorf("%q was stored as %+v", name, got)
		}
	}
}

func TestChosenShortNumberFinds(t *testing.T) {
	w := startDev(t, openSQLite(t))
	w.addAs(searchable("a", "1234567", user.Phone{Zone: "0086", Number: "13800000001"}))
	for _, no := range []string{"Abcde1", "a1____________------"} {
		uid := fmt.Sprint("u", len(no))
		w.addAs(searchable(uid, uid, user.Phone{Zone: "0086", Number: fmt.Sprint(13900000000 + len(no))}))
		must(t, w.UpdateProfile(t.Context(), uid, user.ProfileChange{ShortNo: &no}))
		if got := w.find(strings.ToUpper(no)); got != uid {
			t.Errorf("%s finds %q", no, got)
		}
	}
}

// broken fails the last step of an update.
type broken struct{ user.Store }

var errBroken = errors.New("broken")

func (b broken) Update(ctx context.Context, fn func(user.Tx) error) error {
	return b.Store.Update(ctx, func(tx user.Tx) error { return errors.Join(fn(tx), errBroken) })
}

func TestUpdateProfileIsOneTransaction(t *testing.T) {
	w := startDev(t, openSQLite(t))
	before := w.add(user.User{UID: "a"})
	w.with(broken{w.db.Users()}, user.Options{})
	err := w.UpdateProfile(t.Context(), "a", user.ProfileChange{Name: new("Ann"), ShortNo: new("Dragon1")})
	wantErr(t, "a failure at the end", err, errBroken)
	if got := w.account("a"); got != before || w.heard("a", "a") != 0 {
		t.Errorf("a failure left %+v", got)
	}
}

func TestUpdateProfileMayRunAgain(t *testing.T) {
	w := startDev(t, openSQLite(t))
	w.add(user.User{UID: "a"})
	w.with(restless{w.db.Users()}, user.Options{})
	must(t, w.UpdateProfile(t.Context(), "a", user.ProfileChange{Name: new("Ann"), ShortNo: new("Dragon1")}))
	if got := w.account("a"); got.Name != "Ann" || got.ShortNo != "Dragon1" || w.heard("a", "a") != 1 {
		t.Errorf("stored %+v, told %d times", got, w.heard("a", "a"))
	}
}
