package user_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/user"
)

// relate stores relations, a pair "a", "b" for what a has about b.
func (w *world) relate(relations ...friend.Relation) {
	w.t.Helper()
	must(w.t, w.db.Friends().Update(w.t.Context(), func(tx friend.Tx) error {
		for _, r := range relations {
			if err := tx.SaveRelation(w.t.Context(), r, t0); err != nil {
				return err
			}
		}
		return nil
	}))
}

// saw reports and returns whose first device came, "+uid", or last one went.
func (w *world) saw(reports ...user.PresenceReport) []string {
	w.t.Helper()
	changed, err := w.Report(w.t.Context(), reports)
	must(w.t, err)
	lines := []string{}
	for _, c := range changed {
		lines = append(lines, map[bool]string{true: "+", false: "-"}[c.Online]+c.UID)
	}
	return lines
}

func came(uid string, f user.Flag, at time.Duration) user.PresenceReport {
	return user.PresenceReport{UID: uid, Flag: f, Online: true, At: t0.Add(at)}
}

func went(uid string, f user.Flag, at time.Duration) user.PresenceReport {
	return user.PresenceReport{UID: uid, Flag: f, At: t0.Add(at)}
}

// status returns what is stored about uid: "flag+" online, "flag-" not, with
// the seconds since t0 of the last of each, of all devices together.
func (w *world) status(uid string) string {
	w.t.Helper()
	devices, err := w.db.Users().Presence(w.t.Context(), uid)
	must(w.t, err)
	o := user.Summary(devices)
	since := func(at time.Time) string {
		if at.IsZero() {
			return "never"
		}
		return at.Sub(t0).String()
	}
	return fmt.Sprintf("%d %t %s %s", o.Flag, o.Online, since(o.LastOnline), since(o.LastOffline))
}

func TestPresenceCountsFirstAndLastDevices(t *testing.T) {
	w := startDev(t, openSQLite(t))
	w.now = t0.Add(time.Hour)
	w.add(user.User{UID: "a"})
	w.add(user.User{UID: "b"})
	for i, c := range []struct {
		report  user.PresenceReport
		changed []string
		status  string
	}{
		{went("a", user.FlagApp, 1*time.Second), nil, "0 false never 1s"},
		{came("a", user.FlagWeb, 2*time.Second), []string{"+a"}, "1 true 2s never"},
		{came("a", user.FlagPC, 3*time.Second), nil, "2 true 3s never"},
		{came("a", user.FlagApp, 4*time.Second), nil, "0 true 4s 1s"},
		{came("a", user.FlagWeb, 9*time.Second), nil, "0 true 4s 1s"},
		{went("a", user.FlagApp, 10*time.Second), nil, "2 true 3s never"},
		{went("a", user.FlagWeb, 12*time.Second), nil, "2 true 3s never"},
		{went("a", user.FlagPC, 11*time.Second), []string{"-a"}, "1 false 9s 12s"},
		{went("a", user.FlagPC, 12*time.Second), nil, "2 false 3s 12s"},
	} {
		if got := w.saw(c.report); !slices.Equal(got, c.changed) {
			t.Errorf("step %d: changed %q, want %q", i, got, c.changed)
		}
		if got := w.status("a"); got != c.status {
			t.Errorf("step %d: %s, want %s", i, got, c.status)
		}
	}
	got := w.saw(came("nobody", 0, 0), came("b", 1, 0), went("a", 1, time.Minute), came("a", 1, 2*time.Minute))
	if want := []string{"+a", "+b"}; !slices.Equal(got, want) {
		t.Errorf("changed %q, want %q", got, want)
	}
	if got := w.saw(came("b", 0, time.Minute), went("b", 0, 2*time.Minute), went("b", 1, 2*time.Minute)); !slices.Equal(got, []string{"-b"}) {
		t.Errorf("changed %q", got)
	}
}

