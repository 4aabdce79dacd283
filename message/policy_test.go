package message_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/group"
	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store"
)

// TestWhoMayWriteToWhom lists every relation, with friends required and without.
func TestWhoMayWriteToWhom(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		people := []string{"stranger", "friend", "onesided", "removed", "alone", "blocks", "blocked", "friendblocks",
			"friendblocked", "blockeddisabled", "disabled", "destroyed", "friendgone", "service", "serviceblocks",
			"banned", "gone", "clockless"}
		h := enter(t, db, message.Options{}, append(people, "me")...)
		strict := message.New(db.Messages(), message.Options{Now: h.Now, RequireFriends: true})
		for _, uid := range []string{"friend", "removed", "alone", "friendblocks", "friendblocked", "friendgone", "banned"} {
			h.befriend("me", uid)
		}
		h.exec("INSERT INTO ruyi_friend (owner, peer, version, deleted, alone, initiator, vercode, created_at) VALUES ('onesided', 'me', 9, 0, 0, 0, '', 1)",
			"UPDATE ruyi_friend SET deleted = 1 WHERE owner = 'removed' AND peer = 'me'",
			"UPDATE ruyi_friend SET alone = 1 WHERE owner = 'me' AND peer = 'alone'",
			"UPDATE ruyi_user SET status = 0 WHERE uid IN ('disabled', 'blockeddisabled', 'banned')",
			"UPDATE ruyi_user SET status = 2 WHERE uid IN ('destroyed', 'friendgone', 'gone')",
			"UPDATE ruyi_user SET category = 'customerService' WHERE uid LIKE 'service%'",
			"DELETE FROM ruyi_friend_clock WHERE owner = 'clockless'")
		for _, uid := range []string{"blocks", "friendblocks", "serviceblocks", "fileHelper", "blockeddisabled"} {
			must(t, h.block(uid, "me"))
		}
		for _, uid := range []string{"blocked", "friendblocked", message.System} {
			must(t, h.block("me", uid))
		}
		for _, c := range []struct {
			from, to     string
			open, strict error
		}{
			{"me", "me", nil, nil},
			{"me", "stranger", nil, friend.ErrNotFriends},
			{"stranger", "me", nil, friend.ErrNotFriends},
			{"me", "friend", nil, nil},
			{"friend", "me", nil, nil},
			{"me", "onesided", nil, friend.ErrNotFriends},
			{"onesided", "me", nil, friend.ErrNotFriends},
			{"me", "removed", nil, friend.ErrNotFriends},
			{"me", "alone", nil, friend.ErrNotFriends},
			{"me", "blocks", friend.ErrUnwritable, friend.ErrNotFriends},
			{"blocks", "me", friend.ErrUnwritable, friend.ErrNotFriends},
			{"me", "blocked", friend.ErrUnwritable, friend.ErrNotFriends},
			{"blocked", "me", friend.ErrUnwritable, friend.ErrNotFriends},
			{"me", "friendblocks", friend.ErrUnwritable, friend.ErrUnwritable},
			{"friendblocks", "me", friend.ErrUnwritable, friend.ErrUnwritable},
			{"me", "friendblocked", friend.ErrUnwritable, friend.ErrUnwritable},
			{"friendblocked", "me", friend.ErrUnwritable, friend.ErrUnwritable},
			{"me", "disabled", friend.ErrUnwritable, friend.ErrNotFriends},
			{"me", "blockeddisabled", friend.ErrUnwritable, friend.ErrNotFriends},
			{"me", "destroyed", friend.ErrUnwritable, friend.ErrNotFriends},
			{"me", "friendgone", friend.ErrUnwritable, friend.ErrUnwritable},
			{"me", "nobody", friend.ErrPeer, friend.ErrPeer},
			{"me", "service", nil, nil},
			{"service", "me", nil, nil},
			{"me", "serviceblocks", friend.ErrUnwritable, friend.ErrUnwritable},
			{"me", "fileHelper", nil, nil},
			{"fileHelper", "me", nil, nil},
			{"me", message.System, nil, nil},
			{message.System, "me", message.ErrSender, message.ErrSender},
			{"fileHelper", "disabled", friend.ErrUnwritable, friend.ErrUnwritable},
			{"me", "clockless", nil, friend.ErrNotFriends},
			{"clockless", "stranger", nil, friend.ErrNotFriends},
			{"banned", "me", message.ErrSender, message.ErrSender},
			{"banned", "banned", message.ErrSender, message.ErrSender},
			{"banned", "nobody", message.ErrSender, message.ErrSender},
			{"gone", "me", message.ErrSender, message.ErrSender},
			{"nobody", "me", message.ErrSender, message.ErrSender},
			{"", "me", message.ErrSender, message.ErrSender},
			{"me@stranger", "me", message.ErrSender, message.ErrSender},
			{"a\x00", "me", message.ErrSender, message.ErrSender},
			{"me", "", message.ErrChannel, message.ErrChannel},
			{"me", "me@stranger", message.ErrChannel, message.ErrChannel},
			{"me", "\xff", message.ErrChannel, message.ErrChannel},
		} {
			for what, s := range map[string]message.Service{"open": h, "strict": strict} {
				before := h.number("SELECT count(*) FROM ruyi_message")
				want, o := c.open, message.Outgoing{Channel: to(c.to), Payload: words("hi")}
				if s == strict {
					want = c.strict
				}
				_, err := s.Send(t.Context(), c.from, o)
				wantErr(t, fmt.Sprintf("%s: %q to %q", what, c.from, c.to), err, want)
				if sent := h.number("SELECT count(*) FROM ruyi_message") - before; (sent == 1) != (want == nil) {
					t.Errorf("%s: %q to %q: %d messages", what, c.from, c.to, sent)
				}
			}
		}
		if n := h.number("SELECT count(*) FROM ruyi_friend_clock WHERE owner = 'nobody'"); n != 0 {
			t.Error("a message to nobody leaves a row")
		}
	})
}

