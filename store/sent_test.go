package store

import (
	"strings"
	"testing"
)

func TestSentUsesTheIndex(t *testing.T) {
	conn := openPlain(t)
	q := plain(conn)
	if err := Migrate(t.Context(), conn, *q.db.dialect); err != nil {
		t.Fatal(err)
	}
	type step struct {
		Detail string `db:"detail"`
		ID     int    `db:"id"`
		Parent int    `db:"parent"`
		Unused int    `db:"notused"`
	}
	plan, err := all(t.Context(), q, func(s step) string { return s.Detail }, "EXPLAIN QUERY PLAN "+sentQuery, "a", "n")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(plan, "; "); !strings.Contains(got, "ruyi_message_by_client") {
		t.Errorf("the plan is %s", got)
	}
}
