package message_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store/sqlite"
)

func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "ruyi")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	db, err := sqlite.Open(ctx, filepath.Join(dir, "ruyi.db"), sqlite.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	messages := message.New(db.Messages(), message.Options{})

	// Other domains emit their news where they change their data.
	err = db.Messages().Update(ctx, func(tx message.Tx) error {
		return tx.Emit(ctx,
			message.Between(time.Now(), "alice", "bob", map[string]any{"type": message.TypeText, "content": "hello"}),
			message.Command(time.Now(), "refresh", nil, "bob"))
	})
	if err != nil {
		log.Fatal(err)
	}

	queue, err := messages.Queue(ctx, "bob", 0, 10)
	for _, m := range queue {
		from, _ := m.ChannelFor("bob")
		fmt.Println(m.QueueSeq, from, string(m.Payload))
	}
	fmt.Println(err, messages.Ack(ctx, "bob", 2))
	// Output:
	// 1 alice {"content":"hello","type":1}
	// 2 u_10000 {"cmd":"refresh","type":99}
	// <nil> <nil>
}
