package user

import (
	"context"

	"github.com/ruyi-im/ruyi/internal/errs"
)

// Node is where a client connects for messages. Each address may be empty.
type Node struct {
	TCPAddr string // host:port of the binary protocol over TCP
	WSAddr  string // ws:// URL of the same over WebSocket
	WSSAddr string // wss:// URL; web clients prefer it
}

// Directory knows the node of every user, as a cluster of IM servers does.
type Directory interface {
	// Node returns the node that uid is to connect to. An error is told to the
	// client as ErrNode. It must stand uids that belong to nobody any more, and
	// escape what it puts into an address of its own.
	Node(ctx context.Context, uid string) (Node, error)
}

// Connecting tells clients where to connect.
type Connecting interface {
	// IMNode returns the node of uid (operation 20), which must be the viewer.
	// ErrNodeUID, ErrNode.
	IMNode(ctx context.Context, viewer, uid string) (Node, error)
}

// Node makes a Node the same for all users: the default Directory.
func (n Node) Node(context.Context, string) (Node, error) { return n, nil }

func (s *service) IMNode(ctx context.Context, viewer, uid string) (Node, error) {
	if uid != viewer {
		return Node{}, ErrNodeUID
	}
	n, err := s.directory.Node(ctx, uid)
	if err != nil {
		return Node{}, errs.Because(ErrNode, err)
	}
	return n, nil
}
