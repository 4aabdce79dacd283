package httpapi

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ruyi-im/ruyi/internal/errs"
)

//go:embed page
var pageFiles embed.FS

// maxForm is the length in bytes of the longest form that a page sends, and more.
const maxForm = 8 << 10

// pagePolicy lets a page load its style sheet and send its form here, and nothing
// else: no script, no frame around it, nothing from elsewhere.
const pagePolicy = "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// card is what a page shows: one thing to agree to, or what came of it.
type card struct {
	English bool
	State   string // "ask", "done" or "refused"
	Mark    string // a letter or sign, "" for none
	Title   string
	Group   string   // name of the group
	Count   string   // how many are in it
	Who     string   // name of somebody, and what they do
	Does    string   //
	Remark  string   // their words
	People  []string // names
	Text    string
	Hint    string
	Form    *cardForm
}

// cardForm is the one button of a card. Pages need no token against forged
// requests: whoever can name the code in the fields can act anyway, and a browser
// adds nothing of its own, for there are no cookies.
type cardForm struct {
	Action string // relative, so that it stays right behind whatever prefix
	Fields []cardField
	Button string
}

type cardField struct{ Name, Value string }

// pages renders cards.
type pages struct{ card *template.Template }

func newPages() pages { return pages{template.Must(template.ParseFS(pageFiles, "page/card.html"))} }

// show answers code with a card.
func (p pages) show(w http.ResponseWriter, code int, c card) error {
	var b bytes.Buffer
	if err := p.card.Execute(&b, c); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer") // the address of the page has the code in it
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "Accept-Language")
	w.WriteHeader(code)
	_, _ = w.Write(b.Bytes())
	return nil
}

// refusePage answers err as a page. Faults are logged and show nothing of
// themselves. Browsers understand the codes that known clients do not.
func (a *api) refusePage(w http.ResponseWriter, r *http.Request, title, hint string, err error) error {
	e := refusalFor(err)
	code := http.StatusInternalServerError
	switch e.Kind() {
	case errs.Invalid:
		code = http.StatusBadRequest
	case errs.Denied:
		code = http.StatusForbidden
	case errs.NotFound:
		code = http.StatusNotFound
	case errs.Conflict:
		code = http.StatusConflict
	case errs.Exhausted:
		code = http.StatusTooManyRequests
	case errs.Unavailable:
		code = http.StatusServiceUnavailable
	}
	if code >= http.StatusInternalServerError {
		a.report(r, err)
	}
	text := e.Text(r.Header.Get("Accept-Language"))
	if english(r) {
		text = strings.ToUpper(text[:1]) + text[1:] + "."
	}
	return a.pages.show(w, code, card{
		English: english(r), State: "refused", Mark: "!", Title: title, Text: text, Hint: hint,
	})
}

// form returns what a page sent, of the fields that it has.
func form(w http.ResponseWriter, r *http.Request) (func(field string) string, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return nil, errs.Because(errBody, err)
	}
	return r.PostForm.Get, nil
}

// pageStyle is GET /web/page.css.
func (a *api) pageStyle(w http.ResponseWriter, r *http.Request, _ caller) error {
	style, err := pageFiles.ReadFile("page/page.css")
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/css; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "public, max-age=3600")
	_, _ = w.Write(style)
	return nil
}

// english reports whether a client reads English, as errs.Error.Text decides it.
func english(r *http.Request) bool {
	language := r.Header.Get("Accept-Language")
	return len(language) >= 2 && strings.EqualFold(language[:2], "en")
}

// in returns a text in the language of a client.
func in(r *http.Request, chinese, englishText string) string {
	if english(r) {
		return englishText
	}
	return chinese
}

// letter returns what stands for a group that has no picture here.
func letter(name string) string {
	r, n := utf8.DecodeRuneInString(strings.TrimSpace(name))
	if n == 0 {
		return "#"
	}
	return strings.ToUpper(string(r))
}
