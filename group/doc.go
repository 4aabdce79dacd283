// Package group is for groups: members and their roles, invitations, QR codes,
// muting and member sync.
//
// It holds the rule of who may write in a group, and the nouns that the rule
// speaks of, so far. Its operations, 31 to 45 and 47 of the API document, are
// among the pending ones of httpapi's route table, which refuse every call.
package group
