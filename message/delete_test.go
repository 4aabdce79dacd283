package message_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store"
)

func TestDeletingIsForOneselfOnly(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		r := startRoom(t, db, message.Options{})
		r.subscribe("alice", "bob")
		first, second := r.post(say("alice", "bob", "one")), r.post(say("bob", "alice", "two"))
		inGroup := r.post(r.said("alice", "three"))
		foreign := r.post(say("carol", "dave", "private"))
		command := r.post(message.Command(t0, "refresh", nil, "bob"))

		must(t, r.Delete(t.Context(), "bob", inGroup, first, foreign, first, command, 1, 1<<62))
		r.wantCommands("deleted", fmt.Sprintf(`live u_10000 in "" to [bob]: {"cmd":"messageDeleted","param":{"messages":[`+
			`{"message_id":"%d","channel_id":"alice","channel_type":1,"message_seq":1},`+
			`{"message_id":"%d","channel_id":"g1","channel_type":2,"message_seq":1}]},"type":99}`, first, inGroup))
		for what, c := range map[string][2]string{
			"bob's history":          {r.sees("bob", person("alice")), "1- 2two"},
			"bob's group":            {r.sees("bob", ourGroup), "1-"},
			"bob's queue":            {r.queued("bob"), "1- 2two 1-"},
			"alice's history":        {r.sees("alice", person("bob")), "1one 2two"},
			"alice's group":          {r.sees("alice", ourGroup), "1three"},
			"alice's queue":          {r.queued("alice"), "1one 2two 1three"},
			"history of the private": {r.sees("dave", person("carol")), "1private"},
		} {
			equal(t, what, c[0], c[1])
		}
		must(t, r.Delete(t.Context(), "bob", first))
		r.wantCommands("deleted again", "")
		equal(t, "rows", r.number("SELECT count(*) FROM ruyi_message_hidden"), 2)
		must(t, r.Delete(t.Context(), "bob", second, first))
		equal(t, "bob's history", r.sees("bob", person("alice")), "1- 2-")
	})
}

func TestDeletingNothingOrTooMuch(t *testing.T) {
	r := startRoom(t, openSQLite(t), message.Options{})
	ids := make([]int64, message.MaxIDs+1)
	for i := range ids {
		ids[i] = r.post(say("alice", "bob", "hi"))
	}
	for what, c := range map[string]struct {
		ids  []int64
		want error
	}{
		"none":            {nil, message.ErrNoMessages},
		"zero":            {[]int64{ids[0], 0}, message.ErrNoMessages},
		"negative":        {[]int64{ids[0], -1}, message.ErrNoMessages},
		"one too many":    {ids, message.ErrManyMessages},
		"just as allowed": {ids[1:], nil},
	} {
		wantErr(t, "delete "+what, r.Delete(t.Context(), "bob", c.ids...), c.want)
		wantErr(t, "read "+what, r.MarkRead(t.Context(), "bob", person("alice"), c.ids...), c.want)
	}
	equal(t, "hidden", r.number("SELECT count(*) FROM ruyi_message_hidden"), message.MaxIDs)
}

