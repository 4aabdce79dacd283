// Command embed mounts ruyi on the mux of a program that has routes of its own.
//
//	RUYI_PEPPER=$(openssl rand -base64 32) go run ./examples/embed
//
// Keep the pepper: with another one nobody can log in any more. File order.go
// shows how rows of the program's own commit together with those of ruyi.
package main

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/ruyi-im/ruyi"
	"github.com/ruyi-im/ruyi/httpapi"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/sqlite"
)

func main() {
	if err := run(context.Background(), "127.0.0.1:8080", "embed.db", os.Getenv("RUYI_PEPPER")); err != nil {
		slog.Error("the program ended", "err", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, addr, file, pepper string) error {
	db, err := sqlite.Open(ctx, file, sqlite.Options{})
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /hello", hello)
	core, err := mount(mux, db, ruyi.Options{Pepper: []byte(pepper)})
	if err != nil {
		return err
	}
	go func() { _ = core.Run(ctx) }()
	srv := &http.Server{Addr: addr, Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second}
	return srv.ListenAndServe()
}

// mount adds ruyi to mux, below /im/.
func mount(mux *http.ServeMux, db *store.DB, o ruyi.Options) (*ruyi.Core, error) {
	core, err := ruyi.New(db, o)
	if err != nil {
		return nil, err
	}
	mux.Handle("/im/", httpapi.New(core, httpapi.Options{Prefix: "/im"}))
	return core, nil
}

// hello is a route of the program's own.
func hello(w http.ResponseWriter, _ *http.Request) {
	_, _ = w.Write([]byte("hello"))
}
