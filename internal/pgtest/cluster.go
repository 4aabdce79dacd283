package pgtest

import "testing"

// Mode says how a server is told to stop.
type Mode string

const (
	// Fast ends the sessions, writes a checkpoint and stops in order.
	Fast Mode = "fast"
	// Immediate stops at once, as a crash would: nothing is written any more
	// and the next start recovers from the log.
	Immediate Mode = "immediate"
)

// Cluster is a server of one test's own, which the test may stop and start.
// Its methods end the test when they fail, so they are called from the
// goroutine of the test.
type Cluster struct {
	t      testing.TB
	server *server
}

// Start starts a private server, even where RUYI_TEST_POSTGRES names another
// one, since stopping is what it is for. It is stopped and removed when the
// test ends, and skips or fails like DSN where there is no PostgreSQL.
func Start(t testing.TB) *Cluster {
	t.Helper()
	s, err := newServer()
	if err != nil {
		unavailable(t, err)
	}
	t.Cleanup(s.remove)
	return &Cluster{t: t, server: s}
}

// DSN returns the postgres:// URL of the server. It stays the same over
// restarts, so a pool can find its way back.
func (c *Cluster) DSN() string { return c.server.dsn() }

// Stop stops the server and waits until it is gone. A stopped one stays so.
func (c *Cluster) Stop(mode Mode) {
	c.t.Helper()
	if err := c.server.stop(mode); err != nil {
		c.t.Fatalf("pgtest: stopping the cluster: %v", err)
	}
}

// Restart starts the server again on its data and port and waits until it
// answers. One that still runs is stopped with Fast first.
func (c *Cluster) Restart() {
	c.t.Helper()
	c.Stop(Fast)
	if err := c.server.start(); err != nil {
		c.t.Fatalf("pgtest: restarting the cluster: %v", err)
	}
}
