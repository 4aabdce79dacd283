package message

import (
	"encoding/hex"

	"github.com/google/uuid"
)

// Limits of one page of a sync.
const (
	DefaultSyncLimit = 200
	MaxSyncLimit     = 500
)

type service struct {
	store Store
}

// New returns the service over store.
func New(store Store) Service {
	return &service{store: store}
}

// newClientMsgNo draws the number of a message that a program sends. Clients
// drop what they have seen under the same number.
func newClientMsgNo() string {
	id := uuid.New()
	return hex.EncodeToString(id[:])
}
