package httpapi

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
)

// tracker remembers whether an answer was begun.
type tracker struct {
	http.ResponseWriter
	begun bool
}

// WriteHeader begins the answer unless code is informational.
func (t *tracker) WriteHeader(code int) {
	t.begun = t.begun || code >= http.StatusOK
	t.ResponseWriter.WriteHeader(code)
}

// Write begins the answer.
func (t *tracker) Write(b []byte) (int, error) {
	t.begun = true
	return t.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the server's writer.
func (t *tracker) Unwrap() http.ResponseWriter { return t.ResponseWriter }

// contain keeps a panic of a handler from the host and answers it as a fault. An
// answer that was begun cannot be taken back; then the connection is aborted, so
// that the client does not take half an answer for a whole one.
func (a *api) contain(t *tracker, r *http.Request) {
	v := recover()
	if v == nil {
		return
	}
	if v == http.ErrAbortHandler {
		panic(v)
	}
	a.log.LogAttrs(r.Context(), slog.LevelError, "httpapi: panic",
		slog.String("method", r.Method),
		slog.String("route", r.Pattern),
		slog.String("panic", fmt.Sprint(v)),
		slog.String("stack", string(debug.Stack())))
	if t.begun {
		panic(http.ErrAbortHandler)
	}
	writeRefusal(t, r, http.StatusInternalServerError, http.StatusInternalServerError, errInternal)
}
