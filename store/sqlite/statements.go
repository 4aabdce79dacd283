package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"sync"

	"github.com/ruyi-im/ruyi/store"
)

// maxStatements bounds the cache, for a host may run statements it composes.
const maxStatements = 512

// preparer is a pool or a connection.
type preparer interface {
	store.Conn
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
}

// statements runs statements and keeps them prepared.
type statements struct {
	on    preparer
	mu    sync.RWMutex
	known map[string]*sql.Stmt
}

func (s *statements) exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	stmt, err := s.prepared(ctx, query)
	if err != nil {
		return nil, err
	}
	if stmt == nil {
		return s.on.ExecContext(ctx, query, args...)
	}
	return stmt.ExecContext(ctx, args...)
}

func (s *statements) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	stmt, err := s.prepared(ctx, query)
	if err != nil {
		return nil, err
	}
	if stmt == nil {
		return s.on.QueryContext(ctx, query, args...)
	}
	return stmt.QueryContext(ctx, args...)
}

// prepared returns the statement with that text, or nil when the cache is full.
func (s *statements) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	s.mu.RLock()
	stmt, ok := s.known[query]
	s.mu.RUnlock()
	if ok {
		return stmt, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if stmt, ok := s.known[query]; ok || len(s.known) >= maxStatements {
		return stmt, nil
	}
	stmt, err := s.on.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if s.known == nil {
		s.known = map[string]*sql.Stmt{}
	}
	s.known[query] = stmt
	return stmt, nil
}

func (s *statements) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	for _, stmt := range s.known {
		err = errors.Join(err, stmt.Close())
	}
	s.known = nil
	return err
}
