package message_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/user"
)

// library is a service over a database of people and groups.
type library struct {
	message.Service
	t  *testing.T
	db *store.DB
}

// newLibrary returns one in which alice has the contacts bob (whom she calls
// "Boss") and carol, and is in the group "Chess"; dave is a stranger, in the group
// "Choir".
func newLibrary(t *testing.T, db *store.DB) library {
	l := library{message.New(db.Messages(), message.Options{Now: func() time.Time { return t0 }}), t, db}
	for _, name := range []string{"Alice", "Bob", "Carol", "Dave"} {
		uid := strings.ToLower(name)
		must(t, db.Users().Update(t.Context(), func(tx user.Tx) error {
			return tx.AddUser(t.Context(), user.User{UID: uid, Username: uid, ShortNo: uid, Name: name, Status: user.Active})
		}))
	}
	must(t, db.Friends().Update(t.Context(), func(tx friend.Tx) error {
		return errors.Join(
			tx.SaveRelation(t.Context(), friend.Relation{Owner: "alice", Peer: "bob"}, t0),
			tx.SaveRelation(t.Context(), friend.Relation{Owner: "alice", Peer: "carol"}, t0),
			tx.SaveRelation(t.Context(), friend.Relation{Owner: "bob", Peer: "alice"}, t0),
			tx.SaveContactSettings(t.Context(), "alice", "bob", friend.ContactSettings{Remark: "The Boss"}))
	}))
	for no, members := range map[string][]string{"chess": {"alice", "bob"}, "choir": {"dave"}} {
		l.exec(fmt.Sprintf(`INSERT INTO ruyi_group (no, name, notice, creator, status, category, large, invite, forbidden,
				forbidden_add_friend, view_history, member_pin, members, avatar, version, created_at, updated_at)
			VALUES ('%s', '%s', '', 'x', 1, '', 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0)`, no, strings.ToUpper(no[:1])+no[1:]))
		for i, uid := range members {
			l.exec(fmt.Sprintf(`INSERT INTO ruyi_group_member (group_no, uid, role, status, deleted, version, remark, invite_uid,
					vercode, muted_until, created_at, updated_at) VALUES ('%s', '%s', 0, 1, 0, %d, '', '', '', 0, 0, 0)`, no, uid, i))
		}
		must(t, db.Messages().Update(t.Context(), func(tx message.Tx) error {
			return tx.Subscribe(t.Context(), message.Channel{ID: no, Type: message.Group}, true, members...)
		}))
	}
	return l
}

func (l library) exec(statement string) {
	l.t.Helper()
	must(l.t, l.db.Update(l.t.Context(), func(tx store.Conn) error {
		_, err := tx.ExecContext(l.t.Context(), statement)
		return err
	}))
}

// inGroup returns a text to a group.
func inGroup(no, from, content string) message.Draft {
	d := say(from, from, content)
	d.Channel, d.Recipients = message.Channel{ID: no, Type: message.Group}, nil
	return d
}

// found searches and returns "friends | groups | messages".
func (l library) found(uid string, q message.Search) string {
	l.t.Helper()
	f, err := l.Search(l.t.Context(), uid, q)
	must(l.t, err)
	if f.Friends == nil || f.Groups == nil || f.Messages == nil {
		l.t.Errorf("a list is nil: %+v", f)
	}
	var s []string
	for _, p := range f.Friends {
		s = append(s, p.Channel.ID+"="+p.Name+"/"+p.Remark)
	}
	s = append(s, "|")
	for _, p := range f.Groups {
		s = append(s, p.Channel.ID+"="+p.Name+"/"+p.Remark)
	}
	s = append(s, "|")
	for _, m := range f.Messages {
		s = append(s, fmt.Sprintf("%s:%s#%d", m.In.Channel.ID, m.In.Name, m.Seq))
	}
	return strings.Join(s, " ")
}

func (l library) want(what, uid string, q message.Search, want string) {
	l.t.Helper()
	if got := l.found(uid, q); got != want {
		l.t.Errorf("%s: %s finds %q, want %q", what, uid, got, want)
	}
}

