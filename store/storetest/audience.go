package storetest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/ruyi-im/ruyi/message"
)

func testAudience(t *testing.T, s Stores) {
	ctx, g := t.Context(), message.Channel{ID: "g", Type: message.Group}
	var members, strangers []string
	for i := range 1200 { // more than is asked for by name
		members = append(members, fmt.Sprintf("member%d", i))
		strangers = append(strangers, fmt.Sprintf("stranger%d", i))
	}
	must(t, s.Messages().Update(ctx, func(tx message.Tx) error {
		if err := tx.Subscribe(ctx, g, false, members...); err != nil {
			return err
		}
		if err := tx.Subscribe(ctx, message.Channel{ID: "other", Type: message.Group}, false, strangers...); err != nil {
			return err
		}
		return tx.Unsubscribe(ctx, g, members[0])
	}))
	for _, c := range []struct {
		what   string
		ch     message.Channel
		asked  []string
		expect []string
	}{
		{"nobody", g, nil, nil},
		{"one", g, members[1:2], members[1:2]},
		{"one twice", g, []string{"member1", "member1"}, members[1:2]},
		{"who left", g, members[:1], nil},
		{"strangers", g, strangers[:10], nil},
		{"some", g, slices.Concat(members[:300], strangers[:300]), members[1:300]},
		{"all", g, slices.Concat(members, strangers), members[1:]},
		{"no such channel", message.Channel{ID: "h", Type: message.Group}, members[:3], nil},
		{"no such channel, many", message.Channel{ID: "h", Type: message.Group}, members, nil},
		{"another type", message.Channel{ID: "g", Type: message.Person}, members[:3], nil},
	} {
		got, err := s.Messages().Subscribers(ctx, c.ch, c.asked)
		must(t, err)
		if !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(c.expect))) {
			t.Errorf("%s: %d people, want %d", c.what, len(got), len(c.expect))
		}
	}
}

func testTypists(t *testing.T, s Stores) {
	ctx := t.Context()
	ann, bob, eve := addUser(t, s, "ann"), addUser(t, s, "bob"), addUser(t, s, "eve")
	g := message.Channel{ID: "g", Type: message.Group}
	must(t, emit(ctx, s, say(ann, bob, "hi")))
	must(t, s.Messages().Update(ctx, func(tx message.Tx) error {
		if err := tx.Subscribe(ctx, g, false, ann, eve); err != nil {
			return err
		}
		return tx.Unsubscribe(ctx, g, eve)
	}))
	for _, c := range []struct {
		uid  string
		ch   message.Channel
		name string
		err  error
	}{
		{ann, message.PersonChannel(ann, bob), "ann", nil},
		{bob, message.PersonChannel(ann, bob), "bob", nil},
		{eve, message.PersonChannel(ann, bob), "", message.ErrChannel},
		{ann, message.PersonChannel(ann, eve), "", message.ErrChannel},
		{ann, g, "ann", nil},
		{eve, g, "", message.ErrChannel},
		{bob, g, "", message.ErrChannel},
		{"nobody", g, "", message.ErrChannel},
	} {
		got, err := s.Messages().Typist(ctx, c.uid, c.ch)
		wantErr(t, err, c.err)
		equal(t, c.uid+" in "+c.ch.ID, got, message.Typist{Name: c.name})
	}
}
