package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"sync"
)

// maxPooled is the largest buffer worth keeping; one large answer should not
// hold its memory for good.
const maxPooled = 64 << 10

// jsonBuffer is a buffer with the encoder that fills it.
type jsonBuffer struct {
	bytes.Buffer
	json *json.Encoder
}

var jsonBuffers = sync.Pool{New: func() any {
	e := &jsonBuffer{}
	e.json = json.NewEncoder(&e.Buffer)
	e.json.SetEscapeHTML(false) // clients are no browsers, and "&" in a link is not "\u0026"
	return e
}}

// writeJSON answers code with v as JSON. It fails before anything is written, or
// not at all: what goes wrong on the connection afterwards concerns nobody.
func writeJSON(w http.ResponseWriter, code int, v any) error {
	e := jsonBuffers.Get().(*jsonBuffer)
	defer func() {
		if e.Cap() <= maxPooled {
			jsonBuffers.Put(e)
		}
	}()
	e.Reset()
	if err := e.json.Encode(v); err != nil {
		return fmt.Errorf("encode the answer: %w", err)
	}
	body := e.Bytes() // ends with a newline, which a terminal is thankful for
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	_, _ = w.Write(body)
	return nil
}
