package message_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store"
)

// TestNobodyElseReadsAGroup asks for a group by every way there is. Who does not
// belong to it gets the answer that an unknown group gets.
func TestNobodyElseReadsAGroup(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		r := startRoom(t, db, message.Options{})
		r.subscribe("alice", "bob", "gone")
		asks := r.said("alice", "secret")
		asks.Setting = message.SettingReceipt
		id := r.post(asks)
		must(t, r.Revoke(t.Context(), "alice", ourGroup, r.post(r.said("alice", "slip"))))
		r.unsubscribe("gone")
		r.commands()
		unknown := message.Channel{ID: "g2", Type: message.Group}
		for _, c := range []struct {
			what, uid string
			ch        message.Channel
			want      error
		}{
			{"member", "bob", ourGroup, nil},
			{"former member", "gone", ourGroup, message.ErrChannel},
			{"stranger", "eve", ourGroup, message.ErrChannel},
			{"unknown group", "eve", unknown, message.ErrChannel},
			{"group as a person", "eve", person("g1"), nil},
		} {
			history, err := r.History(t.Context(), c.uid, c.ch, 0, 0)
			wantErr(t, c.what+": history", err, c.want)
			page, more, err := r.Page(t.Context(), c.uid, c.ch, message.Range{})
			wantErr(t, c.what+": page", err, c.want)
			extras, err := r.Extras(t.Context(), c.uid, c.ch, 0, 0)
			wantErr(t, c.what+": extras", err, c.want)
			if inside := c.what == "member"; (len(history) == 2) != inside || (len(page) == 2) != inside || (len(extras) == 1) != inside || more {
				t.Errorf("%s reads %d messages, %d in a page, %d extras, more %t", c.what, len(history), len(page), len(extras), more)
			}
			if c.what == "member" {
				continue
			}
			wantErr(t, c.what+": clear", r.ClearAll(t.Context(), c.uid, c.ch), c.want)
			wantErr(t, c.what+": read", r.MarkRead(t.Context(), c.uid, c.ch, id), c.want)
			wantErr(t, c.what+": delete", r.Delete(t.Context(), c.uid, id), nil)
			wantErr(t, c.what+": revoke", r.Revoke(t.Context(), c.uid, c.ch, id), message.ErrNoMessage)
			wantErr(t, c.what+": revoke from anywhere", r.Revoke(t.Context(), c.uid, message.Channel{}, id), message.ErrNoMessage)
		}
		r.wantCommands("outsiders", "")
		equal(t, "what a member reads", r.sees("bob", ourGroup), "1secret 2slip!")
		equal(t, "rows of outsiders", r.number("SELECT (SELECT count(*) FROM ruyi_message_hidden) + (SELECT count(*) FROM ruyi_message_read)"), 0)
		if queue, err := r.Queue(t.Context(), "eve", 0, 0); err != nil || len(queue) != 0 {
			t.Errorf("queue of a stranger: %v, %v", queue, err)
		}
	})
}

// TestWhatIsNotForAReaderIsShut follows a message that only some may see.
func TestWhatIsNotForAReaderIsShut(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		r := startRoom(t, db, message.Options{})
		r.found(map[string]int{"alice": 0, "bob": 0, "owner": 1})
		whisper := r.said("alice", "whisper")
		whisper.Visibles, whisper.Setting = []string{"bob"}, message.SettingReceipt
		id := r.post(whisper)
		r.post(r.said("bob", "aloud"))

		check := func(what string, want map[string][2]string) {
			t.Helper()
			for uid, w := range want {
				equal(t, what+": "+uid+" reads", r.sees(uid, ourGroup), w[0])
				equal(t, what+": queue of "+uid, r.queued(uid), w[1])
			}
		}
		check("at first", map[string][2]string{
			"alice": {"1whisper 2aloud", "1whisper 2aloud"},
			"bob":   {"1whisper 2aloud", "1whisper 2aloud"},
			"owner": {"1- 2aloud", "2aloud"},
		})
		wantErr(t, "the owner revokes what he does not see", r.Revoke(t.Context(), "owner", ourGroup, id), message.ErrNoMessage)
		must(t, r.Delete(t.Context(), "owner", id))
		must(t, r.MarkRead(t.Context(), "owner", ourGroup, id))
		r.wantCommands("somebody whom it does not concern", "")

		unread := func() int {
			history, err := r.History(t.Context(), "alice", ourGroup, 0, 1)
			must(t, err)
			return history[0].Unread
		}
		equal(t, "who has not read it", unread(), 1)
		must(t, r.MarkRead(t.Context(), "bob", ourGroup, id))
		equal(t, "who has not read it, once it was read", unread(), 0)
		must(t, r.Revoke(t.Context(), "alice", ourGroup, id))
		check("when it was revoked", map[string][2]string{
			"bob":   {"1whisper! 2aloud", "1whisper! 2aloud"},
			"owner": {"1- 2aloud", "2aloud"},
		})
		for uid, want := range map[string]int{"alice": 1, "bob": 1, "owner": 0} {
			extras, err := r.Extras(t.Context(), uid, ourGroup, 0, 0)
			must(t, err)
			equal(t, "extras of "+uid, len(extras), want)
		}
	})
}

