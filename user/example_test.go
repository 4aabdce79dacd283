package user_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"

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
		Pepper:  []byte("32 secret bytes from outside the database"),
		DevCode: "123456", // a program has an SMS provider instead
	})
	if err != nil {
		log.Fatal(err)
	}

	signed, err := users.Register(ctx, user.Registration{
		Phone: user.Phone{Zone: "0086", Number: "13800000001"}, Code: "123456", Password: "correct horse", Name: "Alice",
	})
	if err != nil {
		log.Fatal(err)
	}
	session, err := users.Authenticate(ctx, signed.Token)
	fmt.Println(signed.User.Name, session.UID == signed.User.UID, err)

	_, err = users.Login(ctx, user.Login{Username: "008613800000001", Password: "wrong"})
	fmt.Println(errors.Is(err, user.ErrCredentials))
	// Output:
	// Alice true <nil>
	// true
}
