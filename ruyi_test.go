package ruyi_test

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ruyi-im/ruyi"
	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/group"
	"github.com/ruyi-im/ruyi/internal/pgtest"
	"github.com/ruyi-im/ruyi/label"
	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/postgres"
	"github.com/ruyi-im/ruyi/store/sqlite"
	"github.com/ruyi-im/ruyi/user"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(pgtest.M{M: m}) }

var pepper = []byte("0123456789abcdef0123456789abcdef")

func onBothEngines(t *testing.T, test func(t *testing.T, db *store.DB)) {
	t.Run("sqlite", func(t *testing.T) {
		db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ruyi.db"), sqlite.Options{})
		test(t, closing(t, db, err))
	})
	t.Run("postgres", func(t *testing.T) {
		db, err := postgres.Open(t.Context(), pgtest.DSN(t), postgres.Options{})
		test(t, closing(t, db, err))
	})
}

func closing(t *testing.T, db *store.DB, err error) *store.DB {
	t.Helper()
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	return db
}

// nowhere has no stores: what is tested with it reads none.
type nowhere struct{}

func (nowhere) Users() user.Store       { return nil }
func (nowhere) Friends() friend.Store   { return nil }
func (nowhere) Labels() label.Store     { return nil }
func (nowhere) Groups() group.Store     { return nil }
func (nowhere) Messages() message.Store { return nil }

func TestNewRefusesWeakOptions(t *testing.T) {
	for what, o := range map[string]ruyi.Options{
		"no pepper":       {},
		"short pepper":    {Pepper: pepper[1:]},
		"odd DevCode":     {Pepper: pepper, User: user.Options{DevCode: "12345"}},
		"a limit below 0": {Pepper: pepper, Label: label.Options{Limits: label.Limits{Labels: -1}}},
		"a group of -1":   {Pepper: pepper, Group: group.Options{Limits: group.Limits{Size: -1}}},
	} {
		if core, err := ruyi.New(nowhere{}, o); core != nil || err == nil {
			t.Errorf("%s was accepted", what)
		}
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	core, err := ruyi.New(nowhere{}, ruyi.Options{Pepper: pepper})
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- core.Run(ctx) }()
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
}

// TestFirstPath lets two people register, become friends, and read about it.
func TestFirstPath(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		ctx, now := t.Context(), time.UnixMilli(1767225600000)
		core, err := ruyi.New(db, ruyi.Options{Pepper: pepper, User: user.Options{DevCode: "123456"}, Now: func() time.Time { return now }})
		must(t, err)
		alice, bob := register(core, "Alice", "13800000001"), register(core, "Bob", "13800000002")
		must(t, core.Friend.Apply(ctx, alice, friend.Application{To: bob}))
		queue, err := core.Message.Queue(ctx, bob, 0, 0)
		must(t, err)
		if len(queue) != 1 || !queue[0].SentAt.Equal(now) {
			t.Fatalf("queue %+v", queue)
		}
		var request struct{ Param struct{ Token string } }
		must(t, json.Unmarshal(queue[0].Payload, &request))
		must(t, core.Message.Ack(ctx, bob, 1))
		must(t, core.Friend.Sure(ctx, bob, request.Param.Token))

		for _, side := range []struct{ viewer, peer, name string }{{alice, bob, "Bob"}, {bob, alice, "Alice"}} {
			contacts, err := core.Friend.Sync(ctx, side.viewer, friend.Cursor{}, 0)
			must(t, err)
			names := []string{}
			for _, c := range contacts {
				names = append(names, c.Name)
			}
			if want := []string{"系统账号", "文件传输助手", side.name}; !slices.Equal(names, want) {
				t.Errorf("contacts %q, want %q", names, want)
			}
			queue, err := core.Message.Queue(ctx, side.viewer, 0, 0)
			must(t, err)
			history, err := core.Message.History(ctx, side.viewer, message.Channel{ID: side.peer, Type: message.Person}, 0, 0)
			must(t, err)
			if len(queue) != 3 || len(history) != 2 {
				t.Errorf("%d messages in the queue and %d in the chat, want 3 and 2", len(queue), len(history))
			}
			card, err := core.User.Card(ctx, side.viewer, side.peer)
			must(t, err)
			if !card.Friend || card.Name != side.name || card.ShortNo == "" || card.Phone != (user.Phone{}) {
				t.Errorf("card %+v", card)
			}
		}
	})
}

func TestFriendOptions(t *testing.T) {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ruyi.db"), sqlite.Options{})
	db = closing(t, db, err)
	core, err := ruyi.New(db, ruyi.Options{
		Pepper: pepper, User: user.Options{DevCode: "123456"}, Friend: friend.Options{Notices: friend.NoticeTyped, Greeting: "welcome"},
	})
	must(t, err)
	alice, bob := register(core, "Alice", "13800000001"), register(core, "Bob", "13800000002")
	must(t, core.Friend.Apply(t.Context(), alice, friend.Application{To: bob}))
	inbox, err := core.Friend.Requests(t.Context(), bob, 1, 1)
	must(t, err)
	must(t, core.Friend.Sure(t.Context(), bob, inbox[0].Token))
	queue, err := core.Message.Queue(t.Context(), alice, 0, 0)
	must(t, err)
	for i, want := range []int{message.TypeFriendAccepted, message.TypeTip} {
		var got struct {
			Type    int
			Content string
		}
		must(t, json.Unmarshal(queue[i].Payload, &got))
		if got.Type != want || got.Content != "welcome" {
			t.Errorf("message %d: %s, want type %d", i, queue[i].Payload, want)
		}
	}
}

// TestTextThatIsNone gives every question a text that one engine takes and the
// other does not: both must refuse it alike.
func TestTextThatIsNone(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		core, err := ruyi.New(db, ruyi.Options{Pepper: pepper, User: user.Options{DevCode: "123456"}})
		must(t, err)
		alice := register(core, "Alice", "13800000001")
		for _, odd := range []string{"a\x00", "\xff"} {
			_, err := core.User.Login(ctx, user.Login{Username: odd, Password: "correct horse"})
			wantErr(t, err, user.ErrCredentials)
			_, err = core.User.Card(ctx, alice, odd)
			wantErr(t, err, user.ErrNoCard)
			_, err = core.User.Authenticate(ctx, odd)
			wantErr(t, err, user.ErrSession)
			wantErr(t, core.Friend.Apply(ctx, alice, friend.Application{To: odd}), friend.ErrNobody)
			wantErr(t, core.Friend.Apply(ctx, alice, friend.Application{To: "u_10000", Vercode: odd}), friend.ErrSource)
			wantErr(t, core.Friend.Sure(ctx, alice, odd), friend.ErrToken)
			wantErr(t, core.Friend.Remove(ctx, alice, odd), friend.ErrNoContact)
			wantErr(t, core.Friend.Refuse(ctx, alice, odd), friend.ErrNoRequest)
			wantErr(t, core.Friend.RemoveRequest(ctx, alice, odd), friend.ErrNoRequest)
			_, err = core.Message.History(ctx, alice, message.Channel{ID: odd, Type: message.Person}, 0, 0)
			wantErr(t, err, message.ErrChannel)
		}
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantErr(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("error %v, want %v", err, want)
	}
}
