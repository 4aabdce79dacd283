package httpapi_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/go-chi/chi/v5"

	"github.com/ruyi-im/ruyi"
	"github.com/ruyi-im/ruyi/httpapi"
	"github.com/ruyi-im/ruyi/user"
)

// nobody is a user service without any session. A program uses the core that
// ruyi.New returns.
type nobody struct{ user.Service }

func (nobody) Authenticate(context.Context, string) (user.Session, error) {
	return user.Session{}, user.ErrSession
}

var core = &ruyi.Core{User: nobody{}}

func get(h http.Handler, path string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	fmt.Print(w.Code, " ", w.Body)
}

func Example() {
	mux := http.NewServeMux()
	mux.Handle("/v1/", httpapi.New(core, httpapi.Options{}))

	get(mux, "/v1/users/bob")
	get(mux, "/v1/weather")
	// Output:
	// 401 {"msg":"请先登录！"}
	// 404 {"status":404,"msg":"接口不存在"}
}

func Example_chi() {
	r := chi.NewRouter()
	r.Handle("/im/v1/*", httpapi.New(core, httpapi.Options{Prefix: "/im/v1"}))

	get(r, "/im/v1/users/bob")
	// Output:
	// 401 {"msg":"请先登录！"}
}
