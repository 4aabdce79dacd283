package message_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store"
)

// talk is a service over a database with a group of alice, bob and carol.
type talk struct {
	message.Service
	t   *testing.T
	db  *store.DB
	now time.Time
}

var team = message.Channel{ID: "g1", Type: message.Group}

func with(peer string) message.Channel { return message.Channel{ID: peer, Type: message.Person} }

func startTalk(t *testing.T, db *store.DB) *talk {
	t.Helper()
	w := &talk{t: t, db: db, now: t0}
	w.Service = message.New(db.Messages(), message.Options{Now: func() time.Time { return w.now }})
	w.subscribe(true, "alice", "bob", "carol")
	return w
}

func (w *talk) subscribe(history bool, uids ...string) {
	w.t.Helper()
	must(w.t, w.db.Messages().Update(w.t.Context(), func(tx message.Tx) error {
		return tx.Subscribe(w.t.Context(), team, history, uids...)
	}))
}

func (w *talk) unsubscribe(uids ...string) {
	w.t.Helper()
	must(w.t, w.db.Messages().Update(w.t.Context(), func(tx message.Tx) error {
		return tx.Unsubscribe(w.t.Context(), team, uids...)
	}))
}

func (w *talk) emit(drafts ...message.Draft) {
	w.t.Helper()
	emit(w.t, w.db.Messages(), drafts...)
}

// exec changes rows that other use cases write.
func (w *talk) exec(query string) {
	w.t.Helper()
	must(w.t, w.db.Update(w.t.Context(), func(tx store.Conn) error {
		_, err := tx.ExecContext(w.t.Context(), query)
		return err
	}))
}

// hide deletes a message of the group for one person.
func (w *talk) hide(uid string, seq int) {
	w.t.Helper()
	w.exec(fmt.Sprintf(`INSERT INTO ruyi_message_hidden (uid, message_id) SELECT '%s', m.id
		FROM ruyi_message m JOIN ruyi_chat c ON c.num = m.chat WHERE c.id = 'g1' AND m.seq = %d`, uid, seq))
}

// list describes the conversations of uid, newest activity first.
func (w *talk) list(uid string) string {
	w.t.Helper()
	list, err := w.Conversations(w.t.Context(), uid, 0, 0)
	must(w.t, err)
	s := []string{}
	for _, c := range list {
		s = append(s, fmt.Sprintf("%s %d/%d", c.Channel.ID, c.Last().Seq, c.Unread))
	}
	return strings.Join(s, ", ")
}

func (w *talk) wantList(what, uid, want string) {
	w.t.Helper()
	if got := w.list(uid); got != want {
		w.t.Errorf("%s: %s has %q, want %q", what, uid, got, want)
	}
}

// commands returns the payloads that uid's queue has from position after on.
func (w *talk) commands(uid string, after int64) string {
	w.t.Helper()
	queue, err := w.db.Messages().Queue(w.t.Context(), uid, after, 1000)
	must(w.t, err)
	s := []string{}
	for _, m := range queue {
		s = append(s, string(m.Payload))
	}
	return strings.Join(s, "\n")
}

// post returns a text in the team, changed by each of the functions.
func post(from string, change ...func(*message.Draft)) message.Draft {
	d := say(from, from, "hello")
	d.Channel, d.Recipients = team, nil
	for _, c := range change {
		c(&d)
	}
	return d
}

func visibleTo(uids ...string) func(*message.Draft) {
	return func(d *message.Draft) { d.Visibles = uids }
}
func noDot(d *message.Draft)    { d.Header.RedDot = false }
func unlisted(d *message.Draft) { d.Setting |= message.SettingNoConversation }
func command(d *message.Draft)  { d.Header.SyncOnce = true }
func receipt(d *message.Draft)  { d.Setting |= 128 }

