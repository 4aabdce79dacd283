package storetest_test

import (
	"cmp"
	"context"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/label"
	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/sqlite"
	"github.com/ruyi-im/ruyi/store/storetest"
	"github.com/ruyi-im/ruyi/user"
)

// The checks for races are worth something only as long as they notice a store
// that has one. These stores have the typical ones, on purpose.

func TestChecksPassASoundStore(t *testing.T) {
	db := open(t)
	if err := storetest.CountTries(t.Context(), db); err != nil {
		t.Error(err)
	}
	if err := storetest.CountMessages(t.Context(), db); err != nil {
		t.Error(err)
	}
	if err := storetest.CountContacts(t.Context(), db); err != nil {
		t.Error(err)
	}
	if err := storetest.CountSends(t.Context(), db); err != nil {
		t.Error(err)
	}
}

// A store that looks a number up and then sends, in two transactions, is sound as
// long as the index tells which of two equal messages is the first, and no longer.
func TestCountSendsNoticesLookThenSend(t *testing.T) {
	for _, index := range []bool{true, false} {
		s := lookingStore{DB: open(t), lookers: &sync.WaitGroup{}, looks: &atomic.Int64{}}
		s.lookers.Add(2)
		if index {
			if err := storetest.CountSends(t.Context(), s); err != nil {
				t.Error(err)
			}
			continue
		}
		if err := s.Update(t.Context(), func(tx store.Conn) error {
			_, err := tx.ExecContext(t.Context(), "DROP INDEX ruyi_message_by_client")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		wantNoticed(t, storetest.CountSends(t.Context(), s))
	}
}

// lookingStore looks up in one transaction and stores in another.
type lookingStore struct {
	*store.DB
	lookers *sync.WaitGroup // the first two look before either stores
	looks   *atomic.Int64
}

func (s lookingStore) Messages() message.Store { return lookingMessages{s.DB.Messages(), s} }

type lookingMessages struct {
	message.Store
	s lookingStore
}

func (m lookingMessages) Update(_ context.Context, fn func(tx message.Tx) error) error {
	return fn(lookingTx{messages: m})
}

type lookingTx struct {
	message.Tx
	messages lookingMessages
}

func (lookingTx) MaySend(context.Context, string, message.Channel, message.SendRules) error {
	return nil
}

func (tx lookingTx) Deliver(ctx context.Context, drafts ...message.Draft) (sent []message.Message, err error) {
	_, used, err := tx.messages.Sent(ctx, drafts[0].From, drafts[0].ClientMsgNo)
	if tx.messages.s.looks.Add(1) <= 2 {
		tx.messages.s.lookers.Done()
		tx.messages.s.lookers.Wait()
	}
	if err != nil || used {
		return nil, cmp.Or(err, message.ErrClientMsgNo)
	}
	err = tx.messages.Store.Update(ctx, func(tx message.Tx) error {
		sent, err = tx.Deliver(ctx, drafts...)
		return err
	})
	return sent, err
}

func TestCountTriesNoticesReadThenWrite(t *testing.T) {
	s := splitStore{DB: open(t), readers: &sync.WaitGroup{}, reads: &atomic.Int64{}}
	s.readers.Add(2)
	wantNoticed(t, storetest.CountTries(t.Context(), s))
}

// splitStore reads a code in one transaction and writes it in another.
type splitStore struct {
	*store.DB
	readers *sync.WaitGroup // the first two read before either writes
	reads   *atomic.Int64
}

func (s splitStore) Users() user.Store { return splitUsers{s.DB.Users(), s} }

type splitUsers struct {
	user.Store
	s splitStore
}

func (u splitUsers) Update(_ context.Context, fn func(tx user.Tx) error) error {
	return fn(splitTx{users: u})
}

type splitTx struct {
	user.Tx
	users splitUsers
}

func (tx splitTx) LockCode(ctx context.Context, purpose user.Purpose, p user.Phone) (c user.Code, err error) {
	err = tx.users.Store.Update(ctx, func(tx user.Tx) error {
		c, err = tx.LockCode(ctx, purpose, p)
		return err
	})
	if tx.users.s.reads.Add(1) <= 2 {
		tx.users.s.readers.Done()
		tx.users.s.readers.Wait()
	}
	return c, err
}

func (tx splitTx) SaveCode(ctx context.Context, purpose user.Purpose, p user.Phone, c user.Code) error {
	return tx.users.Store.Update(ctx, func(tx user.Tx) error { return tx.SaveCode(ctx, purpose, p, c) })
}

func TestCountMessagesNoticesANumberCommittedLate(t *testing.T) {
	s := &lateStore{DB: open(t), watched: make(chan struct{}), overtaken: make(chan struct{})}
	wantNoticed(t, storetest.CountMessages(t.Context(), s))
}

// lateStore gives one message its number in one transaction and shows it in
// another, after a reader has seen the next number: what a sequence of the
// database, in the place of the counter's locked row, does now and then.
type lateStore struct {
	*store.DB
	open      atomic.Bool
	reader    string        // whose queue is read first
	watched   chan struct{} // closed when reader is known
	know      sync.Once
	late      atomic.Int64  // the number that is late
	overtaken chan struct{} // closed when a reader has seen a later one
	see       sync.Once
}

func (s *lateStore) Messages() message.Store { return lateMessages{s.DB.Messages(), s} }

type lateMessages struct {
	message.Store
	s *lateStore
}

func (m lateMessages) Queue(ctx context.Context, uid string, after int64, limit int) ([]message.Queued, error) {
	m.s.know.Do(func() { m.s.reader = uid; close(m.s.watched) })
	queue, err := m.Store.Queue(ctx, uid, after, limit)
	if late := m.s.late.Load(); late > 0 && uid == m.s.reader && len(queue) > 0 && queue[len(queue)-1].QueueSeq > late {
		m.s.see.Do(func() { close(m.s.overtaken) })
	}
	return queue, err
}

func (m lateMessages) Update(ctx context.Context, fn func(tx message.Tx) error) error {
	if !m.s.open.Swap(true) { // the first tells only who the people of the group are
		return m.Store.Update(ctx, fn)
	}
	<-m.s.watched
	var hidden int64
	err := m.s.DB.Update(ctx, func(tx store.Conn) error {
		if err := m.s.Join(tx).Messages().Update(ctx, fn); err != nil || m.s.late.Load() > 0 {
			return err
		}
		rows, err := tx.QueryContext(ctx, `UPDATE ruyi_queue SET uid = 'hidden'
			WHERE uid = ? AND seq = (SELECT max(seq) FROM ruyi_queue WHERE uid = ?) RETURNING seq`, m.s.reader, m.s.reader)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := rows.Scan(&hidden); err != nil {
				return err
			}
		}
		m.s.late.Store(hidden)
		return rows.Err()
	})
	if err != nil || hidden == 0 {
		return err
	}
	<-m.s.overtaken
	return m.s.DB.Update(ctx, func(tx store.Conn) error {
		_, err := tx.ExecContext(ctx, "UPDATE ruyi_queue SET uid = ? WHERE uid = 'hidden'", m.s.reader)
		return err
	})
}

func TestCountMessagesNotices(t *testing.T) {
	for name, harm := range map[string]string{
		"a number left out of the queues":   "UPDATE ruyi_queue_head SET seq = seq + 1",
		"a number left out of the channels": "UPDATE ruyi_chat SET seq = seq + 1",
		"a message that one side never got": `UPDATE ruyi_queue SET (chat, message_seq) = (SELECT chat, seq FROM ruyi_message ORDER BY id LIMIT 1)
			WHERE uid = (SELECT min(uid) FROM ruyi_queue)`,
		"a number used twice": "UPDATE ruyi_message SET seq = 0 WHERE seq = 1",
	} {
		t.Run(name, func(t *testing.T) {
			wantNoticed(t, storetest.CountMessages(t.Context(), &harmedStore{DB: open(t), harm: harm}))
		})
	}
}

// harmedStore does harm once, in the transaction of the first message.
type harmedStore struct {
	*store.DB
	harm string
	done atomic.Bool
}

func (s *harmedStore) Messages() message.Store { return harmedMessages{s.DB.Messages(), s} }

type harmedMessages struct {
	message.Store
	s *harmedStore
}

func (m harmedMessages) Update(ctx context.Context, fn func(tx message.Tx) error) error {
	return m.s.DB.Update(ctx, func(tx store.Conn) error {
		if err := m.s.Join(tx).Messages().Update(ctx, fn); err != nil || m.s.done.Load() {
			return err
		}
		res, err := tx.ExecContext(ctx, m.s.harm)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		m.s.done.Store(n > 0) // the first tells only who the people of the group are
		return err
	})
}

func TestCountLabelsNoticesACountWithoutALock(t *testing.T) {
	s := unlockedStore{DB: open(t), counts: &sync.WaitGroup{}, asked: &atomic.Int64{}}
	s.counts.Add(6)
	wantNoticed(t, storetest.CountLabels(t.Context(), s))
}

// unlockedStore counts labels in one transaction and adds one in another.
type unlockedStore struct {
	*store.DB
	counts *sync.WaitGroup // the first six count before any of them adds
	asked  *atomic.Int64
}

func (s unlockedStore) Labels() label.Store { return unlockedLabels{s.DB.Labels(), s} }

type unlockedLabels struct {
	label.Store
	s unlockedStore
}

func (l unlockedLabels) Update(_ context.Context, fn func(tx label.Tx) error) error {
	return fn(unlockedTx{labels: l})
}

type unlockedTx struct {
	label.Tx
	labels unlockedLabels
}

func (tx unlockedTx) LockOwner(ctx context.Context, owner string) (n int, err error) {
	err = tx.labels.Store.Update(ctx, func(inner label.Tx) error {
		n, err = inner.LockOwner(ctx, owner)
		return err
	})
	if tx.labels.s.asked.Add(1) <= 6 {
		tx.labels.s.counts.Done()
		tx.labels.s.counts.Wait()
	}
	return n, err
}

func (tx unlockedTx) AddLabel(ctx context.Context, owner string, d label.Draft, at time.Time) (id int64, err error) {
	err = tx.labels.Store.Update(ctx, func(inner label.Tx) error {
		id, err = inner.AddLabel(ctx, owner, d, at)
		return err
	})
	return id, err
}

func wantNoticed(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		t.Fatal("the check passed a broken store")
	}
	t.Log(err)
}

