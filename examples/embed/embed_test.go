package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi"
	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/sqlite"
	"github.com/ruyi-im/ruyi/user"
)

// settings are those of the program, with a code that tests know.
func settings() ruyi.Options {
	return ruyi.Options{Pepper: []byte(strings.Repeat("p", 32)), User: user.Options{DevCode: "123456"}}
}

func openDB(t *testing.T) *store.DB {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "embed.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func TestMountSharesTheMux(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /hello", hello)
	if _, err := mount(mux, openDB(t), settings()); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		method, path, body string
		code               int
		answer             string
	}{
		{"GET", "/hello", "", 200, "hello"},
		{"POST", "/im/user/register", `{"zone":"0086","phone":"13800000001","code":"123456","password":"a-good-password","name":"Ann"}`, 200, `"token":`},
		{"POST", "/im/user/login", `{"username":"008613800000001","password":"a-good-password"}`, 200, `"name":"Ann"`},
		{"POST", "/im/friend/sync", "", 401, `"msg":`},
		{"GET", "/v1/users/ann", "", 404, "not found"},
	} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(c.method, c.path, strings.NewReader(c.body)))
		if w.Code != c.code || !strings.Contains(w.Body.String(), c.answer) {
			t.Errorf("%s %s: got %d %s, want %d with %s", c.method, c.path, w.Code, w.Body, c.code, c.answer)
		}
	}
}

func TestRunRefusesToStart(t *testing.T) {
	dir := t.TempDir()
	for name, err := range map[string]error{
		"no pepper":   run(t.Context(), "127.0.0.1:0", filepath.Join(dir, "embed.db"), ""),
		"no folder":   run(t.Context(), "127.0.0.1:0", filepath.Join(dir, "none", "embed.db"), strings.Repeat("p", 32)),
		"bad address": run(t.Context(), "127.0.0.1:no-such-port", filepath.Join(dir, "embed.db"), strings.Repeat("p", 32)),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestOrderAndRequestCommitTogether(t *testing.T) {
	ctx, db := t.Context(), openDB(t)
	core, err := ruyi.New(db, settings())
	if err != nil {
		t.Fatal(err)
	}
	if err := createOrders(ctx, db); err != nil {
		t.Fatal(err)
	}
	buyer, seller := register(t, core, "13800000001"), register(t, core, "13800000002")

	if err := placeOrder(ctx, db, settings(), buyer, seller, "a pot"); err != nil {
		t.Fatal(err)
	}
	queue, err := core.Message.Queue(ctx, seller, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(queue) != 1 || !strings.Contains(string(queue[0].Payload), "a pot") {
		t.Errorf("the seller's queue is %v, want one request about the pot", queue)
	}
	if n := orders(t, db); n != 1 {
		t.Errorf("%d orders, want 1", n)
	}

	if err := placeOrder(ctx, db, settings(), buyer, "nobody", "a lid"); !errors.Is(err, friend.ErrNobody) {
		t.Errorf("ordering from nobody: %v, want ErrNobody", err)
	}
	if n := orders(t, db); n != 1 {
		t.Errorf("%d orders after one that failed, want 1", n)
	}
}

func register(t *testing.T, core *ruyi.Core, phone string) (uid string) {
	t.Helper()
	signed, err := core.User.Register(t.Context(), user.Registration{
		Phone: user.Phone{Zone: "0086", Number: phone}, Code: "123456", Password: "a-good-password", Name: "Ann",
	})
	if err != nil {
		t.Fatal(err)
	}
	return signed.User.UID
}

func orders(t *testing.T, db *store.DB) (n int) {
	t.Helper()
	err := db.Update(t.Context(), func(tx store.Conn) error { return count(t.Context(), tx, &n) })
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func count(ctx context.Context, tx store.Conn, n *int) error {
	rows, err := tx.QueryContext(ctx, "SELECT count(*) FROM shop_order")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(n); err != nil {
			return err
		}
	}
	return rows.Err()
}
