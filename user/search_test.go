package user_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/user"
)

// addAs stores an account as it is.
func (w *world) addAs(u user.User) {
	w.t.Helper()
	must(w.t, w.db.Users().Update(w.t.Context(), func(tx user.Tx) error { return tx.AddUser(w.t.Context(), u) }))
}

// searchable returns an active account that everybody may find.
func searchable(uid, shortNo string, p user.Phone) user.User {
	return user.User{
		UID: uid, Username: p.Username(), Name: "name of " + uid, Phone: p, ShortNo: shortNo, Vercode: uid + "@1",
		Settings: user.DefaultSettings(), Status: user.Active,
	}
}

// find returns the uid that a search finds, "" for none.
func (w *world) find(keyword string) string {
	w.t.Helper()
	hit, found, err := w.Search(w.t.Context(), "somebody", keyword)
	must(w.t, err)
	want := user.Hit{}
	if found {
		want = user.Hit{UID: hit.UID, Name: "name of " + hit.UID, Vercode: hit.UID + "@1"}
	}
	if hit != want || found != (hit.UID != "") {
		w.t.Errorf("%q: found %v, %+v", keyword, found, hit)
	}
	return hit.UID
}

func TestSearchMatchesExactly(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := startDev(t, db)
		w.addAs(searchable("a", "Alice_1", user.Phone{Zone: "0086", Number: "13800000001"}))
		w.addAs(searchable("b", "1234567", user.Phone{Zone: "0086", Number: "13800000002"}))
		w.addAs(searchable("c", "2345678", user.Phone{Zone: "001", Number: "1234567"}))
		w.addAs(searchable("d", "3456789", user.Phone{Zone: "0044", Number: "55555"}))
		w.addAs(searchable("e", "4567890", user.Phone{Zone: "0049", Number: "55555"}))
		robot := searchable("f", "5678901", user.Phone{})
		robot.Username, robot.Robot = "helper", true
		w.addAs(robot)
		for keyword, want := range map[string]string{
			"Alice_1": "a", "alice_1": "a", "ALICE_1": "a", "13800000001": "a", "008613800000001": "a", " alice_1\n": "a",
			"alice": "", "Alice_": "", "Alice_11": "", "alice%1": "", "Alic__1": "", "%": "", "_______": "", "*": "",
			"1380000000": "", "+8613800000001": "", "8613800000001": "", "' OR 1=1 --": "",
			"1234567":   "b", // a short number comes before somebody's phone
			"001234567": "", "0011234567": "c",
			"55555": "", "004455555": "d", "004955555": "e", // which zone is meant, a phone alone does not tell
			"helper": "f", "HELPER": "",
			"a": "", "name of a": "", "a@1": "",
			"u_10000": "", "10000": "", "fileHelper": "", "20000": "",
			"\xff": "", "a\x00": "", "\u202ealice_1": "", strings.Repeat("1", 101): "", "张三": "", "😀": "", "İ": "",
		} {
			w.now = w.now.Add(time.Minute) // one may search only so often
			if got := w.find(keyword); got != want {
				t.Errorf("%q finds %q, want %q", keyword, got, want)
			}
		}
		for _, keyword := range []string{"", " ", "\t\n"} {
			_, found, err := w.Search(t.Context(), "a", keyword)
			wantErr(t, fmt.Sprintf("%q", keyword), err, user.ErrKeywordMissing)
			if found {
				t.Errorf("%q found somebody", keyword)
			}
		}
	})
}

