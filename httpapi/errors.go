package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"github.com/ruyi-im/ruyi/internal/errs"
	"github.com/ruyi-im/ruyi/user"
)

// The refusals of this package.
var (
	errBody      = errs.New(errs.Invalid, "httpapi.body", "请求数据格式有误！", "the request body is malformed")
	errTooLarge  = errs.New(errs.Invalid, "httpapi.too_large", "请求数据过大！", "the request body is too large")
	errNoFile    = errs.New(errs.Invalid, "httpapi.no_file", "请选择要上传的文件！", "the file is missing")
	errManyFiles = errs.New(errs.Invalid, "httpapi.many_files", "一次只能上传一个文件！", "only one file can be sent at a time")
	errParam     = errs.New(errs.Invalid, "httpapi.param", "请求参数有误！", "a parameter in the address is malformed")
	errPending   = errs.New(errs.Denied, "httpapi.pending", "该接口暂未开放", "this operation is not open yet")
	errNoRoute   = errs.New(errs.NotFound, "httpapi.no_route", "接口不存在", "no such operation")
	errMethod    = errs.New(errs.NotFound, "httpapi.method", "请求方法不支持", "the operation does not know this method")
	errInternal  = errs.New(errs.Internal, "httpapi.internal", "服务器内部错误", "internal server error")
)

// refusal is the body of every answer but success. A missing session has no
// status.
type refusal struct {
	Status int    `json:"status,omitempty"`
	Msg    string `json:"msg"`
}

// refuse answers err. Faults are logged and show nothing of themselves.
func (a *api) refuse(w http.ResponseWriter, r *http.Request, err error) {
	e := refusalFor(err)
	code, status := a.statusOf(e.Kind())
	if code >= http.StatusInternalServerError {
		a.report(r, err)
	}
	if e.Kind() == errs.Unavailable {
		w.Header().Set("Retry-After", "1")
	}
	if check, ok := errors.AsType[*user.DeviceCheckError](err); ok {
		// It cannot fail, as in writeRefusal.
		_ = writeJSON(w, code, newDeviceCheckRefusal(check, e.Text(r.Header.Get("Accept-Language"))))
		return
	}
	writeRefusal(w, r, code, status, e)
}

// refusalFor returns what a client is told of err.
func refusalFor(err error) *errs.Error {
	e, ok := errors.AsType[*errs.Error](err)
	if !ok || e.Kind() == errs.Internal {
		return errInternal
	}
	return e
}

// statusOf returns the HTTP code and the status in the body of a refusal.
func (a *api) statusOf(kind errs.Kind) (code, status int) {
	switch kind {
	case errs.Invalid:
		status = http.StatusBadRequest
	case errs.Denied:
		status = http.StatusForbidden
	case errs.NotFound:
		status = http.StatusNotFound
	case errs.Conflict:
		status = http.StatusConflict
	case errs.Exhausted:
		status = http.StatusTooManyRequests
	case errs.Unauthenticated:
		return http.StatusUnauthorized, 0
	case errs.Unavailable:
		return http.StatusServiceUnavailable, http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError, http.StatusInternalServerError
	}
	switch {
	case a.realStatus:
		return status, status
	case kind == errs.Exhausted:
		return http.StatusBadRequest, status
	default:
		return http.StatusBadRequest, http.StatusBadRequest
	}
}

// writeRefusal sends a refusal in the client's language.
func writeRefusal(w http.ResponseWriter, r *http.Request, code, status int, e *errs.Error) {
	// It cannot fail: a number and a string always encode.
	_ = writeJSON(w, code, refusal{Status: status, Msg: e.Text(r.Header.Get("Accept-Language"))})
}

// report logs a fault by its route, never by the address, body or headers of the
// request, which hold secrets. A client that went away is no fault.
func (a *api) report(r *http.Request, err error) {
	level := slog.LevelError
	if r.Context().Err() != nil && errors.Is(err, context.Canceled) {
		level = slog.LevelDebug
	}
	a.log.LogAttrs(r.Context(), level, "httpapi: request failed",
		slog.String("method", r.Method),
		slog.String("route", r.Pattern),
		slog.String("error", err.Error()))
}
