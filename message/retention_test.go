package message_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/message"
)

// pruning is a transaction that remembers what it was told to prune.
type pruning struct {
	message.Tx
	before time.Time
	limit  int
	n      int
	err    error
}

func (p *pruning) Prune(_ context.Context, before time.Time, limit int) (int, error) {
	p.before, p.limit = before, limit
	return p.n, p.err
}

// pruningStore runs it as after a conflict.
type pruningStore struct {
	message.Store
	tx *pruning
}

func (s pruningStore) Update(_ context.Context, fn func(message.Tx) error) error {
	_ = fn(s.tx)
	return fn(s.tx)
}

func TestPruneTakesNoMoreThanATransactionCan(t *testing.T) {
	for limit, want := range map[int]int{
		-1: message.DefaultPruneLimit, 0: message.DefaultPruneLimit, 1: 1, 99: 99,
		message.MaxPruneLimit: message.MaxPruneLimit, message.MaxPruneLimit + 1: message.MaxPruneLimit, 1 << 40: message.MaxPruneLimit,
	} {
		p := &pruning{n: 7}
		n, err := message.New(pruningStore{tx: p}, message.Options{}).Prune(t.Context(), t0, limit)
		if n != 7 || err != nil || p.limit != want || !p.before.Equal(t0) {
			t.Errorf("limit %d: %d messages of %d before %v, %v", limit, n, p.limit, p.before, err)
		}
	}
	p := &pruning{n: 7, err: errors.New("full")}
	if n, err := message.New(pruningStore{tx: p}, message.Options{}).Prune(t.Context(), t0, 1); n != 0 || !errors.Is(err, p.err) {
		t.Errorf("%d, %v", n, err)
	}
}

func TestPrunedMessagesLeaveTheirNumbers(t *testing.T) {
	db := openSQLite(t)
	s := message.New(db.Messages(), message.Options{})
	old := say("alice", "bob", "old")
	old.SentAt = t0.Add(-time.Hour)
	older := say("alice", "bob", "older")
	older.SentAt = old.SentAt
	emit(t, db.Messages(), older, old, say("alice", "bob", "new"))
	must(t, s.Ack(t.Context(), "bob", 1))
	n, err := s.Prune(t.Context(), t0, 0)
	if n != 2 || err != nil {
		t.Errorf("%d pruned, %v", n, err)
	}
	queue, err := s.Queue(t.Context(), "bob", 0, 0)
	must(t, err)
	history, err := s.History(t.Context(), "bob", message.Channel{ID: "alice", Type: message.Person}, 0, 0)
	must(t, err)
	if places(queue) != "3 " || texts(history) != `3{"content":"new","type":1}` {
		t.Errorf("queue %s, history %s", places(queue), texts(history))
	}
}
