package user

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestDefaultLimitsAreWhatZeroMeans(t *testing.T) {
	got, err := Limits{}.complete()
	if err != nil || got != DefaultLimits() {
		t.Errorf("%+v, %v", got, err)
	}
	if again, err := got.complete(); err != nil || again != got {
		t.Errorf("the defaults, given: %+v, %v", again, err)
	}
}

func TestWeakLimitsAreRefused(t *testing.T) {
	for field, l := range map[string]Limits{
		"SessionLife":  {SessionLife: -1},
		"SessionIdle":  {SessionIdle: 31 * 24 * time.Hour},
		"CodeLife":     {CodeLife: 10*time.Minute + 1},
		"CodeTries":    {CodeTries: 11},
		"LoginStop":    {LoginStop: 101},
		"LoginFree":    {LoginFree: 101},
		"LoginWait":    {LoginWait: 2, LoginWaitMax: 1},
		"SMSHour":      {SMSHour: -1},
		"LoginMinute":  {LoginMinute: -1},
		"SearchMinute": {SearchMinute: -1},
	} {
		_, err := New(nil, Options{Pepper: testPepper, Limits: l})
		if err == nil || !strings.Contains(err.Error(), "Limits."+field+" ") {
			t.Errorf("%+v: error %v, want one about %s", l, err, field)
		}
	}
}

func TestLimitsMayBeSetAlone(t *testing.T) {
	for _, c := range []struct {
		given Limits
		want  func(*Limits)
	}{
		{Limits{SessionLife: time.Hour}, func(l *Limits) { l.SessionLife, l.SessionIdle = time.Hour, time.Hour }},
		{Limits{LoginStop: 3}, func(l *Limits) { l.LoginStop, l.LoginFree = 3, 3 }},
		{Limits{LoginWait: 2 * time.Hour}, func(l *Limits) { l.LoginWait, l.LoginWaitMax = 2*time.Hour, 2*time.Hour }},
		{Limits{LoginWaitMax: time.Second}, func(l *Limits) { l.LoginWait, l.LoginWaitMax = time.Second, time.Second }},
		{Limits{CodeLife: 10 * time.Minute, CodeTries: 10, LoginStop: 100}, func(l *Limits) { l.CodeLife, l.CodeTries = 10*time.Minute, 10 }},
	} {
		want := DefaultLimits()
		c.want(&want)
		if got, err := c.given.complete(); err != nil || got != want {
			t.Errorf("%+v: %+v, %v", c.given, got, err)
		}
	}
}

func TestNetwork(t *testing.T) {
	for _, c := range []struct{ address, want string }{
		{"192.0.2.77", "192.0.2.0/24"},
		{"::ffff:192.0.2.77", "192.0.2.0/24"},
		{"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
		{"fe80::1%eth0", "fe80::/64"},
	} {
		if got := clientNetwork(netip.MustParseAddr(c.address)); got != c.want {
			t.Errorf("%s: %s, want %s", c.address, got, c.want)
		}
	}
	if got := clientNetwork(netip.Addr{}); got != "" {
		t.Errorf("no address: %s", got)
	}
}

// windows is a store of windows in memory.
type windows map[string]Window

func (w windows) LockWindow(_ context.Context, kind, key string) (Window, error) {
	return w[kind+" "+key], nil
}

func (w windows) SaveWindow(_ context.Context, kind, key string, n Window) error {
	w[kind+" "+key] = n
	return nil
}

func TestSearchLimits(t *testing.T) {
	s := &service{limits: DefaultLimits()}
	tx, start := windows{}, time.UnixMilli(1767225600000)
	take := func(what string, at time.Duration, uid string, want error) {
		t.Helper()
		if err := take(t.Context(), tx, start.Add(at), s.searchesOf(uid)...); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", what, err, want)
		}
	}
	for range 30 {
		take("the first minute", 0, "ann", nil)
	}
	take("one more", time.Minute-1, "ann", ErrSearches)
	take("somebody else", time.Minute-1, "bob", nil)
	for n := range 170 {
		take("a day", time.Duration(1+n/30)*time.Minute, "ann", nil)
	}
	take("beyond the day", time.Hour, "ann", ErrSearches)
	take("the clock set back", -time.Hour, "ann", nil)
	take("the next day", 24*time.Hour, "ann", nil)
}

func TestCommonPasswords(t *testing.T) {
	lines := strings.Split(strings.TrimSuffix(weakPasswords, "\n"), "\n")
	if len(lines) != 10000 {
		t.Errorf("%d passwords", len(lines))
	}
	for i, p := range lines {
		if !isCommon(p) || !isCommon(strings.ToUpper(p)) {
			t.Errorf("%q is on the list and not found", p)
		}
		if len(p) < minPassword || i > 0 && lines[i-1] >= p {
			t.Errorf("%q is short or in the wrong place", p)
		}
		for _, other := range []string{p + "\n", p[:len(p)-1] + "\x00"} {
			if isCommon(other) {
				t.Errorf("%q is found and not on the list", other)
			}
		}
	}
	for _, p := range []string{"correct horse", "", "zzzzzzzzzzzzzzz~", "\x00", "密码密码密码密码"} {
		if isCommon(p) {
			t.Errorf("%q is not common", p)
		}
	}
}
