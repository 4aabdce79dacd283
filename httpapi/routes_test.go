package httpapi

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestRoutesAreTheContract(t *testing.T) {
	var b strings.Builder
	for i, rt := range (&api{}).operations() {
		if rt.op != i+1 {
			t.Errorf("row %d is operation %d", i+1, rt.op)
		}
		who := "token"
		if rt.access == public {
			who = "public"
		}
		fmt.Fprintf(&b, "%02d %s %s %s\n", rt.op, rt.method, rt.path, who)
	}
	const golden = "testdata/routes.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("the table differs from %s:\n%s", golden, b.String())
	}
	if n := strings.Count(string(want), "\n"); n != 84 {
		t.Errorf("%s has %d lines, the document 84 operations", golden, n)
	}
}

func TestExtensionsRepeatNoOperation(t *testing.T) {
	a := &api{}
	known := a.operations()
	for _, rt := range a.extensions() {
		if rt.op < 0 || rt.op > 84 || rt.handler == nil {
			t.Errorf("%s %s: operation %d, handler %t", rt.method, rt.path, rt.op, rt.handler != nil)
		}
		if slices.ContainsFunc(known, func(k route) bool { return k.method == rt.method && k.path == rt.path }) {
			t.Errorf("%s %s is an operation already", rt.method, rt.path)
		}
	}
}

// TestPendingOperations prints what is not there yet and checks that it refuses.
func TestPendingOperations(t *testing.T) {
	core := &ruyi.Core{User: &sessions{}}
	h := New(core, Options{})
	for _, rt := range newAPI(core, Options{}).operations() {
		if rt.handler != nil {
			continue
		}
		t.Logf("pending: %02d %s %s", rt.op, rt.method, rt.path)
		path := "/v1" + strings.NewReplacer("{", "", "}", "").Replace(rt.path)
		wantAnswer(t, do(h, rt.method, path, ""), http.StatusBadRequest, `{"status":400,"msg":"该接口暂未开放"}`)
	}
}

// TestAccess asks every operation without a token: public ones must not
// mind, and those for visitors have looked for a session.
func TestAccess(t *testing.T) {
	users := &sessions{}
	a := newAPI(&ruyi.Core{User: users}, Options{})
	rows := append(a.operations(), a.extensions()...)
	for i := range rows {
		rows[i].handler = pending
	}
	a.mount(rows)
	for _, rt := range rows {
		users.asked = 0
		r, err := http.NewRequest(rt.method, "/v1"+strings.NewReplacer("{", "", "}", "").Replace(rt.path), nil)
		if err != nil {
			t.Fatal(err)
		}
		w := record(a, r)
		if rt.access == public && (w.Code != http.StatusBadRequest || users.asked != 0) ||
			rt.access == visitor && (w.Code != http.StatusBadRequest || users.asked != 1) ||
			rt.access == token && (w.Code != http.StatusUnauthorized || users.asked != 1) {
			t.Errorf("%d %s %s: code %d, %d look-ups", rt.op, rt.method, rt.path, w.Code, users.asked)
		}
	}
}
