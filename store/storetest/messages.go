package storetest

import (
	"fmt"
	"testing"

	"github.com/ruyi-im/ruyi/message"
)

func testMessages(t *testing.T, s Stores) {
	ctx := t.Context()
	a, b, c := "a", "b", "c"
	must(t, emit(ctx, s,
		message.Command(t0, "friendAccept", map[string]string{"to_uid": a}, a, b),
		say(b, a, "one"),
		say(a, b, "two 😀\u0000"),
	))
	must(t, emit(ctx, s, say(c, a, "three"), say(a, b, "four")))

	for uid, want := range map[string][]string{
		a: {"1/0 command", "2/1 b→a one", "3/2 a→b two", "4/1 c→a three", "5/3 a→b four"},
		b: {"1/0 command", "2/1 b→a one", "3/2 a→b two", "4/3 a→b four"},
		c: {"1/1 c→a three"},
	} {
		queue, err := s.Messages().Queue(ctx, uid, 0, 100)
		must(t, err)
		equal(t, "length of "+uid, len(queue), len(want))
		for i, m := range queue {
			var seq, inChannel int64
			fmt.Sscanf(want[i], "%d/%d", &seq, &inChannel)
			equal(t, uid, m.QueueSeq, seq)
			equal(t, uid, m.Seq, inChannel)
			if i > 0 && m.ID <= queue[i-1].ID {
				t.Errorf("%s: id %d after %d", uid, m.ID, queue[i-1].ID)
			}
			if !m.SentAt.Equal(t0) || m.ClientMsgNo == "" {
				t.Errorf("%s: message %+v", uid, m)
			}
			equal(t, "command", m.Header.SyncOnce, inChannel == 0)
			equal(t, "red dot", m.Header.RedDot, inChannel != 0)
		}
	}
	history, err := s.Messages().History(ctx, a, message.PersonChannel(b, a), 1, 100)
	must(t, err)
	equal(t, "history", len(history), 2)
	equal(t, "payload", string(history[0].Payload), `{"content":"two 😀\u0000","type":1}`)
	equal(t, "sequence", history[0].Seq, 2)
	page, err := s.Messages().Queue(ctx, a, 2, 2)
	must(t, err)
	equal(t, "page", len(page), 2)
	equal(t, "first of page", page[0].QueueSeq, 3)
	none, err := s.Messages().Queue(ctx, "nobody", 0, 10)
	must(t, err)
	if none == nil || len(none) != 0 {
		t.Errorf("queue of nobody: %v", none)
	}
}

func testPositions(t *testing.T, s Stores) {
	ctx := t.Context()
	for range 3 {
		must(t, emit(ctx, s, say("x", "y", "hello")))
	}
	for _, step := range []struct{ ack, want int64 }{{1, 1}, {2, 2}, {1, 2}, {1 << 60, 3}, {2, 3}} {
		must(t, s.Messages().Update(ctx, func(tx message.Tx) error { return tx.Acknowledge(ctx, "y", step.ack) }))
		got, err := s.Messages().Acked(ctx, "y")
		must(t, err)
		equal(t, fmt.Sprintf("acknowledged after %d", step.ack), got, step.want)
	}
	must(t, s.Messages().Update(ctx, func(tx message.Tx) error { return tx.Acknowledge(ctx, "nobody", 5) }))
	for uid, want := range map[string]int64{"x": 0, "nobody": 0} {
		got, err := s.Messages().Acked(ctx, uid)
		must(t, err)
		equal(t, uid, got, want)
	}
}
