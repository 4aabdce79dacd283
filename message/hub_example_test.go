package message_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ruyi-im/ruyi"
	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store/sqlite"
	"github.com/ruyi-im/ruyi/user"
)

// A server pushes to the clients that are connected to it, over any protocol.
func ExampleHub() {
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
	hub := message.NewHub(message.HubOptions{})
	core, err := ruyi.New(db, ruyi.Options{Pepper: []byte(strings.Repeat("s", 32)), User: user.Options{DevCode: "123456"}, Gateway: hub})
	if err != nil {
		log.Fatal(err)
	}
	// A server also has core.Run run: it reports who is online.

	signed, err := core.User.Register(ctx, user.Registration{
		Phone: user.Phone{Zone: "0086", Number: "13800000001"}, Code: "123456", Password: "correct horse",
	})
	if err != nil {
		log.Fatal(err)
	}

	// Somebody connects, with the token of a session.
	session, err := core.User.Authenticate(ctx, signed.Token)
	if err != nil {
		log.Fatal(err)
	}
	conn := hub.Connect(ctx, session.UID, message.Device{
		Flag: uint8(session.Flag), ID: session.DeviceID, Session: session.TokenHash,
	})
	defer conn.Close()

	// Whoever changes something in the meantime …
	err = db.Messages().Update(ctx, func(tx message.Tx) error {
		return tx.Emit(ctx, message.Between(time.Now(), message.System, session.UID,
			map[string]any{"type": message.TypeText, "content": "welcome"}))
	})
	if err != nil {
		log.Fatal(err)
	}
	err = core.User.SignOut(ctx, session)
	if err != nil {
		log.Fatal(err)
	}

	// … is heard at once, as long as the session lives.
	for m := range conn.Deliveries() {
		channel, _ := m.ChannelFor(conn.UID())
		fmt.Println(m.QueueSeq, channel, string(m.Payload))
	}
	fmt.Println(conn.Err())
	// Output:
	// 1 u_10000 {"content":"welcome","type":1}
	// message: the session has ended
}
