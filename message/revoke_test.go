package message_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store"
)

// TestWhoMayRevoke is every role against every other.
func TestWhoMayRevoke(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		r := startRoom(t, db, message.Options{})
		r.found(map[string]int{
			"owner": 1, "manager": 2, "manager2": 2, "member": 0, "member2": 0, "left": -1, "ex": -3, "expelled": 2, message.System: -1,
		})
		late := r.said("manager", "old")
		late.SentAt = t0.Add(-time.Hour)
		ids := map[string]int64{"old": r.post(late)}
		for _, author := range []string{"owner", "manager", "member", "left", "ex", message.System} {
			ids[author] = r.post(r.said(author, author))
		}
		r.unsubscribe("left", "expelled")
		denied, none := message.ErrRevokeDenied, message.ErrNoMessage
		for _, c := range []struct {
			revoker, author string
			want            error
		}{
			{"member2", "member", denied},
			{"member2", "manager", denied},
			{"member2", "owner", denied},
			{"member2", "left", denied},
			{"manager2", "manager", denied},
			{"manager2", "owner", denied},
			{"ex", "member", denied},
			{"left", "member", none},
			{"left", "left", none},
			{"expelled", "member", none},
			{"eve", "member", none},
			{"owner", message.System, denied},
			{"manager", message.System, denied},
			{"manager", "old", message.ErrRevokeLate},
			{"manager2", "old", denied},

			{"manager2", "member", nil},
			{"manager2", "left", nil},
			{"manager2", "ex", nil},
			{"manager", "manager", nil},
			{"owner", "owner", nil},
			{"owner", "old", nil},
		} {
			what := c.revoker + " revokes what is of " + c.author
			wantErr(t, what, r.Revoke(t.Context(), c.revoker, ourGroup, ids[c.author]), c.want)
			if emitted := r.commands(); (emitted != "") != (c.want == nil) {
				t.Errorf("%s: emitted %q", what, emitted)
			}
		}
		equal(t, "what became of them", r.sees("member2", ourGroup), "1old! 2owner! 3manager! 4member! 5left! 6ex! 7u_10000")

		byOwner := r.post(r.said("manager", "again"))
		must(t, r.Revoke(t.Context(), "owner", ourGroup, byOwner))
		r.exec("UPDATE ruyi_group_member SET role = 0 WHERE uid = 'manager2'")
		wantErr(t, "no manager any more", r.Revoke(t.Context(), "manager2", ourGroup, r.post(r.said("member", "more"))), denied)
	})
}

func TestRevokingBetweenTwo(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		r := startRoom(t, db, message.Options{})
		id, other := r.post(say("alice", "bob", "slip")), r.post(say("alice", "carol", "other"))
		r.subscribe("alice", "bob")
		inGroup := r.post(r.said("alice", "in the group"))
		for _, c := range []struct {
			what, uid string
			ch        message.Channel
			id        int64
			want      error
		}{
			{"the receiver", "bob", person("alice"), id, message.ErrRevokeDenied},
			{"a stranger", "eve", person("bob"), id, message.ErrNoMessage},
			{"unknown", "alice", person("bob"), id + 1<<40, message.ErrNoMessage},
			{"no id", "alice", person("bob"), 0, message.ErrNoMessage},
			{"negative", "alice", person("bob"), -id, message.ErrNoMessage},
			{"another channel", "alice", person("bob"), other, message.ErrNoMessage},
			{"another kind of channel", "alice", person("bob"), inGroup, message.ErrNoMessage},
			{"a channel without a word", "alice", person("dave"), id, message.ErrNoMessage},
			{"a group for two", "alice", ourGroup, id, message.ErrNoMessage},
		} {
			wantErr(t, c.what, r.Revoke(t.Context(), c.uid, c.ch, c.id), c.want)
		}
		r.wantCommands("refused", "")

		must(t, r.Delete(t.Context(), "alice", other))
		r.commands()
		wantErr(t, "deleted", r.Revoke(t.Context(), "alice", person("carol"), other), message.ErrNoMessage)
		must(t, r.Clear(t.Context(), "alice", ourGroup, 1))
		r.commands()
		wantErr(t, "cleared", r.Revoke(t.Context(), "alice", ourGroup, inGroup), message.ErrNoMessage)

		must(t, r.Revoke(t.Context(), "alice", person("bob"), id))
		r.wantCommands("revoked", fmt.Sprintf(`queued alice in %q to %s: {"cmd":"messageRevoke","param":{"message_id":"%d"},"type":99}`,
			message.PersonChannel("alice", "bob").ID, message.PersonChannel("alice", "bob").Parties(), id))
		for uid, peer := range map[string]string{"alice": "bob", "bob": "alice"} {
			equal(t, uid+" reads", r.sees(uid, person(peer)), "1slip!")
			queue, err := r.Queue(t.Context(), uid, 0, 0)
			must(t, err)
			last := queue[len(queue)-1]
			if channel, typ := last.ChannelFor(uid); channel != peer || typ != message.Person || last.From != "alice" || last.Seq != 0 {
				t.Errorf("%s hears %+v", uid, last)
			}
			extras, err := r.Extras(t.Context(), uid, person(peer), 0, 0)
			must(t, err)
			if len(extras) != 1 || extras[0].ID != id || extras[0].Seq != 1 || extras[0].Payload != nil ||
				extras[0].Extra != (message.Extra{Version: 1, Revoked: true, Revoker: "alice"}) {
				t.Errorf("extras of %s: %+v", uid, extras)
			}
		}
		r.now = t0.Add(time.Hour)
		must(t, r.Revoke(t.Context(), "alice", message.Channel{}, id))
		r.wantCommands("revoked again, late", "")
		wantErr(t, "the receiver again", r.Revoke(t.Context(), "bob", message.Channel{}, id), message.ErrRevokeDenied)
	})
}

