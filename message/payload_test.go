package message_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/message"
)

// nested returns a payload with so many objects and arrays inside each other.
func nested(depth int) string {
	return `{"type":1,"x":` + strings.Repeat("[", depth-1) + strings.Repeat("]", depth-1) + "}"
}

// sized returns a payload of so many bytes.
func sized(n int) string {
	const frame = `{"type":1,"x":""}`
	return strings.Replace(frame, `""`, `"`+strings.Repeat("x", n-len(frame))+`"`, 1)
}

// uids returns a list of n uids as JSON.
func uids(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprint("u", i)
	}
	b, _ := json.Marshal(list)
	return string(b)
}

func TestPayloads(t *testing.T) {
	h := enter(t, openSQLite(t), message.Options{}, "alice", "bob")
	h.found("g", "alice", "bob")
	for payload, want := range map[string]error{
		`{"type":1}`:          nil,
		`{"type":0}`:          nil,
		`{"type":9}`:          nil,
		`{"type":2147483647}`: nil,
		" {\n\"content\" : \"\\u0000\\ud800\", \"type\" : 98 }\t":     nil,
		`{"type":1,"a":{"type":99,"type":1},"b":"{[\"{["}`:            nil,
		`{"type":1,"":1,"visible":["x"]}`:                             nil,
		`{"type":1,"a":"\\","x":"\"` + strings.Repeat("[", 40) + `"}`: nil,
		nested(32):                nil,
		sized(message.MaxPayload): nil,

		sized(message.MaxPayload + 1): message.ErrPayloadSize,
		nested(33):                    message.ErrPayload,
		nested(20000):                 message.ErrPayload,
		``:                            message.ErrPayload,
		`null`:                        message.ErrPayload,
		`1`:                           message.ErrPayload,
		`"{\"type\":1}"`:              message.ErrPayload,
		`[{"type":1}]`:                message.ErrPayload,
		`{"type":1`:                   message.ErrPayload,
		`{"type":1}}`:                 message.ErrPayload,
		`{"type":1} {"type":1}`:       message.ErrPayload,
		`{"type":1,}`:                 message.ErrPayload,
		`{type:1}`:                    message.ErrPayload,
		"\ufeff{\"type\":1}":          message.ErrPayload,
		"{\"type\":1,\"x\":\"\xff\"}": message.ErrPayload,
		"{\"type\":1,\"x\":\"\x00\"}": message.ErrPayload,
		"{\"type\":1}\x00":            message.ErrPayload,
		`{"type":1,"type":99}`:        message.ErrPayload,
		`{"type":1,"typ\u0065":99}`:   message.ErrPayload,
		`{"type":1,"x":1,"x":1}`:      message.ErrPayload,
		`{"type":1,"Type":99}`:        message.ErrPayload,
		`{"TYPE":1}`:                  message.ErrPayload,
		`{"type":1,"Visibles":[]}`:    message.ErrPayload,
		`{"type":1,"viſibles":[]}`:    message.ErrPayload,

		`{}`:                            message.ErrPayloadType,
		`{"type":null}`:                 message.ErrPayloadType,
		`{"type":"1"}`:                  message.ErrPayloadType,
		`{"type":1.0}`:                  message.ErrPayloadType,
		`{"type":1e0}`:                  message.ErrPayloadType,
		`{"type":-1}`:                   message.ErrPayloadType,
		`{"type":true}`:                 message.ErrPayloadType,
		`{"type":[1]}`:                  message.ErrPayloadType,
		`{"type":2147483648}`:           message.ErrPayloadType,
		`{"type":18446744073709551715}`: message.ErrPayloadType,
		`{"type":99}`:                   message.ErrReserved,
		`{"type":10}`:                   message.ErrReserved,
		`{"type":999}`:                  nil,
		`{"type":1000}`:                 message.ErrReserved,
		`{"type":1012}`:                 message.ErrReserved,
		`{"type":2000}`:                 message.ErrReserved,
		`{"type":2001}`:                 nil,
		`{"type":1,"visibles":` + uids(200) + `}`:                    nil,
		`{"type":1,"visibles":` + uids(201) + `}`:                    message.ErrVisibles,
		`{"type":1,"visibles":"bob"}`:                                message.ErrVisibles,
		`{"type":1,"visibles":{"bob":1}}`:                            message.ErrVisibles,
		`{"type":1,"visibles":[1]}`:                                  message.ErrVisibles,
		`{"type":1,"visibles":[null]}`:                               message.ErrVisibles,
		`{"type":1,"visibles":[""]}`:                                 message.ErrVisibles,
		`{"type":1,"visibles":["\u0000"]}`:                           message.ErrVisibles,
		`{"type":1,"visibles":["a@b"]}`:                              message.ErrVisibles,
		`{"type":1,"visibles":["` + strings.Repeat("u", 101) + `"]}`: message.ErrVisibles,
	} {
		_, err := h.Send(t.Context(), "alice", message.Outgoing{Channel: in("g"), Payload: []byte(payload)})
		if !errors.Is(err, want) {
			t.Errorf("%.60q: error %v, want %v", payload, err, want)
		}
	}
	for payload, want := range map[string]error{
		`{"type":1,"visibles":["bob"]}`: message.ErrVisibles,
		`{"type":1,"visibles":[]}`:      nil,
	} {
		_, err := h.Send(t.Context(), "alice", message.Outgoing{Channel: to("bob"), Payload: []byte(payload)})
		wantErr(t, "to a person: "+payload, err, want)
	}
}

