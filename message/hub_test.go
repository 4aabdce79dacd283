package message_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ruyi-im/ruyi/message"
)

// office is the services that a Hub asks.
type office struct {
	mu      sync.Mutex
	dead    map[string]bool    // sessions
	members map[string]bool    // of every channel
	down    error              // what it answers when it cannot
	asked   [][]string         // for subscribers
	reports []message.Presence // in their order
	batches int                // reports came in so many calls
	during  func(what string)  // happens while it answers
	calls   map[string]int
}

func (o *office) call(what string) error {
	if o.during != nil {
		o.during(what)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.calls == nil {
		o.calls = map[string]int{}
	}
	o.calls[what]++
	return o.down
}

func (o *office) Subscribers(_ context.Context, _ message.Channel, among []string) ([]string, error) {
	if err := o.call("subscribers"); err != nil {
		return nil, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.asked = append(o.asked, slices.Sorted(slices.Values(among)))
	return slices.DeleteFunc(slices.Clone(among), func(uid string) bool { return !o.members[uid] }), nil
}

func (o *office) LiveSessions(_ context.Context, sessions []string) ([]string, error) {
	if err := o.call("sessions"); err != nil {
		return nil, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(sessions), func(s string) bool { return o.dead[s] }), nil
}

func (o *office) ReportPresence(_ context.Context, changes []message.Presence) error {
	if err := o.call("presence"); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.batches++
	o.reports = append(o.reports, changes...)
	return nil
}

// lines returns the reports since the last call: "+uid/flag" for who came.
func (o *office) lines() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	lines := []string{}
	for _, r := range o.reports {
		lines = append(lines, fmt.Sprintf("%s%s/%d", map[bool]string{true: "+", false: "-"}[r.Online], r.UID, r.Flag))
	}
	slices.Sort(lines)
	o.reports = nil
	return lines
}

func (o *office) kill(session string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.dead == nil {
		o.dead = map[string]bool{}
	}
	o.dead[session] = true
}

func (o *office) fail(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.down = err
}

func startHub(o message.HubOptions, b message.Backend) *message.Hub {
	h := message.NewHub(o)
	if b != nil {
		h.Attach(b)
	}
	return h
}

func connect(t *testing.T, h *message.Hub, uid string, d message.Device) *message.Conn {
	t.Helper()
	c := h.Connect(t.Context(), uid, d)
	t.Cleanup(c.Close)
	return c
}

// told is a message with a number, for its recipients.
func told(n int64, to ...string) message.Delivery {
	d := message.Delivery{Message: message.Message{ID: n, From: "sender", Header: message.Header{RedDot: true}}}
	for _, uid := range to {
		d.To = append(d.To, message.Recipient{UID: uid, QueueSeq: 10 * n})
	}
	return d
}

// received returns the ids and numbers of what waits in a connection, a dot after
// those with a red one, and what closed it.
func received(c *message.Conn) string {
	var s []string
	for {
		select {
		case m, open := <-c.Deliveries():
			if !open {
				return strings.Join(append(s, fmt.Sprint("closed: ", c.Err())), " ")
			}
			s = append(s, fmt.Sprintf("%d/%d%s", m.ID, m.QueueSeq, map[bool]string{true: "."}[m.Header.RedDot]))
			continue
		default:
		}
		return strings.Join(s, " ")
	}
}

func wantReceived(t *testing.T, what string, c *message.Conn, want string) {
	t.Helper()
	if got := received(c); got != want {
		t.Errorf("%s received %q, want %q", what, got, want)
	}
}

func TestHubDeliversToEveryConnection(t *testing.T) {
	h := startHub(message.HubOptions{}, nil)
	phone, web := connect(t, h, "ann", message.Device{}), connect(t, h, "ann", message.Device{Flag: 1})
	bob, sender := connect(t, h, "bob", message.Device{}), connect(t, h, "sender", message.Device{})
	h.Push(t.Context(), []message.Delivery{told(1, "ann", "nobody"), told(2, "bob", "sender", "ann"), told(3)})
	for what, c := range map[string]*message.Conn{"phone": phone, "web": web} {
		wantReceived(t, what, c, "1/10. 2/20.")
	}
	wantReceived(t, "bob", bob, "2/20.")
	wantReceived(t, "the sender", sender, "2/20") // no red dot for one's own
	web.Close()
	web.Close()
	h.Push(t.Context(), []message.Delivery{told(4, "ann")})
	wantReceived(t, "phone", phone, "4/40.")
	wantReceived(t, "web", web, "closed: <nil>")
	if n := h.Connections("ann"); n != 1 {
		t.Errorf("%d connections", n)
	}
}

// A client that does not keep up is told so rather than left with a gap.
func TestSlowConnectionIsClosed(t *testing.T) {
	h := startHub(message.HubOptions{Buffer: 2}, nil)
	slow, fast := connect(t, h, "ann", message.Device{}), connect(t, h, "ann", message.Device{})
	for n := range int64(3) {
		h.Push(t.Context(), []message.Delivery{told(n+1, "ann")})
		wantReceived(t, "fast", fast, fmt.Sprintf("%d/%d.", n+1, 10*(n+1)))
	}
	h.Push(t.Context(), []message.Delivery{told(4, "ann")})
	wantReceived(t, "slow", slow, "1/10. 2/20. closed: "+message.ErrSlow.Error())
	wantReceived(t, "fast", fast, "4/40.")
	if n := h.Connections("ann"); n != 1 {
		t.Errorf("%d connections", n)
	}
}

// The cost of a message for everybody is bounded by who is connected: one
// question, about them.
func TestEverybodyIsWhoIsConnected(t *testing.T) {
	o := &office{members: map[string]bool{"ann": true, "bob": true, "sender": true, "away": true}}
	h := startHub(message.HubOptions{}, o)
	conns := map[string]*message.Conn{}
	for _, uid := range []string{"ann", "bob", "eve", "sender"} {
		conns[uid] = connect(t, h, uid, message.Device{})
	}
	all, some, others := told(1), told(2), told(3)
	for _, d := range []*message.Delivery{&all, &some, &others} {
		d.Everybody, d.Message.Channel = true, message.Channel{ID: "g", Type: message.Group}
	}
	some.Visibles, others.Others = []string{"bob", "eve"}, true
	h.Push(t.Context(), []message.Delivery{all, some, others})
	wantReceived(t, "ann", conns["ann"], "1/0. 3/0.")
	wantReceived(t, "bob", conns["bob"], "1/0. 2/0. 3/0.")
	wantReceived(t, "a stranger", conns["eve"], "")
	wantReceived(t, "the sender", conns["sender"], "1/0 2/0")
	if want := [][]string{{"ann", "bob", "eve", "sender"}}; fmt.Sprint(o.asked) != fmt.Sprint(want) {
		t.Errorf("asked %q, want %q", o.asked, want)
	}
	o.fail(errors.New("down"))
	h.Push(t.Context(), []message.Delivery{all})
	wantReceived(t, "ann", conns["ann"], "")
	empty := startHub(message.HubOptions{}, o)
	empty.Push(t.Context(), []message.Delivery{all})
	startHub(message.HubOptions{}, nil).Push(t.Context(), []message.Delivery{all})
	if o.calls["subscribers"] != 2 {
		t.Errorf("%d questions where nobody is connected", o.calls["subscribers"]-2)
	}
}

func TestConnectionEndsWithItsSession(t *testing.T) {
	o := &office{}
	h := startHub(message.HubOptions{}, o)
	first, second := connect(t, h, "ann", message.Device{Session: "s1"}), connect(t, h, "ann", message.Device{Session: "s2"})
	bob, free := connect(t, h, "bob", message.Device{Session: "s1"}), connect(t, h, "ann", message.Device{})
	o.kill("s1")
	h.Push(t.Context(), []message.Delivery{told(1, "ann")})
	h.SessionsChanged(t.Context(), "ann")
	h.Push(t.Context(), []message.Delivery{told(2, "ann")})
	wantReceived(t, "ended", first, "1/10. closed: "+message.ErrSessionEnded.Error())
	wantReceived(t, "another session", second, "1/10. 2/20.")
	wantReceived(t, "no session", free, "1/10. 2/20.")
	wantReceived(t, "somebody else", bob, "")

	wantReceived(t, "one that comes too late", connect(t, h, "ann", message.Device{Session: "s1"}), "closed: "+message.ErrSessionEnded.Error())
	o.fail(errors.New("down")) // whoever cannot be asked about is closed, and comes back
	wantReceived(t, "one nobody knows about", connect(t, h, "ann", message.Device{Session: "s3"}), "closed: "+message.ErrSessionEnded.Error())
	h.SessionsChanged(t.Context(), "ann")
	wantReceived(t, "in doubt", second, "closed: "+message.ErrSessionEnded.Error())
	wantReceived(t, "no session", free, "")
	if n := h.Connections("ann"); n != 1 {
		t.Errorf("%d connections", n)
	}
}

// A session that ends while its connection is being made must not slip through.
func TestSessionEndsWhileItConnects(t *testing.T) {
	o := &office{}
	h := startHub(message.HubOptions{}, o)
	o.during = func(string) {
		o.during = nil
		o.kill("s")
		h.SessionsChanged(t.Context(), "ann")
	}
	wantReceived(t, "the connection", connect(t, h, "ann", message.Device{Session: "s"}), "closed: "+message.ErrSessionEnded.Error())
}

func TestKickAndClose(t *testing.T) {
	h := startHub(message.HubOptions{}, nil)
	web, app := connect(t, h, "ann", message.Device{Flag: 1}), connect(t, h, "ann", message.Device{ID: "phone"})
	bob, why := connect(t, h, "bob", message.Device{Flag: 1}), errors.New("elsewhere")
	isWeb := func(d message.Device) bool { return d.Flag == 1 }
	if n := h.Kick("ann", isWeb, why); n != 1 || h.Kick("ann", isWeb, why) != 0 || h.Kick("nobody", nil, why) != 0 {
		t.Errorf("%d kicked", n)
	}
	wantReceived(t, "web", web, "closed: elsewhere")
	wantReceived(t, "app", app, "")
	if app.UID() != "ann" || app.Device().ID != "phone" {
		t.Errorf("%s on %+v", app.UID(), app.Device())
	}
	h.Kick("ann", nil, why)
	wantReceived(t, "app", app, "closed: elsewhere")
	h.Close()
	wantReceived(t, "bob", bob, "closed: "+message.ErrHubClosed.Error())
	wantReceived(t, "late", connect(t, h, "bob", message.Device{}), "closed: "+message.ErrHubClosed.Error())
	bob.Close()
	if h.Push(t.Context(), []message.Delivery{told(1, "bob")}); h.Connections("bob") != 0 {
		t.Error("a closed hub has connections")
	}
}

// TestCrowdedHub lets people come, push and go at once, for the race
// detector: whoever stayed received everything.
func TestCrowdedHub(t *testing.T) {
	const people, messages = 200, 50
	o := &office{}
	h := startHub(message.HubOptions{Buffer: messages}, o)
	all := make([]string, people)
	conns := make([]*message.Conn, people)
	for i := range people {
		all[i] = fmt.Sprint("u", i)
		conns[i] = connect(t, h, all[i], message.Device{Session: all[i]})
	}
	var work sync.WaitGroup
	for n := range int64(messages) {
		work.Go(func() { h.Push(t.Context(), []message.Delivery{told(n+1, all...)}) })
		work.Go(func() { h.Connect(t.Context(), all[n], message.Device{Session: "x"}).Close() })
		work.Go(func() { h.SessionsChanged(t.Context(), all[n]) })
	}
	o.kill("u0")
	work.Go(func() { h.SessionsChanged(t.Context(), "u0") })
	work.Wait()
	for i, c := range conns[1:] {
		if got := len(strings.Fields(received(c))); got != messages {
			t.Errorf("%s received %d messages, want %d", all[i+1], got, messages)
		}
	}
	if h.Connections("u0") != 0 || h.Connections("u1") != 1 {
		t.Error("connections remain")
	}
}

func TestHubReportsPresence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &office{}
		h := startHub(message.HubOptions{}, o)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- h.Run(ctx) }()
		wantReports := func(what string, want ...string) {
			t.Helper()
			synctest.Wait()
			if got := o.lines(); !slices.Equal(got, want) {
				t.Errorf("%s: %q, want %q", what, got, want)
			}
		}
		first, second := h.Connect(ctx, "ann", message.Device{}), h.Connect(ctx, "ann", message.Device{})
		wantReports("two of a flag", "+ann/0")
		web := h.Connect(ctx, "ann", message.Device{Flag: 1})
		wantReports("another flag", "+ann/1")
		first.Close()
		first.Close()
		wantReports("one of two")
		second.Close()
		wantReports("the last one", "-ann/0")
		o.kill("gone")
		h.Connect(ctx, "eve", message.Device{Session: "gone"})
		wantReports("a dead session")

		o.fail(errors.New("down"))
		bob := h.Connect(ctx, "bob", message.Device{})
		web.Close()
		synctest.Wait()
		bob.Close()
		synctest.Wait()
		o.fail(nil)
		wantReports("a store that is down")
		time.Sleep(time.Second)
		wantReports("a second later", "-ann/1", "-bob/0")

		kim := h.Connect(ctx, "kim", message.Device{Session: "elsewhere"})
		o.kill("elsewhere")
		wantReports("another", "+kim/0")
		time.Sleep(message.DefaultHubRecheck)
		wantReports("what another process ended", "-kim/0")
		wantReceived(t, "it", kim, "closed: "+message.ErrSessionEnded.Error())
		lee := h.Connect(ctx, "lee", message.Device{Session: "s"})
		o.fail(errors.New("down"))
		time.Sleep(message.DefaultHubRecheck)
		o.fail(nil)
		wantReceived(t, "one that nobody could ask about", lee, "")
		time.Sleep(time.Second)
		wantReports("the last", "+lee/0")
		stop()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
		wantReports("the end", "-lee/0")
		wantReceived(t, "lee", lee, "closed: "+message.ErrHubClosed.Error())
	})
}