func TestRevokeWindow(t *testing.T) {
	for _, c := range []struct {
		option, after time.Duration
		want          error
	}{
		{0, message.DefaultRevokeWindow, nil},
		{0, message.DefaultRevokeWindow + time.Millisecond, message.ErrRevokeLate},
		{time.Hour, time.Hour, nil},
		{time.Hour, time.Hour + time.Millisecond, message.ErrRevokeLate},
		{-1, 1000 * time.Hour, nil},
	} {
		r := startRoom(t, openSQLite(t), message.Options{RevokeWindow: c.option})
		equal(t, fmt.Sprint("window for ", c.option), r.RevokeWindow(),
			map[time.Duration]time.Duration{0: 2 * time.Minute, time.Hour: time.Hour, -1: 0}[c.option])
		id := r.post(say("alice", "bob", "slip"))
		r.now = t0.Add(c.after)
		wantErr(t, fmt.Sprintf("%v after, window %v", c.after, c.option), r.Revoke(t.Context(), "alice", person("bob"), id), c.want)
	}
}

func TestRevokingWhatWasSentUnderANumber(t *testing.T) {
	r := startRoom(t, openSQLite(t), message.Options{})
	mine, theirs := say("alice", "bob", "mine"), say("bob", "alice", "theirs")
	mine.ClientMsgNo, theirs.ClientMsgNo = "m1", "t1"
	r.post(mine)
	r.post(theirs)
	for _, c := range []struct {
		no   string
		ch   message.Channel
		want error
	}{
		{"", person("bob"), message.ErrRevokeKey},
		{"\xff", person("bob"), message.ErrRevokeKey},
		{"a\x00", person("bob"), message.ErrRevokeKey},
		{strings.Repeat("x", 129), person("bob"), message.ErrRevokeKey},
		{"t1", person("bob"), message.ErrNoMessage},
		{"m2", person("bob"), message.ErrNoMessage},
		{"m1", person("carol"), message.ErrNoMessage},
		{"m1", person("bob"), nil},
		{"m1", message.Channel{}, nil},
	} {
		wantErr(t, fmt.Sprintf("%q in %v", c.no, c.ch), r.RevokeSent(t.Context(), "alice", c.ch, c.no), c.want)
	}
	equal(t, "reads", r.sees("bob", person("alice")), "1mine! 2theirs")
}

