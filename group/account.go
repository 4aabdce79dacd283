package group

import "context"

// Account is what this package needs to know of somebody who may become a member.
type Account struct {
	UID    string
	Name   string
	Active bool // not disabled, not destroyed
	System bool // a system account, which no group takes in
}

// Person returns a as it is named in notices.
func (a Account) Person() Person { return Person{UID: a.UID, Name: a.Name} }

// AccountReader is the part of Reader that tells about accounts.
type AccountReader interface {
	// Accounts returns the accounts of uids, each once and in no order, without
	// those that do not exist.
	Accounts(ctx context.Context, uids []string) ([]Account, error)
}

// Friends answers what this package asks about relations; friend.Service
// satisfies it.
type Friends interface {
	// AmongFriends returns those of among who are friends of uid: each has the
	// other as a contact, and neither has blocked the other.
	AmongFriends(ctx context.Context, uid string, among []string) ([]string, error)
	// AmongApart returns those of among whom uid has blocked, or who have blocked
	// uid.
	AmongApart(ctx context.Context, uid string, among []string) ([]string, error)
}
