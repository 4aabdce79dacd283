package store

import (
	"context"
	"slices"
	"sync"

	"github.com/ruyi-im/ruyi/message"
)

// news is what a transaction is to tell once it has committed.
type news struct{ deliveries []message.Delivery }

// listeners are told what was committed.
type listeners struct {
	mu   sync.RWMutex
	list []*listener // replaced rather than changed
}

type listener struct {
	hear func(ctx context.Context, deliveries []message.Delivery)
}

func (l *listeners) all() []*listener {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.list
}

// OnCommit has listen called after each transaction that emitted something, in
// the goroutine of its caller: when Update returns nil, all have heard. DBs that
// were joined pass their news on and take no listener.
func (db *DB) OnCommit(listen func(ctx context.Context, deliveries []message.Delivery)) (stop func(), ok bool) {
	if db.news != nil {
		return func() {}, false
	}
	l, n := db.listeners, &listener{listen}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(slices.Clip(l.list), n)
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.list = slices.DeleteFunc(slices.Clone(l.list), func(other *listener) bool { return other == n })
	}, true
}

// announcing runs fn in a transaction and, once that has committed, tells what
// it emitted. An outcome that is not known is not told: whoever was connected
// finds a gap, or nothing.
func (db *DB) announcing(ctx context.Context, fn func(tx *DB, conn Conn) error) error {
	var tx *DB
	err := db.engine.Update(ctx, func(conn Conn) error {
		inside := *db
		inside.news = &news{} // afresh: what an attempt before emitted was undone
		tx = &inside
		return fn(tx, conn)
	})
	if err == nil && tx != nil {
		db.tell(ctx, tx.news.deliveries)
	}
	return err
}

// tell passes news on to those who listen, or keeps them until the transaction
// around db has ended.
func (db *DB) tell(ctx context.Context, deliveries []message.Delivery) {
	if len(deliveries) == 0 {
		return
	}
	if db.news != nil {
		db.news.deliveries = append(db.news.deliveries, deliveries...)
		return
	}
	ctx = context.WithoutCancel(ctx) // it has happened, whether or not its caller waits
	for _, l := range db.listeners.all() {
		l.hear(ctx, deliveries)
	}
}

// heard reports whether anybody listens.
func (db *DB) heard() bool { return db.listeners != nil && len(db.listeners.all()) > 0 }

// collecting is a transaction of DB.Update: what stores that join it emit is
// told when it has committed.
type collecting struct {
	Conn
	news *news
}

// Push tells what a joined DB has emitted so far, see Join.
func (db *DB) Push(ctx context.Context) {
	if j, ok := db.engine.(joined); !ok || !j.foreign {
		return
	}
	outside := *db
	outside.news = nil
	deliveries := db.news.deliveries
	db.news.deliveries = nil
	outside.tell(ctx, deliveries)
}

// announce tells what Deliver has stored, or only numbered.
func (s outbox) announce(ctx context.Context, drafts []message.Draft, chats map[message.Channel]*openChat,
	sent []message.Message, copies []queueRow,
) {
	if len(drafts) == 0 || !s.db.heard() {
		return
	}
	by := make(map[int64][]queueRow, len(sent))
	for _, c := range copies {
		by[c.message] = append(by[c.message], c)
	}
	deliveries := make([]message.Delivery, 0, len(drafts))
	for i, d := range drafts {
		to := deliver(d, sent[i], chats[d.Channel])
		for _, c := range by[sent[i].ID] {
			to.To = append(to.To, message.Recipient{UID: c.uid, QueueSeq: c.seq})
		}
		if to.Everybody || len(to.To) > 0 {
			deliveries = append(deliveries, to)
		}
	}
	s.db.tell(ctx, deliveries)
}

// deliver returns who hears m, apart from those in whose queues it is.
func deliver(d message.Draft, m message.Message, chat *openChat) message.Delivery {
	to := message.Delivery{Message: m, Visibles: d.Visibles, Others: d.Others && d.Header.NoPersist}
	switch {
	case d.Recipients == nil && d.Channel.Type == message.Group:
		to.Everybody = d.Header.NoPersist || chat.Large
	case d.Header.NoPersist:
		for _, uid := range d.Recipients {
			if to.Reaches(uid) {
				to.To = append(to.To, message.Recipient{UID: uid})
			}
		}
	}
	return to
}

// Tell satisfies message.Telling.
func (s messageStore) Tell(ctx context.Context, drafts ...message.Draft) {
	drafts = slices.DeleteFunc(slices.Clone(drafts), func(d message.Draft) bool { return !d.Header.NoPersist })
	sent := make([]message.Message, len(drafts))
	for i, d := range drafts {
		sent[i] = stored(d, nil)
		sent[i].ID = s.db.ids.next(d.SentAt)
	}
	outbox{q{nil, s.db}}.announce(ctx, drafts, nil, sent, nil)
}