func TestSearchFindsNames(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		l := newLibrary(t, db)
		for keyword, want := range map[string]string{
			"BO": "bob=Bob/The Boss | | ", "boss": "bob=Bob/The Boss | | ", "o": "bob=Bob/The Boss carol=Carol/ | | ",
			"CHESS": "| chess=Chess/ | ", "choir": "| | ", "dave": "| | ", "%": "| | ", "_": "| | ", " carol ": "carol=Carol/ | | ",
		} {
			l.want("keyword "+keyword, "alice", message.Search{Keyword: keyword}, strings.TrimSuffix(want, " "))
		}
		l.want("messages only", "alice", message.Search{Keyword: "b", MessagesOnly: true}, "| |")
		l.want("in a channel", "alice", message.Search{Keyword: "b", Channel: message.Channel{ID: "bob", Type: message.Person}}, "| |")
		l.want("a stranger", "dave", message.Search{Keyword: "c"}, "| choir=Choir/ |")
		for _, step := range []struct{ statement, uid, keyword, before, after string }{
			{"UPDATE ruyi_friend SET deleted = 1 WHERE owner = 'alice' AND peer = 'bob'", "alice", "bo", "bob=Bob/The Boss | |", "| |"},
			{"UPDATE ruyi_user SET status = 2 WHERE uid = 'carol'", "alice", "carol", "carol=Carol/ | |", "| |"},
			{"UPDATE ruyi_group_member SET deleted = 1 WHERE uid = 'alice'", "alice", "chess", "| chess=Chess/ |", "| |"},
			{"UPDATE ruyi_group_member SET status = 2 WHERE uid = 'dave'", "dave", "choir", "| choir=Choir/ |", "| |"},
			{"UPDATE ruyi_group SET status = 2", "bob", "chess", "| chess=Chess/ |", "| |"},
		} {
			l.want("before "+step.statement, step.uid, message.Search{Keyword: step.keyword}, step.before)
			l.exec(step.statement)
			l.want("after "+step.statement, step.uid, message.Search{Keyword: step.keyword}, step.after)
		}
	})
}

func TestSearchFindsOnlyWhatItsUserMayRead(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		l := newLibrary(t, db)
		limited := inGroup("chess", "bob", "needle for bob")
		limited.Visibles = []string{"bob"}
		burning := say("bob", "alice", "needle that is gone")
		burning.Expire, burning.SentAt = 60, t0.Add(-time.Minute)
		lasting := say("bob", "alice", "needle that stays")
		lasting.Expire, lasting.SentAt = 366*24*60*60, t0.Add(-time.Minute)
		emit(t, db.Messages(),
			say("bob", "alice", "a Needle 1"), say("bob", "alice", "hay"), say("bob", "carol", "needle of others"),
			inGroup("chess", "bob", "NEEDLE in a group"), limited, inGroup("choir", "dave", "needle elsewhere"),
			burning, lasting, message.Command(t0, "needle", nil, "alice"),
			say("dave", "alice", "needle of a stranger"))
		needle := message.Search{Keyword: "needle"}
		l.want("all", "alice", needle, "| | dave:Dave#1 bob:Bob#4 chess:Chess#1 bob:Bob#1")
		l.want("the one it is limited to", "bob", needle, "| | alice:Alice#4 chess:Chess#2 chess:Chess#1 carol:Carol#1 alice:Alice#1")
		l.want("nobody", "eve", needle, "| |")
		for _, ch := range []message.Channel{{ID: "bob", Type: message.Person}, {ID: "alice", Type: message.Person}, {ID: "chess", Type: message.Group}} {
			l.want("a stranger in "+ch.ID, "eve", message.Search{Keyword: "needle", Channel: ch}, "| |")
		}
		inBob := message.Search{Keyword: "needle", Channel: message.Channel{ID: "bob", Type: message.Person}}
		l.want("in one channel", "alice", inBob, "| | bob:Bob#4 bob:Bob#1")
		l.want("of one sender", "alice", message.Search{Keyword: "needle", From: "dave"}, "| | dave:Dave#1")

		l.exec(`INSERT INTO ruyi_message_hidden (uid, message_id) SELECT 'alice', id FROM ruyi_message WHERE payload LIKE '%stranger%'`)
		l.want("deleted for oneself", "alice", needle, "| | bob:Bob#4 chess:Chess#1 bob:Bob#1")
		l.want("deleted by the other", "dave", needle, "| | alice:Alice#1 choir:Choir#1")
		l.exec(`INSERT INTO ruyi_message_extra (message_id, chat, seq, version, revoked, revoker, readers)
			SELECT id, chat, seq, 1, 1, 'bob', 0 FROM ruyi_message WHERE payload LIKE '%stays%'`)
		l.want("revoked", "alice", needle, "| | chess:Chess#1 bob:Bob#1")
		l.want("revoked", "bob", message.Search{Keyword: "stays"}, "| |")
		l.exec(`UPDATE ruyi_conversation SET cleared_seq = 1 WHERE uid = 'alice'`)
		l.want("cleared", "alice", needle, "| |")
		l.want("cleared by the other", "bob", needle, "| | chess:Chess#2 chess:Chess#1 carol:Carol#1 alice:Alice#1")
		must(t, db.Messages().Update(t.Context(), func(tx message.Tx) error {
			return tx.Unsubscribe(t.Context(), message.Channel{ID: "chess", Type: message.Group}, "bob")
		}))
		l.want("out of the group", "bob", needle, "| | carol:Carol#1 alice:Alice#1")
	})
}

