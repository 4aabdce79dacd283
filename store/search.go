package store

import (
	"context"

	"github.com/ruyi-im/ruyi/user"
)

// FindUsers asks three indexes, one for each way to name an account.
func (s users) FindUsers(ctx context.Context, keyword string) ([]user.User, error) {
	return all(ctx, s.q, userRow.user, "SELECT "+userColumns+` FROM ruyi_user WHERE uid IN (
			SELECT uid FROM ruyi_user WHERE lower(short_no) = lower(?)
			UNION SELECT uid FROM ruyi_user WHERE username = ?
			UNION SELECT uid FROM ruyi_user WHERE phone = ? AND phone <> '')`,
		keyword, keyword, keyword)
}

// CustomerServices names what the index leaves out, for SQLite to use it.
func (s users) CustomerServices(ctx context.Context, limit int) ([]user.CustomerService, error) {
	type row struct {
		UID  string `db:"uid"`
		Name string `db:"name"`
	}
	return all(ctx, s.q, func(r row) user.CustomerService { return user.CustomerService(r) },
		`SELECT uid, name FROM ruyi_user WHERE category = 'customerService' AND category <> '' AND status = 1
		ORDER BY uid LIMIT ?`, limit)
}
