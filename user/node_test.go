package user_test

import (
	"context"
	"errors"
	"testing"

	"github.com/ruyi-im/ruyi/user"
)

// cluster is a directory with a node for each user, or one that is down.
type cluster struct{ down error }

func (c cluster) Node(_ context.Context, uid string) (user.Node, error) {
	return user.Node{TCPAddr: uid + ".example:5100"}, c.down
}

func TestIMNode(t *testing.T) {
	static := user.Node{TCPAddr: "im.example:5100", WSAddr: "ws://im.example:5200", WSSAddr: "wss://im.example"}
	down := errors.New("connection refused")
	for what, c := range map[string]struct {
		o           user.Options
		viewer, uid string
		node        user.Node
		want, cause error
	}{
		"nothing configured": {viewer: "a", uid: "a"},
		"one for all":        {o: user.Options{Node: static}, viewer: "a", uid: "a", node: static},
		"one each":           {o: user.Options{Node: static, Directory: cluster{}}, viewer: "a", uid: "a", node: user.Node{TCPAddr: "a.example:5100"}},
		"another's":          {o: user.Options{Directory: cluster{}}, viewer: "a", uid: "b", want: user.ErrNodeUID},
		"nobody's":           {o: user.Options{Node: static}, viewer: "a", uid: "", want: user.ErrNodeUID},
		"down":               {o: user.Options{Directory: cluster{down}}, viewer: "a", uid: "a", want: user.ErrNode, cause: down},
	} {
		w := &world{t: t, now: t0}
		node, err := w.with(nil, c.o).IMNode(t.Context(), c.viewer, c.uid)
		if node != c.node || !errors.Is(err, c.want) || c.cause != nil && !errors.Is(err, c.cause) {
			t.Errorf("%s: %+v, %v", what, node, err)
		}
	}
}
