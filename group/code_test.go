package group_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/group"
	"github.com/ruyi-im/ruyi/store"
)

// picture returns the code of a picture of a group by one of its members.
func (w *world) picture(uid, no string) string {
	w.t.Helper()
	p, err := w.QRCode(w.t.Context(), uid, no)
	if must(w.t, err); !p.ExpiresAt.Equal(w.now.Add(group.QRCodeLife)) {
		w.t.Errorf("the picture ends at %v", p.ExpiresAt)
	}
	return p.Code
}

// joinCode returns the code with which uid can join after scanning the picture of
// a member.
func (w *world) joinCode(sharer, uid, no string) string {
	w.t.Helper()
	scanned, err := w.Scan(w.t.Context(), uid, w.picture(sharer, no))
	must(w.t, err)
	if scanned.Group != no || scanned.Join == "" {
		w.t.Fatalf("%s scanned %+v", uid, scanned)
	}
	return scanned.Join
}

// invite lets bob invite people and returns the number of the invite, as alice
// learns it.
func (w *world) invite(no string, uids ...string) string {
	w.t.Helper()
	must(w.t, w.Invite(w.t.Context(), "bob", no, group.Invitation{UIDs: uids, Remark: "r"}))
	inviteNo := ""
	for _, line := range w.news("alice", no) {
		var p struct {
			Type     int
			InviteNo string `json:"invite_no"`
		}
		must(w.t, json.Unmarshal([]byte(line), &p))
		if p.Type == 1009 {
			inviteNo = p.InviteNo
		}
	}
	if len(inviteNo) != 32 {
		w.t.Fatalf("invite %q", inviteNo)
	}
	return inviteNo
}

// confirmCode returns the code with which uid can confirm an invite.
func (w *world) confirmCode(uid, no, inviteNo string) string {
	w.t.Helper()
	code, err := w.ConfirmCode(w.t.Context(), uid, no, inviteNo)
	must(w.t, err)
	return code
}

// codeUse tries a code where it may act, by its preview and by the act.
type codeUse struct {
	name   string
	detail func(ctx context.Context, code string) error
	act    func(ctx context.Context, code string) error
}

func (w *world) joins(no string) codeUse {
	return codeUse{"join", func(ctx context.Context, code string) error {
		_, err := w.JoinDetail(ctx, code, no)
		return err
	}, func(ctx context.Context, code string) error { return w.Join(ctx, code, no) }}
}

func (w *world) confirms() codeUse {
	return codeUse{"confirm", func(ctx context.Context, code string) error {
		_, err := w.ConfirmDetail(ctx, code)
		return err
	}, w.Confirm}
}

// wantRefused tries a code and wants nothing to change.
func (w *world) wantRefused(what string, a codeUse, no, code string, want error) {
	w.t.Helper()
	before := w.stored(no)
	wantErr(w.t, what+", "+a.name+" detail", a.detail(w.t.Context(), code), want)
	wantErr(w.t, what+", "+a.name, a.act(w.t.Context(), code), want)
	if got := w.stored(no); got != before {
		w.t.Errorf("%s, %s: changed\n%s\nto\n%s", what, a.name, before, got)
	}
}

func TestCodesAreGoodForOneThing(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		w := start(t, db, group.Options{})
		no, other := w.found("bob"), w.found("carol")
		picture, join := w.picture("bob", no), w.joinCode("bob", "eve", no)
		foreign := w.joinCode("carol", "eve", other)
		confirm := w.confirmCode("alice", no, w.invite(no, "dave"))
		for what, code := range map[string]string{
			"none": "", "made up": strings.Repeat("0", 32), "garbage": "' OR 1=1", "NUL": "a\x00b", "no text": "\xff",
			"long": strings.Repeat("a", 1<<16), "upper case": strings.ToUpper(join) + "A",
		} {
			w.wantRefused(what, w.joins(no), no, code, group.ErrJoinCode)
			w.wantRefused(what, w.confirms(), no, code, group.ErrConfirmCode)
			_, err := w.Scan(t.Context(), "eve", code)
			wantErr(t, what+", scan", err, group.ErrQRCode)
		}
		w.wantRefused("a picture", w.joins(no), no, picture, group.ErrNotJoinCode)
		w.wantRefused("a confirmation", w.joins(no), no, confirm, group.ErrNotJoinCode)
		w.wantRefused("another group's", w.joins(no), no, foreign, group.ErrOtherGroup)
		w.wantRefused("no group", w.joins(""), no, join, group.ErrNoMissing)
		w.wantRefused("unknown group", w.joins("unknown"), no, join, group.ErrNotFound)
		w.wantRefused("a group of no text", w.joins("a\x00"), no, join, group.ErrNotFound)
		w.wantRefused("a picture", w.confirms(), no, picture, group.ErrNotConfirmCode)
		w.wantRefused("a joining", w.confirms(), no, join, group.ErrNotConfirmCode)
		for _, code := range []string{join, confirm} {
			_, err := w.Scan(t.Context(), "eve", code)
			wantErr(t, "a code that is no picture's", err, group.ErrQRCode)
		}

		w.now = t0.Add(group.ConfirmCodeLife)
		w.wantRefused("late", w.confirms(), no, confirm, group.ErrConfirmCode)
		w.now = t0.Add(group.JoinCodeLife)
		w.wantRefused("late", w.joins(no), no, join, group.ErrJoinCode)
		w.now = t0.Add(group.QRCodeLife - time.Millisecond)
		_, err := w.Scan(t.Context(), "eve", picture)
		wantErr(t, "the last moment", err, nil)
		w.now = t0.Add(group.QRCodeLife)
		_, err = w.Scan(t.Context(), "eve", picture)
		wantErr(t, "a late scan", err, group.ErrQRCode)
	})
}

func TestOldCodesAreClearedAway(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{})
	no := w.found("bob")
	for range 3 {
		w.joinCode("bob", "eve", no)
	}
	w.now = t0.Add(group.QRCodeLife)
	w.picture("bob", no)
	if n := w.rows("ruyi_group_code"); n != 1 {
		t.Errorf("%d codes are left, want the new one", n)
	}
}

// TestCodesAreNotStored looks for codes in the clear.
func TestCodesAreNotStored(t *testing.T) {
	w := start(t, openSQLite(t), group.Options{})
	no := w.found("bob")
	for _, code := range []string{
		w.picture("bob", no), w.joinCode("bob", "eve", no), w.confirmCode("alice", no, w.invite(no, "dave")),
	} {
		if len(code) != 32 {
			t.Errorf("code %q", code)
		}
		must(t, w.db.Update(t.Context(), func(tx store.Conn) error {
			rows, err := tx.QueryContext(t.Context(), "SELECT 1 FROM ruyi_group_code WHERE hash = ? OR invite_no = ?", code, code)
			if err != nil {
				return err
			}
			defer rows.Close()
			if rows.Next() {
				t.Errorf("%s is stored", code)
			}
			return rows.Err()
		}))
	}
}
