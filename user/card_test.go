package user_test

import (
	"testing"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/user"
)

func TestCardShowsWhatTheViewerMaySee(t *testing.T) {
	w := startDev(t, openSQLite(t))
	w.add(user.User{UID: "a", Phone: phone, PasswordHash: "secret", Vercode: "v@1", QRVercode: "q@3"})
	w.add(user.User{UID: "robot", Robot: true})
	for _, uid := range []string{"friend", "dropped", "stranger"} {
		w.add(user.User{UID: uid})
	}
	must(t, w.db.Friends().Update(t.Context(), func(tx friend.Tx) error {
		for _, r := range []friend.Relation{
			{Owner: "friend", Peer: "a"}, {Owner: "a", Peer: "friend"},
			{Owner: "dropped", Peer: "a", Deleted: true}, {Owner: "a", Peer: "dropped"},
		} {
			if err := tx.SaveRelation(t.Context(), r, t0); err != nil {
				return err
			}
		}
		return nil
	}))
	for _, c := range []struct {
		viewer, uid             string
		own, phone, short, name bool
	}{
		{viewer: "a", uid: "a", own: true, phone: true, short: true, name: true},
		{viewer: "friend", uid: "a", short: true},
		{viewer: "dropped", uid: "a"},
		{viewer: "stranger", uid: "a"},
		{viewer: "", uid: "a"},
		{viewer: "stranger", uid: "robot", name: true},
	} {
		card, err := w.Card(t.Context(), c.viewer, c.uid)
		must(t, err)
		got := c
		got.own, got.phone, got.short, got.name = card.Own, card.Phone != user.Phone{}, card.ShortNo != "", card.Username != ""
		if got != c {
			t.Errorf("shown %+v\nwant  %+v", got, c)
		}
		if card.PasswordHash != "" || card.User.Vercode != "" || card.QRVercode != "" {
			t.Errorf("a secret on the card: %+v", card)
		}
	}
}

func TestNobodyHasNoCard(t *testing.T) {
	w := startDev(t, openSQLite(t))
	for _, uid := range []string{"", "nobody", "\xff", "a\x00"} {
		_, err := w.Card(t.Context(), "a", uid)
		wantErr(t, uid, err, user.ErrNoCard)
	}
}

func TestPerson(t *testing.T) {
	w := startDev(t, openSQLite(t))
	w.add(user.User{UID: "a", Name: "Alice"})
	for _, c := range []struct {
		uid    string
		status user.Status
		name   string
		active bool
	}{
		{"a", user.Active, "Alice", true},
		{"a", user.Disabled, "Alice", false},
		{"a", user.Destroyed, "", false},
		{"nobody", user.Active, "", false},
		{"\xff\x00", user.Active, "", false},
	} {
		w.setStatus("a", c.status)
		name, active, err := w.Person(t.Context(), c.uid)
		if name != c.name || active != c.active || err != nil {
			t.Errorf("%q with status %d: %q, %v, %v", c.uid, c.status, name, active, err)
		}
	}
}
