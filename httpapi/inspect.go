package httpapi

import (
	"encoding/json"
	"errors"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth is how many objects and arrays may be inside each other.
const maxDepth = 32

// What inspect refuses. Clients see errBody; these are its causes.
var (
	errUTF8      = errors.New("not UTF-8")
	errDepth     = errors.New("nested too deeply")
	errKeyTwice  = errors.New("two keys of an object are equal or differ only in case")
	errKeyCase   = errors.New("a key differs from a known one only in case")
	errEscape    = errors.New("an escape stands for no character")
	errNUL       = errors.New("a string contains NUL")
	errMalformed = errors.New("not JSON")
)

// inspection is one pass over a JSON text for what encoding/json accepts and this
// package does not. On a text that is not JSON it may find nothing.
type inspection struct {
	text   []byte
	open   []level            // the objects and arrays around the current place
	keys   map[objectKey]bool // of all objects so far
	object int                // number of the last object
}

// level is an object or array that was begun.
type level struct {
	object int    // its number, 0 for an array
	shape  *shape // the keys an object should have
	value  *shape // the shape of the value that comes next
	key    bool   // a key comes next
}

// objectKey is a key of one object, folded.
type objectKey struct {
	object int
	name   string
}

// inspect refuses a text that is not UTF-8, is nested more than maxDepth deep,
// has two keys in an object that are equal or differ only in case, has a key that
// differs only in case from the one s declares there, or escapes NUL or half a
// surrogate pair.
func inspect(text []byte, s *shape) error {
	if !utf8.Valid(text) {
		return errUTF8
	}
	in := inspection{text: text, keys: map[objectKey]bool{}}
	for i := 0; i < len(text); i++ {
		var err error
		switch c := text[i]; c {
		case '{', '[':
			err = in.begin(c, s)
		case '}', ']':
			err = in.end()
		case ',':
			in.expectKey(true)
		case ':':
			in.expectKey(false)
		case '"':
			i, err = in.str(i)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// begin enters an object or array; s is the shape of the outermost.
func (in *inspection) begin(c byte, s *shape) error {
	if len(in.open) == maxDepth {
		return errDepth
	}
	if n := len(in.open); n > 0 {
		s = in.open[n-1].value
	}
	l := level{value: s} // elements of a list are all of one shape
	if c == '{' {
		in.object++
		l = level{object: in.object, shape: s, key: true}
	}
	in.open = append(in.open, l)
	return nil
}

func (in *inspection) end() error {
	if len(in.open) == 0 {
		return errMalformed
	}
	in.open = in.open[:len(in.open)-1]
	return nil
}

func (in *inspection) expectKey(yes bool) {
	if n := len(in.open); n > 0 && in.open[n-1].object != 0 {
		in.open[n-1].key = yes
	}
}

// str checks the string that begins at i and returns where its last quote is.
func (in *inspection) str(i int) (end int, err error) {
	escaped := false
	for end = i + 1; end < len(in.text) && in.text[end] != '"'; end++ {
		if in.text[end] != '\\' {
			continue
		}
		escaped = true
		n, err := escape(in.text[end:])
		if err != nil {
			return end, err
		}
		end += n - 1
	}
	if end >= len(in.text) {
		return end, errMalformed
	}
	if n := len(in.open); n > 0 && in.open[n-1].key {
		return end, in.addKey(&in.open[n-1], in.text[i:end+1], escaped)
	}
	return end, nil
}

// escape returns the length of the escape, or pair of escapes, text begins with.
func escape(text []byte) (int, error) {
	if len(text) < 2 {
		return 0, errMalformed
	}
	if text[1] != 'u' {
		return 2, nil
	}
	switch r := unit(text); {
	case r < 0:
		return 0, errMalformed
	case r == 0:
		return 0, errNUL
	case !utf16.IsSurrogate(r):
		return 6, nil
	case utf16.DecodeRune(r, unit(text[6:])) != utf8.RuneError:
		return 12, nil
	default:
		return 0, errEscape
	}
}

// unit returns the number of the \uXXXX that text begins with, or -1.
func unit(text []byte) rune {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return -1
	}
	n, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	if err != nil {
		return -1
	}
	return rune(n)
}

// addKey notes a key of l, given with its quotes.
func (in *inspection) addKey(l *level, quoted []byte, escaped bool) error {
	name := string(quoted[1 : len(quoted)-1])
	if escaped {
		if err := json.Unmarshal(quoted, &name); err != nil {
			return err
		}
	}
	folded := fold(name)
	k := objectKey{l.object, folded}
	if in.keys[k] {
		return errKeyTwice
	}
	in.keys[k] = true
	l.value = nil
	if l.shape == nil {
		return nil
	}
	if f, ok := l.shape.fields[folded]; ok {
		if f.name != name {
			return errKeyCase
		}
		l.value = f.value
	}
	return nil
}
