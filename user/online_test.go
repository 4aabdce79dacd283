package user_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/user"
)

// startOnline returns a world in which "me" has relations of every kind, whose
// names tell them, to people who are all online on an app.
func startOnline(t *testing.T, db *store.DB) *world {
	w := startDev(t, db)
	for _, uid := range []string{"me", "friend", "pal", "removed", "remover", "oneway", "fan", "stranger", "disabled", "destroyed", "left", "lonely"} {
		w.add(user.User{UID: uid, Name: strings.ToUpper(uid)})
		w.saw(came(uid, user.FlagApp, -time.Minute))
	}
	both := func(uid string) (friend.Relation, friend.Relation) {
		return friend.Relation{Owner: "me", Peer: uid}, friend.Relation{Owner: uid, Peer: "me"}
	}
	for _, uid := range []string{"friend", "pal", "removed", "remover", "disabled", "destroyed", "left", "lonely"} {
		mine, theirs := both(uid)
		mine.Deleted, theirs.Deleted = uid == "removed", uid == "remover"
		mine.Alone, theirs.Alone = uid == "left", uid == "lonely"
		w.relate(mine, theirs)
	}
	mine, _ := both("oneway")
	_, theirs := both("fan")
	w.relate(mine, theirs, friend.Relation{Owner: "friend", Peer: "stranger"}, friend.Relation{Owner: "stranger", Peer: "friend"})
	w.setStatus("disabled", user.Disabled)
	w.setStatus("destroyed", user.Destroyed)
	return w
}

func (w *world) wantOnline(what string, among []string, recent time.Duration, want ...string) {
	w.t.Helper()
	list, err := w.Online(w.t.Context(), "me", among, recent)
	must(w.t, err)
	got := []string{}
	for _, o := range list {
		if o.Name != strings.ToUpper(o.UID) {
			w.t.Errorf("%s is called %q", o.UID, o.Name)
		}
		got = append(got, map[bool]string{true: "+", false: "-"}[o.Online]+o.UID)
	}
	if !slices.Equal(got, want) {
		w.t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func TestOnlyContactsSeeEachOther(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := startOnline(t, db)
		everybody := []string{"stranger", "pal", "oneway", "fan", "removed", "remover", "disabled", "destroyed", "left", "lonely", "friend", "me",
			"nobody", "", "a\x00", "\xff", "friend", strings.Repeat("x", 1000)}
		w.wantOnline("contacts", nil, user.Ever, "+friend", "+pal")
		w.wantOnline("named", everybody, user.Ever, "+friend", "+pal")
		w.wantOnline("one", []string{"pal"}, user.Ever, "+pal")
		w.wantOnline("nobody", []string{}, user.Ever)
		w.wantOnline("no uid", []string{"\x00"}, user.Ever)
		for _, uid := range []string{"friend", "pal", "removed", "remover", "oneway", "fan", "stranger", "disabled", "destroyed", "left", "lonely", "me"} {
			card, err := w.Card(t.Context(), "me", uid)
			must(t, err)
			want := user.OnlineStatus{}
			if uid == "friend" || uid == "pal" {
				want = user.OnlineStatus{UID: uid, Online: true}
			}
			if card.Online != want {
				t.Errorf("card of %s: %+v, want %+v", uid, card.Online, want)
			}
		}
		many := slices.Repeat([]string{"friend"}, user.MaxOnlineAsked)
		w.wantOnline("200", many, 0, "+friend")
		_, err := w.Online(t.Context(), "me", append(many, "friend"), 0)
		wantErr(t, "201", err, user.ErrTooManyUIDs)
	})
}