func TestAnExpiredMessageKeepsOnlyItsPlace(t *testing.T) {
	r := startRoom(t, openSQLite(t), message.Options{RevokeWindow: -1})
	d := say("alice", "bob", "soon gone")
	d.Expire, d.Setting = 60, message.SettingReceipt
	id := r.post(d)
	r.post(say("alice", "bob", "stays"))
	for _, c := range []struct {
		after time.Duration
		want  string
	}{{time.Minute - time.Millisecond, "1soon gone 2stays"}, {time.Minute, "1- 2stays"}} {
		r.now = t0.Add(c.after)
		equal(t, fmt.Sprint("history after ", c.after), r.sees("bob", person("alice")), c.want)
		equal(t, fmt.Sprint("queue after ", c.after), r.queued("bob"), c.want)
	}
	must(t, r.MarkRead(t.Context(), "bob", person("alice"), id))
	wantErr(t, "revoke", r.Revoke(t.Context(), "alice", person("bob"), id), message.ErrNoMessage)
	r.wantCommands("expired", "")
}

func TestPages(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		r := startRoom(t, db, message.Options{})
		for i := range 9 {
			r.post(say("alice", "bob", string(rune('a'+i))))
		}
		must(t, r.Clear(t.Context(), "bob", person("alice"), 2))
		for _, c := range []struct {
			r    message.Range
			want string
			more bool
		}{
			{message.Range{}, "3c 4d 5e 6f 7g 8h 9i", false},
			{message.Range{Limit: 3}, "7g 8h 9i", true},
			{message.Range{Limit: 7}, "3c 4d 5e 6f 7g 8h 9i", false},
			{message.Range{Start: 6, Limit: 2}, "5e 6f", true},
			{message.Range{Start: 6, End: 4, Limit: 2}, "5e 6f", false},
			{message.Range{Start: 6, End: 3, Limit: 2}, "5e 6f", true},
			{message.Range{Start: 6, End: 6}, "", false},
			{message.Range{Start: 2}, "", false},
			{message.Range{Start: 100, End: 7}, "8h 9i", false},
			{message.Range{End: math.MaxInt64}, "", false},
			{message.Range{Newer: true, Limit: 2}, "3c 4d", true},
			{message.Range{Newer: true, Start: 1, Limit: 1}, "3c", true},
			{message.Range{Newer: true, Start: 6, Limit: 2}, "6f 7g", true},
			{message.Range{Newer: true, Start: 6, End: 8, Limit: 2}, "6f 7g", false},
			{message.Range{Newer: true, Start: 6, End: 9, Limit: 2}, "6f 7g", true},
			{message.Range{Newer: true, Start: 8}, "8h 9i", false},
			{message.Range{Newer: true, Start: 6, End: 6}, "", false},
			{message.Range{Newer: true, Start: math.MaxInt64}, "", false},
		} {
			page, more, err := r.Page(t.Context(), "bob", person("alice"), c.r)
			if got := line(t, page); err != nil || got != c.want || more != c.more || page == nil {
				t.Errorf("%+v: %q, more %t, %v, want %q, %t", c.r, got, more, err, c.want, c.more)
			}
		}
		for _, wrong := range []message.Range{{Start: -1}, {End: -1}, {Newer: true, Start: math.MinInt64}} {
			_, _, err := r.Page(t.Context(), "bob", person("alice"), wrong)
			wantErr(t, fmt.Sprint(wrong), err, message.ErrRange)
		}
	})
}

