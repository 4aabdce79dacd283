package httpapi

import (
	"encoding/json"
	"errors"
	"strconv"
	"time"
)

// ok is the answer of operations that have nothing to tell.
type ok struct{}

// MarshalJSON returns the success that clients test for.
func (ok) MarshalJSON() ([]byte, error) { return []byte(`{"status":200}`), nil }

// intString is an integer that clients send as a number or as a decimal string,
// "" for none. It is answered as a number.
type intString int64

// UnmarshalJSON accepts an integer, a string of one, "" and null.
func (n *intString) UnmarshalJSON(text []byte) error {
	s, err := unquote(text)
	if err != nil || s == "" || s == "null" && text[0] != '"' {
		return err
	}
	v, err := parseInt(s, 64)
	*n = intString(v)
	return err
}

// numeral is an integer that clients send as a number or as a decimal string, and
// that is never empty.
type numeral int

// UnmarshalJSON accepts an integer and a string of one.
func (n *numeral) UnmarshalJSON(text []byte) error {
	s, err := unquote(text)
	if err != nil {
		return err
	}
	v, err := parseInt(s, strconv.IntSize)
	*n = numeral(v)
	return err
}

// flag01 is a boolean, 0 or 1 on the wire.
type flag01 bool

var errFlag = errors.New("a flag is neither 0 nor 1")

// MarshalJSON returns 0 or 1.
func (f flag01) MarshalJSON() ([]byte, error) {
	if f {
		return []byte("1"), nil
	}
	return []byte("0"), nil
}

// UnmarshalJSON accepts 0, 1, "0" and "1".
func (f *flag01) UnmarshalJSON(text []byte) error {
	s, err := unquote(text)
	if err != nil {
		return err
	}
	return f.UnmarshalText([]byte(s))
}

// UnmarshalText accepts 0 and 1.
func (f *flag01) UnmarshalText(text []byte) error {
	if s := string(text); s != "0" && s != "1" {
		return errFlag
	}
	*f = text[0] == '1'
	return nil
}

// unquote returns the content of a JSON string, or the text of any other value.
func unquote(text []byte) (string, error) {
	if len(text) == 0 || text[0] != '"' {
		return string(text), nil
	}
	var s string
	err := json.Unmarshal(text, &s)
	return s, err
}

// localTime writes a time as clients show it, without a zone.
func localTime(t time.Time, zone *time.Location) string {
	return t.In(zone).Format(time.DateTime)
}

// localTimeOf is localTime, and "" for no time.
func localTimeOf(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return localTime(t, zone)
}

// parseLocal returns the moment that localTime wrote as s. Where clocks were set
// back a local time names two: the earlier is first, the other is again, which
// else is zero.
func parseLocal(s string, zone *time.Location) (first, again time.Time, err error) {
	t, err := time.ParseInLocation(time.DateTime, s, zone)
	if err != nil {
		return time.Time{}, time.Time{}, err
	}
	_, offset := t.Zone()
	start, end := t.ZoneBounds()
	for _, neighbour := range []time.Time{start.Add(-1), end} {
		_, other := neighbour.Zone()
		u := t.Add(time.Duration(offset-other) * time.Second)
		switch {
		case u.Equal(t) || localTime(u, zone) != s:
		case u.Before(t):
			return u, t, nil
		default:
			return t, u, nil
		}
	}
	return t, time.Time{}, nil
}
