package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/ruyi-im/ruyi"
	"github.com/ruyi-im/ruyi/httpapi"
)

// Limits of the HTTP server, which the library leaves to its host.
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 15 * time.Second
	writeTimeout      = 30 * time.Second
	idleTimeout       = 60 * time.Second
	maxHeaderBytes    = 16 << 10
	drainLimit        = 10 * time.Second // for requests that run when a stop is asked for
	readyLimit        = 2 * time.Second  // for the database to answer
)

// cleanPrefix returns prefix without a slash at its end. Only characters that
// mean themselves in a URL and in a pattern of http.ServeMux may be in it.
func cleanPrefix(prefix string) (string, error) {
	trimmed := strings.TrimSuffix(prefix, "/")
	if trimmed == "" {
		return "", nil
	}
	other := func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("/-._~", r))
	}
	if trimmed[0] != '/' || strings.HasSuffix(trimmed, "/") || path.Clean(trimmed) != trimmed || strings.ContainsFunc(trimmed, other) {
		return "", fmt.Errorf("%q is not a clean path that begins with a slash", prefix)
	}
	return trimmed, nil
}

// checkPublicURL wants nothing, or the address of a host, as httpapi does.
func checkPublicURL(s string) error {
	if s == "" {
		return nil
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" ||
		u.User != nil || strings.ContainsAny(s, "?#") || strings.HasSuffix(s, "//") {
		return errors.New("want http:// or https://, a host and nothing but a path after it")
	}
	return nil
}

// pinger is a database that can be asked whether it answers.
type pinger interface {
	Ping(ctx context.Context) error
}

// newHandler returns everything the server answers. o has a logger, and a prefix
// without a slash at its end.
func newHandler(core *ruyi.Core, db pinger, o httpapi.Options) http.Handler {
	mux, log := http.NewServeMux(), o.Logger
	o.Prefix += "/" // which httpapi takes for "no prefix" where it stands alone
	mux.Handle(o.Prefix, httpapi.New(core, o))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), readyLimit)
		defer cancel()
		if err := db.Ping(ctx); err != nil {
			log.WarnContext(ctx, "not ready", "err", err)
			say(w, http.StatusServiceUnavailable, "the database does not answer")
			return
		}
		say(w, http.StatusOK, "ok")
	})
	return mux
}

func say(w http.ResponseWriter, code int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	_, _ = io.WriteString(w, text) // a client that has gone needs no answer
}

func newServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// serve answers requests and does the background work until ctx ends or one of
// the two fails. It returns when both have ended.
func serve(ctx context.Context, ln net.Listener, h http.Handler, core *ruyi.Core, log *slog.Logger) error {
	srv := newServer(h, log)
	// Requests that are being finished may depend on the background work.
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	failed := make(chan error, 2)
	var running sync.WaitGroup
	running.Go(func() { failed <- srv.Serve(ln) })
	running.Go(func() { failed <- core.Run(work) })

	var err error
	select {
	case <-ctx.Done():
		log.Info("stopping")
	case err = <-failed:
		err = errors.Join(errors.New("serving or the background work ended by itself"), err)
	}
	err = errors.Join(err, drain(srv))
	stop()
	running.Wait()
	return err
}

// drain lets the requests that run finish, and cuts off those that do not.
func drain(srv *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), drainLimit)
	defer cancel()
	if err := srv.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("requests were cut off: %w", err), srv.Close())
	}
	return nil
}
