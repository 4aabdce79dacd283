package message_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store"
)

// room is a service over a database in which people talk, with a clock that the
// test controls, and what was emitted through the service.
type room struct {
	message.Service
	t   *testing.T
	db  *store.DB
	now time.Time

	mu      sync.Mutex
	emitted []message.Draft
}

// ourGroup is the one that everybody of a room but eve is in.
var ourGroup = message.Channel{ID: "g1", Type: message.Group}

func person(uid string) message.Channel { return message.Channel{ID: uid, Type: message.Person} }

// startRoom returns a room with the given options.
func startRoom(t *testing.T, db *store.DB, o message.Options) *room {
	t.Helper()
	r := &room{t: t, db: db, now: t0}
	o.Now = func() time.Time { return r.now }
	r.Service = message.New(heard{db.Messages(), r}, o)
	return r
}

// heard is a store that keeps the drafts of what was committed.
type heard struct {
	message.Store
	r *room
}

func (h heard) Update(ctx context.Context, fn func(tx message.Tx) error) error {
	var emitted []message.Draft
	err := h.Store.Update(ctx, func(tx message.Tx) error {
		emitted = nil
		return fn(hearing{tx, &emitted})
	})
	if err == nil {
		h.r.mu.Lock()
		defer h.r.mu.Unlock()
		h.r.emitted = append(h.r.emitted, emitted...)
	}
	return err
}

type hearing struct {
	message.Tx
	emitted *[]message.Draft
}

func (h hearing) Emit(ctx context.Context, drafts ...message.Draft) error {
	*h.emitted = append(*h.emitted, drafts...)
	return h.Tx.Emit(ctx, drafts...)
}

func (h hearing) CancelReminders(ctx context.Context, now time.Time, messageID int64, drafts ...message.Draft) error {
	*h.emitted = append(*h.emitted, drafts...)
	return h.Tx.CancelReminders(ctx, now, messageID, drafts...)
}

// commands returns what was emitted since the last call.
func (r *room) commands() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var lines []string
	for _, d := range r.emitted {
		how := "queued"
		if d.Header.NoPersist {
			how = "live"
		}
		if !d.Header.SyncOnce || d.Header.RedDot || d.Setting != message.SettingNoConversation {
			r.t.Errorf("not sent as a command: %+v", d)
		}
		lines = append(lines, fmt.Sprintf("%s %s in %q to %s: %s", how, d.From, d.Channel.ID, d.Recipients, d.Payload))
	}
	r.emitted = nil
	return strings.Join(lines, "\n")
}

func (r *room) wantCommands(what, want string) {
	r.t.Helper()
	if got := r.commands(); got != want {
		r.t.Errorf("%s: emitted\n%s\nwant\n%s", what, got, want)
	}
}

// post stores a draft and returns the id of the message.
func (r *room) post(d message.Draft) (id int64) {
	r.t.Helper()
	must(r.t, r.db.Messages().Update(r.t.Context(), func(tx message.Tx) error {
		sent, err := tx.Deliver(r.t.Context(), d)
		if err == nil {
			id = sent[0].ID
		}
		return err
	}))
	return id
}

// said is a text of somebody in the group.
func (r *room) said(from, content string) message.Draft {
	d := message.Between(r.now, from, from, map[string]any{"type": message.TypeText, "content": content})
	d.Channel, d.Recipients = ourGroup, nil
	return d
}