func open(t *testing.T) *store.DB {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "test.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestCountBlocksNoticesCountingWithoutALock(t *testing.T) {
	s := uncountedStore{DB: open(t), readers: &sync.WaitGroup{}}
	s.readers.Add(12) // all count before anybody blocks
	wantNoticed(t, storetest.CountBlocks(t.Context(), s))
}

// uncountedStore counts a blacklist without having locked it.
type uncountedStore struct {
	*store.DB
	readers *sync.WaitGroup
}

func (s uncountedStore) Friends() friend.Store { return uncountedFriends{s.DB.Friends(), s.readers} }

type uncountedFriends struct {
	friend.Store
	readers *sync.WaitGroup
}

func (f uncountedFriends) Update(_ context.Context, fn func(tx friend.Tx) error) error {
	return fn(uncountedTx{friends: f})
}

type uncountedTx struct {
	friend.Tx
	friends uncountedFriends
}

func (uncountedTx) LockOwners(context.Context, ...string) error { return nil }

func (tx uncountedTx) CountBlocked(ctx context.Context, owner string) (int, error) {
	n, err := tx.friends.CountBlocked(ctx, owner)
	tx.friends.readers.Done()
	tx.friends.readers.Wait()
	return n, err
}

func (tx uncountedTx) SetBlocked(ctx context.Context, owner, peer string, at time.Time) error {
	return tx.friends.Store.Update(ctx, func(tx friend.Tx) error { return tx.SetBlocked(ctx, owner, peer, at) })
}
