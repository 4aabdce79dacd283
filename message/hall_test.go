package message_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/group"
	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/user"
)

// hall is where people and groups talk, with a clock that the test controls.
type hall struct {
	message.Service
	t   *testing.T
	db  *store.DB
	now time.Time
}

// enter returns a hall with these people in it.
func enter(t *testing.T, db *store.DB, o message.Options, uids ...string) *hall {
	h := &hall{t: t, db: db, now: t0}
	o.Now = h.Now
	h.Service = message.New(db.Messages(), o)
	must(t, db.Users().Update(t.Context(), func(tx user.Tx) error {
		for _, uid := range uids {
			u := user.User{UID: uid, Username: uid, ShortNo: uid, Status: user.Active}
			if err := errors.Join(tx.AddUser(t.Context(), u), tx.AddContact(t.Context(), uid, message.System, t0)); err != nil {
				return err
			}
		}
		return nil
	}))
	return h
}

func (h *hall) Now() time.Time { return h.now }

// exec runs statements of the test itself.
func (h *hall) exec(statements ...string) {
	h.t.Helper()
	must(h.t, h.db.Update(h.t.Context(), func(tx store.Conn) error {
		for _, s := range statements {
			if _, err := tx.ExecContext(h.t.Context(), s); err != nil {
				return fmt.Errorf("%s: %w", s, err)
			}
		}
		return nil
	}))
}

// befriend makes two people contacts of each other.
func (h *hall) befriend(a, b string) {
	h.t.Helper()
	must(h.t, h.db.Friends().Update(h.t.Context(), func(tx friend.Tx) error {
		return errors.Join(tx.SaveRelation(h.t.Context(), friend.Relation{Owner: a, Peer: b}, t0),
			tx.SaveRelation(h.t.Context(), friend.Relation{Owner: b, Peer: a}, t0))
	}))
}

// block is what package friend does when owner blocks peer, in one transaction.
func (h *hall) block(owner, peer string) error {
	return h.change(func(tx friend.Tx) error { return tx.LockOwners(h.t.Context(), owner, peer) },
		fmt.Sprintf("INSERT INTO ruyi_contact_setting (owner, peer, blocked_at) VALUES ('%s', '%s', 1)", owner, peer))
}

// unblock undoes it.
func (h *hall) unblock(owner, peer string) error {
	return h.change(func(tx friend.Tx) error { return tx.LockOwners(h.t.Context(), owner, peer) },
		fmt.Sprintf("DELETE FROM ruyi_contact_setting WHERE owner = '%s' AND peer = '%s'", owner, peer))
}

// change runs a statement behind a lock.
func (h *hall) change(lock func(tx friend.Tx) error, statement string) error {
	ctx := h.t.Context()
	return h.db.Update(ctx, func(tx store.Conn) error {
		if err := h.db.Join(tx).Friends().Update(ctx, lock); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, statement)
		return err
	})
}

// found opens a group whose first member owns it.
func (h *hall) found(no string, members ...string) {
	h.t.Helper()
	h.exec(fmt.Sprintf(`INSERT INTO ruyi_group (no, name, notice, creator, status, category, large, invite, forbidden,
		forbidden_add_friend, view_history, member_pin, members, avatar, version, created_at, updated_at)
		VALUES ('%s', 'g', '', '%s', 1, '', 0, 0, 0, 0, 1, 0, %d, 0, 0, 1, 1)`, no, members[0], len(members)))
	for i, uid := range members {
		role := group.Ordinary
		if i == 0 {
			role = group.Owner
		}
		h.exec(fmt.Sprintf(`INSERT INTO ruyi_group_member (group_no, uid, role, status, deleted, version, remark,
			invite_uid, vercode, muted_until, created_at, updated_at)
			VALUES ('%s', '%s', %d, 1, 0, %d, '', '', '', 0, 1, 1)`, no, uid, role, i+1))
	}
	must(h.t, h.db.Messages().Update(h.t.Context(), func(tx message.Tx) error {
		return tx.Subscribe(h.t.Context(), in(no), true, members...)
	}))
}

// send sends a text.
func (h *hall) send(from string, to message.Channel, text string) error {
	_, err := h.Send(h.t.Context(), from, message.Outgoing{Channel: to, Payload: words(text)})
	return err
}

// heard returns the payloads in the queue of uid.
func (h *hall) heard(uid string) string {
	h.t.Helper()
	queue, err := h.db.Messages().Queue(h.t.Context(), uid, 0, 1000)
	must(h.t, err)
	all := []string{}
	for _, m := range queue {
		all = append(all, string(m.Payload))
	}
	return strings.Join(all, " ")
}

// number returns the one a query asks for.
func (h *hall) number(query string) (n int64) {
	h.t.Helper()
	must(h.t, h.db.Update(h.t.Context(), func(tx store.Conn) error {
		rows, err := tx.QueryContext(h.t.Context(), query)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := rows.Scan(&n); err != nil {
				return err
			}
		}
		return rows.Err()
	}))
	return n
}

func to(uid string) message.Channel { return message.Channel{ID: uid, Type: message.Person} }
func in(no string) message.Channel  { return message.Channel{ID: no, Type: message.Group} }

func words(text string) []byte { return fmt.Appendf(nil, `{"type": 1, "content": %q}`, text) }

// statements returns how many statements do runs.
func (h *hall) statements(do func(s message.Service)) (n int) {
	h.t.Helper()
	must(h.t, h.db.Update(h.t.Context(), func(tx store.Conn) error {
		do(message.New(h.db.Join(counting{tx, &n}).Messages(), message.Options{}))
		return nil
	}))
	return n
}

// counting counts the statements that run on a connection, savepoints aside.
type counting struct {
	store.Conn
	n *int
}

func (c counting) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if !strings.Contains(query, "SAVEPOINT") {
		*c.n++
	}
	return c.Conn.ExecContext(ctx, query, args...)
}

func (c counting) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	*c.n++
	return c.Conn.QueryContext(ctx, query, args...)
}
