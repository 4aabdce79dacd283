package group_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/ruyi-im/ruyi/group"
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
	err = db.Users().Update(ctx, func(tx user.Tx) error { // in a program people register
		return errors.Join(tx.AddUser(ctx, user.User{UID: "alice", Username: "1", ShortNo: "1", Name: "Alice", Status: user.Active}),
			tx.AddUser(ctx, user.User{UID: "bob", Username: "2", ShortNo: "2", Name: "Bob", Status: user.Active}))
	})
	if err != nil {
		log.Fatal(err)
	}
	groups, err := group.New(db.Groups(), people{"alice": "Alice", "bob": "Bob"}, group.Options{})
	if err != nil {
		log.Fatal(err)
	}

	g, err := groups.Create(ctx, "alice", group.Foundation{Members: []string{"bob"}})
	fmt.Println(g.Group.Name, g.Group.Members, err)
	name := "Friends"
	fmt.Println(groups.Update(ctx, "bob", g.Group.No, group.Change{Name: &name}))
	fmt.Println(groups.Update(ctx, "alice", g.Group.No, group.Change{Name: &name}))
	g, err = groups.Group(ctx, "bob", g.Group.No)
	fmt.Println(g.Group.Name, g.Me.Role == group.Owner, err)
	// Output:
	// Alice、Bob 2 <nil>
	// group.editors: only managers can change the group
	// <nil>
	// Friends false <nil>
}
