package ruyi_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi"
	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/user"
)

// client is a connection with the session it was authenticated with.
type client struct {
	*message.Conn
	session user.Session
}

// dial signs in on a kind of device and connects.
func dial(t *testing.T, core *ruyi.Core, hub *message.Hub, phone string, f user.Flag) client {
	t.Helper()
	signed, err := core.User.Login(t.Context(), user.Login{Username: "0086" + phone, Password: "correct horse", Flag: f})
	must(t, err)
	session, err := core.User.Authenticate(t.Context(), signed.Token)
	must(t, err)
	c := client{hub.Connect(t.Context(), session.UID, message.Device{Flag: uint8(f), Session: session.TokenHash}), session}
	t.Cleanup(c.Close)
	return c
}

// heard returns what waits in a connection: the names of commands, and texts.
func (c client) heard() (words []string) {
	for {
		select {
		case m, open := <-c.Deliveries():
			if !open {
				return append(words, "closed")
			}
			var p struct {
				Cmd, Content string
				Param        struct{ Online int }
			}
			if err := json.Unmarshal(m.Payload, &p); err != nil {
				return append(words, err.Error())
			}
			word := p.Cmd + p.Content
			if p.Cmd == "onlineStatus" {
				word += fmt.Sprint(p.Param.Online)
			}
			words = append(words, word)
			continue
		default:
			return words
		}
	}
}

func (c client) want(t *testing.T, what string, want ...string) {
	t.Helper()
	if got := c.heard(); !slices.Equal(got, want) {
		t.Errorf("%s: heard %q, want %q", what, got, want)
	}
}

// TestGateway follows two people from their request to the end of their
// sessions, as their devices hear of it.
func TestGateway(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		ctx, hub := t.Context(), message.NewHub(message.HubOptions{})
		core, err := ruyi.New(db, ruyi.Options{Pepper: pepper, User: user.Options{DevCode: "123456"}, Gateway: hub})
		must(t, err)
		alice, bob := register(core, "Alice", "13800000001"), register(core, "Bob", "13800000002")
		phone, pc := dial(t, core, hub, "13800000001", user.FlagApp), dial(t, core, hub, "13800000001", user.FlagPC)
		bobs := dial(t, core, hub, "13800000002", user.FlagApp)

		must(t, core.Friend.Apply(ctx, bob, friend.Application{To: alice, Greeting: "hi"}))
		var token string
		for _, c := range []client{phone, pc} {
			var request struct{ Param struct{ Token string } }
			m := <-c.Deliveries()
			must(t, json.Unmarshal(m.Payload, &request))
			token = request.Param.Token
			if m.QueueSeq != 1 || m.ID == 0 {
				t.Errorf("a request at place %d with id %d", m.QueueSeq, m.ID)
			}
		}
		must(t, core.Friend.Sure(ctx, alice, token))
		for _, c := range []client{phone, pc, bobs} {
			if got := c.heard(); len(got) != 3 || got[0] != "friendAccept" {
				t.Errorf("a friendship is heard as %q", got)
			}
		}
		must(t, core.Message.Typing(ctx, bob, message.Channel{ID: alice, Type: message.Person}))
		phone.want(t, "the peer", "typing")
		pc.want(t, "the peer's computer", "typing")
		bobs.want(t, "who types")

		work, stop := context.WithCancel(ctx)
		ended := make(chan error)
		go func() { ended <- core.Run(work) }()
		waitFor(t, bobs, "onlineStatus1") // Alice came before Bob was looked after
		must(t, core.User.SignOutComputers(ctx, alice))
		if got := pc.heard(); len(got) < 2 || !slices.Equal(got[len(got)-2:], []string{"pcQuit", "closed"}) {
			t.Errorf("the computer heard %q", got)
		}
		waitFor(t, phone, "onlineStatus0") // of the own computer
		dial(t, core, hub, "13800000001", user.FlagApp)
		if got := phone.heard(); len(got) == 0 || got[len(got)-1] != "closed" || !errors.Is(phone.Err(), message.ErrSessionEnded) {
			t.Errorf("a phone that another replaced heard %q, %v", got, phone.Err())
		}
		hub.Kick(alice, nil, errors.New("test"))
		waitFor(t, bobs, "onlineStatus0")
		stop()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
		online, err := core.User.Online(ctx, alice, nil, user.Ever)
		must(t, err)
		if len(online) != 1 || online[0].Online {
			t.Errorf("after the end: %+v", online)
		}
	})
}

// waitFor reads until the word comes.
func waitFor(t *testing.T, c client, word string) {
	t.Helper()
	for m := range c.Deliveries() {
		if command, online, _ := strings.Cut(word, "Status"); strings.Contains(string(m.Payload), command) &&
			strings.Contains(string(m.Payload), `"online":`+online) {
			return
		}
	}
	t.Fatalf("%s did not come: %v", word, c.Err())
}

// counter is a gateway of a host's own.
type counter struct {
	pushed   []message.Delivery
	attached int
}

func (c *counter) Push(_ context.Context, d []message.Delivery) { c.pushed = append(c.pushed, d...) }
func (c *counter) Attach(message.Backend)                       { c.attached++ }

func TestGatewayInsideATransaction(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		ctx, g := t.Context(), &counter{}
		o := ruyi.Options{Pepper: pepper, User: user.Options{DevCode: "123456"}, Gateway: g}
		core, err := ruyi.New(db, o)
		must(t, err)
		alice, bob := register(core, "Alice", "13800000001"), register(core, "Bob", "13800000002")
		for _, end := range []error{nil, errHost} {
			g.pushed = nil
			err := db.Update(ctx, func(tx store.Conn) error {
				inside, err := ruyi.New(db.Join(tx), o)
				if err != nil {
					return err
				}
				if err := inside.Friend.Apply(ctx, alice, friend.Application{To: bob, Greeting: ""}); err != nil {
					return err
				}
				if len(g.pushed) != 0 {
					t.Error("pushed before the host's commit")
				}
				return end
			})
			wantErr(t, err, end)
			if want := map[bool]int{true: 1}[end == nil]; len(g.pushed) != want || g.attached != 1 {
				t.Errorf("%d pushed, want %d; attached %d times", len(g.pushed), want, g.attached)
			}
		}
	})
}

var errHost = errors.New("the host fails")

func TestGatewayNeedsStoresThatTell(t *testing.T) {
	if _, err := ruyi.New(nowhere{}, ruyi.Options{Pepper: pepper, Gateway: &counter{}}); err == nil {
		t.Error("a gateway that would hear nothing was accepted")
	}
}

// A core that was not made leaves no listener behind.
func TestGatewayOfNoCore(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		g := &counter{}
		if _, err := ruyi.New(db, ruyi.Options{Gateway: g}); err == nil {
			t.Fatal("a core without a pepper")
		}
		db.Messages().Tell(t.Context(), message.Command(time.Now(), "x", nil, "a").Live())
		if len(g.pushed) != 0 || g.attached != 0 {
			t.Errorf("%d pushed", len(g.pushed))
		}
	})
}