// TestReportsInAnyOrder lets gateways report the same events in different
// orders, more than once and at the same time.
func TestReportsInAnyOrder(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := startDev(t, db)
		w.now = t0.Add(time.Hour)
		uids := []string{"a", "b", "c"}
		var events []user.PresenceReport
		for _, uid := range uids {
			w.add(user.User{UID: uid})
			for i := range 24 {
				at, f := time.Duration(i)*time.Second, user.Flag(i%3)
				events = append(events, came(uid, f, at), went(uid, f, at+time.Minute))
			}
			events = append(events, came(uid, user.FlagWeb, 2*time.Minute), went(uid, user.FlagWeb, 2*time.Minute))
		}
		const gateways = 8
		changes := make([][]string, gateways)
		for _, err := range together(gateways, func(i int) error {
			r := rand.New(rand.NewPCG(uint64(i), 1))
			mine := slices.Clone(events)
			r.Shuffle(len(mine), func(i, j int) { mine[i], mine[j] = mine[j], mine[i] })
			for part := range slices.Chunk(mine, 3) {
				changed, err := w.Report(t.Context(), part)
				if err != nil {
					return err
				}
				for _, c := range changed {
					changes[i] = append(changes[i], fmt.Sprint(c.UID, c.Online))
				}
			}
			return nil
		}) {
			must(t, err)
		}
		all := slices.Concat(changes...)
		for _, uid := range uids {
			if got, want := w.status(uid), "1 true 2m0s 2m0s"; got != want {
				t.Errorf("%s: %s, want %s", uid, got, want)
			}
			// Every coming but the last has its going.
			var on, off int
			for _, c := range all {
				switch c {
				case uid + "true":
					on++
				case uid + "false":
					off++
				}
			}
			if on != off+1 {
				t.Errorf("%s came %d times and went %d times", uid, on, off)
			}
		}
	})
}

func TestReportsWithOddTimes(t *testing.T) {
	w := startDev(t, openSQLite(t))
	w.add(user.User{UID: "a"})
	for i, c := range []struct {
		clock  time.Duration // of this program
		report user.PresenceReport
		status string
	}{
		{0, user.PresenceReport{UID: "a", Online: true}, "0 true 0s never"},
		{time.Second, user.PresenceReport{UID: "a", At: time.Unix(0, 0)}, "0 false 0s 1s"},
		{2 * time.Second, came("a", 0, 50*time.Hour), "0 true 2s 1s"},
		{3 * time.Second, went("a", 0, time.Minute), "0 false 2s 1m0s"},
		{4 * time.Second, came("a", 0, 4*time.Second), "0 false 4s 1m0s"},
		// The clock was two days ahead and is set back.
		{48 * time.Hour, came("a", 0, 48*time.Hour), "0 true 48h0m0s 1m0s"},
		{time.Hour, went("a", 0, time.Hour), "0 false never 1h0m0s"},
		{2 * time.Hour, came("a", 0, 2*time.Hour-time.Microsecond), "0 true 1h59m59.999s 1h0m0s"},
	} {
		w.now = t0.Add(c.clock)
		w.saw(c.report)
		if got := w.status("a"); got != c.status {
			t.Errorf("step %d: %s, want %s", i, got, c.status)
		}
	}
}

func TestReportRefusals(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := startDev(t, db)
		w.add(user.User{UID: "a"})
		for what, c := range map[string]struct {
			reports []user.PresenceReport
			want    error
		}{
			"flag":     {[]user.PresenceReport{came("a", 0, 0), came("a", 3, 0)}, user.ErrFlag},
			"too many": {make([]user.PresenceReport, user.MaxPresenceReports+1), user.ErrReports},
		} {
			_, err := w.Report(t.Context(), c.reports)
			wantErr(t, what, err, c.want)
		}
		w.saw(came("", 0, 0), came("a\x00", 0, 0), came("\xff", 0, 0), came("nobody", 0, 0))
		w.saw(make([]user.PresenceReport, user.MaxPresenceReports)...)
		for _, uid := range []string{"a", "nobody"} {
			if devices, err := db.Users().Presence(t.Context(), uid); len(devices) > 0 || err != nil {
				t.Errorf("%s has %+v, %v", uid, devices, err)
			}
		}
	})
}

func TestReportTellsNothingThatWasNotStored(t *testing.T) {
	w := startDev(t, openSQLite(t))
	w.add(user.User{UID: "a"})
	w.add(user.User{UID: "b"})
	full := errors.New("disk full")
	w.with(failing{w.db.Users(), full}, user.Options{})
	changed, err := w.Report(t.Context(), []user.PresenceReport{came("a", 0, 0), came("b", 0, 0)})
	if !errors.Is(err, full) || changed != nil {
		t.Errorf("changed %+v, error %v", changed, err)
	}
}

func TestReportRunsAgainAfterAConflict(t *testing.T) {
	w := startDev(t, openSQLite(t))
	w.add(user.User{UID: "a"})
	w.with(conflicting{w.db.Users()}, user.Options{})
	if got := w.saw(came("a", 0, 0)); !slices.Equal(got, []string{"+a"}) {
		t.Errorf("changed %q", got)
	}
}

// conflicting is a store that runs everything a second time.
type conflicting struct{ user.Store }

func (c conflicting) Update(ctx context.Context, fn func(user.Tx) error) error {
	full := errors.New("disk full")
	if err := (failing{c.Store, full}).Update(ctx, fn); !errors.Is(err, full) {
		return err
	}
	return c.Store.Update(ctx, fn)
}
