package message_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store"
)

func TestExtrasReachTheOtherDevices(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := startTalk(t, db)
		ctx := t.Context()
		w.emit(post("alice"), say("alice", "bob", "hi"))
		save := func(ch message.Channel, x message.ConversationExtra) int64 {
			t.Helper()
			version, err := w.SaveConversationExtra(ctx, "bob", ch, x)
			must(t, err)
			return version
		}
		first := save(team, message.ConversationExtra{Draft: "one"})
		second := save(with("alice"), message.ConversationExtra{BrowseTo: 1, KeepMessageSeq: 2, KeepOffsetY: 3, Draft: "two\nlines"})
		third := save(team, message.ConversationExtra{Version: 99, Channel: with("eve")})
		if first != 3 || second != 4 || third != 5 {
			t.Errorf("versions %d, %d, %d", first, second, third)
		}
		const want = `{"cmd":"syncConversationExtra","param":{"channel_id":"alice","channel_type":1},"type":99}`
		if told := w.commands("bob", 3); !strings.HasPrefix(told, want) {
			t.Errorf("told %s, want %s", told, want)
		}
		person := "{{alice 1} 1 2 3 two\nlines 4}"
		for after, want := range map[int64]string{
			0: "[" + person + " {{g1 2} 0 0 0  5}]", 3: "[" + person + " {{g1 2} 0 0 0  5}]", 4: "[{{g1 2} 0 0 0  5}]", 5: "[]", 99: "[]",
		} {
			got, err := w.ConversationExtras(ctx, "bob", after)
			if err != nil || fmt.Sprint(got) != want {
				t.Errorf("after %d: %v, %v, want %s", after, got, err, want)
			}
		}
		list, err := w.Conversations(ctx, "bob", 0, 1)
		must(t, err)
		if got := fmt.Sprint(list[0].Extra); got != person {
			t.Errorf("in the list: %s", got)
		}
		theirs, err := w.ConversationExtras(ctx, "alice", 0)
		if err != nil || len(theirs) != 0 || strings.Contains(w.commands("alice", 0), "Extra") {
			t.Errorf("the other has %v, %v", theirs, err)
		}
	})
}

func TestExtrasThatAreRefused(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := startTalk(t, db)
		for what, c := range map[string]struct {
			x   message.ConversationExtra
			err error
		}{
			"place":        {message.ConversationExtra{BrowseTo: -1}, message.ErrExtra},
			"message":      {message.ConversationExtra{KeepMessageSeq: -1}, message.ErrExtra},
			"offset":       {message.ConversationExtra{KeepOffsetY: -1}, message.ErrExtra},
			"long":         {message.ConversationExtra{Draft: strings.Repeat("如", message.MaxDraft+1)}, message.ErrExtra},
			"as long":      {message.ConversationExtra{Draft: strings.Repeat("如", message.MaxDraft)}, nil},
			"lines":        {message.ConversationExtra{Draft: "a\r\n\tb"}, nil},
			"NUL":          {message.ConversationExtra{Draft: "a\x00"}, message.ErrExtra},
			"no UTF-8":     {message.ConversationExtra{Draft: "\xff"}, message.ErrExtra},
			"large places": {message.ConversationExtra{BrowseTo: 1 << 62, KeepMessageSeq: 1 << 62, KeepOffsetY: 1<<31 - 1}, nil},
			"far":          {message.ConversationExtra{KeepOffsetY: 1 << 31}, message.ErrExtra},
		} {
			version, err := w.SaveConversationExtra(t.Context(), "bob", team, c.x)
			wantErr(t, what, err, c.err)
			if (version > 0) != (c.err == nil) {
				t.Errorf("%s: version %d", what, version)
			}
		}
		_, err := w.ConversationExtras(t.Context(), "bob", -1)
		wantErr(t, "negative version", err, message.ErrVersion)
		if told := w.commands("bob", 3); told != "" {
			t.Errorf("a refusal was told: %s", told)
		}
	})
}