// TestBlockShowsNoMoreThanAnAccount compares what the blocked one hears with what
// a stranger hears about an account that is disabled, and one that is not there
// any more.
func TestBlockShowsNoMoreThanAnAccount(t *testing.T) {
	h := enter(t, openSQLite(t), message.Options{}, "me", "blocks", "disabled", "destroyed")
	must(t, h.block("blocks", "me"))
	h.exec("UPDATE ruyi_user SET status = 0 WHERE uid = 'disabled'", "UPDATE ruyi_user SET status = 2 WHERE uid = 'destroyed'")
	want := h.send("me", to("blocks"), "hi")
	for _, uid := range []string{"disabled", "destroyed"} {
		if got := h.send("me", to(uid), "hi"); got == nil || got.Error() != want.Error() {
			t.Errorf("to %s: %v, to who has blocked: %v", uid, got, want)
		}
	}
}

func TestWhoMayWriteInAGroup(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		h := enter(t, db, message.Options{RequireFriends: true},
			"owner", "manager", "member", "former", "black", "muted", "unmuted", "banned", "mutedmanager", "stranger")
		all := []string{"owner", "manager", "member", "former", "black", "muted", "unmuted", "banned", "mutedmanager"}
		for _, no := range []string{"open", "forbidden", "disbanded", "disabled"} {
			h.found(no, all...)
		}
		h.exec("UPDATE ruyi_group SET forbidden = 1 WHERE no = 'forbidden'", "UPDATE ruyi_group SET status = 2 WHERE no = 'disbanded'",
			"UPDATE ruyi_group SET status = 0 WHERE no = 'disabled'",
			"UPDATE ruyi_group_member SET role = 2 WHERE uid LIKE '%manager'",
			"UPDATE ruyi_group_member SET deleted = 1 WHERE uid = 'former'",
			"UPDATE ruyi_group_member SET status = 2 WHERE uid = 'black'",
			fmt.Sprintf("UPDATE ruyi_group_member SET muted_until = %d WHERE uid LIKE 'muted%%'", t0.Add(time.Millisecond).UnixMilli()),
			fmt.Sprintf("UPDATE ruyi_group_member SET muted_until = %d WHERE uid = 'unmuted'", t0.UnixMilli()),
			"UPDATE ruyi_user SET status = 0 WHERE uid = 'banned'")
		for _, c := range []struct {
			uid             string
			open, forbidden error
		}{
			{"owner", nil, nil},
			{"manager", nil, nil},
			{"member", nil, group.ErrForbidden},
			{"former", group.ErrNotMember, group.ErrNotMember},
			{"black", group.ErrBlacklisted, group.ErrBlacklisted},
			{"muted", group.ErrMuted, group.ErrMuted},
			{"mutedmanager", group.ErrMuted, group.ErrMuted},
			{"unmuted", nil, group.ErrForbidden},
			{"banned", message.ErrSender, message.ErrSender},
			{"stranger", group.ErrNotFound, group.ErrNotFound},
			{"nobody", group.ErrNotFound, group.ErrNotFound},
		} {
			closed := func(reason error) error {
				if c.open == group.ErrNotFound || c.open == message.ErrSender {
					return c.open
				}
				return reason
			}
			for no, want := range map[string]error{
				"open": c.open, "forbidden": c.forbidden, "none": group.ErrNotFound,
				"disbanded": closed(group.ErrDisbanded), "disabled": closed(group.ErrDisabled),
			} {
				before := h.number("SELECT count(*) FROM ruyi_message")
				wantErr(t, c.uid+" in "+no, h.send(c.uid, in(no), "hi"), want)
				if sent := h.number("SELECT count(*) FROM ruyi_message") - before; (sent == 1) != (want == nil) {
					t.Errorf("%s in %s: %d messages", c.uid, no, sent)
				}
			}
		}
		for _, ch := range []message.Channel{in(""), in("a@b"), in("\x00"), {ID: "open"}, {ID: "open", Type: 3}} {
			wantErr(t, fmt.Sprintf("channel %q", ch), h.send("owner", ch, "hi"), message.ErrChannel)
		}
	})
}

// A group's messages reach its people, each once, whoever wrote.
func TestGroupHears(t *testing.T) {
	h := enter(t, openSQLite(t), message.Options{}, "alice", "bob", "carol")
	h.found("g", "alice", "bob")
	must(t, h.send("alice", in("g"), "one"))
	must(t, h.send("bob", in("g"), "two"))
	want := string(words("one")) + " " + string(words("two"))
	for uid, want := range map[string]string{"alice": want, "bob": want, "carol": ""} {
		if got := h.heard(uid); got != want {
			t.Errorf("%s heard %s, want %s", uid, got, want)
		}
	}
}
