package httpapi

import (
	"encoding/json"
	"testing"
	"time"
	_ "time/tzdata" // the zones below, whatever the machine has
)

func TestIntString(t *testing.T) {
	for text, want := range map[string]intString{
		`0`: 0, `7`: 7, `-7`: -7, `"7"`: 7, `"-7"`: -7, `""`: 0, `null`: 0, `"007"`: 7, `"\u0037"`: 7,
		`9223372036854775807`: 1<<63 - 1, `"-9223372036854775808"`: -1 << 63,
	} {
		var got intString
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("%s: %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{
		`1.0`, `1e3`, `"1.0"`, `"1e3"`, `"+1"`, `" 1"`, `"1 "`, `"0x1"`, `"1_0"`, `"null"`, `true`, `[]`, `{}`, `"一"`,
		`9223372036854775808`, `"9223372036854775808"`, `"-9223372036854775809"`,
	} {
		var got intString
		if err := json.Unmarshal([]byte(text), &got); err == nil {
			t.Errorf("%s: accepted as %d", text, got)
		}
	}
	if text, err := json.Marshal(intString(1 << 60)); err != nil || string(text) != "1152921504606846976" {
		t.Errorf("encoded as %s, %v", text, err)
	}
}

func TestNumeral(t *testing.T) {
	for text, want := range map[string]numeral{`0`: 0, `-7`: -7, `"7"`: 7, `"-7"`: -7, `"007"`: 7, `2147483647`: 1<<31 - 1} {
		var got numeral
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("%s: %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{
		`""`, `"null"`, `1.0`, `1e3`, `"+1"`, `" 1"`, `"0x1"`, `true`, `[]`, `{}`, `"一"`, `9223372036854775808`, `"9223372036854775808"`,
	} {
		got := numeral(1)
		if err := json.Unmarshal([]byte(text), &got); err == nil {
			t.Errorf("%s: accepted as %d", text, got)
		}
	}
}

func TestFlag(t *testing.T) {
	for text, want := range map[string]flag01{`0`: false, `1`: true, `"0"`: false, `"1"`: true} {
		got := !want
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("%s: %t, %v, want %t", text, got, err, want)
		}
	}
	for _, text := range []string{`2`, `-1`, `01`, `1.0`, `""`, `"01"`, `"true"`, `true`, `false`, `null`, `[]`} {
		var got flag01
		if err := json.Unmarshal([]byte(text), &got); err == nil {
			t.Errorf("%s: accepted as %t", text, got)
		}
	}
	if text, err := json.Marshal([]flag01{true, false}); err != nil || string(text) != "[1,0]" {
		t.Errorf("encoded as %s, %v", text, err)
	}
}

func TestLocalTime(t *testing.T) {
	utc := func(s string) time.Time {
		if s == "" {
			return time.Time{}
		}
		m, err := time.Parse(time.DateTime, s)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	for _, tt := range []struct{ zone, local, first, again string }{
		{"UTC", "2026-01-02 03:04:05", "2026-01-02 03:04:05", ""},
		{"Asia/Shanghai", "2026-01-02 03:04:05", "2026-01-01 19:04:05", ""},
		{"Europe/Berlin", "2026-10-25 01:59:59", "2026-10-24 23:59:59", ""},
		{"Europe/Berlin", "2026-10-25 02:00:00", "2026-10-25 00:00:00", "2026-10-25 01:00:00"},
		{"Europe/Berlin", "2026-10-25 02:59:59", "2026-10-25 00:59:59", "2026-10-25 01:59:59"},
		{"Europe/Berlin", "2026-10-25 03:00:00", "2026-10-25 02:00:00", ""},
		{"America/New_York", "2026-11-01 01:30:00", "2026-11-01 05:30:00", "2026-11-01 06:30:00"},
	} {
		zone, err := time.LoadLocation(tt.zone)
		if err != nil {
			t.Fatal(err)
		}
		first, again, err := parseLocal(tt.local, zone)
		if err != nil || !first.Equal(utc(tt.first)) || !again.Equal(utc(tt.again)) {
			t.Errorf("%s in %s: %v, %v, %v", tt.local, tt.zone, first.UTC(), again.UTC(), err)
		}
		if got := localTime(first, zone); got != tt.local {
			t.Errorf("%s in %s is written %s", tt.local, tt.zone, got)
		}
	}
	if _, _, err := parseLocal("2026-01-02T03:04:05Z", time.UTC); err == nil {
		t.Error("a time with zone is accepted")
	}
}
