// Package postgres keeps a store in a PostgreSQL database, which many processes
// may share. The driver is github.com/jackc/pgx/v5.
//
// Transactions run at READ COMMITTED and take row locks in one fixed order.
// Serialization failures, deadlocks and connections lost before the commit are
// run again. When a connection is lost during the commit, the engine finds out
// from the database whether it took effect and answers accordingly.
package postgres
