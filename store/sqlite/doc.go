// Package sqlite keeps a store in one SQLite file, with the pure Go driver
// modernc.org/sqlite.
//
// Readers have connections of their own and never wait for a writer. There is
// exactly one writer, and it shares commits: whoever finds it idle becomes its
// leader, runs the transactions that wait one after another, each in a
// savepoint, and answers them all after one durable commit. So 64 callers cost
// few more syncs than one, nobody ever meets a busy database within the process,
// and every answer is on the disk.
//
// Leave the file to this package while it is open: copying or opening it by
// other means within the same process drops the locks POSIX keeps on it. Back it
// up with the statement VACUUM INTO. Do not put it on a network file system.
package sqlite
