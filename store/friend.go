package store

import (
	"context"
	"slices"
	"time"

	"github.com/ruyi-im/ruyi/friend"
)

// friends reads relations and satisfies friend.Reader.
type friends struct{ q }

type friendStore struct {
	friends
	db *DB
}

// friendTx is everything that commits together when a relation changes.
type friendTx struct {
	friends
	relations
	outbox
}

func (s friendStore) Update(ctx context.Context, fn func(friend.Tx) error) error {
	return update(ctx, s.db, func(q q) friend.Tx { return friendTx{friends{q}, relations{q}, outbox{q}} }, fn)
}

type relationRow struct {
	ID        int64  `db:"id"`
	Owner     string `db:"owner"`
	Peer      string `db:"peer"`
	Version   int64  `db:"version"`
	Deleted   bool   `db:"deleted"`
	Alone     bool   `db:"alone"`
	Initiator bool   `db:"initiator"`
	Vercode   string `db:"vercode"`
	Source    string `db:"source"`
	CreatedAt int64  `db:"created_at"`
}

func (r relationRow) relation() friend.Relation {
	return friend.Relation{
		ID: r.ID, Owner: r.Owner, Peer: r.Peer, Version: r.Version, Deleted: r.Deleted, Alone: r.Alone,
		Initiator: r.Initiator, Vercode: r.Vercode, Source: r.Source, CreatedAt: instant(r.CreatedAt),
	}
}

func (s friends) Relation(ctx context.Context, owner, peer string) (friend.Relation, error) {
	var r relationRow
	err := s.get(ctx, &r, `SELECT id, owner, peer, version, deleted, alone, initiator, vercode, source, created_at
		FROM ruyi_friend WHERE owner = ? AND peer = ?`, owner, peer)
	return r.relation(), absent(err, friend.ErrNotFound)
}

type contactRow struct {
	relationRow
	Name      string `db:"name"`
	ShortNo   string `db:"short_no"`
	Sex       int    `db:"sex"`
	Category  string `db:"category"`
	Robot     bool   `db:"robot"`
	Destroyed bool   `db:"destroyed"`
	Remark    string `db:"remark"`
	Mute      bool   `db:"mute"`
	Top       bool   `db:"top"`
	ChatPwdOn bool   `db:"chat_pwd_on"`
	Receipt   bool   `db:"receipt"`

	Screenshot  bool `db:"screenshot"`
	Recall      bool `db:"recall"`
	Flame       bool `db:"flame"`
	FlameSecond int  `db:"flame_second"`

	Dropped   bool `db:"dropped"`
	Blocked   bool `db:"blocked"`
	BlockedBy bool `db:"blocked_by"`
}

func (r contactRow) contact() friend.Contact {
	return friend.Contact{
		Relation: r.relation(),
		Name:     r.Name, ShortNo: r.ShortNo, Sex: r.Sex, Category: r.Category, Robot: r.Robot,
		Destroyed: r.Destroyed, Remark: r.Remark, Mute: r.Mute, Top: r.Top, ChatPwdOn: r.ChatPwdOn,
		Receipt: r.Receipt, Screenshot: r.Screenshot, Recall: r.Recall, Flame: r.Flame, FlameSecs: r.FlameSecond,
		Dropped: r.Dropped, Blocked: r.Blocked, BlockedBy: r.BlockedBy,
	}
}