func TestWhatIsUnread(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := startTalk(t, db)
		// Each line adds messages; what is unread to alice, bob and carol after it.
		for _, c := range []struct {
			what   string
			drafts []message.Draft
			want   [3]int64
		}{
			{"a red dot", []message.Draft{post("alice")}, [3]int64{0, 1, 1}},
			{"two at once", []message.Draft{post("bob"), post("bob")}, [3]int64{2, 1, 3}},
			{"without a dot", []message.Draft{post("alice", noDot)}, [3]int64{2, 1, 3}},
			{"for some", []message.Draft{post("alice", visibleTo("bob"))}, [3]int64{2, 2, 3}},
			{"for some and its sender", []message.Draft{post("alice", visibleTo("alice", "carol"))}, [3]int64{2, 2, 4}},
			{"for nobody here", []message.Draft{post("alice", visibleTo("eve"))}, [3]int64{2, 2, 4}},
			{"not for the list", []message.Draft{post("alice", unlisted)}, [3]int64{2, 2, 4}},
			{"for some and not for the list", []message.Draft{post("alice", unlisted, visibleTo("bob"))}, [3]int64{2, 2, 4}},
			{"a receipt wanted", []message.Draft{post("alice", receipt)}, [3]int64{2, 3, 5}},
			{"a command", []message.Draft{post("alice", command)}, [3]int64{2, 3, 5}},
			{"a notice of the system", []message.Draft{post(message.System)}, [3]int64{3, 4, 6}},
			{"from outside", []message.Draft{post("eve")}, [3]int64{4, 5, 7}},
		} {
			w.emit(c.drafts...)
			for i, uid := range []string{"alice", "bob", "carol"} {
				list, err := w.Conversations(t.Context(), uid, 0, 1)
				must(t, err)
				if len(list) != 1 || list[0].Unread != c.want[i] {
					t.Errorf("%s: %s has %v, want %d unread", c.what, uid, list, c.want[i])
				}
			}
		}
	})
}

func TestTheListShowsWhatItsOwnerMaySee(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := startTalk(t, db)
		w.wantList("nothing said", "bob", "")
		w.emit(post("alice"), post("alice"))
		w.wantList("two messages", "bob", "g1 2/2")
		w.emit(post("alice", unlisted), post("alice", visibleTo("carol")), post("alice", command))
		w.wantList("what is not for him", "bob", "g1 2/2")
		w.wantList("what is for her", "carol", "g1 4/3")
		w.hide("bob", 2)
		w.wantList("the last deleted", "bob", "g1 1/2")
		w.wantList("that of somebody else", "alice", "g1 4/0")
		w.emit(post("alice", func(d *message.Draft) { d.Expire = 60 }))
		w.wantList("short-lived", "bob", "g1 5/3")
		w.now = t0.Add(time.Minute)
		w.wantList("expired", "bob", "g1 1/3")
		w.now = t0
		w.exec("UPDATE ruyi_conversation SET cleared_seq = 5 WHERE uid = 'bob'")
		w.wantList("cleared", "bob", "")
		w.wantList("not cleared by her", "carol", "g1 5/4")
		w.emit(post("alice"))
		w.wantList("after clearing", "bob", "g1 6/4")
		w.hide("bob", 6)
		w.wantList("everything deleted", "bob", "")
		w.wantList("a stranger", "eve", "")
	})
}

func TestRecentMessagesOfTheList(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := startTalk(t, db)
		for range 25 {
			w.emit(post("alice"))
		}
		w.emit(post("alice", visibleTo("carol")), say("alice", "bob", "hi"))
		w.hide("bob", 24)
		w.exec("UPDATE ruyi_conversation SET cleared_seq = 2 WHERE uid = 'bob' AND hidden_seq = 0 AND read_dots = 0 AND chat = 1")
		for count, want := range map[int]string{
			-1: "[25]", 0: "[25]", 1: "[25]", 2: "[25 23]", 3: "[25 23 22]",
			20: "[25 23 22 21 20 19 18 17 16 15 14 13 12 11 10 9 8 7 6 5]",
			21: "[25 23 22 21 20 19 18 17 16 15 14 13 12 11 10 9 8 7 6 5]",
		} {
			list, err := w.Conversations(t.Context(), "bob", 0, count)
			must(t, err)
			slices.SortFunc(list, func(a, b message.Conversation) int { return strings.Compare(b.Channel.ID, a.Channel.ID) })
			seqs := []int64{}
			for _, m := range list[0].Recents {
				seqs = append(seqs, m.Seq)
				if id, _ := m.ChannelFor("bob"); id != "g1" || m.From != "alice" {
					t.Errorf("message %+v", m)
				}
			}
			if fmt.Sprint(seqs) != want || len(list) != 2 || len(list[1].Recents) != 1 {
				t.Errorf("%d messages: %v of %d, want %s", count, seqs, len(list), want)
			}
		}
	})
}

