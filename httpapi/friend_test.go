package httpapi

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/friend"
)

func TestSyncKeyInALocalTimeThatExistsTwice(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("this machine has no time zones: ", err)
	}
	// On 25 October 2026 the hour from two to three comes twice.
	first := time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC).Unix()
	for _, version := range []int64{first, first + 3600} {
		row := friend.Contact{Relation: friend.Relation{ID: 7, Version: version}}
		key := fmt.Sprintf("%s@%d", newFriendResp(row, berlin).UpdatedAt, row.ID)
		got, err := parseSyncKey(key, berlin)
		if want := (friend.Cursor{Version: first, Again: first + 3600, ID: 7}); err != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", key, got, err, want)
		}
	}
}

// FuzzSyncKey wants every key either refused as malformed or understood, and the
// key of every row to lead back to it.
func FuzzSyncKey(f *testing.F) {
	for _, key := range []string{"", "@", "2026-01-01 08:00:00@1", "1767254400@1", "a@b@1", "9999-12-31 23:59:59@9223372036854775807", "-1@-1"} {
		f.Add(key, int64(1767254400), int64(3))
	}
	f.Fuzz(func(t *testing.T, key string, version, id int64) {
		if _, err := parseSyncKey(key, time.UTC); err != nil && !errors.Is(err, friend.ErrSyncKey) {
			t.Errorf("%q: %v", key, err)
		}
		if version < 0 || version > 253402300799 || id < 0 { // the year 9999
			return
		}
		row := friend.Contact{Relation: friend.Relation{ID: id, Version: version}}
		own := fmt.Sprintf("%s@%d", newFriendResp(row, time.UTC).UpdatedAt, id)
		if got, err := parseSyncKey(own, time.UTC); err != nil || got != (friend.Cursor{Version: version, ID: id}) {
			t.Errorf("%q: %+v, %v", own, got, err)
		}
	})
}
