package friend_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/user"
)

// members is a group module that knows one code, and what it was asked.
type members struct {
	code  string
	err   error
	db    *store.DB
	asked []string
}

func (m *members) MemberCode(ctx context.Context, code, applicant, target string) (bool, error) {
	m.asked = append(m.asked, code+" "+applicant+" "+target)
	// Inside the transaction of a request this would fail as busy.
	err := m.db.Friends().Update(ctx, func(tx friend.Tx) error { return tx.LockOwners(ctx, applicant, target) })
	return code == m.code, errors.Join(err, m.err)
}

// startSources returns a world in which alice, bob and carol have codes, their
// uid followed by the kind, and bob and carol are friends.
func startSources(t *testing.T, db *store.DB, o friend.Options) *world {
	t.Helper()
	w := start(t, db)
	o.Now = func() time.Time { return w.now }
	w.befriend("bob", "carol")
	w.Service = friend.New(db.Friends(), w.people, o)
	must(t, db.Users().Update(t.Context(), func(tx user.Tx) error {
		for uid, name := range w.people {
			u := user.User{
				UID: uid, Username: uid, ShortNo: uid, Name: name, Status: user.Active,
				Vercode: uid + "@1", QRVercode: uid + "@3",
			}
			if err := tx.AddUser(t.Context(), u); err != nil {
				return err
			}
		}
		return nil
	}))
	return w
}

func (w *world) wantVercode(what, from, to, vercode string, want error) {
	w.t.Helper()
	err := w.Apply(w.t.Context(), from, friend.Application{To: to, Vercode: vercode})
	wantErr(w.t, what+" "+vercode, err, want)
}

func TestVercodes(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := startSources(t, db, friend.Options{})
		strict := friend.Options{RequireVercode: true}
		card, hers, his := w.relation("carol", "bob").Vercode, w.relation("bob", "carol").Vercode, len(w.queue("bob"))
		for _, w.Service = range []friend.Service{w.Service, friend.New(db.Friends(), w.people, strict)} {
			for _, c := range []struct {
				what, vercode string
				want          error
			}{
				{"no kind", "bob", friend.ErrSource},
				{"a kind without a code", "1", friend.ErrSource},
				{"a kind without a code", "2", friend.ErrSource},
				{"an empty kind", "bob@", friend.ErrSource},
				{"only the sign", "@", friend.ErrSource},
				{"an unknown kind", "bob@7", friend.ErrSource},
				{"a padded kind", "bob@01", friend.ErrSource},
				{"a blank after it", "bob@1 ", friend.ErrSource},
				{"a line break", "bob@1\n", friend.ErrSource},
				{"NUL", "bob\x00@1", friend.ErrSource},
				{"no UTF-8", "\xff@1", friend.ErrSource},
				{"turned text", "\u202ebob@1", friend.ErrSource},
				{"101 characters", strings.Repeat("b", 99) + "@1", friend.ErrSource},
				{"100 characters", strings.Repeat("b", 98) + "@1", friend.ErrSourceUnknown},
				{"no code", "@1", friend.ErrSourceUnknown},
				{"no code", "@3", friend.ErrSourceUnknown},
				{"no code", "@4", friend.ErrSourceUnknown},
				{"a pattern", "%@1", friend.ErrSourceUnknown},
				{"upper case", "BOB@1", friend.ErrSourceUnknown},
				{"the QR code as another kind", "bob@3@1", friend.ErrSourceUnknown},
				{"somebody else's", "carol@1", friend.ErrSourceUnknown},
				{"somebody else's", "carol@3", friend.ErrSourceUnknown},
				{"the applicant's own", "alice@1", friend.ErrSourceUnknown},
				{"the card of somebody else", hers, friend.ErrSourceUnknown},
				{"a group without groups", "bob@2", friend.ErrSourceUnknown},
				{"the phone book", "bob@5", friend.ErrSourceUnknown},
				{"an invite code", "bob@6", friend.ErrSourceUnknown},
			} {
				w.wantVercode(c.what, "alice", "bob", c.vercode, c.want)
			}
			if _, err := db.Friends().Request(t.Context(), "bob", "alice"); !errors.Is(err, friend.ErrNotFound) || len(w.queue("bob")) != his {
				t.Errorf("a refusal left a request: %v", err)
			}
		}
		for _, vercode := range []string{"bob@1", "bob@3", card} {
			w.wantVercode("right", "alice", "bob", vercode, nil)
			r, err := db.Friends().Request(t.Context(), "bob", "alice")
			if err != nil || r.Vercode != vercode {
				t.Errorf("request %+v, %v", r, err)
			}
		}
		w.wantVercode("none", "alice", "bob", "", friend.ErrStranger)
	})
}

