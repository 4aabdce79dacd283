package postgres_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"time"
)

// network dials for a store and does harm to its lines.
type network struct {
	dialled, open atomic.Int64
	down          atomic.Bool // nobody can be reached any more
	onCommit      atomic.Pointer[func(l *line) error]
}

var errDown error = &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("the test cut the network")}

func (n *network) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if n.down.Load() {
		return nil, errDown
	}
	conn, err := new(net.Dialer).DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	n.dialled.Add(1)
	n.open.Add(1)
	return &line{Conn: conn, network: n}, nil
}

// disturb has lost called instead of sending the next COMMIT, whose answer the
// client does not get.
func (n *network) disturb(lost func(l *line) error) { n.onCommit.Store(&lost) }

// swallowed is a COMMIT that does not reach the server.
func swallowed(*line) error { return nil }

// line is one connection.
type line struct {
	net.Conn
	network *network
	commit  []byte      // the message that was disturbed
	cut     atomic.Bool // the client gets no answer any more
	held    atomic.Bool // the server does not learn that the client is gone
	closed  atomic.Bool
}

// cancelRequest begins the message by which a client that has lost its line would
// end what the server still does on it. It is lost as well.
var cancelRequest = []byte{0, 0, 0, 16, 4, 210, 22, 46}

// Write sends what the client says. It is simple protocol that commits, so the
// word is in the message, as a string of the protocol.
func (l *line) Write(message []byte) (int, error) {
	if l.cut.Load() || bytes.Equal(message[:min(8, len(message))], cancelRequest) {
		return 0, errDown
	}
	if bytes.Contains(message, []byte("COMMIT\x00")) {
		if commit := l.network.onCommit.Swap(nil); commit != nil {
			l.cut.Store(true)
			l.commit = bytes.Clone(message)
			if err := l.SetReadDeadline(time.Unix(1, 0)); err != nil { // ends a Read under way
				return 0, err
			}
			return len(message), (*commit)(l)
		}
	}
	return l.Conn.Write(message)
}

func (l *line) Read(b []byte) (int, error) {
	if l.cut.Load() {
		return 0, io.EOF
	}
	n, err := l.Conn.Read(b)
	if l.cut.Load() {
		return 0, io.EOF
	}
	return n, err
}

func (l *line) Close() error {
	if !l.closed.Swap(true) {
		l.network.open.Add(-1)
	}
	if l.held.Load() {
		return nil
	}
	return l.Conn.Close()
}

// deliver sends the server the COMMIT that was disturbed.
func (l *line) deliver() error {
	_, err := l.Conn.Write(l.commit)
	return err
}

// hold keeps the server from learning that the client is gone.
func (l *line) hold() error {
	l.held.Store(true)
	return nil
}