// However quickly somebody goes, the last report is that of having gone: of two
// about the same millisecond the one of having come would count.
func TestGoingIsReportedAfterComing(t *testing.T) {
	o := &office{}
	h := startHub(message.HubOptions{Now: func() time.Time { return t0 }}, o)
	ctx, stop := context.WithCancel(t.Context())
	h.Connect(ctx, "ann", message.Device{}).Close()
	h.Connect(ctx, "bob", message.Device{})
	for i := range 250 {
		h.Connect(ctx, fmt.Sprint("u", i), message.Device{}).Close()
	}
	stop()
	_ = h.Run(ctx)
	if len(o.reports) != 252 || o.batches != 3 {
		t.Errorf("%d reports in %d calls", len(o.reports), o.batches)
	}
	for _, r := range o.reports {
		if r.Online || !r.At.After(t0) || r.At.UnixMilli() == t0.UnixMilli() {
			t.Errorf("%+v", r)
		}
	}
}

// What happens while a report fails is newer than what the report said.
func TestFailedReportDoesNotOverrideNews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &office{down: errors.New("down")}
		h := startHub(message.HubOptions{}, o)
		ann := h.Connect(t.Context(), "ann", message.Device{})
		o.during = func(string) {
			o.during = nil
			ann.Close()
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- h.Run(ctx) }()
		synctest.Wait()
		o.fail(nil)
		time.Sleep(time.Second)
		synctest.Wait()
		if got := o.lines(); !slices.Equal(got, []string{"-ann/0"}) {
			t.Errorf("reported %q", got)
		}
		stop()
		<-ended
	})
}
