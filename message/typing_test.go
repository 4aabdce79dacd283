package message_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/user"
)

// addPeople stores accounts whose names are their uids in capitals.
func addPeople(t *testing.T, db *store.DB, uids ...string) {
	t.Helper()
	must(t, db.Users().Update(t.Context(), func(tx user.Tx) error {
		for _, uid := range uids {
			u := user.User{UID: uid, Username: uid, ShortNo: uid, Name: strings.ToUpper(uid), Status: user.Active, CreatedAt: t0}
			if err := tx.AddUser(t.Context(), u); err != nil {
				return err
			}
		}
		return nil
	}))
}

func TestTyping(t *testing.T) {
	db := openSQLite(t)
	s := message.New(db.Messages(), message.Options{Now: func() time.Time { return t0 }})
	addPeople(t, db, "ann", "bob", "eve")
	g := message.Channel{ID: "g", Type: message.Group}
	emit(t, db.Messages(), say("ann", "bob", "hi"), say("ann", "ann", "note"), say("ann", "eve", "hi"))
	must(t, db.Messages().Update(t.Context(), func(tx message.Tx) error { return tx.Subscribe(t.Context(), g, false, "ann", "bob") }))
	must(t, db.Update(t.Context(), func(tx store.Conn) error {
		_, err := tx.ExecContext(t.Context(), "INSERT INTO ruyi_contact_setting (owner, peer, blocked_at) VALUES ('eve', 'ann', 1)")
		return err
	}))
	var got []message.Delivery
	db.OnCommit(func(_ context.Context, deliveries []message.Delivery) { got = append(got, deliveries...) })

	person := func(uid string) message.Channel { return message.Channel{ID: uid, Type: message.Person} }
	ab, inGroup := "bob@ann", `"channel_id":"g","channel_type":2,"from_name":"ANN","from_uid":"ann"`
	if message.PersonChannel("ann", "bob").ID != ab {
		ab = "ann@bob"
	}
	for _, c := range []struct {
		what, uid string
		ch        message.Channel
		err       error
		want      string
	}{
		{"to a person", "ann", person("bob"), nil, ab + ` to [{bob 0}]: "channel_id":"ann","channel_type":1,"from_name":"ANN","from_uid":"ann"`},
		{"to a group", "ann", g, nil, "g to everybody else: " + inGroup},
		{"to oneself", "ann", person("ann"), nil, ""},
		{"to whom one is blocked by", "ann", person("eve"), nil, ""},
		{"to whom one has blocked", "eve", person("ann"), nil, ""},
		{"to a stranger", "bob", person("eve"), message.ErrChannel, ""},
		{"to somebody else's group", "eve", g, message.ErrChannel, ""},
		{"to no group", "ann", message.Channel{ID: "h", Type: message.Group}, message.ErrChannel, ""},
		{"to a stored channel", "ann", message.Channel{ID: ab, Type: message.Group}, message.ErrChannel, ""},
		{"into a stored channel", "eve", person("ann@bob"), message.ErrChannel, ""},
		{"without a channel", "ann", message.Channel{}, message.ErrChannel, ""},
		{"without a type", "ann", message.Channel{ID: "bob"}, message.ErrChannel, ""},
		{"of an unknown type", "ann", message.Channel{ID: "bob", Type: 3}, message.ErrChannel, ""},
		{"NUL", "ann", person("bob\x00"), message.ErrChannel, ""},
		{"no UTF-8", "ann", person("\xff"), message.ErrChannel, ""},
		{"too long", "ann", person(strings.Repeat("b", 101)), message.ErrChannel, ""},
	} {
		got = nil
		wantErr(t, c.what, s.Typing(t.Context(), c.uid, c.ch), c.err)
		var lines []string
		for _, d := range got {
			to := fmt.Sprint(d.To)
			if d.Everybody && d.Others && len(d.To) == 0 {
				to = "everybody else"
			}
			params := strings.TrimSuffix(strings.TrimPrefix(string(d.Message.Payload), `{"cmd":"typing","param":{`), `},"type":99}`)
			lines = append(lines, fmt.Sprintf("%s to %s: %s", d.Message.Channel.ID, to, params))
			if d.Message.From != c.uid || d.Message.Header != (message.Header{NoPersist: true, SyncOnce: true}) || !d.Message.SentAt.Equal(t0) {
				t.Errorf("%s: %+v", c.what, d.Message)
			}
			if id, typ := d.Message.ChannelFor("bob"); c.ch.Type == message.Person && (id != "ann" || typ != message.Person) {
				t.Errorf("%s: bob sees it in %s", c.what, id)
			}
		}
		if want := strings.Fields(c.want); !slices.Equal(strings.Fields(strings.Join(lines, "")), want) {
			t.Errorf("%s: %q, want %q", c.what, lines, c.want)
		}
	}
	for _, uid := range []string{"ann", "bob"} {
		queue, err := s.Queue(t.Context(), uid, 0, 0)
		must(t, err)
		if n := map[string]int{"ann": 3, "bob": 1}[uid]; len(queue) != n {
			t.Errorf("%s has %d messages, want %d", uid, len(queue), n)
		}
	}
}