func TestClearing(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		r := startRoom(t, db, message.Options{})
		ab := message.PersonChannel("alice", "bob")
		for i := range 5 {
			r.post(say("alice", "bob", string(rune('a'+i))))
		}
		r.post(say("bob", "alice", "mine"))
		quiet := say("alice", "bob", "quiet")
		quiet.Header.RedDot = false
		r.post(quiet)
		equal(t, "unread at first", r.unread("bob", ab), 5)

		told := func(unread int) string {
			return fmt.Sprintf(`queued u_10000 in "" to [bob]: {"cmd":"unreadClear","param":`+
				`{"channel_id":"alice","channel_type":1,"unread":%d},"type":99}`, unread)
		}
		for _, step := range []struct {
			seq     int64
			sees    string
			unread  int64
			command string
		}{
			{3, "4d 5e 6mine 7quiet", 2, told(2)},
			{2, "4d 5e 6mine 7quiet", 2, ""},
			{3, "4d 5e 6mine 7quiet", 2, ""},
			{5, "6mine 7quiet", 0, told(0)},
			{1 << 62, "", 0, told(0)},
			{1, "", 0, ""},
		} {
			what := fmt.Sprint("cleared up to ", step.seq)
			must(t, r.Clear(t.Context(), "bob", person("alice"), step.seq))
			r.wantCommands(what, step.command)
			equal(t, what, r.sees("bob", person("alice")), step.sees)
			equal(t, what+", queue", r.queued("bob"), step.sees)
			equal(t, what+", unread", r.unread("bob", ab), step.unread)
		}
		r.post(say("alice", "bob", "h"))
		r.post(say("alice", "bob", "i"))
		r.exec("UPDATE ruyi_conversation SET read_dots = (SELECT dots FROM ruyi_chat) WHERE uid = 'bob'")
		must(t, r.Clear(t.Context(), "bob", person("alice"), 8))
		r.wantCommands("what was read before", told(0))
		equal(t, "what was read before", r.sees("bob", person("alice")), "9i")
		equal(t, "what was read before, unread", r.unread("bob", ab), 0)

		equal(t, "the other sees", r.sees("alice", person("bob")), "1a 2b 3c 4d 5e 6mine 7quiet 8h 9i")
		equal(t, "the other's unread", r.unread("alice", ab), 1)

		id := r.post(say("alice", "bob", "news"))
		equal(t, "after that", r.sees("bob", person("alice")), "9i 10news")
		equal(t, "unread after that", r.unread("bob", ab), 1)
		must(t, r.ClearAll(t.Context(), "bob", person("alice")))
		r.wantCommands("everything", told(0))
		equal(t, "everything", r.sees("bob", person("alice")), "")
		must(t, r.Delete(t.Context(), "bob", id))
		r.wantCommands("what was cleared cannot be deleted", "")
		wantErr(t, "zero", r.Clear(t.Context(), "bob", person("alice"), 0), message.ErrClear)
		wantErr(t, "negative", r.Clear(t.Context(), "bob", person("alice"), -1), message.ErrClear)
	})
}

// TestClearingCountsWhatIsNotForAll clears before a message that only one of two
// sees.
func TestClearingCountsWhatIsNotForAll(t *testing.T) {
	r := startRoom(t, openSQLite(t), message.Options{})
	r.subscribe("alice", "bob", "carol")
	r.post(r.said("alice", "one"))
	whisper := r.said("alice", "two")
	whisper.Visibles = []string{"bob"}
	r.post(whisper)
	for uid, want := range map[string]int64{"bob": 1, "carol": 0} {
		must(t, r.Clear(t.Context(), uid, ourGroup, 1))
		equal(t, "unread of "+uid, r.unread(uid, ourGroup), want)
	}
}

func TestClearingMeetsNews(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		r := startRoom(t, db, message.Options{})
		ab := message.PersonChannel("alice", "bob")
		r.post(say("alice", "bob", "first"))
		const writers, each = 4, 8
		must(t, errors.Join(together(2*writers, func(i int) error {
			for range each {
				var err error
				if i%2 == 0 {
					err = r.ClearAll(t.Context(), "bob", person("alice"))
				} else {
					err = emitTo(t.Context(), db.Messages(), say("alice", "bob", "hi"))
				}
				if err != nil {
					return err
				}
			}
			return nil
		})...))
		left, err := r.History(t.Context(), "bob", person("alice"), 0, 0)
		must(t, err)
		equal(t, "unread", r.unread("bob", ab), int64(len(left)))
	})
}

func emitTo(ctx context.Context, s message.Store, drafts ...message.Draft) error {
	return s.Update(ctx, func(tx message.Tx) error { return tx.Emit(ctx, drafts...) })
}
