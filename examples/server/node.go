package main

import (
	"flag"
	"fmt"
	"net"
	"net/url"

	"github.com/ruyi-im/ruyi/user"
)

// nodeFlags declares the flags that say where clients connect for messages.
func nodeFlags(fs *flag.FlagSet, n *user.Node) {
	fs.StringVar(&n.TCPAddr, "tcp-addr", "", "`host:port` where apps connect for messages")
	fs.StringVar(&n.WSAddr, "ws-addr", "", "ws:// `URL` where browsers connect for messages")
	fs.StringVar(&n.WSSAddr, "wss-addr", "", "wss:// `URL` that browsers prefer to -ws-addr")
}

// checkNode refuses what no client could connect to.
func checkNode(n user.Node) error {
	if n.TCPAddr != "" {
		if host, port, err := net.SplitHostPort(n.TCPAddr); err != nil || host == "" || port == "" {
			return fmt.Errorf("-tcp-addr: %q is not host:port", n.TCPAddr)
		}
	}
	for _, a := range []struct{ scheme, addr string }{{"ws", n.WSAddr}, {"wss", n.WSSAddr}} {
		if a.addr == "" {
			continue
		}
		if u, err := url.Parse(a.addr); err != nil || u.Scheme != a.scheme || u.Hostname() == "" {
			return fmt.Errorf("-%s-addr: %q is not a %s:// URL", a.scheme, a.addr, a.scheme)
		}
	}
	return nil
}
