package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"

	"github.com/ruyi-im/ruyi/internal/errs"
)

// bodyPlan is how a request body fills an input or one field of it.
type bodyPlan struct {
	open  byte  // '{' or '[', what the body must be
	index []int // the field, nil for the whole input
	shape *shape
}

// fill decodes the body of r into its place in the input.
func (b *bodyPlan) fill(r *http.Request, input reflect.Value) error {
	text, err := readBody(r)
	if err != nil {
		return err
	}
	if b.index != nil {
		input = input.FieldByIndex(b.index)
	}
	return b.decode(text, input.Addr().Interface())
}

// readBody returns the whole body of r. The server limits it, see api.ServeHTTP.
func readBody(r *http.Request) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	text, err := io.ReadAll(r.Body)
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return nil, errTooLarge
	}
	if err != nil {
		return nil, errs.Because(errBody, err)
	}
	return text, nil
}

// decode stores the JSON value in text at target, strictly. An empty text stores
// nothing: clients send none where everything is optional. The error is errBody,
// or the refusal of a type that knows what is wrong with its value.
//
// inspect refuses what encoding/json lets pass; encoding/json refuses everything
// that is not JSON or does not fit target.
func (b *bodyPlan) decode(text []byte, target any) error {
	text = bytes.TrimLeft(text, " \t\r\n")
	if len(text) == 0 {
		return nil
	}
	if text[0] != b.open {
		return errBody
	}
	if err := inspect(text, b.shape); err != nil {
		return errs.Because(errBody, err)
	}
	err := json.Unmarshal(text, target)
	if e, ok := errors.AsType[*errs.Error](err); ok {
		return e
	}
	if err != nil {
		return errs.Because(errBody, err)
	}
	return nil
}
