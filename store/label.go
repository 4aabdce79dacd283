package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ruyi-im/ruyi/label"
)

// labels reads labels and satisfies label.Reader.
type labels struct{ q }

type labelStore struct {
	labels
	db *DB
}

// labelTx is everything that commits together when a label changes.
type labelTx struct{ labels }

func (s labelStore) Update(ctx context.Context, fn func(label.Tx) error) error {
	return update(ctx, s.db, func(q q) label.Tx { return labelTx{labels{q}} }, fn)
}

// One statement reads labels with all that is in them, which makes them whole:
// a row for each label, and after it one for each member and each group.
const (
	labelHeads = `SELECT l.id, l.updated_at, 0 AS kind, 0 AS position, '' AS ref, l.name, '' AS remark
		FROM ruyi_label l WHERE l.owner = ?`
	labelMembers = ` UNION ALL SELECT l.id, l.updated_at, 1, m.position, m.uid, u.name, COALESCE(s.remark, '')
		FROM ruyi_label l JOIN ruyi_label_member m ON m.label_id = l.id
		JOIN ruyi_friend f ON f.owner = l.owner AND f.peer = m.uid AND f.deleted = 0
		JOIN ruyi_user u ON u.uid = f.peer
		LEFT JOIN ruyi_contact_setting s ON s.owner = f.owner AND s.peer = f.peer
		WHERE l.owner = ?`
	labelGroups = ` UNION ALL SELECT l.id, l.updated_at, 2, g.position, g.group_no, '', ''
		FROM ruyi_label l JOIN ruyi_label_group g ON g.label_id = l.id WHERE l.owner = ?`
	labelOrder = ` ORDER BY updated_at DESC, id DESC, kind, position`
	thisLabel  = ` AND l.id = ?`
)

// What kind of row it is.
const (
	headRow   = 0
	memberRow = 1
)

type labelRow struct {
	ID        int64  `db:"id"`
	UpdatedAt int64  `db:"updated_at"`
	Kind      int    `db:"kind"`
	Position  int    `db:"position"`
	Ref       string `db:"ref"`
	Name      string `db:"name"`
	Remark    string `db:"remark"`
}

func (s labels) Labels(ctx context.Context, owner string) ([]label.Label, error) {
	return s.read(ctx, labelHeads+labelMembers+labelGroups+labelOrder, owner, owner, owner)
}

func (s labels) Label(ctx context.Context, owner string, id int64) (label.Label, error) {
	list, err := s.read(ctx, labelHeads+thisLabel+labelMembers+thisLabel+labelGroups+thisLabel+labelOrder,
		owner, id, owner, id, owner, id)
	if err != nil {
		return label.Label{}, err
	}
	if len(list) == 0 {
		return label.Label{}, label.ErrNotFound
	}
	return list[0], nil
}

func (s labels) read(ctx context.Context, query string, args ...any) ([]label.Label, error) {
	rows, err := all(ctx, s.q, func(r labelRow) labelRow { return r }, query, args...)
	if err != nil {
		return nil, err
	}
	list := []label.Label{}
	for _, r := range rows {
		if r.Kind == headRow {
			list = append(list, label.Label{
				ID: r.ID, Name: r.Name, Members: []label.Member{}, Groups: []label.Group{}, UpdatedAt: instant(r.UpdatedAt),
			})
			continue
		}
		l := &list[len(list)-1]
		if r.Kind == memberRow {
			l.Members = append(l.Members, label.Member{UID: r.Ref, Name: r.Name, Remark: r.Remark})
		} else {
			l.Groups = append(l.Groups, label.Group{No: r.Ref})
		}
	}
	return list, nil
}

// LockOwner locks the account, the row of the owner's that is always there.
func (s labelTx) LockOwner(ctx context.Context, owner string) (int, error) {
	var uid string
	if err := s.get(ctx, &uid, s.lock("SELECT uid FROM ruyi_user WHERE uid = ?"), owner); err != nil {
		return 0, absent(err, label.ErrOwner)
	}
	// Only a statement that begins under the lock sees what others did before.
	var n int
	err := s.get(ctx, &n, "SELECT count(*) FROM ruyi_label WHERE owner = ?", owner)
	return n, err
}

