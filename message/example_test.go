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
	"github.com/ruyi-im/ruyi/user"
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

// A program sends for people, who must exist, and speaks itself with Notify.
func Example_send() {
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
	// A code that is known stands in for an SMS.
	users, err := user.New(db.Users(), user.Options{Pepper: make([]byte, 32), DevCode: "123456"})
	if err != nil {
		log.Fatal(err)
	}
	var uids []string
	for _, phone := range []string{"13800000001", "13800000002"} {
		signed, err := users.Register(ctx, user.Registration{
			Phone: user.Phone{Zone: "0086", Number: phone}, Code: "123456", Password: "a-good-password",
		})
		if err != nil {
			log.Fatal(err)
		}
		uids = append(uids, signed.User.UID)
	}
	messages := message.New(db.Messages(), message.Options{})

	hello := message.Outgoing{
		Channel:     message.Channel{ID: uids[1], Type: message.Person},
		ClientMsgNo: "order-7", // so that it arrives once, however often it is sent
		Payload:     []byte(`{"type":1,"content":"your order is ready"}`),
		Header:      message.Header{RedDot: true},
	}
	first, err := messages.Send(ctx, uids[0], hello)
	fmt.Println(first.Seq, err)
	again, err := messages.Send(ctx, uids[0], hello)
	fmt.Println(again.ID == first.ID, err)
	hello.Payload = []byte(`{"type":1000}`)
	_, err = messages.Send(ctx, uids[0], hello)
	fmt.Println(err)
	_, err = messages.Notify(ctx, message.Command(time.Now(), "refresh", nil, uids...))
	fmt.Println(err)
	// Output:
	// 1 <nil>
	// true <nil>
	// message.reserved: messages of this type cannot be sent
	// <nil>
}
