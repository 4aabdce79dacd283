// Package group is for groups: members and their roles, invitations, QR codes,
// muting and member sync.
//
// It holds no code yet. Its operations, 31 to 45 and 47 of the API document, are
// among the pending ones of httpapi's route table, which refuse every call.
package group
