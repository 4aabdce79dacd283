package store

import (
	"database/sql"
	"slices"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"

	"github.com/ruyi-im/ruyi/internal/pgtest"
)

// TestMessagesSurviveTheirNewOrder migrates messages of the schema before: the
// first two of a channel, and a command in two queues.
func TestMessagesSurviveTheirNewOrder(t *testing.T) {
	const before = `INSERT INTO ruyi_channel (id, type, seq) VALUES ('a@b', 1, 2);
		INSERT INTO ruyi_message (id, channel_id, channel_type, seq, from_uid, client_msg_no, red_dot, sync_once, setting, payload, sent_at) VALUES
			(10, 'a@b', 1, 1, 'a', 'n1', 1, 0, 0, 'one', 100), (20, '', 0, 0, 'u_10000', 'n2', 0, 1, 64, 'command', 200),
			(30, 'a@b', 1, 2, 'b', 'n3', 1, 0, 0, 'two', 300);
		INSERT INTO ruyi_queue (uid, seq, message_id) VALUES ('a', 1, 10), ('a', 2, 20), ('a', 3, 30), ('b', 1, 10), ('b', 2, 20), ('b', 3, 30);
		INSERT INTO ruyi_queue_head (uid, seq) VALUES ('a', 3), ('b', 3), ('c', 0)`
	pg, err := sql.Open("pgx", pgtest.DSN(t))
	try(t, err)
	defer pg.Close()
	for engine, db := range map[string]*sql.DB{"sqlite": openPlain(t), "postgres": pg} {
		steps, err := migrationsOf(engine)
		try(t, err)
		first := slices.IndexFunc(steps, func(s migration) bool { return s.name == "messages" })
		q := q{conn: db, db: &DB{dialect: &Dialect{Dollar: engine == "postgres"}}}
		try(t, migrate(t.Context(), q, steps[:first]))
		_, err = db.Exec(before)
		try(t, err)
		try(t, migrate(t.Context(), q, steps))
		for query, want := range map[string][]string{
			`SELECT q.uid || q.seq || ' ' || m.seq || ' ' || m.payload || ' ' || COALESCE(c.id, '') AS text FROM ruyi_queue q
				JOIN ruyi_message m ON m.chat = q.chat AND m.seq = q.message_seq AND m.id = q.message_id
				LEFT JOIN ruyi_chat c ON c.num = m.chat ORDER BY q.uid, q.seq`: {
				"a1 1 one a@b", "a2 -20 command ", "a3 2 two a@b", "b1 1 one a@b", "b2 -20 command ", "b3 2 two a@b"},
			"SELECT uid || ' ' || oldest AS text FROM ruyi_queue_head ORDER BY uid":                   {"a 10", "b 10", "c 9223372036854775807"},
			"SELECT seq || ' ' || shown_seq || ' ' || shown_at || ' ' || dots AS text FROM ruyi_chat": {"2 2 300 2"},
		} {
			if got := texts(t, db, query); !slices.Equal(got, want) {
				t.Errorf("%s: %q, want %q", engine, got, want)
			}
		}
	}
}
