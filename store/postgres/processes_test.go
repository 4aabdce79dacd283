package postgres_test

import (
	"sync/atomic"
	"testing"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/group"
	"github.com/ruyi-im/ruyi/internal/pgtest"
	"github.com/ruyi-im/ruyi/label"
	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/postgres"
	"github.com/ruyi-im/ruyi/store/storetest"
	"github.com/ruyi-im/ruyi/user"
)

// processes lets two stores, which know nothing of each other, take turns.
type processes struct {
	of   [2]*store.DB
	turn atomic.Uint64
}

func (p *processes) next() *store.DB         { return p.of[p.turn.Add(1)%2] }
func (p *processes) Users() user.Store       { return p.next().Users() }
func (p *processes) Friends() friend.Store   { return p.next().Friends() }
func (p *processes) Labels() label.Store     { return p.next().Labels() }
func (p *processes) Groups() group.Store     { return p.next().Groups() }
func (p *processes) Messages() message.Store { return p.next().Messages() }

func TestTwoProcesses(t *testing.T) {
	dsn := pgtest.DSN(t)
	p := &processes{of: [2]*store.DB{openAt(t, dsn, postgres.Options{}), openAt(t, dsn, postgres.Options{})}}
	must(t, storetest.CountTries(t.Context(), p))
	must(t, storetest.CountMessages(t.Context(), p))
	must(t, storetest.CountLabels(t.Context(), p))
	must(t, storetest.ReplaceLabel(t.Context(), p))
}
