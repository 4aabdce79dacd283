package user

import (
	"context"

	"github.com/ruyi-im/ruyi/message"
)

// SigningOut ends sessions. An ended one is refused from the next request on,
// by other processes on the same database within a second.
type SigningOut interface {
	// SignOut ends the session. One that has ended stays so.
	SignOut(ctx context.Context, session Session) error
	// SignOutComputers ends all sessions of uid on computers, which a pcQuit command
	// tells those of their devices that are connected.
	SignOutComputers(ctx context.Context, uid string) error
}

func (s *service) SignOut(ctx context.Context, session Session) error {
	now := s.now()
	return s.store.Update(ctx, func(tx Tx) error {
		return tx.EndSession(ctx, session.UID, session.TokenHash, now)
	})
}

func (s *service) SignOutComputers(ctx context.Context, uid string) error {
	now := s.now()
	return s.store.Update(ctx, func(tx Tx) error {
		if err := tx.EndComputers(ctx, uid, now); err != nil {
			return err
		}
		return tx.Emit(ctx, message.Command(now, "pcQuit", nil, uid).Live())
	})
}
