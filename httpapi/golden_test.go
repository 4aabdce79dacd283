package httpapi_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi"
	"github.com/ruyi-im/ruyi/httpapi"
	"github.com/ruyi-im/ruyi/internal/pgtest"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/postgres"
	"github.com/ruyi-im/ruyi/store/sqlite"
	"github.com/ruyi-im/ruyi/user"
)

// now is the time at which the recorded exchanges take place.
var now = time.Date(2026, 1, 1, 8, 0, 0, 0, time.UTC)

// onBothEngines runs a test against an API on each engine.
func onBothEngines(t *testing.T, test func(t *testing.T, api *client)) {
	for name, open := range map[string]func(t *testing.T) (*store.DB, error){
		"sqlite": func(t *testing.T) (*store.DB, error) {
			return sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ruyi.db"), sqlite.Options{})
		},
		"postgres": func(t *testing.T) (*store.DB, error) {
			return postgres.Open(t.Context(), pgtest.DSN(t), postgres.Options{})
		},
	} {
		t.Run(name, func(t *testing.T) {
			db, err := open(t)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			test(t, newClient(t, db))
		})
	}
}

// client calls an API and keeps what it saw, by operation.
type client struct {
	t       testing.TB
	db      *store.DB
	handler http.Handler
	names   map[string]string // what a random value of this run stands for
	seen    map[string][]exchange
}

// exchange is a request and its answer.
type exchange struct {
	method, path, body string
	code               int
	answer             []byte
}

func newClient(t testing.TB, db *store.DB) *client {
	core, err := ruyi.New(db, ruyi.Options{
		Pepper: bytes.Repeat([]byte{7}, 32), User: user.Options{DevCode: "123456"}, Now: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	return &client{
		t: t, db: db, names: map[string]string{}, seen: map[string][]exchange{},
		handler: httpapi.New(core, httpapi.Options{Location: time.UTC}),
	}
}

// call sends a request under the token of a session, "" for none, and records
// the exchange under the name of an operation.
func (c *client) call(op, token, method, path, body string) []byte {
	c.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if token != "" {
		r.Header.Set("token", token)
	}
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	answer := w.Body.Bytes()
	c.seen[op] = append(c.seen[op], exchange{method, path, body, w.Code, answer})
	return answer
}

// decode calls and returns the answer as a T.
func decode[T any](c *client, op, token, method, path, body string) T {
	c.t.Helper()
	var v T
	answer := c.call(op, token, method, path, body)
	if err := json.Unmarshal(answer, &v); err != nil {
		c.t.Fatalf("%s %s: %v in %s", method, path, err, answer)
	}
	return v
}

// plain replaces the random values of this run.
func (c *client) plain(s string) string {
	for value, name := range c.names {
		s = strings.ReplaceAll(s, value, name)
	}
	return s
}

// readable indents JSON, opens payloads, and replaces what is random.
func (c *client) readable(answer []byte) string {
	var v any
	if err := json.Unmarshal(answer, &v); err != nil {
		c.t.Fatalf("the answer is not JSON: %q", answer)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(c.fixed(v)); err != nil {
		c.t.Fatal(err)
	}
	return c.plain(strings.TrimSpace(b.String()))
}

// fixed puts the name of a member in place of its value where that is random.
func (c *client) fixed(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = c.fixed(v[i])
		}
	case map[string]any:
		for key, value := range v {
			switch key {
			case "id", "token", "short_no", "vercode", "message_id", "message_idstr", "message_id_str", "client_msg_no",
				"last_client_msg_no":
				if value != "" && value != nil {
					v[key] = "<" + key + ">"
				}
			case "payload":
				v[key] = c.payload(value)
			default:
				v[key] = c.fixed(value)
			}
		}
	}
	return v
}

// payload opens a payload in base64, and returns one that is an object as it is.
func (c *client) payload(value any) any {
	text, encoded := value.(string)
	if !encoded {
		return c.fixed(value)
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		c.t.Fatal(err)
	}
	var content any
	if err := json.Unmarshal(raw, &content); err != nil {
		c.t.Fatal(err)
	}
	return map[string]any{"<base64 of>": c.fixed(content)}
}

// flag.Lookup finds the flag of the internal tests, which share this binary.
func updating() bool { return flag.Lookup("update").Value.String() == "true" }

// compare holds what was seen against testdata/golden, one file an operation.
func (c *client) compare() {
	c.t.Helper()
	for _, op := range slices.Sorted(maps.Keys(c.seen)) {
		file := filepath.Join("testdata", "golden", op+".txt")
		var b strings.Builder
		for _, e := range c.seen[op] {
			// What is random has a name by now.
			fmt.Fprintf(&b, "%s %s %s\n%d %s\n\n", e.method, c.plain(e.path), c.plain(e.body), e.code, c.readable(e.answer))
		}
		got := b.String()
		if updating() {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				c.t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			c.t.Fatal(err)
		}
		if got != string(want) {
			c.t.Errorf("%s: the exchanges differ from %s, see -update; got\n%s", op, file, got)
		}
	}
}
