package message_test

import (
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store"
)

func TestNotifySaysWhatPeopleCannot(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		h := enter(t, db, message.Options{}, "alice", "bob", "carol")
		h.found("g", "alice", "bob", "carol")
		must(t, h.block("alice", "bob"))
		drafts := []message.Draft{
			{Channel: in("g"), Payload: []byte(`{"type":2000,"content":"tip"}`)},
			{Recipients: []string{"bob", "alice", "bob"}, Payload: []byte(`{"type":99,"cmd":"x"}`), Header: message.Header{SyncOnce: true}},
			{Channel: message.PersonChannel("alice", "bob"), From: "bob", Payload: []byte(`{"type":10}`), ClientMsgNo: "b1"},
			{Channel: in("g"), Payload: []byte(`{"type":1009,"visibles":["carol"]}`)},
			{Channel: in("g"), Payload: []byte(`{"type":1021}`), Visibles: []string{"carol", "carol"}, Header: message.Header{RedDot: true}},
			message.Between(t0, message.System, "carol", map[string]any{"type": 1}),
		}
		sent, err := h.Notify(t.Context(), drafts...)
		must(t, err)
		for i, want := range []message.Message{
			{Seq: 1, From: message.System}, {From: message.System}, {Seq: 1, From: "bob"}, {Seq: 2, From: message.System},
			{Seq: 3, From: message.System}, {Seq: 1, From: message.System},
		} {
			m := sent[i]
			if m.Seq != want.Seq || m.From != want.From || !m.SentAt.Equal(t0) || m.ClientMsgNo == "" || m.ID <= 0 {
				t.Errorf("message %d: %+v", i, m)
			}
		}
		if !reflect.DeepEqual(drafts[1].Recipients, []string{"bob", "alice", "bob"}) || drafts[0].From != "" {
			t.Errorf("the caller's drafts were changed: %+v", drafts)
		}
		for uid, want := range map[string]string{
			"alice": `{"type":2000,"content":"tip"} {"type":99,"cmd":"x"} {"type":10}`,
			"bob":   `{"type":2000,"content":"tip"} {"type":99,"cmd":"x"} {"type":10}`,
			"carol": `{"type":2000,"content":"tip"} {"type":1009,"visibles":["carol"]} {"type":1021} {"type":1}`,
		} {
			if got := h.heard(uid); got != want {
				t.Errorf("%s heard %s, want %s", uid, got, want)
			}
		}
		if n := h.number("SELECT -sum(read_dots) FROM ruyi_conversation v JOIN ruyi_chat c ON c.num = v.chat WHERE c.type = 2"); n != 1 {
			t.Errorf("%d unread of what only carol sees", n)
		}
	})
}

func TestNotifyStoresAllOrNone(t *testing.T) {
	h := enter(t, openSQLite(t), message.Options{}, "alice", "bob")
	good := message.Between(t0, "alice", "bob", map[string]any{"type": 1})
	must(t, func() error { _, err := h.Notify(t.Context(), good); return err }())
	before := h.heard("bob")
	other := message.Between(t0, "alice", "bob", map[string]any{"type": 2})
	for i, c := range []struct {
		change func(d *message.Draft)
		want   error
	}{
		{func(d *message.Draft) { d.ClientMsgNo = good.ClientMsgNo }, message.ErrClientMsgNo},
		{func(d *message.Draft) { d.ClientMsgNo = "a\nb" }, message.ErrClientMsgNoFormat},
		{func(d *message.Draft) { d.Channel = message.Channel{}; d.Recipients = nil }, message.ErrChannel},
		{func(d *message.Draft) { d.Channel = to("bob") }, message.ErrChannel},
		{func(d *message.Draft) { d.Channel = to("bob@alice@bob") }, message.ErrChannel},
		{func(d *message.Draft) { d.Channel = to("@") }, message.ErrChannel},
		{func(d *message.Draft) { d.Channel = to("alice@bob") }, message.ErrChannel}, // bob comes first
		{func(d *message.Draft) { d.Channel.Type = 3 }, message.ErrChannel},
		{func(d *message.Draft) { d.Channel = in("a@b") }, message.ErrChannel},
		{func(d *message.Draft) { d.Recipients = []string{"bob", ""} }, message.ErrRecipient},
		{func(d *message.Draft) { d.Visibles = []string{"\x00"} }, message.ErrRecipient},
		{func(d *message.Draft) { d.From = "a@b" }, message.ErrRecipient},
		{func(d *message.Draft) { d.Expire = -1 }, message.ErrExpire},
		{func(d *message.Draft) { d.Payload = []byte(`{"cmd":"x"}`) }, message.ErrPayloadType},
	} {
		bad := other
		c.change(&bad)
		_, err := h.Notify(t.Context(), other, bad)
		wantErr(t, fmt.Sprint("draft ", i), err, c.want)
	}
	if got := h.heard("bob"); got != before {
		t.Errorf("bob heard %s", got)
	}
	_, err := h.Notify(t.Context(), other, other)
	wantErr(t, "twice one number", err, message.ErrClientMsgNo)
	none, err := h.Notify(t.Context())
	if must(t, errors.Join(err)); len(none) != 0 {
		t.Errorf("messages %v", none)
	}
}
