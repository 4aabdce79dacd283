package httpapi_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/ruyi-im/ruyi/store/sqlite"
)

// BenchmarkUserDetail compares operation 4 over loopback, session check and all,
// with a handler that answers nothing.
func BenchmarkUserDetail(b *testing.B) {
	db, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "ruyi.db"), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	c := newClient(b, db)
	ann, bob := c.register("Ann", "13800000001"), c.register("Bob", "13800000002")
	mux := http.NewServeMux()
	mux.Handle("/v1/", c.handler)
	mux.HandleFunc("GET /empty/{uid}", func(http.ResponseWriter, *http.Request) {})
	server := httptest.NewServer(mux)
	defer server.Close()

	var empty float64
	b.Run("handler=empty", func(b *testing.B) { empty = hammer(b, server.URL+"/empty/"+bob.UID, "") })
	b.Run("handler=user", func(b *testing.B) {
		rate := hammer(b, server.URL+"/v1/users/"+bob.UID, ann.Token)
		if empty > 0 {
			b.ReportMetric(rate/empty, "ratio")
		}
	})
}

// hammer requests a URL over connections that stay open and returns the rate.
func hammer(b *testing.B, url, token string) float64 {
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	defer transport.CloseIdleConnections()
	client := http.Client{Transport: transport}
	b.SetParallelism(8)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r, err := http.NewRequestWithContext(b.Context(), "GET", url, nil)
			if err != nil {
				b.Error(err)
				return
			}
			r.Header.Set("token", token)
			answer, err := client.Do(r)
			if err != nil {
				b.Error(err)
				return
			}
			io.Copy(io.Discard, answer.Body)
			answer.Body.Close()
			if answer.StatusCode != http.StatusOK {
				b.Errorf("status %d", answer.StatusCode)
				return
			}
		}
	})
	rate := float64(b.N) / b.Elapsed().Seconds()
	b.ReportMetric(rate, "req/s")
	return rate
}
