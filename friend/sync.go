package friend

import "context"

func (s *service) Sync(ctx context.Context, owner string, c Cursor, limit int) ([]Contact, error) {
	if c.Version < 0 || c.ID < 0 || c.Again < 0 {
		return nil, ErrSyncKey
	}
	if limit <= 0 {
		limit = DefaultSyncLimit
	}
	contacts, err := s.store.Contacts(ctx, owner, c, min(limit, MaxSyncLimit))
	for i := range contacts {
		if contacts[i].Deleted {
			contacts[i].ShortNo = "" // as on the card: for contacts only
		}
	}
	return contacts, err
}
