package message_test

import (
	"flag"
	"fmt"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/internal/pgtest"
	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/postgres"
)

// allMessages is how many messages BenchmarkConversations reads from.
var allMessages = flag.Int("messages", 4000, "messages that a benchmark lays in")

// BenchmarkConversations reads a list of 200 conversations, and compares it with
// as many reads of one row by its key.
func BenchmarkConversations(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchConversations(b, openSQLite(b)) })
	b.Run("postgres", func(b *testing.B) {
		db, err := postgres.Open(b.Context(), pgtest.DSN(b)+"&synchronous_commit=off", postgres.Options{AllowWeakDurability: true})
		benchConversations(b, closing(b, db, err))
	})
}

func benchConversations(b *testing.B, db *store.DB) {
	const chats = 200
	ctx, messages := b.Context(), db.Messages()
	for n := 0; n < *allMessages; n += 1000 {
		drafts := make([]message.Draft, min(1000, *allMessages-n))
		for i := range drafts {
			drafts[i] = say(fmt.Sprintf("%032d", i%chats), "alice", "hello")
			drafts[i].Recipients = []string{} // it is the channels that are read
		}
		emit(b, messages, drafts...)
	}
	must(b, db.Update(ctx, func(tx store.Conn) error {
		_, err := tx.ExecContext(ctx, "ANALYZE")
		return err
	}))
	emit(b, messages, message.Command(t0, "refresh", nil, "alice"))
	var point, list time.Duration
	for b.Loop() {
		began := time.Now()
		for range chats {
			_, err := messages.Acked(ctx, "alice")
			must(b, err)
		}
		read := time.Now()
		conversations, err := messages.Conversations(ctx, "alice", t0, chats, 1)
		point, list = point+read.Sub(began), list+time.Since(read)
		must(b, err)
		if len(conversations) != chats {
			b.Fatalf("%d conversations", len(conversations))
		}
	}
	b.ReportMetric(float64(point.Nanoseconds())/float64(b.N*chats), "ns/point")
	b.ReportMetric(float64(list.Nanoseconds())/float64(b.N*chats), "ns/conversation")
	b.ReportMetric(float64(list)/float64(point), "ratio")
}
