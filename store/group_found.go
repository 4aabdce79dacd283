package store

import (
	"context"
	"time"

	"github.com/ruyi-im/ruyi/group"
	"github.com/ruyi-im/ruyi/user"
)

func (s groups) Accounts(ctx context.Context, uids []string) ([]group.Account, error) {
	type row struct {
		UID      string `db:"uid"`
		Name     string `db:"name"`
		Status   uint8  `db:"status"`
		Category string `db:"category"`
	}
	account := func(r row) group.Account {
		return group.Account{
			UID: r.UID, Name: r.Name, Active: user.Status(r.Status) == user.Active,
			System: user.Category(r.Category) == user.CategorySystem,
		}
	}
	return among(ctx, s.q, account, uids, func(in string) string {
		return "SELECT uid, name, status, category FROM ruyi_user WHERE uid IN (" + in + ")"
	})
}

// groupWindow is the kind of the count of the groups that somebody founds, among
// the counts of what may be done only so often.
const groupWindow = "group_day"

func (s groupWriter) LockFounded(ctx context.Context, uid string) (time.Time, int, error) {
	w, err := users(s).LockWindow(ctx, groupWindow, uid)
	return w.Since, w.Count, err
}

func (s groupWriter) SaveFounded(ctx context.Context, uid string, since time.Time, n int) error {
	return users(s).SaveWindow(ctx, groupWindow, uid, user.Window{Since: since, Count: n})
}
