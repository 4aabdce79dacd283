package httpapi

import (
	"errors"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/ruyi-im/ruyi/internal/errs"
)

type paging struct {
	Page int   `query:"page_index" json:"-"`
	Size int64 `query:"page_size" json:"-"`
}

type everywhere struct {
	paging
	UID    string    `path:"uid" json:"-"`
	Word   string    `query:"keyword" json:"-"`
	Key    upperText `query:"key" json:"-"`
	Amount intString `json:"amount"`
}

// upperText accepts capitals only and has a refusal of its own.
type upperText string

var errUpper = errs.New(errs.Invalid, "test.upper", "大", "capitals please")

func (u *upperText) UnmarshalText(text []byte) error {
	switch s := string(text); {
	case s == "?":
		return errors.New("a question")
	case s != strings.ToUpper(s):
		return errUpper
	}
	*u = upperText(text)
	return nil
}

func TestInputComesFromEverywhere(t *testing.T) {
	a, _ := serving(t, Options{}, row(func(in everywhere) ([]any, error) {
		return []any{in.Page, in.Size, in.UID, in.Word, in.Key, in.Amount}, nil
	}))
	const bad = `{"status":400,"msg":"请求参数有误！"}`
	tests := []struct {
		path, body string
		code       int
		want       string
	}{
		{"bob", "", 200, `[0,0,"bob","","",0]`},
		{"a%2Fb%26?page_index=2&page_size=-9223372036854775808&keyword=%E4%BD%A0+1&key=K", `{"amount":"7"}`, 200, `[2,-9223372036854775808,"a/b&","你 1","K",7]`},
		{"bob?page_index=&key=&other=1&other=2", `{"Page":5,"uid":"eve","keyword":"x"}`, 200, `[0,0,"bob","","",0]`},
		{"bob?page_index=1&page_index=1", "", 400, bad},
		{"bob?keyword=%zz", "", 400, bad},
		{"bob?a;b", "", 400, bad},
		{"bob?keyword=%ff", "", 400, bad},
		{"bob?keyword=%00", "", 400, bad},
		{"bob?page_index=x", "", 400, bad},
		{"bob?page_index=1.0", "", 400, bad},
		{"bob?page_index=1e3", "", 400, bad},
		{"bob?page_index=%2B1", "", 400, bad},
		{"bob?page_index=+1", "", 400, bad},
		{"bob?page_index=1_0", "", 400, bad},
		{"bob?page_index=0x1", "", 400, bad},
		{"bob?page_size=9223372036854775808", "", 400, bad},
		{"bob?key=%3F", "", 400, bad},
		{"bob?key=k", "", 400, `{"status":400,"msg":"大"}`},
		{"%ff", "", 400, bad},
		{"a%00", "", 400, bad},
		{strings.Repeat("x", maxPathValue+1), "", 400, bad},
		{"bob", "[]", 400, `{"status":400,"msg":"请求数据格式有误！"}`},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) { wantAnswer(t, do(a, "POST", "/v1/x/"+tt.path, tt.body), tt.code, tt.want) })
	}
}

func TestPlanRefusesInputsItCannotFill(t *testing.T) {
	type embedded struct {
		A string `json:"a"`
	}
	type hidden struct{ _ string }
	// fields returns a struct with a field of the type of each value, and its tag.
	fields := func(pairs ...any) reflect.Type {
		var list []reflect.StructField
		for i := 0; i < len(pairs); i += 2 {
			list = append(list, reflect.StructField{
				Name: string(rune('A' + i)), Type: reflect.TypeOf(pairs[i]), Tag: reflect.StructTag(pairs[i+1].(string)),
			})
		}
		return reflect.StructOf(list)
	}
	for name, input := range map[string]reflect.Type{
		"no struct":         reflect.TypeFor[string](),
		"unexported":        reflect.TypeFor[hidden](),
		"embedded pointer":  reflect.TypeFor[struct{ *embedded }](),
		"float in query":    fields(1.5, `query:"f" json:"-"`),
		"bool in path":      fields(true, `path:"b" json:"-"`),
		"path and body":     fields("", `path:"a"`),
		"untagged":          fields("", ""),
		"unnamed":           fields("", `json:",omitempty"`),
		"unused":            fields("", `json:"-"`),
		"function":          fields(func() {}, `json:"a"`),
		"channels inside":   fields([]struct{ C chan int }{}, `json:"a"`),
		"two bodies":        fields([]string{}, `body:"array" json:"-"`, 0, `json:"b"`),
		"two bodies after":  fields(0, `json:"b"`, []string{}, `body:"array" json:"-"`),
		"array of no slice": fields("", `body:"array" json:"-"`),
		"unknown body kind": fields([]string{}, `body:"list" json:"-"`),
	} {
		if !panics(func() { newPlan(input) }) {
			t.Errorf("%s: no panic", name)
		}
	}
	if panics(func() { newPlan(reflect.TypeFor[struct{ embedded }]()) }) {
		t.Error("an embedded struct is refused")
	}
}

// FuzzQuery: a query is refused as Invalid, or sets what its parameters say.
func FuzzQuery(f *testing.F) {
	for _, q := range []string{"", "keyword=a", "keyword=a&keyword=b", "page_index=07", "page_size=", "keyword=%00", "a=%", "a;b", "key=%c3%a9&page_index=-1"} {
		f.Add(q)
	}
	type query struct {
		paging
		Word string `query:"keyword" json:"-"`
	}
	var got query
	plan := newPlan(reflect.TypeFor[query]())
	f.Fuzz(func(t *testing.T, raw string) {
		got = query{}
		if err := plan.fill(&http.Request{URL: &url.URL{RawQuery: raw}}, &got); err != nil {
			if errs.KindOf(err) != errs.Invalid {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		values, err := url.ParseQuery(raw)
		if err != nil || len(values["keyword"]) > 1 || got.Word != values.Get("keyword") {
			t.Fatalf("accepted %q as %+v, %v", raw, got, err)
		}
		if !utf8.ValidString(got.Word) || strings.ContainsRune(got.Word, 0) {
			t.Fatalf("accepted keyword %q", got.Word)
		}
		if got.Page != 0 && !strings.ContainsAny(values.Get("page_index"), "123456789") {
			t.Fatalf("page %d of %q", got.Page, raw)
		}
	})
}