// TestVercodesAreCheckedInTurn gives every request two faults.
func TestVercodesAreCheckedInTurn(t *testing.T) {
	db := openSQLite(t)
	w := startSources(t, db, friend.Options{RequireVercode: true, MemberCodes: &members{db: db}})
	delete(w.people, "alice")
	w.wantVercode("the applicant is gone", "alice", "bob", "x", friend.ErrApplicant)
	w.wantVercode("friends", "carol", "bob", "x@2", friend.ErrFriends)
	w.wantVercode("friends", "carol", "bob", "", friend.ErrFriends)
	w.wantVercode("nobody", "carol", "alice", "alice@2", friend.ErrNobody)
	w.wantVercode("nobody", "carol", "alice", "", friend.ErrNobody)
	// Text that is none is refused before anybody is asked: here nobody is.
	err := friend.New(nil, nil, friend.Options{}).Apply(t.Context(), "alice", friend.Application{To: "bob", Vercode: "\xff@1"})
	wantErr(t, "no text", err, friend.ErrSource)
}

// TestCardsThatWereWithdrawn follows the code on bob's card, which carol shows.
func TestCardsThatWereWithdrawn(t *testing.T) {
	w := startSources(t, openSQLite(t), friend.Options{RequireVercode: true})
	hers := w.relation("carol", "bob")
	card := hers.Vercode
	hers.Alone = true
	w.save(hers)
	w.wantVercode("bob removed carol", "alice", "bob", card, nil)
	hers.Deleted = true
	w.save(hers)
	w.wantVercode("carol removed bob", "alice", "bob", card, friend.ErrSourceUnknown)
	w.wantVercode("carol comes back", "carol", "bob", card, nil)
	must(t, w.Sure(t.Context(), "bob", w.token("bob")))
	w.wantVercode("the card of the old friendship", "alice", "bob", card, friend.ErrSourceUnknown)
	w.wantVercode("the card of the new one", "alice", "bob", w.relation("carol", "bob").Vercode, nil)
}

func TestSourceStaysWithTheFriendship(t *testing.T) {
	w := startSources(t, openSQLite(t), friend.Options{RequireVercode: true})
	meet := func(vercode, alices, bobs string) {
		t.Helper()
		w.wantVercode("apply", "alice", "bob", vercode, nil)
		w.wantSure("accept", "bob", w.token("bob"), nil)
		mine, his := w.relation("alice", "bob"), w.relation("bob", "alice")
		if mine.Source != alices || his.Source != bobs {
			t.Errorf("sources %q and %q after %q, want %q and %q", mine.Source, his.Source, vercode, alices, bobs)
		}
		for _, r := range []friend.Relation{mine, his} {
			r.Deleted, r.Alone = true, true
			w.save(r)
		}
	}
	meet("bob@1", "bob@1", "bob@1")
	meet("", "bob@1", "bob@1")
	meet("bob@3", "bob@3", "bob@3")
	r := w.relation("bob", "alice")
	r.Source = ""
	w.save(r)
	w.wantVercode("bob's list does not know", "bob", "alice", "", friend.ErrVercodeMissing)
	meet("", "bob@3", "")
	w.wantVercode("bob's list does not know carol", "bob", "dora", "", friend.ErrNobody)
	w.wantVercode("no list knows", "alice", "carol", "", friend.ErrStranger)
}

func TestMemberCodes(t *testing.T) {
	db := openSQLite(t)
	group := &members{code: "m@2", db: db}
	w := startSources(t, db, friend.Options{RequireVercode: true, MemberCodes: group})
	w.wantVercode("search", "alice", "bob", "bob@1", nil)
	w.wantSure("a stranger", "carol", w.token("bob"), friend.ErrToken)
	if len(group.asked) != 0 {
		t.Errorf("the group was asked %q about other codes", group.asked)
	}
	w.wantVercode("another code", "alice", "bob", "n@2", friend.ErrSourceUnknown)
	forbidden := errors.New("the group forbids it")
	group.err = forbidden
	w.wantVercode("forbidden", "alice", "bob", "m@2", forbidden)
	group.err = nil
	w.wantVercode("right", "alice", "bob", "m@2", nil)
	if got := group.asked[len(group.asked)-1]; got != "m@2 alice bob" {
		t.Errorf("asked about %s", got)
	}

	token := w.token("bob")
	group.err = forbidden
	w.wantSure("forbidden by now", "bob", token, forbidden)
	group.err, group.code = nil, "changed@2"
	w.wantSure("no member by now", "bob", token, friend.ErrSourceUnknown)
	if r := w.relation("bob", "alice"); r != (friend.Relation{}) {
		t.Errorf("relation %+v", r)
	}
	group.code = "m@2"
	w.wantSure("a member again", "bob", token, nil)
	if r := w.relation("bob", "alice"); r.Source != "m@2" {
		t.Errorf("source %q", r.Source)
	}
}