func TestSearchByType(t *testing.T) {
	l := newLibrary(t, openSQLite(t))
	file := map[string]any{"type": 8, "name": "Report.PDF", "url": "needle", "size": 7}
	emit(t, l.db.Messages(), say("bob", "alice", "the report"), message.Between(t0, "bob", "alice", file),
		message.Between(t0, "bob", "alice", map[string]any{"type": 2, "url": "report.png", "content": "report"}),
		message.Between(t0, "bob", "alice", map[string]any{"type": 1, "content": map[string]any{"report": "report"}}))
	for _, c := range []struct {
		q    message.Search
		want string
	}{
		{message.Search{Keyword: "report"}, "2 1"},
		{message.Search{Keyword: "pdf"}, "2"},
		{message.Search{Keyword: "needle"}, ""},
		{message.Search{Keyword: "report", Types: []int{8}}, "2"},
		{message.Search{Keyword: "report", Types: []int{2}}, ""},
		{message.Search{Types: []int{2, 8}}, "3 2"},
		{message.Search{Types: []int{5}}, ""},
		{message.Search{From: "bob"}, "4 3 2 1"},
		{message.Search{}, ""},
		{message.Search{Keyword: " "}, ""},
		{message.Search{Keyword: "report", Limit: 1}, "2"},
		{message.Search{Keyword: "report", Limit: 1, Page: 2}, "1"},
		{message.Search{Keyword: "report", Limit: 1, Page: 3}, ""},
		{message.Search{Keyword: "report", Page: 1 << 62, Limit: 1 << 62}, ""},
		{message.Search{Keyword: "report", Page: -1, Limit: -1}, "2 1"},
	} {
		f, err := l.Search(t.Context(), "alice", c.q)
		must(t, err)
		var seqs []string
		for _, m := range f.Messages {
			seqs = append(seqs, fmt.Sprint(m.Seq))
		}
		if got := strings.Join(seqs, " "); got != c.want {
			t.Errorf("%+v finds %q, want %q", c.q, got, c.want)
		}
	}
}

func TestSearchesThatAreNone(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		s := message.New(db.Messages(), message.Options{})
		for what, c := range map[string]struct {
			q    message.Search
			want error
		}{
			"NUL":             {message.Search{Keyword: "a\x00"}, message.ErrSearchKeyword},
			"no UTF-8":        {message.Search{Keyword: "\xff"}, message.ErrSearchKeyword},
			"long":            {message.Search{Keyword: strings.Repeat("字", 65)}, message.ErrSearchKeyword},
			"stored id":       {message.Search{Keyword: "a", Channel: message.PersonChannel("alice", "bob")}, message.ErrChannel},
			"stored as group": {message.Search{Keyword: "a", Channel: message.Channel{ID: "bob@alice", Type: message.Group}}, message.ErrChannel},
			"no type":         {message.Search{Keyword: "a", Channel: message.Channel{ID: "bob"}}, message.ErrChannel},
			"no id":           {message.Search{Keyword: "a", Channel: message.Channel{Type: message.Group}}, message.ErrChannel},
			"odd type":        {message.Search{Keyword: "a", Channel: message.Channel{ID: "bob", Type: 3}}, message.ErrChannel},
			"NUL in an id":    {message.Search{Keyword: "a", Channel: message.Channel{ID: "b\x00", Type: 2}}, message.ErrChannel},
			"no UTF-8 id":     {message.Search{Keyword: "a", Channel: message.Channel{ID: "\xff", Type: 1}}, message.ErrChannel},
			"long id":         {message.Search{Keyword: "a", Channel: message.Channel{ID: strings.Repeat("a", 101), Type: 1}}, message.ErrChannel},
		} {
			_, err := s.Search(t.Context(), "alice", c.q)
			wantErr(t, what, err, c.want)
		}
	})
}

// TestSearchesAreBounded asks what a store is asked for.
func TestSearchesAreBounded(t *testing.T) {
	for channels, share := range map[int]int{1: 5000, 4: 5000, 5: 4000, 200: 100} {
		b := &bounded{channels: channels}
		f, err := message.New(b, message.Options{}).Search(t.Context(), "alice", message.Search{Keyword: "x", Limit: 1000})
		must(t, err)
		if b.limit != 200 || b.share != share || !slices.Equal(b.ids[:2], []int64{500, 499}) || len(b.ids) != 100 || len(f.Messages) != 0 {
			t.Errorf("%d channels: at most %d, %d of each, read %d", channels, b.limit, b.share, len(b.ids))
		}
	}
}

type bounded struct {
	message.Store
	channels, limit, share int
	ids                    []int64
}

func (b *bounded) Contacts(context.Context, string) ([]message.Party, error) { return nil, nil }
func (b *bounded) Groups(context.Context, string) ([]message.Party, error)   { return nil, nil }

func (b *bounded) Parties(context.Context, string, []message.Channel) ([]message.Party, error) {
	return nil, nil
}

func (b *bounded) Readable(_ context.Context, _ string, _ message.Channel, limit int) ([]int64, error) {
	b.limit = limit
	return make([]int64, b.channels), nil
}

func (b *bounded) Candidates(_ context.Context, _ string, _ []int64, share int, _ time.Time, visit func(message.Candidate)) error {
	b.share = share
	for i := range int64(500) {
		visit(message.Candidate{ID: i + 1, Payload: []byte(`{"type":1,"content":"x"}`)})
	}
	return nil
}

func (b *bounded) Readables(_ context.Context, _ string, ids []int64, _ time.Time) ([]message.Message, error) {
	b.ids = ids
	return nil, nil
}
