package store_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store"
)

// TestJoinedStoresTell follows what a host's transaction tells: nothing before
// its commit and nothing of what was undone.
func TestJoinedStoresTell(t *testing.T) {
	for _, begin := range []string{"own", "shared"} {
		for _, c := range []struct {
			name string
			end  error
			want []string
		}{
			{"commit", nil, []string{"a", "live", "c", "inner"}},
			{"roll back", errHost, nil},
		} {
			t.Run(begin+"/"+c.name, func(t *testing.T) {
				h := startHost(t, begin)
				told := listen(h.db)
				var joined *store.DB
				err := h.update(t.Context(), func(tx store.Conn) error {
					joined = h.db.Join(tx)
					if _, ok := joined.OnCommit(func(context.Context, []message.Delivery) { t.Error("heard inside") }); ok {
						t.Error("a joined store takes a listener")
					}
					try(t, send(t.Context(), joined, "a", succeed))
					sendCaught(t, joined, "b", fail)
					sendCaught(t, joined, "b", blow)
					joined.Messages().Tell(t.Context(), message.Command(t0, "live", nil, "a").Live())
					try(t, send(t.Context(), joined, "c", succeed))
					nest(t, joined, "inner", nil)
					nest(t, joined, "undone", errHost)
					if len(*told) > 0 {
						t.Errorf("%q told before the commit", *told)
					}
					return c.end
				})
				if !errors.Is(err, c.end) {
					t.Errorf("error %v, want %v", err, c.end)
				}
				if begin == "own" {
					if len(*told) > 0 {
						t.Errorf("%q told though nobody said that it was committed", *told)
					}
				}
				if c.end == nil {
					joined.Push(t.Context()) // as is for a host of its own to do, and no harm to others
					joined.Push(t.Context()) // there is no more
				}
				h.db.Push(t.Context())
				if !slices.Equal(*told, c.want) {
					t.Errorf("told %q, want %q", *told, c.want)
				}
			})
		}
	}
}

// nest sends within a transaction within the host's.
func nest(t *testing.T, db *store.DB, name string, end error) {
	t.Helper()
	err := db.Update(t.Context(), func(tx store.Conn) error {
		inner := db.Join(tx)
		try(t, send(t.Context(), inner, name, succeed))
		inner.Push(t.Context())
		return end
	})
	if !errors.Is(err, end) {
		t.Errorf("error %v, want %v", err, end)
	}
}

// listen returns the names of the commands that db tells.
func listen(db *store.DB) *[]string {
	told := &[]string{}
	db.OnCommit(func(_ context.Context, deliveries []message.Delivery) {
		for _, d := range deliveries {
			name := string(d.Message.Payload[len(`{"cmd":"`):])
			*told = append(*told, name[:len(name)-len(`","type":99}`)])
		}
	})
	return told
}
