package ruyi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/ruyi-im/ruyi"
	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/store/sqlite"
	"github.com/ruyi-im/ruyi/user"
)

// Two people meet on one SQLite file.
func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "ruyi")
	check(err)
	defer os.RemoveAll(dir)
	db, err := sqlite.Open(ctx, filepath.Join(dir, "ruyi.db"), sqlite.Options{})
	check(err)
	defer db.Close()

	core, err := ruyi.New(db, ruyi.Options{Pepper: []byte("32 secret bytes that you keep safe"), User: user.Options{DevCode: "123456"}})
	check(err)
	alice, bob := register(core, "Alice", "13800000001"), register(core, "Bob", "13800000002")

	check(core.Friend.Apply(ctx, alice, friend.Application{To: bob, Greeting: "Shall we talk?"}))
	news, err := core.Message.Queue(ctx, bob, 0, 10)
	check(err)
	var request struct{ Param struct{ Token string } }
	check(json.Unmarshal(news[0].Payload, &request))
	check(core.Friend.Sure(ctx, bob, request.Param.Token))

	contacts, err := core.Friend.Sync(ctx, alice, friend.Cursor{}, 0)
	check(err)
	for _, c := range contacts {
		fmt.Println(c.Name)
	}
	// Output:
	// 系统账号
	// 文件传输助手
	// Bob
}

// register opens an account and returns its uid.
func register(core *ruyi.Core, name, phone string) string {
	signed, err := core.User.Register(context.Background(), user.Registration{
		Phone: user.Phone{Zone: "0086", Number: phone}, Code: "123456", Password: "correct horse", Name: name,
	})
	check(err)
	return signed.User.UID
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