// found makes the group: role numbers by uid, below zero for those who have left
// it, -1 less the number they had. The channel is everybody's yet.
func (r *room) found(roles map[string]int) {
	r.t.Helper()
	r.exec(fmt.Sprintf(`INSERT INTO ruyi_group (no, name, notice, creator, status, category, large, invite, forbidden,
			forbidden_add_friend, view_history, member_pin, members, avatar, version, created_at, updated_at)
		VALUES ('g1', '', '', '', 1, '', 0, 0, 0, 0, 0, 0, %d, 0, 0, 0, 0)`, len(roles)))
	for uid, role := range roles {
		r.subscribe(uid)
		r.exec(fmt.Sprintf(`INSERT INTO ruyi_group_member (group_no, uid, role, status, deleted, version, remark, invite_uid,
				vercode, muted_until, created_at, updated_at)
			VALUES ('g1', '%s', %d, 1, %d, (SELECT count(*) FROM ruyi_group_member), '', '', '', 0, 0, 0)`,
			uid, max(role, -1-role), min(max(-role, 0), 1)))
	}
}

func (r *room) subscribe(uids ...string) {
	r.t.Helper()
	must(r.t, r.db.Messages().Update(r.t.Context(), func(tx message.Tx) error {
		return tx.Subscribe(r.t.Context(), ourGroup, true, uids...)
	}))
}

func (r *room) unsubscribe(uids ...string) {
	r.t.Helper()
	must(r.t, r.db.Messages().Update(r.t.Context(), func(tx message.Tx) error {
		return tx.Unsubscribe(r.t.Context(), ourGroup, uids...)
	}))
}

func (r *room) exec(statement string) {
	r.t.Helper()
	must(r.t, r.db.Update(r.t.Context(), func(tx store.Conn) error {
		_, err := tx.ExecContext(r.t.Context(), statement)
		return err
	}))
}

// number returns the only number that a query finds.
func (r *room) number(query string) (n int64) {
	r.t.Helper()
	must(r.t, r.db.Update(r.t.Context(), func(tx store.Conn) error {
		rows, err := tx.QueryContext(r.t.Context(), query)
		if err != nil {
			return err
		}
		defer rows.Close()
		rows.Next()
		return rows.Scan(&n)
	}))
	return n
}

// unread returns the unread count of uid in a stored channel.
func (r *room) unread(uid string, ch message.Channel) int64 {
	return r.number(fmt.Sprintf(`SELECT c.dots - me.read_dots FROM ruyi_chat c JOIN ruyi_conversation me ON me.chat = c.num
		WHERE me.uid = '%s' AND c.id = '%s' AND c.type = %d`, uid, ch.ID, ch.Type))
}

// sees returns what uid reads of a channel, by position: the content of each
// message, "-" where it is hidden, "!" behind what was revoked.
func (r *room) sees(uid string, ch message.Channel) string {
	r.t.Helper()
	history, err := r.History(r.t.Context(), uid, ch, 0, 0)
	must(r.t, err)
	page, _, err := r.Page(r.t.Context(), uid, ch, message.Range{})
	must(r.t, err)
	if a, b := line(r.t, history), line(r.t, page); a != b {
		r.t.Errorf("%s reads %q and in a page %q", uid, a, b)
	}
	return line(r.t, history)
}

// queued returns what uid's queue has, as sees does, without commands.
func (r *room) queued(uid string) string {
	r.t.Helper()
	queue, err := r.Queue(r.t.Context(), uid, 0, 0)
	must(r.t, err)
	var messages []message.Message
	for _, q := range queue {
		if q.Seq > 0 {
			messages = append(messages, q.Message)
		}
	}
	return line(r.t, messages)
}

func line(t *testing.T, messages []message.Message) string {
	t.Helper()
	var words []string
	for _, m := range messages {
		var p struct {
			Type    int
			Content string
		}
		must(t, json.Unmarshal(m.Payload, &p))
		switch {
		case m.Hidden && (string(m.Payload) != `{"type":1}` || m.Extra != message.Extra{}):
			t.Errorf("a hidden message shows %s %+v", m.Payload, m.Extra)
		case m.Hidden:
			p.Content = "-"
		case m.Revoked:
			p.Content += "!"
		}
		words = append(words, fmt.Sprintf("%d%s", m.Seq, p.Content))
	}
	return strings.Join(words, " ")
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}
