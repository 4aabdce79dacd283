package postgres_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/ruyi-im/ruyi/internal/pgtest"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/postgres"
	"github.com/ruyi-im/ruyi/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(pgtest.M{M: m}) }

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Stores { return open(t, postgres.Options{}) })
}

// open returns a store in a schema of its own.
func open(tb testing.TB, o postgres.Options) *store.DB {
	tb.Helper()
	return openAt(tb, pgtest.DSN(tb), o)
}

func openAt(tb testing.TB, dsn string, o postgres.Options) *store.DB {
	tb.Helper()
	db, err := postgres.Open(tb.Context(), dsn, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	return db
}
