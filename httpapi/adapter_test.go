package httpapi

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// row returns a POST /x/{uid} that is answered by fn.
func row[In, Out any](fn func(In) (Out, error)) route {
	return route{0, "POST", "/x/{uid}", token,
		handle(func(_ context.Context, _ caller, in In) (Out, error) { return fn(in) })}
}

// echo answers with its input.
func echo[In any]() route {
	return row(func(in In) (In, error) { return in, nil })
}

func TestArrayBodies(t *testing.T) {
	type list struct {
		UID  string   `path:"uid" json:"-"`
		UIDs []string `body:"array" json:"-"`
	}
	type answer struct {
		UID  string
		UIDs []string
	}
	rows := map[string]route{
		"itself": row(func(in []string) (answer, error) { return answer{"g", in}, nil }),
		"field":  row(func(in list) (answer, error) { return answer(in), nil }),
	}
	for name, rt := range rows {
		a, _ := serving(t, Options{}, rt)
		for body, want := range map[string]string{
			`["a","b"]`: `{"UID":"g","UIDs":["a","b"]}`,
			``:          `{"UID":"g","UIDs":null}`,
			`{}`:        `{"status":400,"msg":"请求数据格式有误！"}`,
			`null`:      `{"status":400,"msg":"请求数据格式有误！"}`,
			`[1]`:       `{"status":400,"msg":"请求数据格式有误！"}`,
		} {
			w := do(a, "POST", "/v1/x/g", body)
			if got := w.Body.String(); got != want+"\n" {
				t.Errorf("%s, %q: got %s, want %s", name, body, got, want)
			}
		}
	}
}

func TestAnswers(t *testing.T) {
	tests := map[string]struct {
		row  route
		want string
	}{
		"ok":        {row(func(struct{}) (ok, error) { return ok{}, nil }), `{"status":200}`},
		"nil slice": {row(func(struct{}) ([]who, error) { return nil, nil }), `[]`},
		"slice":     {row(func(struct{}) ([]who, error) { return []who{{"a", "b"}}, nil }), `[{"uid":"a","asks":"b"}]`},
		"any":       {row(func(struct{}) (any, error) { return map[string]int{"a": 1}, nil }), `{"a":1}`},
		"no HTML":   {row(func(struct{}) (string, error) { return "<a&b>你\u2028", nil }), `"<a&b>你\u2028"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a, _ := serving(t, Options{}, tt.row)
			wantAnswer(t, do(a, "POST", "/v1/x/g", ""), 200, tt.want)
		})
	}
}

func TestRefusalOfAnOperation(t *testing.T) {
	a, _ := serving(t, Options{}, row(func(struct{}) (ok, error) { return ok{}, errUpper }))
	wantAnswer(t, do(a, "POST", "/v1/x/g", ""), 400, `{"status":400,"msg":"大"}`)
}

func TestUnencodableAnswerIsAFault(t *testing.T) {
	a, logged := serving(t, Options{}, row(func(struct{}) (any, error) { return func() {}, nil }))
	wantAnswer(t, do(a, "POST", "/v1/x/g", ""), 500, `{"status":500,"msg":"服务器内部错误"}`)
	if !strings.Contains(logged.String(), "encode the answer") {
		t.Errorf("logged %s", logged)
	}
}

// BenchmarkRequest compares an operation without a body with an empty handler.
func BenchmarkRequest(b *testing.B) {
	a, _ := serving(b, Options{}, whoRow)
	for name, h := range map[string]http.Handler{
		"empty":     http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}),
		"operation": a,
	} {
		b.Run(name, func(b *testing.B) {
			r := httptest.NewRequest("GET", "/v1/users/bob", nil)
			r.Header.Set("token", goodToken)
			b.ReportAllocs()
			for b.Loop() {
				h.ServeHTTP(httptest.NewRecorder(), r)
			}
		})
	}
}
