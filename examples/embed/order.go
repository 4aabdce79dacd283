package main

import (
	"context"

	"github.com/ruyi-im/ruyi"
	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/store"
)

// createOrders makes the table that this program keeps beside ruyi's.
func createOrders(ctx context.Context, db *store.DB) error {
	return db.Update(ctx, func(tx store.Conn) error {
		_, err := tx.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS shop_order (
			id INTEGER PRIMARY KEY, buyer TEXT NOT NULL, seller TEXT NOT NULL, item TEXT NOT NULL)`)
		return err
	})
}

// placeOrder stores an order and introduces the buyer to the seller, both or
// neither: a seller who does not exist undoes the order.
func placeOrder(ctx context.Context, db *store.DB, o ruyi.Options, buyer, seller, item string) error {
	return db.Update(ctx, func(tx store.Conn) error {
		if _, err := tx.ExecContext(ctx,
			"INSERT INTO shop_order (buyer, seller, item) VALUES (?, ?, ?)", buyer, seller, item); err != nil {
			return err
		}
		// Not the core of the whole program: that one would wait for this
		// transaction to end.
		core, err := ruyi.New(db.Join(tx), o)
		if err != nil {
			return err
		}
		return core.Friend.Apply(ctx, buyer, friend.Application{To: seller, Greeting: item})
	})
}
