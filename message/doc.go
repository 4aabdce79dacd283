// Package message carries what people and the system tell each other.
//
// A message is the event: visible messages appear in a chat, commands (type 99)
// tell a client to refresh something. Whoever changes data emits the news of it
// through an [Outbox] in the same transaction, so nothing is told that did not
// happen and nothing that happened is left untold.
//
// Two logs keep what was emitted. A channel's history holds the visible
// messages of one conversation, numbered 1, 2, 3 … per channel. A user's queue
// holds everything that user receives, commands included, numbered 1, 2, 3 … per
// user; a client that was away reads it from where it stopped. Both numbers come
// from a counter that is locked until the transaction commits: whoever has seen
// n+1 can read n.
//
// What a channel is to one of its people is a conversation: how much of it is
// unread, up to where it was cleared or read, and what the person's devices keep
// about it. It changes only while its channel is locked.
//
// After its commit the news of a transaction are also pushed to who is connected,
// by a [Gateway] such as [Hub]. Messages with Header.NoPersist are pushed only.
package message
