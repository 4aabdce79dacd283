package message

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ruyi-im/ruyi/internal/text"
)

// Limits of what a message carries.
const (
	MaxPayload  = 64 << 10 // bytes
	MaxVisibles = 200      // uids that a payload names in "visibles"
	maxDepth    = 32       // objects and arrays inside each other
)

// content is what a payload says about itself.
type content struct {
	kind     int64 // its "type"
	visibles []string
}

// readPayload checks a payload and returns what it says. Clients and this
// library must read one and the same thing in it: so no key stands in it twice,
// nor in another spelling that some decoders take for the same.
func readPayload(payload []byte) (content, error) {
	switch {
	case len(payload) > MaxPayload:
		return content{}, ErrPayloadSize
	case !utf8.Valid(payload) || !json.Valid(payload) || depth(payload) > maxDepth:
		return content{}, ErrPayload
	}
	fields, ok := fieldsOf(payload)
	if !ok {
		return content{}, ErrPayload
	}
	kind, err := strconv.ParseInt(string(fields["type"]), 10, 32)
	if err != nil || kind < 0 {
		return content{}, ErrPayloadType
	}
	visibles, ok := visiblesOf(fields["visibles"])
	if !ok {
		return content{}, ErrVisibles
	}
	return content{kind: kind, visibles: visibles}, nil
}

// fieldsOf returns the members of an object, whose keys must differ.
func fieldsOf(object []byte) (map[string]json.RawMessage, bool) {
	d := json.NewDecoder(bytes.NewReader(object))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, false
	}
	fields := map[string]json.RawMessage{}
	for d.More() {
		key, err := d.Token()
		name, ok := key.(string)
		if err != nil || !ok {
			return nil, false
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, false
		}
		if _, twice := fields[name]; twice || misspelt(name) {
			return nil, false
		}
		fields[name] = value
	}
	return fields, true
}

// misspelt reports whether a decoder that ignores case takes name for a key that
// decides something.
func misspelt(name string) bool {
	return slices.ContainsFunc([]string{"type", "visibles"}, func(key string) bool {
		return name != key && strings.EqualFold(name, key)
	})
}

// visiblesOf returns the uids that a payload is limited to, each once. None and
// null mean everybody.
func visiblesOf(value json.RawMessage) ([]string, bool) {
	if value == nil {
		return nil, true
	}
	var uids []string
	if err := json.Unmarshal(value, &uids); err != nil || len(uids) > MaxVisibles {
		return nil, false
	}
	return once(uids), areIDs(uids...)
}

// depth returns how deep valid JSON is nested.
func depth(valid []byte) int {
	deepest, now, inText := 0, 0, false
	for i := 0; i < len(valid); i++ {
		switch c := valid[i]; {
		case inText && c == '\\':
			i++
		case c == '"':
			inText = !inText
		case inText:
		case c == '{' || c == '[':
			now++
			deepest = max(deepest, now)
		case c == '}' || c == ']':
			now--
		}
	}
	return deepest
}

// maxID is more than any uid or group number has.
const maxID = 100

// areIDs reports whether each can be a uid or the number of a group. Not every
// database takes a text that is none.
func areIDs(ids ...string) bool {
	return !slices.ContainsFunc(ids, func(id string) bool {
		return id == "" || strings.Contains(id, "@") || !text.Line(id, maxID)
	})
}
