package httpapi

import (
	"net/http"
	"strings"
)

// catchAll is the pattern of requests that no operation matches.
const catchAll = "/"

// unrouted answers requests that no operation matches: 405 when another method
// would, else 404.
func (a *api) unrouted(w http.ResponseWriter, r *http.Request) {
	allowed := a.allowed(r)
	if len(allowed) == 0 {
		writeRefusal(w, r, http.StatusNotFound, http.StatusNotFound, errNoRoute)
		return
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	writeRefusal(w, r, http.StatusMethodNotAllowed, http.StatusMethodNotAllowed, errMethod)
}

// allowed returns the methods that r's path has an operation for, sorted.
func (a *api) allowed(r *http.Request) []string {
	var methods []string
	for _, m := range []string{
		http.MethodDelete, http.MethodGet, http.MethodHead, http.MethodPatch, http.MethodPost, http.MethodPut,
	} {
		probe := http.Request{Method: m, URL: r.URL, Host: r.Host}
		if _, pattern := a.mux.Handler(&probe); pattern != catchAll {
			methods = append(methods, m)
		}
	}
	return methods
}