// TestPagesOfAnySizeAreTheLog walks through histories with holes, in both
// directions and in pages of random sizes.
func TestPagesOfAnySizeAreTheLog(t *testing.T) {
	r := startRoom(t, openSQLite(t), message.Options{})
	r.subscribe("alice", "bob", "carol")
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range 60 {
		d := r.said([]string{"alice", "bob"}[i%2], fmt.Sprint(i))
		if rnd.IntN(4) == 0 {
			d.Visibles = []string{"bob"}
		}
		id := r.post(d)
		if rnd.IntN(4) == 0 {
			must(t, r.Delete(t.Context(), "carol", id))
		}
	}
	must(t, r.Clear(t.Context(), "carol", ourGroup, 7))
	log, err := r.History(t.Context(), "carol", ourGroup, 0, 0)
	must(t, err)
	equal(t, "length of the log", len(log), 53)
	for range 50 {
		var up, down, history, log2 []message.Message
		for start := int64(0); ; {
			page, more, err := r.Page(t.Context(), "carol", ourGroup, message.Range{Newer: true, Start: start, Limit: 1 + rnd.IntN(9)})
			must(t, err)
			if up = append(up, page...); !more {
				break
			}
			start = page[len(page)-1].Seq + 1
		}
		for start := int64(0); ; {
			page, more, err := r.Page(t.Context(), "carol", ourGroup, message.Range{Start: start, Limit: 1 + rnd.IntN(9)})
			must(t, err)
			if down = slices.Concat(page, down); !more {
				break
			}
			start = page[0].Seq - 1
		}
		for after := int64(0); ; {
			page, err := r.History(t.Context(), "carol", ourGroup, after, 1+rnd.IntN(9))
			must(t, err)
			if len(page) == 0 {
				break
			}
			history = append(history, page...)
			after = page[len(page)-1].Seq
		}
		from, to := 1+rnd.Int64N(70), 1+rnd.Int64N(70)
		page, more, err := r.Page(t.Context(), "carol", ourGroup, message.Range{Newer: true, Start: from, End: to, Limit: 100})
		must(t, err)
		for _, m := range log {
			if m.Seq >= from && m.Seq < to {
				log2 = append(log2, m)
			}
		}
		if !reflect.DeepEqual(up, log) || !reflect.DeepEqual(down, log) || !reflect.DeepEqual(history, log) || more ||
			line(t, page) != line(t, log2) {
			t.Fatalf("the log is %q\nforwards %q\nbackwards %q\nhistory %q", line(t, log), line(t, up), line(t, down), line(t, history))
		}
	}
}

func TestChannelsThatAreNone(t *testing.T) {
	r := startRoom(t, openSQLite(t), message.Options{})
	id := r.post(say("alice", "bob", "hi"))
	stored := message.PersonChannel("alice", "bob")
	for _, ch := range []message.Channel{
		{}, person(""), person("a\x00"), person("\xff"), person("a\u202e"), person(stored.ID), {ID: stored.ID, Type: message.Group},
		{ID: "bob"}, {ID: "bob", Type: 3}, {ID: "", Type: message.Group}, person(strings.Repeat("x", 129)),
	} {
		_, _, err := r.Page(t.Context(), "alice", ch, message.Range{})
		wantErr(t, fmt.Sprintf("page of %q", ch), err, message.ErrChannel)
		_, err = r.Extras(t.Context(), "alice", ch, 0, 0)
		wantErr(t, fmt.Sprintf("extras of %q", ch), err, message.ErrChannel)
		wantErr(t, fmt.Sprintf("clear %q", ch), r.ClearAll(t.Context(), "alice", ch), message.ErrChannel)
		wantErr(t, fmt.Sprintf("read %q", ch), r.MarkRead(t.Context(), "alice", ch, id), message.ErrChannel)
		if ch != (message.Channel{}) {
			wantErr(t, fmt.Sprintf("revoke in %q", ch), r.Revoke(t.Context(), "alice", ch, id), message.ErrChannel)
		}
	}
	r.wantCommands("no channel", "")
}
