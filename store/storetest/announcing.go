package storetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ruyi-im/ruyi/message"
)

// heard keeps what a store tells.
type heard struct {
	mu  sync.Mutex
	all []message.Delivery
}

// listen returns what s tells from now on.
func listen(t *testing.T, s Stores) *heard {
	t.Helper()
	a, ok := s.(message.Announcer)
	if !ok {
		t.Skip("the stores are no message.Announcer: no Gateway works with them")
	}
	h := &heard{}
	stop, ok := a.OnCommit(func(ctx context.Context, deliveries []message.Delivery) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.all = append(h.all, deliveries...)
		if ctx.Err() != nil {
			t.Error("a push ends with its caller")
		}
	})
	equal(t, "listens", ok, true)
	t.Cleanup(stop)
	return h
}

// lines returns what was told since the last call: the last word of each payload,
// whom it is for, and its number in each queue.
func (h *heard) lines() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	lines := []string{}
	for _, d := range h.all {
		line := fmt.Sprintf("%s %d", word(d.Message.Payload), d.Message.Seq)
		for _, r := range d.To {
			line += fmt.Sprintf(" %s:%d", r.UID, r.QueueSeq)
		}
		if d.Everybody {
			line += fmt.Sprintf(" everybody of %s, visible to %q, others %v", d.Message.Channel.ID, d.Visibles, d.Others)
		}
		if d.Message.ID == 0 || d.Message.ClientMsgNo == "" {
			line += " without an id"
		}
		lines = append(lines, line)
	}
	h.all = nil
	return lines
}

// word returns what a payload is about: the name of a command, or the text.
func word(payload []byte) string {
	parts := strings.Split(string(payload), `"`)
	return parts[3]
}

func (h *heard) want(t *testing.T, what string, want ...string) {
	t.Helper()
	if got := h.lines(); !slices.Equal(got, want) {
		t.Errorf("%s told\n%q, want\n%q", what, got, want)
	}
}

func testAnnouncing(t *testing.T, s Stores) {
	ctx, h := t.Context(), listen(t, s)
	run := func(ctx context.Context, end func() error, drafts ...message.Draft) error {
		return s.Messages().Update(ctx, func(tx message.Tx) error {
			if err := tx.Emit(ctx, drafts...); err != nil {
				return err
			}
			h.want(t, "an open transaction")
			return end()
		})
	}
	succeed := func() error { return nil }
	must(t, run(ctx, succeed, say("a", "b", "one"), message.Command(t0, "refresh", nil, "b"), message.Command(t0, "nobody", nil)))
	h.want(t, "a commit", "one 1 a:1 b:1", "refresh 0 b:2")
	wantErr(t, run(ctx, func() error { return errStop }, say("a", "b", "never")), errStop)
	func() {
		defer func() { equal(t, "panic", recover(), any("stop here")) }()
		_ = run(ctx, func() error { panic("stop here") }, say("a", "b", "never"))
	}()
	gone, leave := context.WithCancel(ctx)
	leave()
	wantErr(t, run(gone, succeed, say("a", "b", "never")), context.Canceled)
	h.want(t, "what was undone")

	leaving, leave := context.WithCancel(ctx)
	must(t, run(leaving, func() error { leave(); return nil }, say("a", "b", "two")))
	h.want(t, "a caller who left too late", "two 2 a:2 b:3")
	must(t, s.Messages().Update(ctx, func(message.Tx) error { return nil }))
	h.want(t, "an empty transaction")
	testAnnouncingGroups(t, s, h)
	testAnnouncingLive(t, s, h)
	testStopListening(t, s, h)
}

func testAnnouncingGroups(t *testing.T, s Stores, h *heard) {
	ctx, g := t.Context(), message.Channel{ID: "g", Type: message.Group}
	must(t, s.Messages().Update(ctx, func(tx message.Tx) error { return tx.Subscribe(ctx, g, false, "a", "b", "c") }))
	in := func(content string, visibles ...string) message.Draft {
		d := say("a", "b", content)
		d.Channel, d.Recipients, d.Visibles = g, nil, visibles
		return d
	}
	live := in("live").Live()
	live.Others = true
	must(t, emit(ctx, s, in("all"), in("some", "c"), live))
	got := h.lines()
	for i, line := range got[:2] { // the people come in no order
		words := strings.Fields(line)
		slices.Sort(words[2:])
		got[i] = strings.Join(words, " ")
	}
	const everybody = "everybody of g, visible to "
	if want := []string{"all 1 a:3 b:4 c:1", "some 2 a:4 c:2", "live 0 " + everybody + "[], others true"}; !slices.Equal(got, want) {
		t.Errorf("a group told %q, want %q", got, want)
	}
	must(t, s.Messages().Update(ctx, func(tx message.Tx) error { return tx.SetLarge(ctx, g, true) }))
	notice := in("notice")
	notice.Recipients = []string{"b"}
	must(t, emit(ctx, s, in("all"), in("some", "c"), notice))
	h.want(t, "a large group", "all 3 "+everybody+"[], others false", "some 4 "+everybody+`["c"], others false`, "notice 5 b:5")
}

func testAnnouncingLive(t *testing.T, s Stores, h *heard) {
	ctx := t.Context()
	live := say("x", "y", "live").Live()
	others := live
	others.Others = true
	must(t, emit(ctx, s, live, others, message.Command(t0, "own", nil, "x").Live()))
	want := []string{"live 0 x:0 y:0", "live 0 y:0", "own 0 x:0"}
	h.want(t, "what is stored nowhere", want...)
	s.Messages().Tell(ctx, live, say("x", "y", "stored"), others, message.Command(t0, "own", nil, "x").Live())
	h.want(t, "what needs no transaction", want...)
	for _, uid := range []string{"x", "y"} {
		queue, err := s.Messages().Queue(ctx, uid, 0, 10)
		must(t, err)
		history, err := s.Messages().History(ctx, uid, live.Channel, 0, 10)
		must(t, err)
		equal(t, "stored for "+uid, len(queue)+len(history), 0)
	}
	must(t, emit(ctx, s, say("x", "y", "first")))
	h.want(t, "the first that is stored", "first 1 x:1 y:1")
}

func testStopListening(t *testing.T, s Stores, h *heard) {
	first, second := 0, 0
	stop, _ := s.(message.Announcer).OnCommit(func(context.Context, []message.Delivery) { first++ })
	stopSecond, _ := s.(message.Announcer).OnCommit(func(context.Context, []message.Delivery) { second++ })
	must(t, emit(t.Context(), s, say("x", "y", "again")))
	stop()
	stop()
	must(t, emit(t.Context(), s, say("x", "y", "again")))
	stopSecond()
	must(t, emit(t.Context(), s, say("x", "y", "again")))
	equal(t, "first heard", first, 1)
	equal(t, "second heard", second, 2)
	equal(t, "who goes on heard", len(h.lines()), 3)
}
