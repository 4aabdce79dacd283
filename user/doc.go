// Package user keeps accounts: who exists, how they prove who they are, on which
// devices they are signed in, and what others may see of them.
//
// Secrets never rest as they are. Passwords are argon2id hashes under a pepper
// that lives outside the database, session tokens are kept as SHA-256, SMS codes
// as HMAC-SHA-256. Whoever reads the database can neither log in nor pay.
package user