func (s labelTx) LockLabel(ctx context.Context, owner string, id int64) (label.Draft, error) {
	var d label.Draft
	err := s.get(ctx, &d.Name, s.lock("SELECT name FROM ruyi_label WHERE id = ? AND owner = ?"), id, owner)
	if err != nil {
		return label.Draft{}, absent(err, label.ErrNotFound)
	}
	if d.Members, err = s.refs(ctx, "SELECT uid AS ref FROM ruyi_label_member WHERE label_id = ? ORDER BY position", id); err != nil {
		return label.Draft{}, err
	}
	d.Groups, err = s.refs(ctx, "SELECT group_no AS ref FROM ruyi_label_group WHERE label_id = ? ORDER BY position", id)
	return d, err
}

// refs reads the one column of a query, ref.
func (s labelTx) refs(ctx context.Context, query string, args ...any) ([]string, error) {
	type row struct {
		Ref string `db:"ref"`
	}
	return all(ctx, s.q, func(r row) string { return r.Ref }, query, args...)
}

func (s labelTx) AddLabel(ctx context.Context, owner string, d label.Draft, at time.Time) (id int64, err error) {
	if err := s.get(ctx, &id, `INSERT INTO ruyi_label (owner, name, updated_at) VALUES (?, ?, ?) RETURNING id`,
		owner, d.Name, ms(at)); err != nil {
		return 0, err
	}
	return id, s.fill(ctx, id, d)
}

func (s labelTx) SaveLabel(ctx context.Context, owner string, id int64, d label.Draft, at time.Time) error {
	n, err := s.exec(ctx, "UPDATE ruyi_label SET name = ?, updated_at = ? WHERE id = ? AND owner = ?",
		d.Name, ms(at), id, owner)
	if err != nil {
		return err
	}
	if n == 0 {
		return label.ErrNotFound
	}
	if err := s.empty(ctx, id); err != nil {
		return err
	}
	return s.fill(ctx, id, d)
}

func (s labelTx) RemoveLabel(ctx context.Context, owner string, id int64) error {
	n, err := s.exec(ctx, "DELETE FROM ruyi_label WHERE id = ? AND owner = ?", id, owner)
	if err != nil {
		return err
	}
	if n == 0 {
		return label.ErrNotFound
	}
	// The schema does this too, except on a host's connection to SQLite that does
	// not enforce foreign keys.
	return s.empty(ctx, id)
}

// empty removes what is in a label.
func (s labelTx) empty(ctx context.Context, id int64) error {
	if _, err := s.exec(ctx, "DELETE FROM ruyi_label_member WHERE label_id = ?", id); err != nil {
		return err
	}
	_, err := s.exec(ctx, "DELETE FROM ruyi_label_group WHERE label_id = ?", id)
	return err
}

// fill stores what is in a label that is empty.
func (s labelTx) fill(ctx context.Context, id int64, d label.Draft) error {
	if err := s.insertRefs(ctx, "INSERT INTO ruyi_label_member (label_id, position, uid) VALUES ", id, d.Members); err != nil {
		return err
	}
	return s.insertRefs(ctx, "INSERT INTO ruyi_label_group (label_id, position, group_no) VALUES ", id, d.Groups)
}

// insertRefs stores refs with their positions, many at a time but in statements
// of three texts only.
func (s labelTx) insertRefs(ctx context.Context, insert string, id int64, refs []string) error {
	next := 0
	for _, rows := range []int{100, 10, 1} {
		query := insert + "(?, ?, ?)" + strings.Repeat(", (?, ?, ?)", rows-1)
		for ; len(refs)-next >= rows; next += rows {
			var args []any
			for i := next; i < next+rows; i++ {
				args = append(args, id, i, refs[i])
			}
			if _, err := s.exec(ctx, query, args...); err != nil {
				return err
			}
		}
	}
	return nil
}

// ContactsAmong asks for the same people that Labels shows.
func (s labelTx) ContactsAmong(ctx context.Context, owner string, uids []string) ([]string, error) {
	query := `SELECT f.peer AS ref FROM ruyi_friend f JOIN ruyi_user u ON u.uid = f.peer
		WHERE f.owner = ? AND f.deleted = 0 AND f.peer IN (?` + strings.Repeat(", ?", amongChunk-1) + ")"
	list := []string{}
	uids = slices.Compact(slices.Sorted(slices.Values(uids))) // nobody is in two chunks
	for chunk := range slices.Chunk(uids, amongChunk) {
		args := []any{owner}
		for i := range amongChunk {
			args = append(args, chunk[min(i, len(chunk)-1)])
		}
		found, err := s.refs(ctx, query, args...)
		if err != nil {
			return nil, err
		}
		list = append(list, found...)
	}
	return list, nil
}
