package main

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi"
	"github.com/ruyi-im/ruyi/store/sqlite"
)

func TestPublicURL(t *testing.T) {
	for flag, want := range map[string]string{"": "", "https://im.example.com": "https://im.example.com/v1", "http://h:81/x/": "http://h:81/x/v1"} {
		s := startHere(t, "-dev", "-public-url", flag, "-db", "sqlite:"+filepath.Join(t.TempDir(), "ruyi.db"))
		if want == "" {
			want = s.base
		}
		var begun struct{ UUID, QRCode string }
		_, body := get(t, s.base+"/user/loginuuid")
		if err := json.Unmarshal([]byte(body), &begun); err != nil || begun.QRCode != want+"/qrcode/"+begun.UUID {
			t.Errorf("-public-url %q: %s", flag, body)
		}
	}
}

// TestHeldAnswersEndWithTheServer stops a server while an answer is held back for
// longer than a stop may take.
func TestHeldAnswersEndWithTheServer(t *testing.T) {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ruyi.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	core, err := ruyi.New(db, ruyi.Options{Pepper: make([]byte, keySize)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	log := slog.New(slog.DiscardHandler)
	o := options{prefix: "/v1"}.api(ctx, log)
	o.Hold = time.Hour
	h := newHandler(core, db, o)
	polling := make(chan struct{})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		ended <- serve(ctx, ln, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "loginstatus") {
				close(polling)
			}
			h.ServeHTTP(w, r)
		}), core, log)
	}()
	base := "http://" + ln.Addr().String() + "/v1/user"
	var begun struct{ UUID string }
	_, body := get(t, base+"/loginuuid")
	if err := json.Unmarshal([]byte(body), &begun); err != nil {
		t.Fatal(err)
	}
	answer := make(chan string, 1)
	go func() {
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		res, err := client.Get(base + "/loginstatus?uuid=" + begun.UUID)
		if err != nil {
			answer <- err.Error()
			return
		}
		defer res.Body.Close()
		body, _ := io.ReadAll(res.Body)
		answer <- string(body)
	}()
	<-polling
	stop()
	if got := <-answer; !strings.Contains(got, `"waitScan"`) {
		t.Errorf("the held answer: %s", got)
	}
	if err := <-ended; err != nil {
		t.Errorf("the server: %v", err)
	}
}
