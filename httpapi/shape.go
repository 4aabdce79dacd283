package httpapi

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"unicode"
)

// shape is the keys a type declares for JSON objects. encoding/json matches keys
// without regard to case, so {"Amount":1} would set amount; shapes let inspect
// refuse such keys. A nil shape declares none.
type shape struct {
	fields map[string]field // by folded name
}

// field is one declared key.
type field struct {
	name  string
	value *shape
}

// shapeOf returns the keys of t, of its elements when t is a list. It panics on
// types that JSON cannot fill.
func shapeOf(t reflect.Type) *shape { return shapes{}.of(t) }

// shapes are the ones seen so far, for types that contain themselves.
type shapes map[reflect.Type]*shape

func (seen shapes) of(t reflect.Type) *shape {
	if decodesItself(t) {
		return nil
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return seen.of(t.Elem())
	case reflect.Struct:
		return seen.ofStruct(t)
	case reflect.Chan, reflect.Func, reflect.Complex64, reflect.Complex128, reflect.UnsafePointer:
		panic(fmt.Sprintf("httpapi: JSON cannot fill a %v", t))
	default:
		return nil
	}
}

func (seen shapes) ofStruct(t reflect.Type) *shape {
	if s, ok := seen[t]; ok {
		return s
	}
	s := &shape{fields: map[string]field{}}
	seen[t] = s
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || f.Tag.Get("json") == "-" || f.Anonymous && name == "" {
			continue
		}
		if name == "" {
			name = f.Name
		}
		s.fields[fold(name)] = field{name: name, value: seen.of(f.Type)}
	}
	return s
}

func decodesItself(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(reflect.TypeFor[json.Unmarshaler]()) ||
		p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// fold returns s such that two keys are equal under fold exactly when they are
// equal to encoding/json, which compares as strings.EqualFold does.
func fold(s string) string { return strings.Map(foldRune, s) }

// foldRune returns the lower-case letter for ASCII and what folds to it, else the
// smallest rune that r folds to. Keys in lower case, nearly all, stay as they are.
func foldRune(r rune) rune {
	if r > unicode.MaxASCII {
		for next := unicode.SimpleFold(r); ; next = unicode.SimpleFold(r) {
			smallest := next <= r
			r = next
			if smallest {
				break
			}
		}
	}
	if 'A' <= r && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}
