package store

import (
	"context"
	"time"
)

// EndSessions keeps the rows for the record.
func (s users) EndSessions(ctx context.Context, uid string, except string, at time.Time) error {
	_, err := s.exec(ctx, `UPDATE ruyi_session SET ended_at = ?
		WHERE uid = ? AND ended_at = 0 AND token_hash <> ?`, ms(at), uid, except)
	return err
}
