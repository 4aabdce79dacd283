package storetest_test

import (
	"context"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/storetest"
)

func TestFollowersPassASoundStore(t *testing.T) {
	db := open(t)
	for _, check := range []func(context.Context, storetest.Stores) error{
		storetest.CountUnread, storetest.FollowConversationExtras, storetest.FollowReminders,
	} {
		if err := check(t.Context(), db); err != nil {
			t.Error(err)
		}
	}
}

func TestFollowersNotice(t *testing.T) {
	ctx := t.Context()
	for _, c := range []struct {
		what  string
		check func(context.Context, storetest.Stores) error
		harm  func(message.Tx, store.Conn) message.Tx
	}{
		{"a look that does not hold the channel", storetest.CountUnread,
			func(tx message.Tx, _ store.Conn) message.Tx { return openTx{tx} }},
		{"an extra under an old version", storetest.FollowConversationExtras,
			func(tx message.Tx, conn store.Conn) message.Tx { return oldTx{tx, conn} }},
		{"reminders finished under their old version", storetest.FollowReminders,
			func(tx message.Tx, conn store.Conn) message.Tx { return oldTx{tx, conn} }},
	} {
		t.Run(c.what, func(t *testing.T) {
			wantNoticed(t, c.check(ctx, harmfulStore{open(t), c.harm}))
		})
	}
}

// harmfulStore changes what transactions do.
type harmfulStore struct {
	*store.DB
	harm func(message.Tx, store.Conn) message.Tx
}

func (s harmfulStore) Messages() message.Store { return harmfulMessages{s.DB.Messages(), s} }

type harmfulMessages struct {
	message.Store
	s harmfulStore
}

func (m harmfulMessages) Update(ctx context.Context, fn func(tx message.Tx) error) error {
	return m.s.DB.Update(ctx, func(conn store.Conn) error {
		return m.s.Join(conn).Messages().Update(ctx, func(tx message.Tx) error { return fn(m.s.harm(tx, conn)) })
	})
}

// openTx lets a message in behind a standing that was read to be changed.
type openTx struct{ message.Tx }

func (tx openTx) LockStanding(ctx context.Context, uid string, ch message.Channel) (message.Standing, error) {
	st, err := tx.Tx.LockStanding(ctx, uid, ch)
	if err != nil {
		return st, err
	}
	d := message.Between(time.UnixMilli(1767225600000), "somebody", "somebody", map[string]any{"type": message.TypeText})
	d.Channel, d.Recipients = ch, nil
	return st, tx.Emit(ctx, d)
}

// oldTx changes what devices are told about without a new version.
type oldTx struct {
	message.Tx
	conn store.Conn
}

func (tx oldTx) SaveConversationExtra(ctx context.Context, st message.Standing, x message.ConversationExtra) (int64, error) {
	version, err := tx.Tx.SaveConversationExtra(ctx, st, x)
	if err != nil {
		return 0, err
	}
	_, err = tx.conn.ExecContext(ctx, `UPDATE ruyi_conversation SET extra_version = chat
		WHERE uid = ? AND extra_version = ?`, st.UID, version)
	return version, err
}

func (tx oldTx) FinishReminders(ctx context.Context, _ string, ids []int64) error {
	for _, id := range ids {
		if _, err := tx.conn.ExecContext(ctx, "UPDATE ruyi_reminder SET done = 1 WHERE id = ?", id); err != nil {
			return err
		}
	}
	return nil
}
