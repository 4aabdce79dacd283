package friend

import (
	"context"
	"slices"

	"github.com/ruyi-im/ruyi/internal/text"
)

// Gathering tells who may be brought together, for example in a group.
type Gathering interface {
	// AmongFriends returns those of among who are friends of uid, each once and in no
	// order: each has the other as a contact, and neither has blocked the other.
	AmongFriends(ctx context.Context, uid string, among []string) ([]string, error)
	// AmongApart returns those of among whom uid has blocked or who have blocked uid,
	// each once and in no order, whether or not they are friends.
	AmongApart(ctx context.Context, uid string, among []string) ([]string, error)
}

// GatheringReader is the part of Reader that Gathering needs.
type GatheringReader interface {
	// FriendsAmong returns those of peers whom owner has as a contact, and who have
	// owner as one, where neither has blocked the other. Each is returned once.
	FriendsAmong(ctx context.Context, owner string, peers []string) ([]string, error)
	// ApartAmong returns those of others whom uid has blocked or who have blocked
	// uid, each once.
	ApartAmong(ctx context.Context, uid string, others []string) ([]string, error)
}

func (s *service) AmongFriends(ctx context.Context, uid string, among []string) ([]string, error) {
	return s.store.FriendsAmong(ctx, uid, ids(among))
}

func (s *service) AmongApart(ctx context.Context, uid string, among []string) ([]string, error) {
	return s.store.ApartAmong(ctx, uid, ids(among))
}

// ids returns what of list can be a uid. Not every database takes a text that is
// none.
func ids(list []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return !text.Line(s, maxID) })
}
