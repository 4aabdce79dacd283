package httpapi

import (
	"context"
	"net/http"
	"net/netip"
	"reflect"

	"github.com/ruyi-im/ruyi/internal/errs"
	"github.com/ruyi-im/ruyi/user"
)

// tokenHeader carries the token of a session. Clients write it in lower case;
// this is the form that needs no conversion at every request.
const tokenHeader = "Token"

// maxToken is the length in bytes above which a token is not looked up; the ones
// this library issues are far shorter.
const maxToken = 256

// caller is who makes a request. The session is zero in public operations, and
// for visitors where they are let in.
type caller struct {
	user.Session
	from netip.Addr // the client's address
	// How the client reached the host, for links.
	secure bool
	host   string
}

// endpoint answers one operation for c, or returns the error to refuse it with
// before it has written anything. Most are made by handle.
type endpoint func(w http.ResponseWriter, r *http.Request, c caller) error

// handle makes an endpoint of fn: it fills an In from the request, calls fn and
// answers its result as JSON, a nil slice as [].
//
// Every field of In says where it comes from:
//
//	UID   string    `path:"uid" json:"-"`      // {uid} of the pattern, at most 256 bytes
//	Limit int64     `query:"limit" json:"-"`   // absent and empty are 0
//	Name  string    `json:"name"`              // the body, a JSON object
//	UIDs  []string  `body:"array" json:"-"`    // the body, a JSON array
//
// Fields from path and query are strings, int, int64 or encoding.TextUnmarshaler;
// fields of the body whatever encoding/json decodes. In may itself be a slice,
// which is the body. The body is read only when In has use for it. handle panics
// on an In that cannot be filled.
func handle[In, Out any](fn func(ctx context.Context, c caller, in In) (Out, error)) endpoint {
	plan := newPlan(reflect.TypeFor[In]())
	list := reflect.TypeFor[Out]().Kind() == reflect.Slice
	return func(w http.ResponseWriter, r *http.Request, c caller) error {
		var in In
		if err := plan.fill(r, &in); err != nil {
			return err
		}
		out, err := fn(r.Context(), c, in)
		if err != nil {
			return err
		}
		if list && reflect.ValueOf(out).IsNil() {
			return writeJSON(w, http.StatusOK, []struct{}{})
		}
		return writeJSON(w, http.StatusOK, out)
	}
}

// caller returns who makes r, or the refusal of a request without a session.
func (a *api) caller(r *http.Request, need access) (caller, error) {
	c := caller{from: a.clientAddr(r), secure: r.TLS != nil, host: r.Host}
	if need == public {
		return c, nil
	}
	var err error
	if t := r.Header.Get(tokenHeader); len(t) > maxToken {
		err = user.ErrSession
	} else {
		c.Session, err = a.core.User.Authenticate(r.Context(), t)
	}
	if need == visitor && errs.KindOf(err) == errs.Unauthenticated {
		c.Session, err = user.Session{}, nil
	}
	return c, err
}

// pending refuses an operation that has a row but no handler.
func pending(http.ResponseWriter, *http.Request, caller) error { return errPending }
