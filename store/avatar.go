package store

import (
	"context"

	"github.com/ruyi-im/ruyi/user"
)

// avatars keeps which picture a user has, and satisfies user.AvatarTx.
type avatars struct{ q }

func (s avatars) LockAvatar(ctx context.Context, uid string) (int64, error) {
	var version int64
	err := s.get(ctx, &version, s.lock("SELECT avatar FROM ruyi_user WHERE uid = ? AND status = 1"), uid)
	return version, absent(err, user.ErrNotFound)
}

func (s avatars) SaveAvatar(ctx context.Context, uid string, version int64) error {
	_, err := s.exec(ctx, "UPDATE ruyi_user SET avatar = ? WHERE uid = ?", version, uid)
	return err
}
