// Package friend keeps the relations between people: requests, friendships and
// what a person sets for a contact.
//
// A friendship is two rows, one owned by each side. Every change of a row takes
// the next tick of its owner's clock as its version, so a client that knows a
// version can ask for what came after it and miss nothing, deletions included.
package friend
