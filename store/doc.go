// Package store keeps the data of every domain in SQL.
//
// [DB] hands out one store per domain. Where the data lies is the business of an
// [Engine]: package store/sqlite keeps it in one file, store/postgres in a
// PostgreSQL database that many processes may share. The statements are the same
// for both.
//
// A host that wants its own rows in the same transaction has two ways. On its
// own connection to the same database it begins a transaction and passes it to
// [DB.Join]; or it lets [DB.Update] begin one, which on SQLite shares commits
// with everybody else, and joins that:
//
//	err := db.Update(ctx, func(tx store.Conn) error {
//		if _, err := tx.ExecContext(ctx, "INSERT INTO orders …"); err != nil {
//			return err
//		}
//		core, err := ruyi.New(db.Join(tx), options)
//		if err != nil {
//			return err
//		}
//		return core.Friend.Apply(ctx, seller, friend.Application{To: buyer})
//	})
package store
