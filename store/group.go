package store

import (
	"context"

	"github.com/ruyi-im/ruyi/group"
)

// groups reads groups and satisfies group.Reader.
type groups struct{ q }

type groupStore struct {
	groups
	db *DB
}

// groupTx is everything that commits together when a group changes.
type groupTx struct {
	groups
	groupWriter
	outbox
}

// Groups returns the store of groups.
func (db *DB) Groups() group.Store { return groupStore{groups{db.read()}, db} }

func (s groupStore) Update(ctx context.Context, fn func(group.Tx) error) error {
	return update(ctx, s.db, func(q q) group.Tx { return groupTx{groups{q}, groupWriter{q}, outbox{q}} }, fn)
}

type groupRow struct {
	No                 string `db:"no"`
	Name               string `db:"name"`
	Notice             string `db:"notice"`
	Creator            string `db:"creator"`
	Status             uint8  `db:"status"`
	Category           string `db:"category"`
	Large              bool   `db:"large"`
	Invite             bool   `db:"invite"`
	Forbidden          bool   `db:"forbidden"`
	ForbiddenAddFriend bool   `db:"forbidden_add_friend"`
	ViewHistory        bool   `db:"view_history"`
	MemberPin          bool   `db:"member_pin"`
	Members            int    `db:"members"`
	Avatar             int64  `db:"avatar"`
	Version            int64  `db:"version"`
	CreatedAt          int64  `db:"created_at"`
	UpdatedAt          int64  `db:"updated_at"`
}

func (r groupRow) group() group.Group {
	return group.Group{
		No: r.No, Name: r.Name, Notice: r.Notice, Creator: r.Creator, Status: group.Status(r.Status),
		Category: r.Category, Large: r.Large, Invite: r.Invite, Forbidden: r.Forbidden,
		ForbiddenAddFriend: r.ForbiddenAddFriend, ViewHistory: r.ViewHistory, MemberPin: r.MemberPin,
		Members: r.Members, Avatar: r.Avatar, Version: r.Version,
		CreatedAt: instant(r.CreatedAt), UpdatedAt: instant(r.UpdatedAt),
	}
}

const groupColumns = `g.no, g.name, g.notice, g.creator, g.status, g.category, g.large, g.invite, g.forbidden,
	g.forbidden_add_friend, g.view_history, g.member_pin, g.members, g.avatar, g.version, g.created_at, g.updated_at`

func (s groups) Group(ctx context.Context, no string) (group.Group, error) {
	var r groupRow
	err := s.get(ctx, &r, "SELECT "+groupColumns+" FROM ruyi_group g WHERE g.no = ?", no)
	return r.group(), absent(err, group.ErrNotFound)
}

// groupWriter changes groups.
type groupWriter struct{ q }

func (s groupWriter) LockGroup(ctx context.Context, no string) (group.Group, error) {
	var r groupRow
	err := s.get(ctx, &r, s.lock("SELECT "+groupColumns+" FROM ruyi_group g WHERE g.no = ?"), no)
	return r.group(), absent(err, group.ErrNotFound)
}

func (s groupWriter) SaveGroup(ctx context.Context, g group.Group) error {
	_, err := s.exec(ctx, `INSERT INTO ruyi_group (no, name, notice, creator, status, category, large, invite, forbidden,
			forbidden_add_friend, view_history, member_pin, members, avatar, version, created_at, updated_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, 1, ?, ?)
		ON CONFLICT (no) DO UPDATE SET name = excluded.name, notice = excluded.notice, status = excluded.status,
			category = excluded.category, large = excluded.large, invite = excluded.invite,
			forbidden = excluded.forbidden, forbidden_add_friend = excluded.forbidden_add_friend,
			view_history = excluded.view_history, member_pin = excluded.member_pin, avatar = excluded.avatar,
			version = ruyi_group.version + 1, updated_at = excluded.updated_at`,
		g.No, g.Name, g.Notice, g.Creator, int(g.Status), g.Category, bit(g.Large), bit(g.Invite), bit(g.Forbidden),
		bit(g.ForbiddenAddFriend), bit(g.ViewHistory), bit(g.MemberPin), g.Avatar, ms(g.CreatedAt), ms(g.UpdatedAt))
	return err
}