// TestRevokingInGroups checks where the news goes, and that
// reminders of the message end.
func TestRevokingInGroups(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		r := startRoom(t, db, message.Options{})
		r.found(map[string]int{"alice": 0, "bob": 0, "owner": 1})
		small, large := r.post(r.said("alice", "@bob")), r.post(r.said("alice", "to many"))
		for i, id := range []int64{small, large} {
			r.exec(fmt.Sprintf(`INSERT INTO ruyi_reminder (uid, version, chat, message_id, seq, type, text, publisher, done)
				VALUES ('bob', %d, 1, %d, 1, 1, '', 'alice', 0)`, i, id))
		}
		must(t, r.Revoke(t.Context(), "owner", ourGroup, small))
		r.wantCommands("in a group", fmt.Sprintf(`queued owner in "g1" to []: {"cmd":"messageRevoke","param":{"message_id":"%d"},"type":99}`, small))
		equal(t, "copies", r.number("SELECT count(*) FROM ruyi_queue q JOIN ruyi_message m ON m.id = q.message_id WHERE m.sync_once = 1"), 4) // the news, and to bob that his reminders changed
		equal(t, "reminder of it", r.number(fmt.Sprint("SELECT done FROM ruyi_reminder WHERE message_id = ", small)), 1)
		equal(t, "reminder of another", r.number(fmt.Sprint("SELECT done FROM ruyi_reminder WHERE message_id = ", large)), 0)
		must(t, r.db.Messages().Update(t.Context(), func(tx message.Tx) error { return tx.SetLarge(t.Context(), ourGroup, true) }))
		must(t, r.Revoke(t.Context(), "owner", ourGroup, large))
		r.wantCommands("in a large group", fmt.Sprintf(`live owner in "g1" to []: {"cmd":"messageRevoke","param":{"message_id":"%d"},"type":99}`, large))
		extras, err := r.Extras(t.Context(), "bob", ourGroup, 1, 0)
		must(t, err)
		if len(extras) != 1 || extras[0].ID != large || extras[0].Version != 2 || extras[0].Revoker != "owner" {
			t.Errorf("extras: %+v", extras)
		}
	})
}

func TestRevokingAtTheSameTimeHappensOnce(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		r := startRoom(t, db, message.Options{})
		r.found(map[string]int{"alice": 0, "manager": 2, "owner": 1})
		id := r.post(r.said("alice", "slip"))
		must(t, errors.Join(together(9, func(i int) error {
			return r.Revoke(t.Context(), []string{"alice", "manager", "owner"}[i%3], ourGroup, id)
		})...))
		if emitted := r.commands(); strings.Count(emitted, "messageRevoke") != 1 {
			t.Errorf("emitted %s", emitted)
		}
		equal(t, "versions", r.number("SELECT extra_version FROM ruyi_chat WHERE id = 'g1'"), 1)
	})
}

// TestRolesAreHeld looks from outside at what a decision rests on: nobody can
// take a manager's role away while he revokes, nor leave the channel.
func TestRolesAreHeld(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		if strings.HasSuffix(t.Name(), "sqlite") {
			t.Skip("one transaction at a time")
		}
		r := startRoom(t, db, message.Options{})
		r.found(map[string]int{"alice": 0, "manager": 2})
		outside := func(statement string) error {
			return db.Update(t.Context(), func(tx store.Conn) error {
				rows, err := tx.QueryContext(t.Context(), statement)
				if err != nil {
					return err
				}
				defer rows.Close()
				for rows.Next() {
				}
				return rows.Err()
			})
		}
		const ofGroup = "SELECT no FROM ruyi_group WHERE no = 'g1' FOR UPDATE NOWAIT"
		const ofChannel = "SELECT num FROM ruyi_chat WHERE id = 'g1' FOR UPDATE NOWAIT"
		must(t, db.Messages().Update(t.Context(), func(tx message.Tx) error {
			must(t, outside(ofGroup))
			role, err := tx.LockRole(t.Context(), "g1", "manager")
			equal(t, "role", role, 2)
			must(t, err)
			if outside(ofGroup) == nil {
				t.Error("the group is not held")
			}
			must(t, outside(ofChannel))
			_, err = tx.LockPlace(t.Context(), "manager", ourGroup)
			if outside(ofChannel) == nil {
				t.Error("the channel is not held")
			}
			return err
		}))
	})
}
