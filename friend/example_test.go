package friend_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/store/sqlite"
)

// directory knows everybody; in a program user.Service answers.
type directory struct{}

func (directory) Person(_ context.Context, uid string) (name string, active bool, err error) {
	return "the one called " + uid, true, nil
}

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
	friends := friend.New(db.Friends(), directory{}, friend.Options{})

	fmt.Println(friends.Apply(ctx, "alice", friend.Application{To: "bob", Greeting: "hello"}))
	request, err := db.Friends().Request(ctx, "bob", "alice") // bob's client finds the token in his queue
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(friends.Sure(ctx, "bob", request.Token))
	fmt.Println(friends.Apply(ctx, "alice", friend.Application{To: "bob"}))
	// Output:
	// <nil>
	// <nil>
	// friend.friends: you are friends already
}
