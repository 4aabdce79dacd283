package store

import "context"

// The questions name the user as well as the code, and what the index of codes
// leaves out, for SQLite to use it.

func (s friends) IsSearchCode(ctx context.Context, code, uid string) (bool, error) {
	return s.exists(ctx, `SELECT 1 FROM ruyi_user WHERE uid = ? AND vercode = ? AND vercode <> ''`, uid, code)
}

func (s friends) IsQRCode(ctx context.Context, code, uid string) (bool, error) {
	return s.exists(ctx, `SELECT 1 FROM ruyi_user WHERE uid = ? AND qr_vercode = ? AND qr_vercode <> ''`, uid, code)
}

func (s friends) IsCardCode(ctx context.Context, code, viewer, uid string) (bool, error) {
	return s.exists(ctx, `SELECT 1 FROM ruyi_friend
		WHERE vercode = ? AND vercode <> '' AND peer = ? AND (deleted = 0 OR owner = ?) LIMIT 1`, code, uid, viewer)
}

// exists reports whether a query finds a row.
func (s friends) exists(ctx context.Context, query string, args ...any) (bool, error) {
	var one int
	err := s.get(ctx, &one, query, args...)
	return err == nil, absent(err, nil)
}
