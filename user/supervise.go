package user

import "context"

// Supervising tells gateways which connections may go on.
type Supervising interface {
	// LiveSessions returns those of the sessions, named by the hashes of their
	// tokens, that Authenticate would accept now, in no order. Asking does not count
	// as use of a session.
	LiveSessions(ctx context.Context, hashes []string) ([]string, error)
}

// SessionReader is the part of Reader that Supervising needs.
type SessionReader interface {
	// SessionsOf returns those of the sessions with these token hashes that have
	// not been ended and belong to active accounts, expired or not, in no order.
	SessionsOf(ctx context.Context, hashes []string) ([]Session, error)
}

func (s *service) LiveSessions(ctx context.Context, hashes []string) ([]string, error) {
	sessions, err := s.store.SessionsOf(ctx, hashes)
	if err != nil {
		return nil, err
	}
	now, live := s.now(), make([]string, 0, len(sessions))
	for _, n := range sessions {
		if s.alive(n, now) {
			live = append(live, n.TokenHash)
		}
	}
	return live, nil
}
