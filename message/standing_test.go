package message_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store"
)

func TestClearUnread(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := startTalk(t, db)
		ctx := t.Context()
		w.emit(post("alice"), post("alice"), post("alice"), post("bob"), post("alice"))
		// What is unread and read after each step, and how many commands told of it.
		for i, c := range []struct {
			unread, seq int64
			want, read  int64
			told        int
		}{
			{9, 0, 4, 0, 0}, {3, 2, 3, 2, 1}, {3, 2, 3, 2, 1}, {4, 1, 3, 2, 1}, {1, 4, 1, 4, 2},
			{1, 99, 1, 5, 3}, {0, 3, 0, 5, 4}, {0, 0, 0, 5, 4},
		} {
			must(t, w.ClearUnread(ctx, "bob", team, c.unread, c.seq))
			list, err := w.Conversations(ctx, "bob", 0, 1)
			must(t, err)
			told := strings.Count(w.commands("bob", 0), "unreadClear")
			if got := list[0]; got.Unread != c.want || got.ReadSeq != c.read || told != c.told {
				t.Errorf("step %d: %d unread, read up to %d, told %d times; want %d, %d, %d",
					i, got.Unread, got.ReadSeq, told, c.want, c.read, c.told)
			}
		}
		w.emit(post("alice"), post("alice"))
		must(t, w.ClearUnread(ctx, "bob", team, 0, 0))
		if list, err := w.Conversations(ctx, "bob", 0, 1); err != nil || list[0].ReadSeq != 7 {
			t.Errorf("read up to the newest message: %v, %v", list, err)
		}
		const want = `{"cmd":"unreadClear","param":{"channel_id":"g1","channel_type":2,"unread":0},"type":99}`
		if told := w.commands("bob", 11); told != want {
			t.Errorf("told %s, want %s", told, want)
		}
		if told := w.commands("alice", 0); strings.Contains(told, "unreadClear") {
			t.Errorf("the others were told: %s", told)
		}
		w.wantList("the others", "carol", "g1 7/7")
	})
}

func TestDeletedConversationReturnsWithTheNextMessage(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := startTalk(t, db)
		ctx := t.Context()
		w.emit(post("alice"), post("alice"))
		must(t, w.DeleteConversation(ctx, "bob", team))
		const want = `{"cmd":"conversationDeleted","param":{"channel_id":"g1","channel_type":2},"type":99}`
		if told := w.commands("bob", 2); told != want {
			t.Errorf("told %s, want %s", told, want)
		}
		must(t, w.DeleteConversation(ctx, "bob", team))
		if told := w.commands("bob", 3); told != "" {
			t.Errorf("told again: %s", told)
		}
		w.wantList("deleted", "bob", "")
		w.wantList("not by her", "carol", "g1 2/2")
		w.emit(post("alice", unlisted), post("alice", visibleTo("carol")), post("alice", command))
		w.wantList("nothing for him", "bob", "")
		w.emit(post("alice"))
		w.wantList("returned", "bob", "g1 5/1")
		w.hide("bob", 5)
		w.wantList("its news deleted", "bob", "g1 2/1")
		must(t, w.DeleteConversation(ctx, "bob", team))
		w.wantList("deleted again", "bob", "")
		w.unsubscribe("bob")
		must(t, w.DeleteConversation(ctx, "bob", team))
		w.wantList("left", "bob", "")
	})
}

// TestStrangersSeeAndChangeNothing names the conversations of others in every
// way.
func TestStrangersSeeAndChangeNothing(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := startTalk(t, db)
		ctx := t.Context()
		w.emit(post("alice"), say("alice", "bob", "hi"))
		ab := message.PersonChannel("alice", "bob")
		for _, c := range []struct {
			ch  message.Channel
			err error
		}{
			{team, nil}, {with("alice"), nil}, {with("bob"), nil}, {message.Channel{ID: "g2", Type: message.Group}, nil},
			{ab, message.ErrChannel}, {message.Channel{ID: ab.ID, Type: message.Group}, message.ErrChannel},
			{message.Channel{}, message.ErrChannel}, {with(""), message.ErrChannel}, {with("a\x00"), message.ErrChannel},
			{with("\xff"), message.ErrChannel}, {message.Channel{ID: "g1", Type: 3}, message.ErrChannel},
			{with(strings.Repeat("x", 101)), message.ErrChannel},
		} {
			wantErr(t, fmt.Sprint("clear ", c.ch), w.ClearUnread(ctx, "eve", c.ch, 0, 0), c.err)
			wantErr(t, fmt.Sprint("delete ", c.ch), w.DeleteConversation(ctx, "eve", c.ch), c.err)
			_, err := w.SaveConversationExtra(ctx, "eve", c.ch, message.ConversationExtra{Draft: "x"})
			wantErr(t, fmt.Sprint("extra ", c.ch), err, message.ErrChannel)
		}
		w.wantList("stranger", "eve", "")
		if told := w.commands("eve", 0); told != "" {
			t.Errorf("the stranger was told %s", told)
		}
		w.wantList("bob as before", "bob", "alice 1/1, g1 1/1")
		wantErr(t, "negative unread", w.ClearUnread(ctx, "bob", team, -1, 0), message.ErrUnread)
		wantErr(t, "negative place", w.ClearUnread(ctx, "bob", team, 0, -1), message.ErrUnread)
		w.wantList("bob as before", "bob", "alice 1/1, g1 1/1")
	})
}
