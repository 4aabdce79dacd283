package store

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ruyi-im/ruyi/user"
)

type presenceRow struct {
	UID         string `db:"uid"`
	Name        string `db:"name"`
	Flag        uint8  `db:"flag"`
	Online      bool   `db:"online"`
	LastOnline  int64  `db:"last_online"`
	LastOffline int64  `db:"last_offline"`
}

func (r presenceRow) device() user.DevicePresence {
	return user.DevicePresence{
		UID: r.UID, Flag: user.Flag(r.Flag), Online: r.Online,
		LastOnline: instant(r.LastOnline), LastOffline: instant(r.LastOffline),
	}
}

func (r presenceRow) named() user.NamedPresence {
	return user.NamedPresence{DevicePresence: r.device(), Name: r.Name}
}

func (s users) Presence(ctx context.Context, uid string) ([]user.DevicePresence, error) {
	// A row without any report is there to be locked.
	return all(ctx, s.q, presenceRow.device, `SELECT uid, flag, online, last_online, last_offline
		FROM ruyi_presence WHERE uid = ? AND (last_online > 0 OR last_offline > 0) ORDER BY flag`, uid)
}

// contactPresence asks for the devices of those who are friends with ? in both
// directions. Who was never seen is not among those who went after any time.
const contactPresence = `SELECT p.uid, u.name, p.flag, p.online, p.last_online, p.last_offline
	FROM ruyi_friend f
	JOIN ruyi_presence p ON p.uid = f.peer
	JOIN ruyi_friend b ON b.owner = f.peer AND b.peer = f.owner
	JOIN ruyi_user u ON u.uid = f.peer
	WHERE f.owner = ? AND f.deleted = 0 AND f.alone = 0 AND b.deleted = 0 AND b.alone = 0
		AND u.status = 1 AND (p.online = 1 OR p.last_offline > ?)`

// amongChunk is the number of uids that one statement asks for, so that there is
// one text for any number of them.
const amongChunk = 50

func (s users) ContactPresence(ctx context.Context, owner string, among []string, since time.Time) ([]user.NamedPresence, error) {
	after := max(since.UnixMilli(), 0)
	if among == nil {
		return all(ctx, s.q, presenceRow.named, contactPresence+" ORDER BY p.uid", owner, after)
	}
	query := contactPresence + " AND f.peer IN (?" + strings.Repeat(", ?", amongChunk-1) + ")"
	list := []user.NamedPresence{}
	among = slices.Compact(slices.Sorted(slices.Values(among))) // nobody is in two chunks
	for uids := range slices.Chunk(among, amongChunk) {
		args := []any{owner, after}
		for i := range amongChunk {
			args = append(args, uids[min(i, len(uids)-1)])
		}
		rows, err := all(ctx, s.q, presenceRow.named, query, args...)
		if err != nil {
			return nil, err
		}
		list = append(list, rows...)
	}
	slices.SortFunc(list, func(a, b user.NamedPresence) int { return cmp.Compare(a.UID, b.UID) })
	return list, nil
}

// LockPresence locks the row of the app for all of the user's, which may not be
// there yet: the devices of one user are changed one after the other.
func (s users) LockPresence(ctx context.Context, uid string) ([]user.DevicePresence, error) {
	if _, err := s.exec(ctx, `INSERT INTO ruyi_presence (uid, flag, online, last_online, last_offline)
		SELECT uid, 0, 0, 0, 0 FROM ruyi_user WHERE uid = ? ON CONFLICT DO NOTHING`, uid); err != nil {
		return nil, err
	}
	var flag int
	if err := s.get(ctx, &flag, s.lock("SELECT flag FROM ruyi_presence WHERE uid = ? AND flag = 0"), uid); err != nil {
		return nil, absent(err, user.ErrNotFound)
	}
	// Only a statement that begins under the lock sees what others did before.
	return s.Presence(ctx, uid)
}

func (s users) SavePresence(ctx context.Context, p user.DevicePresence) error {
	_, err := s.exec(ctx, `INSERT INTO ruyi_presence (uid, flag, online, last_online, last_offline)
		VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (uid, flag) DO UPDATE SET online = excluded.online,
			last_online = excluded.last_online, last_offline = excluded.last_offline`,
		p.UID, int(p.Flag), bit(p.Online), ms(p.LastOnline), ms(p.LastOffline))
	return err
}
