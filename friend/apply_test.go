package friend_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/store"
)

// TestFirstPath follows two people from a request to their first messages.
func TestFirstPath(t *testing.T) {
	for _, c := range []struct{ greeting, first string }{{"你好 😀", "你好 😀"}, {"", "我是Alice"}} {
		t.Run(c.greeting, func(t *testing.T) {
			w := start(t, openSQLite(t))
			must(t, w.Apply(t.Context(), "alice", friend.Application{To: "bob", Greeting: c.greeting}))
			token := w.token("bob")
			if !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(token) {
				t.Errorf("token %q", token)
			}
			request := fmt.Sprintf(`u_10000 to bob: {"cmd":"friendRequest","param":{"apply_name":"Alice",`+
				`"apply_uid":"alice","remark":"%s","to_uid":"bob","token":"%s"},"type":99}`, c.greeting, token)
			w.wantQueue("bob", request)
			w.wantQueue("alice")

			must(t, w.Sure(t.Context(), "bob", token))
			news := func(uid string) []string {
				return []string{
					"u_10000 to " + uid + `: {"cmd":"friendAccept","param":{"from_name":"Bob","from_uid":"bob","to_uid":"alice"},"type":99}`,
					`bob to alice: {"content":"我们已经是好友了，可以愉快的聊天了！","type":2000}`,
					`alice to bob: {"content":"` + c.first + `","type":1}`,
				}
			}
			w.wantQueue("alice", news("alice")...)
			w.wantQueue("bob", append([]string{request}, news("bob")...)...)
			w.wantQueue("carol")
		})
	}
}

func (w *world) wantQueue(uid string, want ...string) {
	w.t.Helper()
	if got := w.queue(uid); !slices.Equal(got, want) {
		w.t.Errorf("queue of %s:\n%s\nwant\n%s", uid, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestGreetingOfTheHost(t *testing.T) {
	w := start(t, openSQLite(t))
	w.Service = friend.New(w.db.Friends(), w.people, friend.Options{Greeting: "welcome", Now: func() time.Time { return t0 }})
	w.befriend("alice", "bob")
	if tip := w.queue("alice")[1]; tip != `bob to alice: {"content":"welcome","type":2000}` {
		t.Errorf("tip %s", tip)
	}
}

func TestApplyRefusals(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db)
		long := strings.Repeat("好", 64)
		for _, c := range []struct {
			what, from, to, greeting string
			want                     error
		}{
			{"nobody named", "alice", "", "\x00", friend.ErrToMissing},
			{"self", "alice", "alice", "\x00", friend.ErrSelf},
			{"65 characters", "gone", "nobody", long + "!", friend.ErrRemark},
			{"line break", "alice", "bob", "a\nb", friend.ErrRemark},
			{"turned text", "alice", "bob", "\u202eevil", friend.ErrRemark},
			{"no UTF-8", "alice", "bob", "\xff", friend.ErrRemark},
			{"applicant gone", "gone", "nobody", long, friend.ErrApplicant},
			{"target gone", "alice", "nobody", long, friend.ErrNobody},
			{"target is no text", "alice", "bob\x00", long, friend.ErrNobody},
			{"target is no UTF-8", "alice", "\xff", long, friend.ErrNobody},
		} {
			w.wantApply(c.what, c.from, c.to, c.greeting, c.want)
		}
		w.wantQueue("bob")
		w.wantQueue("nobody")
		w.wantApply("64 characters", "alice", "bob", long, nil)
	})
}

func TestApplyAgainRenewsTheRequest(t *testing.T) {
	w := start(t, openSQLite(t))
	w.apply("alice", "bob")
	old := w.token("bob")
	w.now = t0.Add(friend.RequestLife)
	w.wantApply("again", "alice", "bob", "hello?", nil)
	got, err := w.db.Friends().Request(t.Context(), "bob", "alice")
	must(t, err)
	want := friend.Request{
		ID: got.ID, To: "bob", From: "alice", Token: w.token("bob"), Remark: "hello?",
		CreatedAt: t0, UpdatedAt: w.now, ExpiresAt: w.now.Add(friend.RequestLife),
	}
	if got != want || got.Token == old {
		t.Errorf("request %+v\nwant    %+v", got, want)
	}
	w.wantSure("the old token", "bob", old, friend.ErrToken)
	w.wantSure("the new token", "bob", got.Token, nil)
}

func TestApplyDependsOnBothSides(t *testing.T) {
	for _, c := range []struct {
		what string
		side *friend.Relation // what has become of one side, nil for nothing
		want error
	}{
		{"friends", nil, friend.ErrFriends},
		{"the other removed me", &friend.Relation{Owner: "bob", Peer: "alice", Deleted: true, Alone: true}, nil},
		{"the other's row is a tombstone", &friend.Relation{Owner: "bob", Peer: "alice", Deleted: true}, nil},
		{"I was removed, as I know", &friend.Relation{Owner: "alice", Peer: "bob", Alone: true}, nil},
		{"I removed the other", &friend.Relation{Owner: "alice", Peer: "bob", Deleted: true, Alone: true}, nil},
	} {
		t.Run(c.what, func(t *testing.T) {
			w := start(t, openSQLite(t))
			w.befriend("bob", "alice")
			if c.side != nil {
				w.save(*c.side)
			}
			w.wantApply("apply", "alice", "bob", "again", c.want)
			if c.want != nil {
				return
			}
			w.wantSure("accept", "bob", w.token("bob"), nil)
			w.wantFriends("alice", "bob")
			w.wantApply("friends again", "bob", "alice", "", friend.ErrFriends)
		})
	}
}

// wantFriends checks both sides of a friendship that applicant asked for.
func (w *world) wantFriends(applicant, accepter string) {
	w.t.Helper()
	mine, theirs := w.relation(applicant, accepter), w.relation(accepter, applicant)
	for _, c := range []struct{ got, want friend.Relation }{
		{mine, friend.Relation{Owner: applicant, Peer: accepter, Initiator: true}},
		{theirs, friend.Relation{Owner: accepter, Peer: applicant}},
	} {
		c.want.ID, c.want.Version, c.want.CreatedAt, c.want.Vercode = c.got.ID, c.got.Version, t0, c.got.Vercode
		if c.got != c.want || !regexp.MustCompile(`^[0-9a-f]{32}@4$`).MatchString(c.got.Vercode) {
			w.t.Errorf("relation %+v\nwant     %+v", c.got, c.want)
		}
	}
	if mine.Vercode == theirs.Vercode {
		w.t.Error("both sides have the same vercode")
	}
}