func (s friends) Contacts(ctx context.Context, owner string, c friend.Cursor, limit int) ([]friend.Contact, error) {
	after := c.Version
	if c.Again != 0 {
		err := s.get(ctx, &after, `SELECT version FROM ruyi_friend
			WHERE owner = ? AND id = ? AND version = ?`, owner, c.ID, c.Again)
		if absent(err, nil) != nil {
			return nil, err
		}
	}
	return all(ctx, s.q, contactRow.contact, `SELECT f.id, f.owner, f.peer, f.version, f.deleted, f.alone,
			f.initiator, f.vercode, f.created_at,
			u.name, u.short_no, u.sex, u.category, u.robot,
			CASE WHEN u.status = 2 THEN 1 ELSE 0 END AS destroyed,
			COALESCE(s.remark, '') AS remark, COALESCE(s.mute, 0) AS mute, COALESCE(s.top, 0) AS top,
			COALESCE(s.chat_pwd_on, 0) AS chat_pwd_on, COALESCE(s.receipt, 1) AS receipt,
			COALESCE(s.screenshot, 1) AS screenshot, COALESCE(s.recall, 1) AS recall,
			COALESCE(s.flame, 0) AS flame, COALESCE(s.flame_second, 0) AS flame_second,
			f.source, COALESCE(b.deleted, 0) AS dropped,
			CASE WHEN s.blocked_at > 0 THEN 1 ELSE 0 END AS blocked,
			CASE WHEN o.blocked_at > 0 THEN 1 ELSE 0 END AS blocked_by
		FROM ruyi_friend f
		JOIN ruyi_user u ON u.uid = f.peer
		LEFT JOIN ruyi_contact_setting s ON s.owner = f.owner AND s.peer = f.peer
		LEFT JOIN ruyi_contact_setting o ON o.owner = f.peer AND o.peer = f.owner
		LEFT JOIN ruyi_friend b ON b.owner = f.peer AND b.peer = f.owner
		WHERE f.owner = ? AND f.version > ?
		ORDER BY f.version LIMIT ?`, owner, after, limit)
}

// relations changes contact lists.
type relations struct{ q }

func (s relations) LockOwners(ctx context.Context, owners ...string) error {
	slices.Sort(owners) // one order for everybody, else two lock each other out
	for _, owner := range slices.Compact(owners) {
		// The update changes nothing but takes the lock.
		if _, err := s.exec(ctx, `INSERT INTO ruyi_friend_clock (owner, version) VALUES (?, 0)
			ON CONFLICT (owner) DO UPDATE SET version = ruyi_friend_clock.version`, owner); err != nil {
			return err
		}
	}
	return nil
}

// tick moves the clock of owner on, to now at least, and returns what it reads.
func (s relations) tick(ctx context.Context, owner string, now time.Time) (version int64, err error) {
	err = s.get(ctx, &version, `INSERT INTO ruyi_friend_clock (owner, version) VALUES (?, ?)
		ON CONFLICT (owner) DO UPDATE SET version = CASE
			WHEN excluded.version > ruyi_friend_clock.version THEN excluded.version
			ELSE ruyi_friend_clock.version + 1 END
		RETURNING version`, owner, now.Unix())
	return version, err
}

func (s relations) SaveRelation(ctx context.Context, r friend.Relation, now time.Time) error {
	version, err := s.tick(ctx, r.Owner, now)
	if err != nil {
		return err
	}
	_, err = s.exec(ctx, `INSERT INTO ruyi_friend (owner, peer, version, deleted, alone, initiator, vercode, source, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (owner, peer) DO UPDATE SET version = excluded.version, deleted = excluded.deleted,
			alone = excluded.alone, initiator = excluded.initiator, vercode = excluded.vercode, source = excluded.source`,
		r.Owner, r.Peer, version, bit(r.Deleted), bit(r.Alone), bit(r.Initiator), r.Vercode, r.Source, ms(r.CreatedAt))
	return err
}

// contacts is the part of relations that accounts need: user.Contacts.
type contacts struct{ q }

func (s contacts) AddContact(ctx context.Context, owner, peer string, at time.Time) error {
	return relations(s).SaveRelation(ctx, friend.Relation{Owner: owner, Peer: peer, CreatedAt: at}, at)
}

func (s contacts) Contacts(ctx context.Context, owner string) ([]string, error) {
	type row struct {
		Peer string `db:"peer"`
	}
	return all(ctx, s.q, func(r row) string { return r.Peer }, `SELECT f.peer
		FROM ruyi_friend f JOIN ruyi_user u ON u.uid = f.peer
		WHERE f.owner = ? AND f.deleted = 0 AND f.alone = 0 AND u.category <> 'system' AND u.status <> 2`, owner)
}