func TestWhatElseIsMalformed(t *testing.T) {
	h := enter(t, openSQLite(t), message.Options{}, "alice", "bob")
	for what, c := range map[string]struct {
		change func(*message.Outgoing)
		want   error
	}{
		"longest number":  {func(o *message.Outgoing) { o.ClientMsgNo = strings.Repeat("长", message.MaxClientMsgNo) }, nil},
		"too long number": {func(o *message.Outgoing) { o.ClientMsgNo = strings.Repeat("n", message.MaxClientMsgNo+1) }, message.ErrClientMsgNoFormat},
		"two lines":       {func(o *message.Outgoing) { o.ClientMsgNo = "a\nb" }, message.ErrClientMsgNoFormat},
		"NUL":             {func(o *message.Outgoing) { o.ClientMsgNo = "\x00" }, message.ErrClientMsgNoFormat},
		"no UTF-8":        {func(o *message.Outgoing) { o.ClientMsgNo = "\xff" }, message.ErrClientMsgNoFormat},
		"longest life":    {func(o *message.Outgoing) { o.Expire = message.MaxExpire }, nil},
		"negative life":   {func(o *message.Outgoing) { o.Expire = -1 }, message.ErrExpire},
		"endless life":    {func(o *message.Outgoing) { o.Expire = message.MaxExpire + 1 }, message.ErrExpire},
	} {
		_, err := h.Send(t.Context(), "alice", outgoing(func(o *message.Outgoing) { o.ClientMsgNo = what; c.change(o) }))
		wantErr(t, what, err, c.want)
	}
	if n := h.number("SELECT count(*) FROM ruyi_message"); n != 2 {
		t.Errorf("%d messages", n)
	}
}

// FuzzPayload looks for a payload that passes and that a client, or this library,
// reads as one that must not.
func FuzzPayload(f *testing.F) {
	for _, seed := range []string{
		`{"type":1,"content":"hi"}`, `{"type":99}`, `{"type":1,"typ\u0065":99}`, nested(33), `{"Type":99,"type":1}`,
		`{"type":1,"visibles":["bob"]}`, "{\"type\":1,\"x\":\"\\\"{\"}", "\xff", `{"type":1.0}`, `{"type":1e2}`,
	} {
		f.Add([]byte(seed))
	}
	s := message.New(passing{}, message.Options{Now: func() time.Time { return t0 }})
	f.Fuzz(func(t *testing.T, payload []byte) {
		before := bytes.Clone(payload)
		m, err := s.Send(t.Context(), "alice", message.Outgoing{Channel: in("g"), Payload: payload})
		if !bytes.Equal(payload, before) {
			t.Fatal("the caller's payload was changed")
		}
		if err != nil {
			return
		}
		var loose struct{ Type *int }
		var exact map[string]any
		if json.Unmarshal(payload, &loose) != nil || json.Unmarshal(payload, &exact) != nil || loose.Type == nil {
			t.Fatalf("%q passed", payload)
		}
		kind, _ := exact["type"].(float64)
		if int(kind) != *loose.Type || kind < 0 || kind == 10 || kind == 99 || kind >= 1000 && kind <= 2000 {
			t.Fatalf("%q passed with type %v and %d", payload, kind, *loose.Type)
		}
		if !bytes.Equal(m.Payload, payload) || len(payload) > message.MaxPayload || bytes.IndexByte(payload, 0) >= 0 {
			t.Fatalf("%q became %q", payload, m.Payload)
		}
	})
}