func TestSizeOfTheList(t *testing.T) {
	w := startTalk(t, openSQLite(t))
	var drafts []message.Draft
	for i := range message.MaxConversations + 1 {
		d := say(fmt.Sprintf("peer%d", i), "alice", "hi")
		d.SentAt = t0.Add(time.Duration(i) * time.Second)
		drafts = append(drafts, d)
	}
	w.emit(drafts...)
	for limit, want := range map[int]int{
		-1: message.DefaultConversations, 0: message.DefaultConversations, 1: 1,
		message.MaxConversations: message.MaxConversations, 1 << 40: message.MaxConversations,
	} {
		list, err := w.Conversations(t.Context(), "alice", limit, 2)
		must(t, err)
		if newest := fmt.Sprintf("peer%d", message.MaxConversations); len(list) != want || list[0].Channel.ID != newest {
			t.Errorf("limit %d: %d conversations, first %s", limit, len(list), list[0].Channel.ID)
		}
	}
}

func TestConversationsWithEverybody(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := startTalk(t, db)
		w.emit(say("alice", "alice", "a note"), say(message.System, "alice", "welcome"), say("alice", "fileHelper", "keep"))
		w.wantList("herself, the system, her files", "alice", "fileHelper 1/0, u_10000 1/1, alice 1/0")
		must(t, w.ClearUnread(t.Context(), "alice", with(message.System), 0, 0))
		must(t, w.DeleteConversation(t.Context(), "alice", with("alice")))
		w.wantList("read and deleted", "alice", "fileHelper 1/0, u_10000 1/0")
		if _, err := w.SaveConversationExtra(t.Context(), "alice", with("fileHelper"), message.ConversationExtra{Draft: "x"}); err != nil {
			t.Error(err)
		}
	})
}

func TestLeavingAGroupTakesItFromTheList(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := startTalk(t, db)
		w.emit(post("alice"))
		_, err := w.SaveConversationExtra(t.Context(), "bob", team, message.ConversationExtra{Draft: "x"})
		must(t, err)
		w.unsubscribe("bob", "carol")
		w.emit(post("alice"))
		w.wantList("left", "bob", "")
		extras, err := w.ConversationExtras(t.Context(), "bob", 0)
		if err != nil || len(extras) != 0 {
			t.Errorf("extras of a group that was left: %v, %v", extras, err)
		}
		_, err = w.SaveConversationExtra(t.Context(), "bob", team, message.ConversationExtra{Draft: "y"})
		wantErr(t, "extra of a group that was left", err, message.ErrChannel)
		before := w.commands("bob", 0)
		must(t, w.ClearUnread(t.Context(), "bob", team, 0, 0))
		if after := w.commands("bob", 0); after != before {
			t.Errorf("told after leaving: %s", after)
		}
		w.subscribe(true, "bob")
		w.subscribe(false, "carol")
		w.wantList("back with the history", "bob", "g1 2/0")
		w.wantList("back without it", "carol", "")
		w.emit(post("alice"))
		w.wantList("back and told", "bob", "g1 3/1")
		w.wantList("back and told", "carol", "g1 3/1")
		w.unsubscribe("bob")
		w.subscribe(true, "bob")
		w.wantList("back before anything was said", "bob", "g1 3/0")
	})
}

func TestSettingsInTheList(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := startTalk(t, db)
		const bob = "0123456789abcdef0123456789abcdef"
		w.subscribe(true, bob)
		w.emit(post("alice"), say("alice", bob, "hi"), say(bob, "carol", "hi"))
		for _, query := range []string{
			"INSERT INTO ruyi_contact_setting (owner, peer, mute, top) VALUES ('" + bob + "', 'alice', 1, 0)",
			"INSERT INTO ruyi_contact_setting (owner, peer, mute, top) VALUES ('" + bob + "', 'g1', 1, 0)",
			"INSERT INTO ruyi_contact_setting (owner, peer, mute, top) VALUES ('carol', '" + bob + "', 1, 1)",
			`INSERT INTO ruyi_group_setting (uid, group_no, remark, mute, top, save, show_nick, chat_pwd_on, screenshot, recall,
				receipt, join_remind, flame, flame_second, version) VALUES ('` + bob + `', 'g1', '', 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)`,
		} {
			w.exec(query)
		}
		list, err := w.Conversations(t.Context(), bob, 0, 1)
		must(t, err)
		got := ""
		for _, c := range list {
			got += fmt.Sprintf("%s mute %t top %t; ", c.Channel.ID, c.Mute, c.Top)
		}
		if want := "carol mute false top false; alice mute true top false; g1 mute false top true; "; got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
	})
}
