package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestNodeFlags(t *testing.T) {
	t.Chdir(t.TempDir()) // in case one starts after all
	for _, c := range []struct{ flag, value string }{
		{"-tcp-addr", "im.example"}, {"-tcp-addr", ":5100"}, {"-tcp-addr", "im.example:"}, {"-tcp-addr", "tcp://im.example:5100"},
		{"-ws-addr", "im.example:5200"}, {"-ws-addr", "ws://"}, {"-ws-addr", "wss://im.example"}, {"-ws-addr", "ws://:5200"},
		{"-wss-addr", "ws://im.example"}, {"-wss-addr", "https://im.example"}, {"-wss-addr", "wss://%zz"},
	} {
		if code, log := runToEnd(t, noEnv, c.flag, c.value); code != 2 || !strings.Contains(log, c.flag+": ") {
			t.Errorf("%s %s: code %d:\n%s", c.flag, c.value, code, log)
		}
	}
}

func TestNodeIsTold(t *testing.T) {
	const tcp, ws, wss = "im.example:5100", "ws://im.example:5200", "wss://im.example/ws"
	s := startHere(t, "-dev", "-db", "sqlite:"+filepath.Join(t.TempDir(), "ruyi.db"),
		"-tcp-addr", tcp, "-ws-addr", ws, "-wss-addr", wss)
	ann, err := newClient(t, s.base).register("13800000001", "Ann")
	if err != nil {
		t.Fatal(err)
	}
	var node struct {
		TCP string `json:"tcp_addr"`
		WS  string `json:"ws_addr"`
		WSS string `json:"wss_addr"`
	}
	if err := ann.post("/users/"+ann.uid+"/im", nil, &node); err != nil {
		t.Fatal(err)
	}
	if node.TCP != tcp || node.WS != ws || node.WSS != wss {
		t.Errorf("told %+v", node)
	}
}