func TestRecentlyOnline(t *testing.T) {
	w := startOnline(t, openSQLite(t))
	w.saw(went("friend", user.FlagApp, 0))
	w.saw(came("pal", user.FlagWeb, -2*time.Hour), went("pal", user.FlagWeb, -time.Hour))
	for _, c := range []struct {
		after, recent time.Duration
		want          []string
	}{
		{0, 0, []string{"+pal"}},
		{0, -time.Hour, []string{"+pal"}},
		{time.Minute, user.RecentlyOnline, []string{"+pal", "-friend"}},
		{user.RecentlyOnline - time.Millisecond, user.RecentlyOnline, []string{"+pal", "-friend"}},
		{user.RecentlyOnline, user.RecentlyOnline, []string{"+pal"}},
		{1000 * time.Hour, user.Ever, []string{"+pal", "-friend"}},
	} {
		w.now = t0.Add(c.after)
		w.wantOnline(c.after.String(), nil, c.recent, c.want...)
	}
	w.saw(went("pal", user.FlagApp, time.Second))
	w.wantOnline("the last to go first", nil, user.Ever, "-pal", "-friend")
	w.saw(came("friend", user.FlagPC, time.Minute))
	w.wantOnline("online first", nil, user.Ever, "+friend", "-pal")
	w.saw(came("pal", user.FlagWeb, 2*time.Minute))
	w.wantOnline("the last to come first", nil, user.Ever, "+pal", "+friend")
}

func TestOneAnswerForEachPerson(t *testing.T) {
	w := startOnline(t, openSQLite(t))
	w.now = t0.Add(time.Hour)
	for i, c := range []struct {
		report  user.PresenceReport
		flag    user.Flag
		online  bool
		offline time.Duration // when the device that counts went; 0 for never
	}{
		{came("friend", user.FlagWeb, time.Second), user.FlagApp, true, 0},
		{went("friend", user.FlagApp, 2*time.Second), user.FlagWeb, true, 0},
		{came("friend", user.FlagPC, 3*time.Second), user.FlagPC, true, 0},
		{went("friend", user.FlagPC, 5*time.Second), user.FlagWeb, true, 0},
		{went("friend", user.FlagWeb, 4*time.Second), user.FlagPC, false, 5 * time.Second},
		{went("friend", user.FlagApp, 5*time.Second), user.FlagApp, false, 5 * time.Second},
	} {
		w.saw(c.report)
		want := user.OnlineStatus{UID: "friend", Flag: c.flag, Online: c.online}
		if c.offline != 0 {
			want.LastOffline = t0.Add(c.offline)
		}
		card, err := w.Card(t.Context(), "me", "friend")
		must(t, err)
		list, err := w.Online(t.Context(), "me", []string{"friend"}, user.Ever)
		must(t, err)
		if len(list) != 1 {
			t.Fatalf("step %d: %+v", i, list)
		}
		listed := list[0]
		listed.Name, listed.LastOnline = "", time.Time{}
		if card.Online != want || listed != want {
			t.Errorf("step %d: card %+v\nlist %+v\nwant %+v", i, card.Online, listed, want)
		}
	}
}

func TestOnComputer(t *testing.T) {
	w := startDev(t, openSQLite(t))
	w.now = t0.Add(time.Hour)
	w.add(user.User{UID: "me", Settings: user.Settings{MuteOfApp: true}})
	w.add(user.User{UID: "other"})
	for i, c := range []struct {
		report user.PresenceReport
		flag   user.Flag
		online bool
	}{
		{came("me", user.FlagApp, 0), 0, false},
		{went("me", user.FlagPC, 0), 0, false},
		{came("other", user.FlagPC, 0), 0, false},
		{came("me", user.FlagWeb, 0), user.FlagWeb, true},
		{came("me", user.FlagPC, time.Second), user.FlagPC, true},
		{went("me", user.FlagPC, 2*time.Second), user.FlagWeb, true},
		{went("me", user.FlagWeb, 3*time.Second), 0, false},
	} {
		w.saw(c.report)
		computer, online, err := w.OnComputer(t.Context(), "me")
		must(t, err)
		if want := (user.Computer{Flag: c.flag, MuteOfApp: c.online}); computer != want || online != c.online {
			t.Errorf("step %d: %+v, %t", i, computer, online)
		}
	}
	if computer, online, err := w.OnComputer(t.Context(), "other"); computer != (user.Computer{Flag: user.FlagPC}) || !online || err != nil {
		t.Errorf("%+v, %t, %v", computer, online, err)
	}
}
