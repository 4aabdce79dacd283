package store

import (
	"context"
	"time"

	"github.com/ruyi-im/ruyi/user"
)

// leftovers tells where rows of a kind are: the table, its key, and which rows
// are old at ?. An index serves each.
var leftovers = map[user.Leftover]struct{ table, key, old, by string }{
	user.OldWindows:      {"ruyi_throttle", "kind, key", "since < ?", "since"},
	user.OldCodes:        {"ruyi_sms_code", "zone, phone, purpose", "expires_at < ?", "expires_at"},
	user.OldQuotas:       {"ruyi_sms_quota", "zone, phone", "last_at < ?", "last_at"},
	user.OldDeviceChecks: {"ruyi_device_check", "challenge", "expires_at < ?", "expires_at"},
	user.OldQRLogins:     {"ruyi_qr_login", "uuid", "expires_at < ?", "expires_at"},
	user.EndedSessions:   {"ruyi_session", "token_hash", "ended_at > 0 AND ended_at < ?", "ended_at"},
	user.ExpiredSessions: {"ruyi_session", "token_hash", "ended_at = 0 AND expires_at < ?", "expires_at"},
}

func (s users) Sweep(ctx context.Context, kind user.Leftover, before time.Time, limit int) (int, error) {
	l := leftovers[kind]
	return s.sweep(ctx, l.table, l.key, l.old, l.by, limit, ms(before))
}

func (s users) SweepGuards(ctx context.Context, before time.Time, fails, limit int) (int, error) {
	return s.sweep(ctx, "ruyi_login_guard", "username, device", "next_at < ? AND fails < ?", "next_at", limit, ms(before), fails)
}

// sweep deletes at most limit old rows, the oldest first, but none that somebody
// holds: two who sweep share the work.
func (q q) sweep(ctx context.Context, table, key, old, by string, limit int, args ...any) (int, error) {
	lock := q.db.dialect.ForUpdate
	if lock != "" {
		lock += " SKIP LOCKED"
	}
	n, err := q.exec(ctx, "DELETE FROM "+table+" WHERE ("+key+") IN (SELECT "+key+" FROM "+table+
		" WHERE "+old+" ORDER BY "+by+" LIMIT ?"+lock+")", append(args, limit)...)
	return int(n), err
}
