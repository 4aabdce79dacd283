package store

import (
	"context"
	"slices"
	"strings"

	"github.com/ruyi-im/ruyi/message"
)

func (s messages) Typist(ctx context.Context, uid string, ch message.Channel) (message.Typist, error) {
	var r struct {
		Name  string `db:"name"`
		Apart bool   `db:"apart"`
	}
	first, last := uid, uid
	if people := ch.Parties(); people != nil {
		first, last = people[0], people[len(people)-1]
	}
	err := s.get(ctx, &r, `SELECT u.name, CASE WHEN EXISTS (SELECT 1 FROM ruyi_contact_setting b
			WHERE b.blocked_at > 0 AND (b.owner = ? AND b.peer = ? OR b.owner = ? AND b.peer = ?)) THEN 1 ELSE 0 END AS apart
		FROM ruyi_chat c
		JOIN ruyi_conversation me ON me.uid = ? AND me.chat = c.num AND me.active = 1
		JOIN ruyi_user u ON u.uid = me.uid
		WHERE c.id = ? AND c.type = ?`, first, last, last, first, uid, ch.ID, int(ch.Type))
	return message.Typist{Name: r.Name, Apart: r.Apart}, absent(err, message.ErrChannel)
}

const (
	// subscribersChunk is the number of uids that one statement asks for, so that
	// there is one text for any number of them.
	subscribersChunk = 100
	// subscribersAsked is how many uids are asked for by name. With more it is
	// cheaper to read the people of the channel.
	subscribersAsked = 1000
)

const selectSubscribers = `SELECT me.uid FROM ruyi_chat c
	JOIN ruyi_conversation me ON me.chat = c.num AND me.active = 1
	WHERE c.id = ? AND c.type = ?`

func (s messages) Subscribers(ctx context.Context, ch message.Channel, among []string) ([]string, error) {
	type row struct {
		UID string `db:"uid"`
	}
	uid := func(r row) string { return r.UID }
	if len(among) > subscribersAsked {
		wanted := make(map[string]bool, len(among))
		for _, uid := range among {
			wanted[uid] = true
		}
		people, err := all(ctx, s.q, uid, selectSubscribers, ch.ID, int(ch.Type))
		return slices.DeleteFunc(people, func(uid string) bool { return !wanted[uid] }), err
	}
	query := selectSubscribers + " AND me.uid IN (?" + strings.Repeat(", ?", subscribersChunk-1) + ")"
	people := []string{}
	for uids := range slices.Chunk(slices.Compact(slices.Sorted(slices.Values(among))), subscribersChunk) {
		args := []any{ch.ID, int(ch.Type)}
		for i := range subscribersChunk {
			args = append(args, uids[min(i, len(uids)-1)])
		}
		rows, err := all(ctx, s.q, uid, query, args...)
		if err != nil {
			return nil, err
		}
		people = append(people, rows...)
	}
	return people, nil
}
