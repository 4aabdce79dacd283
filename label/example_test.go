package label_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/ruyi-im/ruyi/label"
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
	users, err := user.New(db.Users(), user.Options{
		Pepper: []byte("32 secret bytes from outside the database"), DevCode: "123456",
	})
	if err != nil {
		log.Fatal(err)
	}
	alice, err := users.Register(ctx, user.Registration{
		Phone: user.Phone{Zone: "0086", Number: "13800000001"}, Code: "123456", Password: "correct horse", Name: "Alice",
	})
	if err != nil {
		log.Fatal(err)
	}
	labels, err := label.New(db.Labels(), label.Options{})
	if err != nil {
		log.Fatal(err)
	}

	// Everybody begins with two contacts, of whom this is one.
	_, err = labels.Create(ctx, alice.User.UID, label.Draft{Name: "Notes to myself", Members: []string{"fileHelper"}})
	if err != nil {
		log.Fatal(err)
	}
	list, err := labels.List(ctx, alice.User.UID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s(%d): %s\n", list[0].Name, list[0].Count(), list[0].Members[0].Name)

	_, err = labels.Create(ctx, alice.User.UID, label.Draft{Name: "Others", Members: []string{"somebody"}})
	fmt.Println(err)
	// Output:
	// Notes to myself(1): 文件传输助手
	// label.member: a member is not one of your contacts
}
