// Package group keeps groups: members and their roles, settings, invitations, QR
// codes, muting and member sync.
//
// Every change of a group or of one of its members is made under the lock of the
// group's row, and takes the next tick of the group's clock as its version: a
// client that knows a version can ask for what came after it and miss nothing.
package group