func TestSearchHonoursPrivacy(t *testing.T) {
	const short, number, username = "alice_1", "13800000001", "008613800000001"
	account := searchable("a", "Alice_1", user.Phone{Zone: "0086", Number: number})
	for _, c := range []struct {
		what     string
		change   func(u *user.User)
		policy   user.Policy
		findable string
	}{
		{"everybody", func(*user.User) {}, user.Policy{}, "short phone username"},
		{"not by phone", func(u *user.User) { u.Settings.SearchByPhone = false }, user.Policy{}, "short"},
		{"not by short number", func(u *user.User) { u.Settings.SearchByShort = false }, user.Policy{}, "phone username"},
		{"not at all", func(u *user.User) { u.Settings = user.Settings{} }, user.Policy{}, ""},
		{"nobody by phone", func(*user.User) {}, user.Policy{PhoneSearchOff: true}, "short"},
		{"fixed short numbers", func(*user.User) {}, user.Policy{ShortNoFixed: true}, "short phone username"},
		{"disabled", func(u *user.User) { u.Status = user.Disabled }, user.Policy{}, ""},
		{"destroyed", func(u *user.User) { u.Status = user.Destroyed }, user.Policy{}, ""},
		{"system", func(u *user.User) { u.Category = user.CategorySystem }, user.Policy{}, ""},
		{"customer service", func(u *user.User) { u.Category = user.CategoryCustomerService }, user.Policy{}, "short phone username"},
	} {
		db := openSQLite(t)
		w := (&world{t: t, db: db, now: t0}).with(db.Users(), user.Options{DevCode: devCode, Policy: c.policy})
		u := account
		c.change(&u)
		w.addAs(u)
		for way, keyword := range map[string]string{"short": short, "phone": number, "username": username} {
			if found := w.find(keyword) != ""; found != strings.Contains(c.findable, way) {
				t.Errorf("%s by %s: found %v", c.what, way, found)
			}
		}
		if w.Policy() != c.policy {
			t.Errorf("policy %+v, want %+v", w.Policy(), c.policy)
		}
	}
}

// TestSearchPassesByWhoHides holds that a hidden account does not stand in the
// way of another that the keyword names as well.
func TestSearchPassesByWhoHides(t *testing.T) {
	w := startDev(t, openSQLite(t))
	hidden := searchable("a", "1234567", user.Phone{Zone: "0044", Number: "55555"})
	hidden.Settings = user.Settings{}
	w.addAs(hidden)
	w.addAs(searchable("b", "b", user.Phone{Zone: "001", Number: "1234567"}))
	w.addAs(searchable("c", "c", user.Phone{Zone: "0049", Number: "55555"}))
	for keyword, want := range map[string]string{"1234567": "b", "55555": "c"} {
		if got := w.find(keyword); got != want {
			t.Errorf("%q finds %q, want %q", keyword, got, want)
		}
	}
}

func TestCustomerServicesAreActive(t *testing.T) {
	w := startDev(t, openSQLite(t))
	list := func() []user.CustomerService {
		t.Helper()
		l, err := w.CustomerServices(t.Context())
		must(t, err)
		return l
	}
	if l := list(); l == nil || len(l) != 0 {
		t.Errorf("at first %v", l)
	}
	for i, uid := range []string{"c", "a", "b", "d"} {
		u := searchable(uid, uid, user.Phone{Zone: "0086", Number: fmt.Sprintf("1380000000%d", i)})
		if uid != "d" {
			u.Category = user.CategoryCustomerService
		}
		w.addAs(u)
	}
	w.setStatus("b", user.Disabled)
	want := []user.CustomerService{{UID: "a", Name: "name of a"}, {UID: "c", Name: "name of c"}}
	if l := list(); !slices.Equal(l, want) {
		t.Errorf("list %v, want %v", l, want)
	}
}

func TestSearchesAreLimited(t *testing.T) {
	w := startDev(t, openSQLite(t))
	w.add(user.User{UID: "a"})
	for range limits.SearchMinute {
		_, _, err := w.Search(t.Context(), "a", "x")
		must(t, err)
	}
	_, _, err := w.Search(t.Context(), "a", "x")
	wantErr(t, "one more", err, user.ErrSearches)
	_, _, err = w.Search(t.Context(), "b", "x")
	wantErr(t, "somebody else", err, nil)
	w.now = w.now.Add(time.Minute)
	_, _, err = w.Search(t.Context(), "a", "x")
	wantErr(t, "a minute later", err, nil)
}
