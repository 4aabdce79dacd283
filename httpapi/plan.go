package httpapi

import (
	"encoding"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ruyi-im/ruyi/internal/errs"
)

// maxPathValue is the length in bytes of the longest path value; names of users,
// groups and codes are far shorter.
const maxPathValue = 256

// plan is how a request fills one input type, worked out once.
type plan struct {
	params []param
	query  bool      // some params are in the query
	body   *bodyPlan // nil when the body is not read
}

// param is a field that is filled from the path or the query.
type param struct {
	name  string
	query bool
	index []int
	set   func(field reflect.Value, s string) error
}

// newPlan panics when t cannot be filled, at construction rather than at the
// first request.
func newPlan(t reflect.Type) *plan {
	p := &plan{}
	switch t.Kind() {
	case reflect.Slice:
		p.body = &bodyPlan{open: '[', shape: shapeOf(t)}
		return p
	case reflect.Struct:
	default:
		panic(fmt.Sprintf("httpapi: input %v is neither a struct nor a slice", t))
	}
	for _, f := range reflect.VisibleFields(t) {
		if f.Anonymous && f.Tag == "" && f.Type.Kind() == reflect.Struct {
			continue // its fields are visible themselves
		}
		if err := p.add(t, f); err != nil {
			panic(fmt.Sprintf("httpapi: field %v.%s: %v", t, f.Name, err))
		}
	}
	return p
}

// add plans field f of input t.
func (p *plan) add(t reflect.Type, f reflect.StructField) error {
	tag := f.Tag.Get("json")
	path, inPath := f.Tag.Lookup("path")
	query, inQuery := f.Tag.Lookup("query")
	kind, inBody := f.Tag.Lookup("body")
	switch {
	case !f.IsExported():
		return errors.New("not exported")
	case (inPath || inQuery || inBody) && tag != "-":
		return errors.New(`json:"-" is missing, a body could set the field as well`)
	case inPath:
		return p.addParam(param{name: path, index: f.Index}, f.Type)
	case inQuery:
		p.query = true
		return p.addParam(param{name: query, query: true, index: f.Index}, f.Type)
	case inBody:
		if kind != "array" || f.Type.Kind() != reflect.Slice {
			return errors.New(`only body:"array" of a slice is known`)
		}
		return p.setBody(&bodyPlan{open: '[', index: f.Index, shape: shapeOf(f.Type)})
	case tag == "" || tag == "-" || tag[0] == ',':
		return errors.New("no tag says where it comes from")
	case p.body != nil && p.body.open == '{':
		return nil // the body's shape has this field already
	default:
		return p.setBody(&bodyPlan{open: '{', shape: shapeOf(t)})
	}
}

func (p *plan) addParam(f param, t reflect.Type) error {
	set, err := setterOf(t)
	if err != nil {
		return err
	}
	f.set = set
	p.params = append(p.params, f)
	return nil
}

func (p *plan) setBody(b *bodyPlan) error {
	if p.body != nil {
		return errors.New("a body is one object or one array")
	}
	p.body = b
	return nil
}

// setterOf returns how text becomes a value of type t.
func setterOf(t reflect.Type) (func(reflect.Value, string) error, error) {
	if reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		return func(v reflect.Value, s string) error {
			return v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(s))
		}, nil
	}
	switch t.Kind() {
	case reflect.String:
		return func(v reflect.Value, s string) error {
			v.SetString(s)
			return nil
		}, nil
	case reflect.Int, reflect.Int64:
		return func(v reflect.Value, s string) error {
			n, err := parseInt(s, t.Bits())
			v.SetInt(n)
			return err
		}, nil
	default:
		return nil, fmt.Errorf("type %v is not supported in path and query", t)
	}
}

// parseInt reads a decimal integer without a plus sign.
func parseInt(s string, bits int) (int64, error) {
	if strings.HasPrefix(s, "+") {
		return 0, strconv.ErrSyntax
	}
	return strconv.ParseInt(s, 10, bits)
}

// fill sets the fields of *in from r.
func (p *plan) fill(r *http.Request, in any) error {
	v := reflect.ValueOf(in).Elem()
	var query url.Values
	if p.query && r.URL.RawQuery != "" {
		var err error
		if query, err = url.ParseQuery(r.URL.RawQuery); err != nil {
			return errs.Because(errParam, err)
		}
	}
	for _, f := range p.params {
		s, ok := f.value(r, query)
		if !ok {
			return errParam
		}
		if s == "" {
			continue
		}
		if err := f.set(v.FieldByIndex(f.index), s); err != nil {
			return paramError(err)
		}
	}
	if p.body == nil {
		return nil
	}
	return p.body.fill(r, v)
}

// value returns the text for f and whether it may be used.
func (f param) value(r *http.Request, query url.Values) (string, bool) {
	var s string
	if f.query {
		values := query[f.name]
		if len(values) > 1 {
			return "", false // which one counts is a matter of taste, so none
		}
		if len(values) == 1 {
			s = values[0]
		}
	} else if s = r.PathValue(f.name); len(s) > maxPathValue {
		return "", false
	}
	return s, utf8.ValidString(s) && !strings.Contains(s, "\x00")
}

// paramError keeps the refusal of a type that knows what is wrong with its text.
func paramError(err error) error {
	if e, ok := errors.AsType[*errs.Error](err); ok {
		return e
	}
	return errs.Because(errParam, err)
}
